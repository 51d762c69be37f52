// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/failuremodel.h"

#include "close.h"
#include "core/stats/folds.h"
#include "core/stats/random.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <set>

using namespace ra::stats;
using ra::stats::test::missing;

namespace {

/// Runs that fail by chance, the likelier the larger the first column; `strength` 0: whatever it is.
FailureData runs(std::size_t n, double strength, std::uint64_t seed, double base = -1.5, bool timed = false) {
    Random random(seed);
    FailureData data{.columns = std::vector<FeatureColumn>(4)};
    data.columns[3].categorical = true;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < 3; ++j)
            data.columns[j].values.push_back(random.uniform() < 0.05 ? missing : random.uniform());
        data.columns[3].values.push_back(random.below(6));
        const double x = data.columns[0].values.back();
        const double score = base + (std::isnan(x) ? 0 : strength * (x - 0.5));
        data.y.push_back(random.uniform() < probabilityOf(score) ? 1 : 0);
        if (timed)
            data.times.push_back(static_cast<double>(n - i)); // the last row is the first in time
    }
    return data;
}

} // namespace

class TestFailureModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void foldsShareNoRow_data() {
        QTest::addColumn<bool>("timed");
        QTest::newRow("drawn") << false;
        QTest::newRow("by time") << true;
    }
    void foldsShareNoRow() {
        QFETCH(bool, timed);
        FailureData data = runs(203, 0, 1, -1, timed);
        data.y[7] = missing;
        std::set<std::uint32_t> judged;
        for (const Fold &fold : foldsOf(data.y, data.times, 1)) {
            std::set<std::uint32_t> all;
            for (const auto *part : {&fold.train, &fold.validation, &fold.test}) {
                for (const std::uint32_t row : *part)
                    QVERIFY(all.insert(row).second && row != 7);
            }
            for (const std::uint32_t row : fold.test)
                QVERIFY(judged.insert(row).second);
            if (!timed) {
                QCOMPARE(all.size(), std::size_t(202));
                continue;
            }
            const auto latest = [&](const std::vector<std::uint32_t> &rows) {
                double most = -1;
                for (const std::uint32_t row : rows)
                    most = std::max(most, data.times[row]);
                return most;
            };
            for (const std::uint32_t row : fold.validation)
                QVERIFY(data.times[row] > latest(fold.train));
            for (const std::uint32_t row : fold.test)
                QVERIFY(data.times[row] > latest(fold.validation));
        }
        QCOMPARE(judged.size(), std::size_t(timed ? 122 : 202)); // three fifths of 202, or all
    }

    void skillIsFoundAndExplained_data() { foldsShareNoRow_data(); }
    void skillIsFoundAndExplained() {
        QFETCH(bool, timed);
        const FailureData data = runs(1500, 6, 3, -1.5, timed);
        const FailureModel model = learnFailures(data);
        QCOMPARE(model.verdict, FailureVerdict::Useful);
        QVERIFY(model.auc.area > 0.75 && model.auc.interval.low > 0.7 && model.auc.area < 0.95);
        QVERIFY(model.logLoss < model.baseLogLoss && model.brier < model.baseBrier);
        QVERIFY(model.importance[0].gain > 0.6);
        for (std::size_t j = 1; j < 4; ++j)
            QVERIFY(model.importance[0].permutation > 5 * model.importance[j].permutation);
        int held = 0;
        for (const ReliabilityBin &bin : model.calibration)
            held += bin.interval.low <= bin.predicted && bin.predicted <= bin.interval.high ? 1 : 0;
        QVERIFY2(held + 3 >= static_cast<int>(model.calibration.size()), qPrintable(QString::number(held)));
        const std::vector<FeatureColumn> later{{.values = {0.95, 0.05}},
                                               {.values = {0.5, 0.5}},
                                               {.values = {0.5, 0.5}},
                                               {.values = {1, 1}, .categorical = true}};
        const BinnedTable table = binned(later, model.trees.bins);
        QVERIFY(model.probabilityOf(table, 0) > 0.5);
        QVERIFY(model.probabilityOf(table, 1) < 0.15);
        const Explanation why = model.explained(table, 0);
        double sum = why.expected;
        for (const double effect : why.effects)
            sum += effect;
        CLOSE(probabilityOf(sum), model.probabilityOf(table, 0), 1e-10);
        QCOMPARE(std::max_element(why.effects.begin(), why.effects.end()) - why.effects.begin(), 0);
    }

    void noSkillIsClaimedWhereThereIsNone_data() {
        QTest::addColumn<bool>("timed");
        QTest::addColumn<double>("base");
        QTest::newRow("drawn") << false << -1.5;
        QTest::newRow("by time") << true << -1.5;
        QTest::newRow("rare") << false << -2.5;
    }
    void noSkillIsClaimedWhereThereIsNone() {
        QFETCH(bool, timed);
        QFETCH(double, base);
        int claims = 0;
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            const FailureModel model = learnFailures(runs(300, 0, seed, base, timed), seed);
            claims += model.verdict == FailureVerdict::Useful ? 1 : 0;
            if (model.verdict == FailureVerdict::NoBetter) {
                const BinnedTable table = binned(runs(3, 0, 9).columns, model.trees.bins);
                QCOMPARE(model.probabilityOf(table, 0), model.baseRate);
                QCOMPARE(model.explained(table, 0).effects, std::vector<double>(4, 0.0));
            }
        }
        QVERIFY2(claims <= 4, qPrintable(QString::number(claims))); // 2.5 % of 60: 1.5
    }

    void aDriftOfTheBaseRateIsNoSkill() {
        // Failures become frequent with time, by nothing that is known before: order alone must not look like skill.
        int claims = 0;
        for (std::uint64_t seed = 1; seed <= 30; ++seed) {
            FailureData data = runs(400, 0, seed, -1, true);
            Random random(seed + 100);
            for (std::size_t i = 0; i < 400; ++i)
                data.y[i] = random.uniform() < 0.05 + 0.4 * data.times[i] / 400 ? 1 : 0;
            claims += learnFailures(data, seed).verdict == FailureVerdict::Useful ? 1 : 0;
        }
        QVERIFY2(claims <= 3, qPrintable(QString::number(claims)));
    }

    void theSameSeedGivesTheSameAnswer() {
        const FailureData data = runs(300, 3, 5);
        const FailureModel one = learnFailures(data, 7);
        const FailureModel two = learnFailures(data, 7);
        QCOMPARE(one.logLoss, two.logLoss);
        QCOMPARE(one.auc.area, two.auc.area);
        QVERIFY(learnFailures(data, 8).logLoss != one.logLoss);
    }

    void tooLittleIsNoAnswer() {
        QCOMPARE(learnFailures({}).verdict, FailureVerdict::Insufficient);
        QCOMPARE(learnFailures(runs(1, 0, 1)).verdict, FailureVerdict::Insufficient);
        QCOMPARE(learnFailures(runs(49, 6, 1, 0)).verdict, FailureVerdict::Insufficient);
        for (const double outcome : {0.0, 1.0, missing}) {
            FailureData data = runs(200, 0, 1);
            std::fill(data.y.begin(), data.y.end(), outcome);
            QCOMPARE(learnFailures(data).verdict, FailureVerdict::Insufficient);
        }
        FailureData early = runs(200, 0, 1, 0, true);
        for (std::size_t i = 0; i < 200; ++i)
            early.y[i] = early.times[i] <= 60 ? early.y[i] : 0; // no failure among those that could be judged
        QCOMPARE(learnFailures(early).verdict, FailureVerdict::Insufficient);
    }

    void columnsThatSayNothingAreSurvived() {
        FailureData data = runs(200, 0, 1, 0);
        data.columns = {{.values = std::vector<double>(200, missing)},
                        {.values = std::vector<double>(200, 5.0)},
                        {.values = std::vector<double>(200, 0.0), .categorical = true}};
        QCOMPARE(learnFailures(data).verdict, FailureVerdict::NoBetter);
        data.columns.clear();
        const FailureModel model = learnFailures(data);
        QCOMPARE(model.verdict, FailureVerdict::NoBetter);
        CLOSE(model.auc.area, model.auc.area, 0);
    }
};

QTEST_GUILESS_MAIN(TestFailureModel)
#include "tst_failuremodel.moc"
