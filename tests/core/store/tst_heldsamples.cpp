// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/heldsamples.h"

#include <QTest>

#include <optional>
#include <vector>

using namespace ra::store;

namespace {

/// Holds one sample; its value tells which it is.
void hold(HeldSamples &held, std::int64_t log, double value) {
    held.hold(log, [&](SampleEntries &entries) { entries.push_back({.series = 1, .time = 5, .value = value}); });
}

std::vector<double> take(HeldSamples &held, std::int64_t log) {
    std::vector<double> values;
    for (const SampleEntry &entry : held.take(log))
        values.push_back(entry.value);
    return values;
}

using Values = std::vector<double>;

} // namespace

class TestHeldSamples : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsTakenIsHeldNoMore() {
        HeldSamples held;
        QVERIFY(!held.anyLog());
        QVERIFY(!held.until());
        QCOMPARE(take(held, 1), Values{});
        hold(held, 1, 0.5);
        hold(held, 2, 7);
        hold(held, 1, 1.5);
        QVERIFY(held.anyLog());
        QCOMPARE(take(held, 1), (Values{0.5, 1.5}));
        QCOMPARE(take(held, 1), Values{});
        QCOMPARE(held.anyLog(), std::optional<std::int64_t>(2));
        QCOMPARE(take(held, 2), Values{7});
        QVERIFY(!held.anyLog());
    }

    void aRollbackIsAsIfTheTransactionHadNotBeen() {
        HeldSamples held;
        hold(held, 1, 1);
        hold(held, 2, 2);
        held.committed();
        hold(held, 1, 10); // of this transaction
        hold(held, 3, 3);
        QCOMPARE(take(held, 1), (Values{1, 10}));
        held.rolledBack();
        QVERIFY(held.until());
        QCOMPARE(take(held, 1), Values{1});
        QCOMPARE(take(held, 2), Values{2});
        QCOMPARE(take(held, 3), Values{});
    }

    void aCommitIsForGood() {
        HeldSamples held;
        hold(held, 1, 1);
        hold(held, 2, 2);
        QCOMPARE(take(held, 1), Values{1});
        held.committed();
        held.rolledBack();
        QCOMPARE(take(held, 1), Values{});
        QCOMPARE(take(held, 2), Values{2});
    }

    void theOldestTellsUntilWhen() {
        HeldSamples held;
        const auto begun = HeldSamples::Clock::now();
        hold(held, 1, 1);
        const auto first = held.until();
        QVERIFY(first);
        QVERIFY(*first >= begun + std::chrono::seconds(2));
        hold(held, 2, 2);
        hold(held, 1, 3); // does not put it off
        QCOMPARE(held.until(), first);
        static_cast<void>(held.take(1));
        QVERIFY(held.until() > first);
    }

    void aMillionIsEnough() {
        HeldSamples held;
        const auto many = [](SampleEntries &entries) { entries.resize(entries.size() + 500'000); };
        held.hold(1, many);
        held.hold(2, many);
        QVERIFY(!held.areTooMany());
        hold(held, 1, 1);
        QVERIFY(held.areTooMany());
        static_cast<void>(held.take(2));
        QVERIFY(!held.areTooMany());
        held.rolledBack(); // none was committed: nothing is held
        QVERIFY(!held.anyLog());
        held.hold(1, many);
        held.hold(1, many);
        QVERIFY(!held.areTooMany());
    }
};

QTEST_GUILESS_MAIN(TestHeldSamples)
#include "tst_heldsamples.moc"
