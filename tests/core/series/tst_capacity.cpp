// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/capacity.h"

#include "core/series/capacitymodel.h"
#include "data.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// First value at or beyond the limit after the first n; infinity where there is none.
double truthOf(const std::vector<double> &values, std::size_t n, double limit) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(n);
    const auto at = std::find_if(from, values.end(), [limit](double v) { return v >= limit; });
    return at == values.end() ? infinity : static_cast<double>(at - from) + 1;
}

std::vector<double> plusLine(std::vector<double> values, double slope) {
    for (std::size_t t = 0; t < values.size(); ++t)
        values[t] += 100 + slope * static_cast<double>(t);
    return values;
}

std::vector<double> summed(std::vector<double> values) {
    for (std::size_t t = 1; t < values.size(); ++t)
        values[t] += values[t - 1];
    return values;
}

std::vector<double> waves(std::vector<double> values, std::size_t period, double amplitude) {
    for (std::size_t t = 0; t < values.size(); ++t)
        values[t] +=
            amplitude * std::sin(2 * std::numbers::pi * static_cast<double>(t % period) / static_cast<double>(period));
    return values;
}

} // namespace

class TestCapacity : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLineWithoutNoiseCrossesWhereItDoes() {
        const std::vector<double> values = plusLine(std::vector<double>(60, 0.0), 0.5); // ends at 129.5
        const CapacityReport report = timeToLimit(values, {.limit = 140, .within = {20, 21, 22, 1e9}});
        QCOMPARE(report.verdict, CapacityVerdict::Crossing);
        QVERIFY(std::abs(report.now - 129.5) < 1e-9);
        QVERIFY(std::abs(report.growth - 0.5) < 1e-9);
        QCOMPARE(report.steps, 21.0); // 140 = 129.5 + 21 / 2
        QCOMPARE(report.stepsLow, 21.0);
        QCOMPARE(report.stepsHigh, 21.0);
        QCOMPARE(report.probabilities, (std::vector<double>{0, 1, 1, 1}));
    }

    void whatAlternatesDoesNotExplode() {
        // A memory of almost -1, whose bias is put back, stays one that forgets.
        std::vector<double> values(300);
        for (std::size_t t = 0; t < values.size(); ++t)
            values[t] = static_cast<double>(t % 2);
        const CapacityReport report = timeToLimit(values, {.limit = 1000, .within = {5000}});
        QCOMPARE(report.verdict, CapacityVerdict::None);
        QCOMPARE(report.steps, infinity);
        QCOMPARE(report.probabilities, std::vector<double>{0});
    }

    void theFirstPeakOfTheDayCounts() {
        // A daily wave of 10 on a line of 0.02 an hour: peaks at hour 6. By the line alone it were 24 days later.
        const std::vector<double> all = waves(plusLine(std::vector<double>(3000, 0.0), 0.02), 24, 10);
        const std::vector<double> values(all.begin(), all.begin() + 480);
        const double limit = 130;
        const double truth = truthOf(all, 480, limit);
        const CapacityReport with = timeToLimit(values, {.limit = limit, .periods = {24}});
        QCOMPARE(with.verdict, CapacityVerdict::Crossing);
        QVERIFY2(std::abs(with.steps - truth) <= 24, qPrintable(QString::number(with.steps - truth)));
        QVERIFY(truth + 400 < (limit - 100) / 0.02 - 480); // what the line says
        QVERIFY(with.method.find("season 24") != std::string::npos);
    }

    void intervalsHoldTheTruth_data() {
        QTest::addColumn<double>("memory");
        QTest::addColumn<bool>("wanders");
        QTest::addColumn<bool>("seasonal");
        QTest::addColumn<std::size_t>("n");
        QTest::newRow("line, white noise") << 0.0 << false << false << std::size_t(150);
        QTest::newRow("line, few values") << 0.0 << false << false << std::size_t(40);
        QTest::newRow("line, autocorrelated noise") << 0.6 << false << false << std::size_t(200);
        QTest::newRow("line, daily wave") << 0.3 << false << true << std::size_t(240);
        QTest::newRow("random walk") << 0.0 << true << false << std::size_t(200);
        QTest::newRow("random walk, few values") << 0.0 << true << false << std::size_t(60);
        QTest::newRow("random walk, autocorrelated steps") << 0.4 << true << false << std::size_t(200);
    }
    void intervalsHoldTheTruth() {
        QFETCH(double, memory);
        QFETCH(bool, wanders);
        QFETCH(bool, seasonal);
        QFETCH(std::size_t, n);
        int covered = 0;
        int asked = 0;
        int low = 0;
        for (unsigned seed = 1; asked < 120; ++seed) {
            std::vector<double> all = armaSample(20 * n, memory, 0, seed);
            if (wanders)
                all = summed(all);
            all = plusLine(all, wanders ? 0.4 : 0.05);
            if (seasonal)
                all = waves(all, 24, 5);
            const std::vector<double> values(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
            const double limit = *std::max_element(values.begin(), values.end()) + (wanders ? 20 : 4);
            const double truth = truthOf(all, n, limit);
            const CapacityReport report =
                timeToLimit(values, {.limit = limit,
                                     .periods = seasonal ? std::vector<std::size_t>{24} : std::vector<std::size_t>{},
                                     .level = 0.9,
                                     .paths = 400,
                                     .seed = seed});
            ++asked;
            covered += report.stepsLow <= truth && truth <= report.stepsHigh ? 1 : 0;
            low += truth < report.steps ? 1 : 0;
        }
        // 108 expected, standard deviation 3.3.
        QVERIFY2(covered >= 98, qPrintable(QString::number(covered)));
        QVERIFY2(low >= 40 && low <= 80, qPrintable(QString::number(low)));
    }

    void whatCannotBeToldApartStaysPossible() {
        int both = 0;
        int falseDoubts = 0;
        for (unsigned seed = 1; seed <= 60; ++seed) {
            const std::vector<double> walk = plusLine(summed(armaSample(60, 0, 0, seed)), 0.4);
            const std::vector<CapacityModel> models = fitCapacity(walk, {});
            QVERIFY(!models.empty());
            both += models.back().wanders ? 1 : 0;
            const std::vector<double> line = plusLine(armaSample(100, 0, 0, seed), 0.4);
            falseDoubts += fitCapacity(line, {}).back().wanders ? 1 : 0;
        }
        QVERIFY2(both >= 50, qPrintable(QString::number(both)));
        QVERIFY2(falseDoubts <= 6, qPrintable(QString::number(falseDoubts)));
    }

    void noGrowthIsNoCrossing() {
        int claims = 0;
        for (unsigned seed = 1; seed <= 100; ++seed) {
            for (const double memory : {0.0, 0.5}) {
                const CapacityReport report =
                    timeToLimit(plusLine(armaSample(150, memory, 0, seed), 0), {.limit = 112, .paths = 200});
                claims += report.verdict == CapacityVerdict::Crossing ? 1 : 0;
            }
        }
        QVERIFY2(claims <= 12, qPrintable(QString::number(claims))); // 200 times one side of 95 %: 5
        const CapacityReport falling = timeToLimit(plusLine(armaSample(150, 0, 0, 1), -0.1), {.limit = 120});
        QCOMPARE(falling.verdict, CapacityVerdict::None);
        QVERIFY(falling.growthHigh < 0);
        QCOMPARE(falling.steps, infinity);
        QCOMPARE(timeToLimit(std::vector<double>(50, 3.0), {.limit = 4}).verdict, CapacityVerdict::None);
    }

    void whatCrossedInTheLastSeasonIsAlready() {
        const std::vector<double> values = waves(plusLine(armaSample(240, 0, 0, 1), 0), 24, 10);
        QCOMPARE(timeToLimit(values, {.limit = 108, .periods = {24}}).verdict, CapacityVerdict::Already);
        QCOMPARE(timeToLimit(values, {.limit = 90}).verdict, CapacityVerdict::Already);
        QVERIFY(timeToLimit(values, {.limit = 130, .periods = {24}}).verdict != CapacityVerdict::Already);
    }

    void aLowerLimitIsTheMirror() {
        std::vector<double> values = plusLine(armaSample(150, 0.3, 0, 5), 0.1);
        const CapacityReport up = timeToLimit(values, {.limit = 130, .within = {100}});
        for (double &v : values)
            v = -v;
        const CapacityReport down = timeToLimit(values, {.limit = -130, .below = true, .within = {100}});
        QCOMPARE(down.verdict, CapacityVerdict::Crossing);
        QCOMPARE(down.steps, up.steps);
        QCOMPARE(down.probabilities, up.probabilities);
        QCOMPARE(down.now, -up.now);
        QCOMPARE(down.growthLow, -up.growthHigh);
    }

    void exponentialGrowthIsKnownForWhatItIs() {
        std::vector<double> values = armaSample(120, 0, 0, 3);
        for (std::size_t t = 0; t < values.size(); ++t)
            values[t] = std::exp(1 + 0.02 * static_cast<double>(t) + 0.05 * values[t]);
        // Ends at e^3.38; e^5 is 81 steps of 0.02 away, noise takes it some earlier.
        const CapacityReport report = timeToLimit(values, {.limit = std::exp(5)});
        QVERIFY(report.method.starts_with("exponential"));
        QVERIFY(report.stepsLow > 70 && report.stepsHigh < 86);
        QVERIFY(std::abs(report.growth / report.now - 0.02) < 0.001);
    }

    void probabilitiesRiseAndSeedsHardlyMatter() {
        const std::vector<double> values = plusLine(armaSample(200, 0.5, 0, 7), 0.05);
        const CapacityOptions options{.limit = 125, .within = {10, 50, 200, 250, 300, 350, 400, 1000}};
        const CapacityReport one = timeToLimit(values, options);
        QVERIFY(std::is_sorted(one.probabilities.begin(), one.probabilities.end()));
        QVERIFY(one.probabilities.front() >= 0 && one.probabilities.back() <= 1);
        QVERIFY(one.probabilities[5] > one.probabilities[2]);
        QCOMPARE(timeToLimit(values, options).steps, one.steps);
        CapacityOptions other = options;
        other.seed = 2;
        QVERIFY(std::abs(timeToLimit(values, other).steps / one.steps - 1) < 0.05);
    }

    void gapsAndLongSeries() {
        std::vector<double> values = waves(plusLine(armaSample(20'000, 0.5, 0, 9), 0.001), 288, 3);
        for (std::size_t t = 500; t < 900; ++t)
            values[t] = missing;
        const CapacityReport report = timeToLimit(values, {.limit = 140, .periods = {288}});
        QVERIFY(report.method.find("maxima of 6") != std::string::npos);
        QCOMPARE(report.verdict, CapacityVerdict::Crossing);
        QVERIFY(std::abs(report.growth / 0.001 - 1) < 0.05);
        // 20 to go, less peaks of 3 and noise of some 3.
        QVERIFY(report.steps > 13'000 && report.steps < 17'000);
    }

    void hostileInputIsSurvived() {
        for (const std::vector<double> &values : hostile) {
            for (const double limit : {-1.0, 0.0, 100.0, 1e308, infinity, missing}) {
                for (const bool below : {false, true}) {
                    const CapacityReport report = timeToLimit(
                        values, {.limit = limit, .below = below, .periods = {7}, .within = {1, 1e9}, .paths = 100});
                    QCOMPARE(report.probabilities.size(), std::size_t(2));
                    if (values.size() < 20)
                        QCOMPARE(report.verdict, CapacityVerdict::Insufficient);
                    QVERIFY(!(report.stepsLow > report.steps));
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCapacity)
#include "tst_capacity.moc"
