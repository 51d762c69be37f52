// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/season.h"

#include "core/series/autocorrelation.h"
#include "core/series/regular.h"
#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

std::vector<std::size_t> periodsOf(const std::vector<Season> &seasons) {
    std::vector<std::size_t> periods;
    for (const Season &season : seasons)
        periods.push_back(season.period);
    std::sort(periods.begin(), periods.end());
    return periods;
}

} // namespace

class TestSeason : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aCycleIsFoundWithoutHints_data() {
        QTest::addColumn<int>("period");
        for (const int period : {4, 7, 12, 24, 60})
            QTest::addRow("%d", period) << period;
    }
    void aCycleIsFoundWithoutHints() {
        QFETCH(int, period);
        const std::vector<Season> seasons = findSeasons(cyclic(500, static_cast<std::size_t>(period), 0.1, 5, 1));
        QCOMPARE(periodsOf(seasons), std::vector<std::size_t>{static_cast<std::size_t>(period)});
        QVERIFY(seasons[0].p < 1e-6);
        QVERIFY(seasons[0].strength > 0.5);
    }

    /// Its frequency is the last of the spectrum, and its figure no sine.
    void periodTwoIsFound_data() {
        QTest::addColumn<int>("n");
        for (const int n : {40, 41, 300, 301})
            QTest::addRow("%d", n) << n;
    }
    void periodTwoIsFound() {
        QFETCH(int, n);
        int found = 0;
        int falsely = 0;
        for (unsigned seed = 1; seed <= 50; ++seed) {
            std::vector<double> y = armaSample(static_cast<std::size_t>(n), 0, 0, seed);
            falsely += static_cast<int>(!findSeasons(y).empty());
            for (std::size_t t = 0; t < y.size(); t += 2)
                y[t] += 3;
            found += static_cast<int>(periodsOf(findSeasons(y)) == std::vector<std::size_t>{2});
        }
        QVERIFY2(found >= 48, qPrintable(QString::number(found)));
        QVERIFY(falsely <= 2);
        // Neighbours that shun each other are no cycle that keeps its phase.
        int wandering = 0;
        for (unsigned seed = 1; seed <= 50; ++seed)
            wandering += static_cast<int>(!findSeasons(armaSample(static_cast<std::size_t>(n), -0.7, 0, seed)).empty());
        QVERIFY2(wandering <= 3, qPrintable(QString::number(wandering)));
    }

    void dayAndWeekAreBothFound() {
        std::vector<double> y = cyclic(1000, 24, 0, 5, 1);
        for (std::size_t t = 0; t < y.size(); ++t)
            y[t] += (t / 24) % 7 >= 5 ? -6 : 0;
        QCOMPARE(periodsOf(findSeasons(y, {.hints = {168, 24, 24}})), (std::vector<std::size_t>{24, 168}));
        // Without a week in it, none is seen.
        QCOMPARE(periodsOf(findSeasons(cyclic(1000, 24, 0, 5, 1), {.hints = {24, 168}, .hintLevel = 0.01})),
                 std::vector<std::size_t>{24});
    }

    void noiseHasNoSeason() {
        int found = 0;
        for (unsigned seed = 1; seed <= 50; ++seed) {
            found += static_cast<int>(!findSeasons(armaSample(300, 0, 0, seed)).empty());
            found += static_cast<int>(!findSeasons(armaSample(300, 0.9, 0, seed)).empty());
        }
        QVERIFY(found <= 3);
    }

    void gapsAndHostileInputsAreSurvived() {
        std::vector<double> y = cyclic(300, 12, 0, 5, 1);
        y[3] = y[50] = y[299] = missing;
        QCOMPARE(periodsOf(findSeasons(y)), std::vector<std::size_t>{12});
        for (const double unit : {0x1p900, 0x1p-900}) {
            std::vector<double> scaled = y;
            for (double &v : scaled)
                v *= unit;
            QCOMPARE(periodsOf(findSeasons(scaled)), std::vector<std::size_t>{12});
        }
        for (const std::vector<double> &values : hostile) {
            for (const Season &season : findSeasons(values, {.hints = {4, 0, 1}}))
                QVERIFY(season.period >= 2 && season.p >= 0 && season.p <= 1);
        }
    }

    void timesBecomeSteps() {
        const std::vector<double> times{0, 10, 20.000001, 30, 50, 55};
        const std::vector<double> values{1, 2, 3, 4, 5, 7};
        const auto series = regularised(times, values, Aggregation::Mean);
        QVERIFY(std::abs(series->step - 10) < 1e-5);
        QVERIFY(distance({series->values.begin(), series->values.begin() + 4}, {1, 2, 3, 4}) == 0);
        QVERIFY(std::isnan(series->values[4]));
        QCOMPARE(series->values[5], 6.0);
        QCOMPARE(series->merged, std::size_t{1});
        QCOMPARE(series->gaps, std::size_t{1});
        // The other ways to put two samples together, in whatever order they come.
        const std::vector<double> shuffledTimes{55, 0, 10, 30, 50, 20.000001};
        const std::vector<double> shuffled{7, 1, 2, 4, 5, 3};
        const auto last = [&](Aggregation how) { return regularised(shuffledTimes, shuffled, how, 10)->values[5]; };
        QCOMPARE(last(Aggregation::Sum), 12.0);
        QCOMPARE(last(Aggregation::Last), 7.0);
        QCOMPARE(last(Aggregation::Maximum), 7.0);
        QCOMPARE(last(Aggregation::Count), 2.0);
        QCOMPARE(regularised(times, values, Aggregation::Sum)->values[4], 0.0);
    }

    void monthsAreMonths() {
        // 1990-01-01, then the first of each month; March is left out.
        const std::vector<double> times{631152000, 633830400, 638928000, 641520000, 644198400};
        const std::vector<double> values{1, 2, 4, 5, 6};
        const auto series = regularised(times, values, Aggregation::Mean, 0, true);
        QVERIFY(series->calendarMonths);
        QCOMPARE(series->values.size(), std::size_t{6});
        QVERIFY(std::isnan(series->values[2]));
        QCOMPARE(calendarPeriods(series->step), std::vector<std::size_t>{12});
    }

    void theCalendarSuggestsPeriods() {
        QCOMPARE(calendarPeriods(3600), (std::vector<std::size_t>{24, 168, 8766}));
        QCOMPARE(calendarPeriods(86400), (std::vector<std::size_t>{7, 365}));
        QCOMPARE(calendarPeriods(604800), (std::vector<std::size_t>{52}));
        QCOMPARE(calendarPeriods(300), (std::vector<std::size_t>{12, 288, 2016}));
        QVERIFY(calendarPeriods(0).empty());
        QVERIFY(calendarPeriods(missing).empty());
    }

    void timesWithoutStepsAreRefused() {
        QVERIFY(!regularised(std::vector<double>{5, 5}, std::vector<double>{1, 2}, Aggregation::Mean));
        QVERIFY(!regularised({}, {}, Aggregation::Mean));
        QVERIFY(!regularised(std::vector<double>{0, 1, 2, 1e9}, std::vector<double>{1, 2, 3, 4}, Aggregation::Mean));
        QVERIFY(!regularised(std::vector<double>{0, 1, 2}, std::vector<double>{1, 2}, Aggregation::Mean));
        QVERIFY(!typicalStep(std::vector<double>{missing, 3}));
    }

    void whatIsNotFiniteIsNoSample() {
        const auto series = regularised(std::vector<double>{2, missing, 0, 1, 3, infinity},
                                        std::vector<double>{7, 1, 5, infinity, 8, 1}, Aggregation::Mean);
        QVERIFY(series);
        QCOMPARE(series->values.size(), std::size_t{4});
        QCOMPARE(series->values[0], 5.0);
        QVERIFY(std::isnan(series->values[1]));
        QCOMPARE(series->values[2], 7.0);
        QCOMPARE(series->values[3], 8.0);
    }

    void gapsDoNotMakeStepsWithoutEnd() {
        // Three distances of 1 and one of 80: over 20 steps a sample.
        std::vector<double> times(250'000);
        for (std::size_t i = 1; i < times.size(); ++i)
            times[i] = times[i - 1] + (i % 4 == 0 ? 80 : 1);
        const std::vector<double> values(times.size(), 3);
        const auto few = regularised(std::span(times).first(1000), std::span(values).first(1000), Aggregation::Mean);
        QVERIFY(few && few->step == 1);
        const auto many = regularised(times, values, Aggregation::Mean);
        QVERIFY(many);
        QCOMPARE(many->step, 2.0);
        QVERIFY(many->values.size() <= std::size_t{1} << 22);
        QCOMPARE(static_cast<double>(many->values.size() - 1), std::floor(times.back() / 2));
    }

    void aCycleIsFoundAmongAPrimeNumberOfValues() {
        constexpr std::size_t prime = 100'003; // whose transform would take 10^10 steps
        QVERIFY(quickLength(prime) > prime && quickLength(prime) < prime + prime / 100);
        const std::vector<Season> seasons = findSeasons(cyclic(prime, 24, 0, 1, 1));
        QCOMPARE(periodsOf(seasons), std::vector<std::size_t>{24});
    }
};

QTEST_GUILESS_MAIN(TestSeason)
#include "tst_season.moc"
