// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/calibration.h"

#include "close.h"
#include "core/stats/boostedtrees.h"
#include "core/stats/random.h"

#include <QTest>
#include <cmath>
#include <numeric>

using namespace ra::stats;

class TestCalibration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lossesByHand() {
        CLOSE(scoreLoss(std::log(3), 1), -std::log(0.75), 1e-14);
        CLOSE(scoreLoss(std::log(3), 0), -std::log(0.25), 1e-14);
        CLOSE(scoreLoss(800, 0), 800, 1e-14);
        CLOSE(scoreLoss(-800, 0), 0, 1e-14);
        const std::vector<double> p = {0.5, 0.2, 1};
        const std::vector<double> y = {1, 0, 1};
        CLOSE(brierScore(p, y), (0.25 + 0.04) / 3, 1e-14);
    }

    void theAreaAndItsVarianceByHand() {
        // Scores with the outcome 3, 1, 2; without 1, 0. Placements among those without: 1, 0.75, 1; area 11/12.
        // Among those with: (1 at 1: half of one below or equal) 5/6, (0) 1. Variances (1/48) / 3 and (1/72) / 2.
        const std::vector<double> scores = {3, 1, 1, 2, 0};
        const std::vector<double> y = {1, 0, 1, 1, 0};
        const RocArea area = rocArea(scores, y);
        CLOSE(area.area, 11.0 / 12, 1e-14);
        CLOSE(area.variance, 1.0 / 144 + 1.0 / 144, 1e-12);
        QCOMPARE(area.interval.high, 1.0);
        CLOSE(area.interval.low, 11.0 / 12 - 1.959963984540054 * std::sqrt(1.0 / 72), 1e-12);
    }

    void theAreaIsTheShareOfPairs() {
        Random random(1);
        for (int round = 0; round < 20; ++round) {
            std::vector<double> scores;
            std::vector<double> y;
            for (int i = 0; i < 50; ++i) {
                y.push_back(random.below(3) == 0 ? 1 : 0);
                scores.push_back(random.below(8) + y.back());
            }
            double pairs = 0;
            double won = 0;
            for (std::size_t i = 0; i < 50; ++i) {
                for (std::size_t j = 0; j < 50; ++j) {
                    if (y[i] == 1 && y[j] == 0) {
                        ++pairs;
                        won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    }
                }
            }
            const RocArea area = rocArea(scores, y);
            CLOSE(area.area, won / pairs, 1e-12);
            std::vector<double> turned;
            for (const double s : scores)
                turned.push_back(-s);
            CLOSE(rocArea(turned, y).area, 1 - area.area, 1e-12);
            CLOSE(rocArea(turned, y).variance, area.variance, 1e-9);
        }
    }

    void intervalsOfTheAreaHoldTheTruth() {
        // Normal scores a standard deviation apart: the area is Φ(1 / √2) = 0.76025.
        Random random(2);
        const auto normal = [&] {
            double sum = -6;
            for (int i = 0; i < 12; ++i)
                sum += random.uniform();
            return sum;
        };
        int covered = 0;
        for (int round = 0; round < 400; ++round) {
            std::vector<double> scores;
            std::vector<double> y;
            for (int i = 0; i < 150; ++i) {
                y.push_back(i < 30 ? 1 : 0);
                scores.push_back(normal() + y.back());
            }
            const RocArea area = rocArea(scores, y);
            covered += area.interval.low <= 0.76025 && 0.76025 <= area.interval.high ? 1 : 0;
        }
        QVERIFY2(covered >= 365 && covered <= 395, qPrintable(QString::number(covered))); // 380, sd 4.4
    }

    void oneOutcomeAloneHasNoArea() {
        const std::vector<double> scores = {1, 2};
        QVERIFY(std::isnan(rocArea(scores, std::vector<double>{1, 1}).area));
        QVERIFY(std::isnan(rocArea({}, {}).area));
        const RocArea few = rocArea(scores, std::vector<double>{0, 1});
        QCOMPARE(few.area, 1.0);
        QVERIFY(std::isnan(few.interval.low));
    }

    void plattUndoesWhatWasBent() {
        // Outcomes with the odds of a score s; the scores shown are 2 s + 1: slope 1/2, offset -1/2.
        Random random(3);
        std::vector<double> shown;
        std::vector<double> y;
        for (int i = 0; i < 20'000; ++i) {
            const double s = 6 * random.uniform() - 3;
            shown.push_back(2 * s + 1);
            y.push_back(random.uniform() < probabilityOf(s) ? 1 : 0);
        }
        const Platt platt = fitPlatt(shown, y);
        QVERIFY(std::abs(platt.slope - 0.5) < 0.02);
        QVERIFY(std::abs(platt.offset + 0.5) < 0.05);
        for (double &s : shown)
            s = -s;
        const Platt turned = fitPlatt(shown, y);
        QCOMPARE(turned.slope, 0.0);
        QVERIFY(std::abs(probabilityOf(turned.offset) - 0.5) < 0.02);
    }

    void plattStaysWithinPlattsTargets() {
        // Two values of the score, told apart perfectly: the targets are met, (n + 1) / (n + 2) = 11 / 12.
        std::vector<double> scores;
        std::vector<double> y;
        for (int i = 0; i < 20; ++i) {
            y.push_back(i % 2);
            scores.push_back(i % 2 == 0 ? -1 : 1);
        }
        const Platt platt = fitPlatt(scores, y);
        CLOSE(probabilityOf(platt.at(1)), 11.0 / 12, 1e-6);
        CLOSE(probabilityOf(platt.at(-1)), 1.0 / 12, 1e-6);
        QCOMPARE(fitPlatt(std::span(scores).first(8), std::span(y).first(8)).slope, 1.0); // too few
        const std::vector<double> wild = {1e300, -1e300, 1e300, -1e300, 1e300, -1e300, 1e300, -1e300, 1e300, -1e300};
        QVERIFY(std::isfinite(fitPlatt(wild, std::span(y).first(10)).slope));
    }

    void binsOfReliabilityHoldAllRows() {
        Random random(4);
        std::vector<double> p;
        std::vector<double> y;
        for (int i = 0; i < 1003; ++i) {
            p.push_back(random.below(30) / 30.0);
            y.push_back(random.uniform() < p.back() ? 1 : 0);
        }
        const auto bins = reliabilityOf(p, y);
        QVERIFY(bins.size() > 5 && bins.size() <= 10);
        std::size_t rows = 0;
        double came = 0;
        double above = -1;
        for (const ReliabilityBin &bin : bins) {
            rows += bin.count;
            came += bin.observed * static_cast<double>(bin.count);
            QVERIFY(bin.low > above && bin.low <= bin.predicted + 1e-12 && bin.predicted <= bin.high + 1e-12);
            QVERIFY(bin.interval.low <= bin.observed && bin.observed <= bin.interval.high);
            above = bin.high;
        }
        QCOMPARE(rows, std::size_t(1003));
        CLOSE(came, std::accumulate(y.begin(), y.end(), 0.0), 1e-12);
        QCOMPARE(reliabilityOf(std::vector<double>(50, 0.1), std::vector<double>(50, 0.0)).size(), std::size_t(1));
        QVERIFY(reliabilityOf({}, {}).empty());
    }
};

QTEST_GUILESS_MAIN(TestCalibration)
#include "tst_calibration.moc"
