// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/spans.h"

#include <QRandomGenerator>
#include <QtTest>

#include <map>

using namespace ra;
using ingest::Certainty;
using ingest::LineSpan;
using Spans = std::vector<LineSpan>;

class TestSpans : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void spansComeBackAsTheyWere();
    void neighboursBecomeOne();
    void unitingKeepsEveryByteOnce();
    void damagedDataIsAnError();
};

namespace {

/// Which certainty each byte has.
std::map<std::uint64_t, Certainty> bytesOf(const Spans &spans) {
    std::map<std::uint64_t, Certainty> bytes;
    for (const LineSpan &span : spans) {
        for (std::uint64_t i = 0; i < span.length; ++i)
            bytes.emplace(span.offset + i, span.certainty);
    }
    return bytes;
}

} // namespace

void TestSpans::spansComeBackAsTheyWere() {
    const Spans spans = {{0, 1, Certainty::Certain},
                         {1, 127, Certainty::Possible},
                         {200, 128, Certainty::Likely},
                         {std::uint64_t(1) << 40, UINT32_MAX, Certainty::Certain}};
    QVERIFY(store::decodeSpans(store::encodeSpans(spans)) == spans);
    QVERIFY(store::decodeSpans({}).empty());
    QCOMPARE(store::encodeSpans(std::span(spans).first(1)).size(), 2U);
}

void TestSpans::neighboursBecomeOne() {
    const Spans spans = {{100, 50, Certainty::Certain}, {0, 10, Certainty::Certain}, {10, 5, Certainty::Certain},
                         {15, 0, Certainty::Likely},    {15, 5, Certainty::Likely},  {18, 7, Certainty::Certain}};
    const Spans expected = {{0, 15, Certainty::Certain},
                            {15, 5, Certainty::Likely},
                            {20, 5, Certainty::Certain},
                            {100, 50, Certainty::Certain}};
    QVERIFY(store::normalizeSpans(spans) == expected);
    // A joined span must not outgrow its type.
    const Spans huge = {{0, UINT32_MAX, Certainty::Certain}, {UINT32_MAX, 10, Certainty::Certain}};
    QVERIFY(store::normalizeSpans(huge) == huge);
}

void TestSpans::unitingKeepsEveryByteOnce() {
    for (quint32 seed = 1; seed <= 500; ++seed) {
        QRandomGenerator random(seed);
        const auto some = [&] {
            Spans spans;
            for (quint32 n = random.bounded(8U); n > 0; --n)
                spans.push_back({random.bounded(60U), random.bounded(12U), static_cast<Certainty>(random.bounded(3))});
            return store::normalizeSpans(spans);
        };
        const Spans known = some();
        const Spans added = some();
        const Spans united = store::uniteSpans(known, added);
        auto expected = bytesOf(known);
        expected.merge(bytesOf(added)); // what is known keeps its certainty
        QVERIFY2(bytesOf(united) == expected, qPrintable(QStringLiteral("seed %1").arg(seed)));
        QVERIFY2(store::normalizeSpans(united) == united, qPrintable(QStringLiteral("seed %1").arg(seed)));
        QVERIFY(store::uniteSpans(united, added) == united);
        QVERIFY(store::uniteSpans(united, known) == united);
    }
}

void TestSpans::damagedDataIsAnError() {
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(store::decodeSpans("\x80")));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(store::decodeSpans("\x01")));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(store::decodeSpans(std::string(11, '\xff'))));
}

QTEST_GUILESS_MAIN(TestSpans)
#include "tst_spans.moc"
