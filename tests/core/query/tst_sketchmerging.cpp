// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sketchmerging.h"

#include <QtTest>

#include <map>
#include <random>

using namespace ra;
using namespace ra::query;

class TestSketchMerging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void groupsComeToWhatTheirSketchesDo_data();
    void groupsComeToWhatTheirSketchesDo();
    void damageIsToldInTheEnd();
    void memoryIsLimited();
    void mayBeLeftUnfinished();
};

namespace {

std::string sketchOf(std::mt19937_64 &random) {
    stats::Sketch sketch;
    for (auto n = 2 + random() % 60; n > 0; --n)
        sketch.add(std::exp(static_cast<double>(random() % 1'000) / 100));
    std::string bytes;
    sketch.serialise(bytes);
    return bytes;
}

} // namespace

void TestSketchMerging::groupsComeToWhatTheirSketchesDo_data() {
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("groups");
    QTest::addColumn<int>("sketches");
    QTest::newRow("none") << 2 << 1 << 0;
    QTest::newRow("one") << 1 << 1 << 1;
    QTest::newRow("many of one group") << 3 << 1 << 500;
    QTest::newRow("few of each") << 3 << 1'000 << 2'500;
    QTest::newRow("more than wait at once") << 2 << 50 << 20'000;
}

void TestSketchMerging::groupsComeToWhatTheirSketchesDo() {
    QFETCH(int, threads);
    QFETCH(int, groups);
    QFETCH(int, sketches);
    std::mt19937_64 random(8);
    std::map<std::size_t, stats::Sketch> expected;
    SketchMerging merging(static_cast<unsigned>(threads), std::size_t{1} << 30);
    for (int i = 0; i < sketches; ++i) {
        const std::size_t group = random() % static_cast<std::size_t>(groups);
        const std::string bytes = sketchOf(random);
        QVERIFY(merging.add(group, bytes));
        QVERIFY(expected[group].merge(*stats::Sketch::deserialise(bytes)));
    }
    std::size_t taken = 0;
    const auto finished = merging.finish(
        [&](std::size_t group, std::string &&only, std::unique_ptr<stats::Sketch> merged) -> Result<void> {
            ++taken;
            if (only.empty() == (merged == nullptr))
                return fail({.what = "have either"});
            const stats::Sketch got = merged ? *merged : *stats::Sketch::deserialise(only);
            if (!(got == expected.at(group)))
                return fail({.what = "be equal"});
            return {};
        });
    QVERIFY2(finished.has_value(), finished ? "" : finished.error().what.c_str());
    QCOMPARE(taken, expected.size());
}

void TestSketchMerging::damageIsToldInTheEnd() {
    std::mt19937_64 random(8);
    SketchMerging merging(2, std::size_t{1} << 30);
    merging.add(3, sketchOf(random));
    merging.add(3, "no sketch");
    for (int i = 0; i < 10'000; ++i) // none of this waits for ever
        merging.add(static_cast<std::size_t>(i), sketchOf(random));
    const auto finished =
        merging.finish([](std::size_t, std::string &&, std::unique_ptr<stats::Sketch>) { return Result<void>(); });
    QVERIFY(!finished);
    QCOMPARE(finished.error().kind, ErrorKind::Damaged);
}

void TestSketchMerging::memoryIsLimited() {
    std::mt19937_64 random(8);
    SketchMerging merging(2, 100'000);
    for (int i = 0; i < 10'000; ++i)
        merging.add(static_cast<std::size_t>(i), sketchOf(random));
    const auto finished =
        merging.finish([](std::size_t, std::string &&, std::unique_ptr<stats::Sketch>) { return Result<void>(); });
    QVERIFY(!finished);
    QCOMPARE(finished.error().kind, ErrorKind::Failed);
}

void TestSketchMerging::mayBeLeftUnfinished() {
    std::mt19937_64 random(8);
    SketchMerging merging(2, std::size_t{1} << 30);
    for (int i = 0; i < 2'000; ++i)
        QVERIFY(merging.add(static_cast<std::size_t>(i), sketchOf(random)));
}

QTEST_GUILESS_MAIN(TestSketchMerging)
#include "tst_sketchmerging.moc"
