// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changes.h"
#include "core/series/changetests.h"
#include "core/series/pelt.h"
#include "core/series/runlengths.h"
#include "core/series/tiedchanges.h"

#include "data.h"

#include <QElapsedTimer>
#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// Noise about 10 whose level is multiplied by `factor` from the middle on.
std::vector<double> shifted(std::size_t n, double factor, double noise, unsigned seed = 1) {
    std::vector<double> values = armaSample(n, 0, 0, seed);
    for (std::size_t t = 0; t < n; ++t)
        values[t] = 10 * (1 + noise * values[t]) * (t >= n / 2 ? factor : 1);
    return values;
}

bool isNear(std::size_t index, std::size_t truth, std::size_t margin) {
    return index + margin >= truth && index <= truth + margin;
}

} // namespace

class TestChanges : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void costsAreWhatTheySay() {
        const std::vector<double> y{1, 2, 6, 7, 9, 4};
        // Of 2 6 7: mean 5, squares 9 + 1 + 4. About a line of slope 2.5 through 5: 0.25 + 1 + 0.25.
        QVERIFY(std::abs(SegmentCosts(y, SegmentCost::Mean, 2).squares(1, 4) - 14) < 1e-12);
        QVERIFY(std::abs(SegmentCosts(y, SegmentCost::Mean, 2).of(1, 4) - 7) < 1e-12);
        QVERIFY(std::abs(SegmentCosts(y, SegmentCost::Trend, 1).of(1, 4) - 1.5) < 1e-12);
        QVERIFY(std::abs(SegmentCosts(y, SegmentCost::MeanVariance, 0.1).of(1, 4) - 3 * (1 + std::log(14.0 / 3))) <
                1e-12);
        QVERIFY(std::abs(SegmentCosts(y, SegmentCost::TrendVariance, 3).of(1, 4) - 3 * (1 + std::log(3.0))) < 1e-12);
    }

    void peltFindsTheBestOfAllSegmentations() {
        // Against all ways to cut 16 values with at least two a segment.
        const std::vector<double> y{1, 1.2, 0.8, 1.1, 5, 5.2, 4.9, 5.1, 5, 2, 2.1, 1.8, 9, 9.2, 8.7, 9.1};
        for (const double penalty : {0.5, 2.0, 10.0, 60.0}) {
            const PeltOptions options{.cost = SegmentCost::Mean, .penalty = penalty, .variance = 1, .shortest = 2};
            const SegmentCosts costs(y, options.cost, options.variance);
            double least = infinity;
            std::vector<std::size_t> best;
            for (unsigned mask = 0; mask < (1U << 15); ++mask) {
                std::vector<std::size_t> cuts;
                for (std::size_t i = 1; i < 16; ++i) {
                    if ((mask >> (i - 1) & 1U) != 0)
                        cuts.push_back(i);
                }
                double total = penalty * static_cast<double>(cuts.size());
                std::size_t begin = 0;
                bool allowed = true;
                for (std::size_t i = 0; i <= cuts.size(); ++i) {
                    const std::size_t end = i == cuts.size() ? 16 : cuts[i];
                    allowed = allowed && end - begin >= 2;
                    total += costs.of(begin, end);
                    begin = end;
                }
                if (allowed && total < least) {
                    least = total;
                    best = cuts;
                }
            }
            QCOMPARE(pelt(y, options), best);
        }
    }

    void coarsePlacesAreMadeFine() {
        std::vector<double> y = armaSample(600, 0, 0);
        for (std::size_t t = 0; t < 600; ++t)
            y[t] += t >= 203 && t < 407 ? 4 : 0;
        const PeltOptions fine{.cost = SegmentCost::MeanVariance, .penalty = 25, .variance = 0.01};
        PeltOptions coarse = fine;
        coarse.step = 5;
        QCOMPARE(pelt(y, coarse), pelt(y, fine));
        QVERIFY(pelt(std::vector<double>(15, 1.0), fine).empty());
    }

    void coarsePlacesCostAFifthAtWorst() {
        // Levels of random lengths, some hardly longer than the shortest segment: what the coarse places miss is split
        // off, what they were too generous with is joined again.
        std::mt19937_64 random(7);
        for (unsigned run = 0; run < 40; ++run) {
            std::vector<double> y = armaSample(400, 0, 0, run + 1);
            double level = 0;
            for (std::size_t t = 0, end = 0; t < y.size(); ++t) {
                if (t == end) {
                    level = static_cast<double>(random() % 5) * 1.5;
                    end += 12 + random() % 60;
                }
                y[t] += level;
            }
            const PeltOptions fine{.cost = SegmentCost::Mean, .penalty = 15, .variance = 1, .shortest = 10};
            PeltOptions coarse = fine;
            coarse.step = 5;
            const SegmentCosts costs(y, fine.cost, fine.variance);
            const auto total = [&](const std::vector<std::size_t> &changes) {
                double sum = fine.penalty * static_cast<double>(changes.size());
                std::size_t begin = 0;
                for (std::size_t i = 0; i <= changes.size(); ++i) {
                    const std::size_t end = i == changes.size() ? y.size() : changes[i];
                    sum += end - begin < fine.shortest ? infinity : costs.of(begin, end);
                    begin = end;
                }
                return sum;
            };
            const double best = total(pelt(y, fine));
            const double near = total(pelt(y, coarse));
            QVERIFY2(near >= best - 1e-9 && near < 1.2 * best, qPrintable(QStringLiteral("%1 %2").arg(best).arg(near)));
        }
    }

    void aSlowDownIsFound() {
        const std::vector<Change> changes = findChanges(shifted(200, 1.2, 0.05));
        QCOMPARE(changes.size(), std::size_t{1});
        QVERIFY(isNear(changes[0].index, 100, 2));
        QVERIFY(std::abs(changes[0].magnitude - 0.2) < 0.03);
        QVERIFY(std::abs(changes[0].before - 10) < 0.3);
        QVERIFY(changes[0].p < 1e-6 && changes[0].confidence > 0.999);
    }

    void moreScatterIsAChange() {
        std::vector<double> y = armaSample(400, 0, 0, 5);
        for (std::size_t t = 0; t < y.size(); ++t)
            y[t] = 100 + (t >= 250 ? 4 : 1) * y[t];
        const std::vector<Change> changes = findChanges(y);
        QCOMPARE(changes.size(), std::size_t{1});
        QVERIFY(isNear(changes[0].index, 250, 8));
        QVERIFY(changes[0].spread > 2.5);
    }

    void aBrokenLineIsAChange() {
        std::vector<double> y = armaSample(300, 0, 0, 2);
        for (std::size_t t = 0; t < y.size(); ++t)
            y[t] += t < 150 ? static_cast<double>(t) : 150 - 0.5 * static_cast<double>(t - 150);
        const std::vector<Change> changes = findChanges(y);
        QCOMPARE(changes.size(), std::size_t{1});
        QVERIFY(isNear(changes[0].index, 150, 6));
    }

    void aSeasonIsNoChange() {
        QVERIFY(findChanges(cyclic(240, 12, 0, 20, 2)).empty());
        std::vector<double> y = cyclic(240, 12, 0, 20, 2);
        for (std::size_t t = 120; t < y.size(); ++t)
            y[t] += 25;
        const std::vector<Change> changes = findChanges(y);
        QCOMPARE(changes.size(), std::size_t{1});
        QVERIFY(isNear(changes[0].index, 120, 3));
    }

    void noiseOutliersAndCorrelationAreNone() {
        int found = 0;
        for (unsigned seed = 1; seed <= 40; ++seed) {
            found += static_cast<int>(findChanges(shifted(300, 1, 0.1, seed)).size());
            found += static_cast<int>(findChanges(armaSample(300, 0.5, 0, seed)).size());
            std::vector<double> spiky = shifted(300, 1, 0.1, seed);
            for (std::size_t t = seed; t < 300; t += 75)
                spiky[t] *= 4;
            found += static_cast<int>(findChanges(spiky).size());
        }
        QVERIFY2(found <= 4, qPrintable(QString::number(found)));
    }

    void scaleAndGapsGoThrough() {
        std::vector<double> y = shifted(200, 1.3, 0.05);
        const std::size_t index = findChanges(y)[0].index;
        for (double &v : y)
            v *= 1e6;
        QCOMPARE(findChanges(y)[0].index, index);
        y[20] = y[150] = missing;
        QVERIFY(isNear(findChanges(y)[0].index, index, 2));
    }

    void valuesOfAnySizeHaveChanges() {
        const std::vector<double> y = shifted(200, 1.3, 0.05);
        const std::vector<Change> plain = findChanges(y);
        for (const double unit : {0x1p900, 0x1p-900}) {
            std::vector<double> scaled = y;
            for (double &v : scaled)
                v *= unit;
            const std::vector<Change> changes = findChanges(scaled);
            QCOMPARE(changes.size(), plain.size());
            QCOMPARE(changes[0].index, plain[0].index);
            QVERIFY(std::abs(changes[0].after / unit - plain[0].after) < 1e-9 * std::abs(plain[0].after));
        }
    }

    void eDivisiveFindsWhatIsThere() {
        std::vector<double> y = armaSample(90, 0, 0, 3);
        for (std::size_t t = 45; t < 90; ++t)
            y[t] += 3;
        const std::vector<TestedChange> changes = eDivisive(y);
        QCOMPARE(changes.size(), std::size_t{1});
        QVERIFY(isNear(changes[0].index, 45, 1));
        QCOMPARE(changes[0].p, 1.0 / 200);
        const std::vector<TestedChange> again = eDivisive(y);
        QCOMPARE(again[0].index, changes[0].index);
        int found = 0;
        for (unsigned seed = 1; seed <= 20; ++seed)
            found +=
                static_cast<int>(!eDivisive(armaSample(60, 0, 0, seed), {.permutations = 99, .seed = seed}).empty());
        QVERIFY(found <= 4); // 5 % of 20
        QVERIFY(eDivisive({}).empty());
    }

    void theOnlineProbabilityRisesAfterAChange() {
        std::vector<double> y = armaSample(300, 0, 0, 4);
        for (std::size_t t = 150; t < 300; ++t)
            y[t] += 5;
        y[50] = missing;
        const std::vector<double> p = onlineChangeProbability(y, 0, 1, 10, {.expectedLength = 250, .longest = 100});
        QCOMPARE(p.size(), y.size());
        QVERIFY(p[149] < 0.2);
        QVERIFY(p[154] > 0.9);
        QVERIFY(p[250] < 0.2);
        QCOMPARE(p[50], p[49]);
        QCOMPARE(onlineChangeProbability(y, 0, 0)[5], 0.0);
    }

    void runLengthsFollowBayes() {
        // By hand: a hazard of 1/4; after 0 the prior expects 2 with density 0.156664 (but for 1/√π), the run of length
        // one with 0.119657. To the runs of 2, 1 and 0 values go 0.75² · 0.119657, 0.25 · 0.75 · 0.156664 and a
        // quarter.
        RunLengths runs({.expectedLength = 4});
        runs.add(0);
        QCOMPARE(runs.size(), std::size_t{2});
        QVERIFY(std::abs(runs.probability(0) - 0.25) < 1e-12);
        runs.add(2);
        QVERIFY(std::abs(runs.probability(2) - 0.522130) < 1e-5);
        QVERIFY(std::abs(runs.probability(1) - 0.227870) < 1e-5);
        QVERIFY(std::abs(runs.probability(0) - 0.25) < 1e-12);
    }

    void whatWasDeclaredOnlineStays() {
        std::vector<double> y = armaSample(400, 0, 0, 6);
        for (std::size_t t = 120; t < 400; ++t)
            y[t] += t < 260 ? 4 : -3;
        const std::vector<TestedChange> all = onlineChanges(y, 0, 1);
        QCOMPARE(all.size(), std::size_t{2});
        QVERIFY(isNear(all[0].index, 120, 2) && isNear(all[1].index, 260, 2));
        for (std::size_t n = 0; n <= y.size(); n += 7) {
            const std::vector<TestedChange> some = onlineChanges(std::span(y).first(n), 0, 1);
            QVERIFY(some.size() <= all.size());
            for (std::size_t i = 0; i < some.size(); ++i) {
                QCOMPARE(some[i].index, all[i].index);
                QCOMPARE(some[i].p, all[i].p);
            }
        }
        y[7] = missing;
        QVERIFY(onlineChanges(y, 0, 1).empty());
        QVERIFY(onlineChanges(armaSample(50, 0, 0), 0, 0).empty());
    }

    void everyMethodFindsAShiftAndLeavesNoiseAlone_data() {
        QTest::addColumn<int>("method");
        QTest::newRow("pelt") << static_cast<int>(ChangeMethod::Pelt);
        QTest::newRow("bayes") << static_cast<int>(ChangeMethod::Bayes);
        QTest::newRow("e-divisive") << static_cast<int>(ChangeMethod::EDivisive);
    }
    void everyMethodFindsAShiftAndLeavesNoiseAlone() {
        QFETCH(int, method);
        const auto how = static_cast<ChangeMethod>(method);
        int wrong = 0;
        for (unsigned seed = 1; seed <= 10; ++seed) {
            std::vector<double> y = shifted(140, 1.4, 0.08, seed);
            const std::vector<Change> changes = findChanges(y, how);
            QVERIFY(!changes.empty());
            QVERIFY(isNear(changes[0].index, 70, 3));
            QVERIFY(std::abs(changes[0].magnitude - 0.4) < 0.1);
            QVERIFY(changes[0].p <= 0.05 && changes[0].confidence >= 0.95);
            wrong += static_cast<int>(changes.size()) - 1;
            wrong += static_cast<int>(findChanges(shifted(140, 1, 0.08, seed), how).size());
            // Another unit is no other series.
            std::vector<double> scaled = y;
            for (double &v : scaled)
                v *= 1000;
            const std::vector<Change> again = findChanges(scaled, how);
            QCOMPARE(again.size(), changes.size());
            for (std::size_t i = 0; i < again.size(); ++i)
                QVERIFY(isNear(again[i].index, changes[i].index, 1));
        }
        QVERIFY2(wrong <= 3, qPrintable(QString::number(wrong)));
        for (const std::vector<double> &values : hostile) {
            for (const Change &change : findChanges(values, how))
                QVERIFY(change.index >= 10 && change.index + 10 <= values.size());
        }
        QVERIFY(findChanges(std::vector<double>(100, 5.0), how).empty());
    }

    void rareEventsAreNoChange_data() { everyMethodFindsAShiftAndLeavesNoiseAlone_data(); }
    void rareEventsAreNoChange() {
        QFETCH(int, method);
        const auto how = static_cast<ChangeMethod>(method);
        // Counts of what happens in one row of ten, sizes of what does, and one event in all: no scatter for a while is
        // what they are like. At a level of 5 % of each.
        int found = 0;
        for (unsigned seed = 1; seed <= 20; ++seed) {
            std::mt19937 random(seed);
            std::vector<double> counts(120);
            std::vector<double> sizes(120);
            for (std::size_t t = 0; t < counts.size(); ++t) {
                counts[t] = random() % 10 == 0 ? 1 : 0;
                sizes[t] = random() % 7 == 0 ? static_cast<double>(random() % 1000) : 0;
            }
            found += static_cast<int>(!findChanges(counts, how).empty());
            found += static_cast<int>(!findChanges(sizes, how).empty());
        }
        QVERIFY2(found <= 5, qPrintable(QString::number(found)));
        std::vector<double> one(301, 5.0);
        one[150] = 6;
        QVERIFY(findChanges(one, how).empty());
        // But a rate that grows tenfold is one, and so is what comes to a standstill.
        std::mt19937 random(4);
        std::vector<double> faster(200);
        for (std::size_t t = 0; t < faster.size(); ++t)
            faster[t] = random() % 20 < (t < 100 ? 1 : 12) ? 1 : 0;
        const std::vector<Change> changes = findChanges(faster, how);
        if (how == ChangeMethod::Bayes) // which has ten values to decide by, and cannot tell yet
            return;
        QCOMPARE(changes.size(), std::size_t{1});
        QVERIFY(isNear(changes[0].index, 100, 10));
        QVERIFY(changes[0].p < 0.05);
        std::vector<double> stuck = armaSample(200, 0, 0, 3);
        std::fill(stuck.begin() + 120, stuck.end(), 1.0);
        QVERIFY(!findChanges(stuck, how).empty());
    }

    void chanceIsWhatFisherAndRanksSay() {
        // One of 20 differs and lies among the last ten: 1 / 2, and 1 at most.
        std::vector<double> y(20, 0.0);
        y[15] = 3;
        QCOMPARE(tiedChangeProbability(y, 0, 10, 20).value(), 1.0);
        // Ten zeros, ten ones: two of C(20, 10) arrangements, 20 places, two tests.
        std::fill(y.begin(), y.begin() + 10, 0.0);
        std::fill(y.begin() + 10, y.end(), 1.0);
        QVERIFY(std::abs(tiedChangeProbability(y, 0, 10, 20).value() - 2.0 / 184'756 * 20 * 2) < 1e-12);
        QCOMPARE(withoutChance(y, {10}, 0.05), std::vector<std::size_t>{10});
        // Where no value is frequent nothing is said, and nothing left out.
        for (std::size_t t = 0; t < y.size(); ++t)
            y[t] = static_cast<double>(t);
        QVERIFY(!tiedChangeProbability(y, 0, 10, 20));
        QCOMPARE(withoutChance(y, {10}, 0.05), std::vector<std::size_t>{10});
        QVERIFY(withoutChance(y, {}, 0.05).empty());
    }

    void aMillionValuesTakeSeconds() {
        std::vector<double> y = armaSample(1'000'000, 0, 0, 5);
        for (std::size_t t = 400'003; t < y.size(); ++t)
            y[t] += t < 400'033 ? 8 : 1; // a pulse much shorter than the coarse places lie apart, then a step
        QElapsedTimer clock;
        clock.start();
        const std::vector<Change> changes = findChanges(y);
        QVERIFY2(clock.elapsed() < 60'000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(changes.size(), std::size_t{2});
        QVERIFY(isNear(changes[0].index, 400'003, 1) && isNear(changes[1].index, 400'033, 1));
    }

    void eDivisiveTakesNoMoreThanItCan() {
        QVERIFY(findChanges(shifted(mostForEDivisive + 1, 2, 0.05), ChangeMethod::EDivisive).empty());
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            for (const Change &change : findChanges(values))
                QVERIFY(change.index >= 10 && change.index + 10 <= values.size());
            QCOMPARE(onlineChangeProbability(values, 0, 1).size(), values.size());
        }
        QVERIFY(findChanges(std::vector<double>(100, 5.0)).empty());
    }
};

QTEST_GUILESS_MAIN(TestChanges)
#include "tst_changes.moc"
