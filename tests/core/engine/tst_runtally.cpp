// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/runtally.h"

#include <QTest>

#include <cstdio>
#include <random>
#include <set>

using namespace ra;
using engine::RunTally;

namespace {

std::string idOf(std::uint64_t number) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
    return text;
}

} // namespace

class TestRunTally : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingIsNothing() {
        RunTally tally;
        RunTally other;
        QVERIFY(tally.isEmpty());
        QCOMPARE(tally.count(), 0U);
        QCOMPARE(tally.countWithout(other), 0U);
        QVERIFY(tally.take().empty());
    }

    void eachRunCountsOnceHoweverOftenItIsTold() {
        std::mt19937_64 random(11);
        RunTally tally;
        RunTally other;
        std::set<std::string> truth;
        std::set<std::string> otherTruth;
        for (int round = 0; round < 400; ++round) {
            std::vector<std::string> ids;
            for (int i = 0; i < 97; ++i)
                ids.push_back(idOf(random() % 30'000 * 0x9E3779B97F4A7C15ULL));
            const bool first = random() % 2 == 0;
            (first ? tally : other).add(ids);
            (first ? truth : otherTruth).insert(ids.begin(), ids.end());
        }
        QCOMPARE(tally.count(), truth.size());
        std::size_t without = 0;
        for (const std::string &id : truth)
            without += otherTruth.contains(id) ? 0 : 1;
        QCOMPARE(tally.countWithout(other), without);
        QVERIFY(tally.take() == std::vector<std::string>(truth.begin(), truth.end()));
        QVERIFY(tally.isEmpty());
    }

    void clearedItStartsAnew() {
        RunTally tally;
        const std::vector<std::string> ids{idOf(1), idOf(2), idOf(1)};
        tally.add(ids);
        tally.clear();
        QVERIFY(tally.isEmpty());
        tally.add(ids);
        QCOMPARE(tally.count(), 2U);
    }
};

QTEST_GUILESS_MAIN(TestRunTally)
#include "tst_runtally.moc"
