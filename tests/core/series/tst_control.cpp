// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/control.h"

#include "core/series/baseline.h"
#include "core/series/controlstate.h"
#include "data.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace ra::series;
using namespace ra::series::test;

namespace {

std::vector<double> normal(std::size_t n, unsigned seed, double mean = 100, double sd = 5) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> distribution(mean, sd);
    std::vector<double> values(n);
    for (double &v : values)
        v = distribution(random);
    return values;
}

std::vector<double> shifted(std::vector<double> values, std::size_t from, double by) {
    for (std::size_t i = from; i < values.size(); ++i)
        values[i] += by;
    return values;
}

/// False alarms in so many values.
double falseAlarmsOf(const std::vector<std::vector<double>> &many, const ControlOptions &options) {
    double alarms = 0;
    double values = 0;
    for (const std::vector<double> &one : many) {
        const ControlReport report = controlChart(one, options);
        alarms += static_cast<double>(report.alarms.size());
        for (const double s : report.statistic)
            values += std::isfinite(s) ? 1 : 0;
    }
    return alarms / values;
}

} // namespace

class TestControl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theChartOfTheTextbook() {
        // D. C. Montgomery, "Introduction to Statistical Quality Control", the CUSUM example: target 10, sigma 1,
        // k = 0.5, h = 5; table of the tabular CUSUM: C+ is 5.28 at period 29, counted since period 23.
        const double x[] = {9.45,  7.99,  9.29,  11.66, 12.16, 10.18, 8.04,  11.46, 9.20,  10.34,
                            9.03,  11.47, 10.51, 9.40,  10.08, 9.37,  10.62, 10.31, 8.52,  10.84,
                            10.90, 9.33,  12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52};
        CusumState state(CusumChart{0.5, 5});
        for (std::size_t i = 0; i < 28; ++i)
            QVERIFY(!state.next(i, x[i] - 10).began);
        const ChartSignal signal = state.next(28, x[28] - 10);
        QVERIFY(signal.began && signal.rising);
        QVERIFY(std::abs(signal.statistic - 5.28) < 1e-9);
        QCOMPARE(signal.onset, std::size_t(22));
    }

    void aWeightedMeanIsComputedByHand() {
        // Weight 0.5: 0.5, 1.25, then back: 0.125, -0.4375. Bound 1.2 of the limit 2.07846 by sqrt(1/3).
        EwmaState state(EwmaChart{0.5, 1.2 * std::sqrt(3.0)});
        QVERIFY(!state.next(0, 1).began);
        const ChartSignal alarm = state.next(1, 2);
        QVERIFY(alarm.began && alarm.rising);
        QVERIFY(std::abs(alarm.statistic - 1.25 * std::sqrt(3.0)) < 1e-12);
        QCOMPARE(alarm.onset, std::size_t(0));
        QVERIFY(!state.next(2, -1).ended); // held at 1.2: 0.1
        QVERIFY(state.next(3, -1).ended);
    }

    void theBaselineIsThatOfTheDistribution() {
        const Baseline clean = baselineOf(normal(20'000, 1));
        QVERIFY(std::abs(clean.target - 100) < 0.15);
        QVERIFY(std::abs(clean.sigma / 5 - 1) < 0.02);
        std::vector<double> spoilt = normal(20'000, 1);
        for (std::size_t i = 0; i < spoilt.size(); i += 20)
            spoilt[i] = 1e6;
        const Baseline robust = baselineOf(spoilt);
        QVERIFY(std::abs(robust.target - 100) < 1);
        QVERIFY(std::abs(robust.sigma / 5 - 1) < 0.25);
    }

    void falseAlarmsAreAsRareAsWanted_data() {
        QTest::addColumn<int>("method");
        QTest::addColumn<std::size_t>("baseline");
        QTest::addColumn<double>("memory");
        QTest::addColumn<bool>("skewed");
        for (const auto &[name, method] : {std::pair{"cusum", 0}, {"ewma", 1}}) {
            QTest::addRow("%s, no baseline", name) << method << std::size_t(0) << 0.0 << false;
            QTest::addRow("%s, baseline of 50", name) << method << std::size_t(50) << 0.0 << false;
            QTest::addRow("%s, baseline of 200", name) << method << std::size_t(200) << 0.0 << false;
            QTest::addRow("%s, no baseline, autocorrelated", name) << method << std::size_t(0) << 0.6 << false;
            QTest::addRow("%s, baseline of 20, autocorrelated", name) << method << std::size_t(20) << 0.5 << false;
            QTest::addRow("%s, baseline of 30, autocorrelated", name) << method << std::size_t(30) << 0.5 << false;
            QTest::addRow("%s, baseline of 50, autocorrelated", name) << method << std::size_t(50) << 0.7 << false;
            QTest::addRow("%s, baseline of 200, autocorrelated", name) << method << std::size_t(200) << 0.6 << false;
            QTest::addRow("%s, no baseline, lognormal", name) << method << std::size_t(0) << 0.0 << true;
            QTest::addRow("%s, baseline of 200, lognormal", name) << method << std::size_t(200) << 0.0 << true;
        }
    }
    void falseAlarmsAreAsRareAsWanted() {
        QFETCH(int, method);
        QFETCH(std::size_t, baseline);
        QFETCH(double, memory);
        QFETCH(bool, skewed);
        std::vector<std::vector<double>> many;
        for (unsigned seed = 1; seed <= 100; ++seed) {
            std::vector<double> values = armaSample(600 + baseline, memory, 0, seed);
            if (skewed)
                std::transform(values.begin(), values.end(), values.begin(), [](double v) { return std::exp(v / 2); });
            many.push_back(values);
        }
        const double rate = falseAlarmsOf(
            many, {.method = method == 0 ? ControlMethod::Cusum : ControlMethod::Ewma, .baseline = baseline});
        // 60,000 values hold 120 alarms, give or take 11; a departure takes values in which none can begin.
        QVERIFY2(rate < 1.4 / 500, qPrintable(QString::number(1 / rate)));
        QVERIFY2(rate > 0.5 / 500, qPrintable(QString::number(1 / rate)));
    }

    void aDegradationIsFoundAndDated_data() {
        QTest::addColumn<std::size_t>("baseline");
        QTest::addColumn<int>("method");
        QTest::newRow("cusum, no baseline") << std::size_t(0) << 0;
        QTest::newRow("cusum, baseline") << std::size_t(80) << 0;
        QTest::newRow("ewma, no baseline") << std::size_t(0) << 1;
        QTest::newRow("ewma, baseline") << std::size_t(80) << 1;
    }
    void aDegradationIsFoundAndDated() {
        QFETCH(std::size_t, baseline);
        QFETCH(int, method);
        const ControlOptions options{.method = method == 0 ? ControlMethod::Cusum : ControlMethod::Ewma,
                                     .baseline = baseline};
        int covered = 0;
        std::vector<double> delays;
        for (unsigned seed = 1; seed <= 100; ++seed) {
            const ControlReport report = controlChart(shifted(normal(160, seed), 100, 7.5), options); // 1.5 sigma
            if (report.verdict != ControlVerdict::Rising)
                continue;
            const ControlAlarm &alarm = report.alarms.back();
            if (alarm.index < 100)
                continue;
            delays.push_back(static_cast<double>(alarm.index) - 99);
            QVERIFY(alarm.onset <= alarm.index && alarm.onset >= 60);
            QCOMPARE(alarm.end, std::size_t(160));
            QVERIFY(alarm.statistic > alarm.limit);
            covered += alarm.shift.low <= 7.5 && 7.5 <= alarm.shift.high ? 1 : 0;
        }
        QVERIFY2(delays.size() >= 85, qPrintable(QString::number(delays.size())));
        std::sort(delays.begin(), delays.end());
        QVERIFY2(delays[delays.size() / 2] <= 9, qPrintable(QString::number(delays[delays.size() / 2])));
        QVERIFY2(covered >= static_cast<int>(0.85 * static_cast<double>(delays.size())),
                 qPrintable(QString::number(covered)));
    }

    void theMirroredSeriesHasTheMirroredChart() {
        std::vector<double> values = shifted(normal(200, 3, 0), 120, 10);
        const ControlReport report = controlChart(values);
        for (double &v : values)
            v = -v;
        const ControlReport mirrored = controlChart(values);
        QCOMPARE(report.verdict, ControlVerdict::Rising);
        QCOMPARE(mirrored.verdict, ControlVerdict::Falling);
        QCOMPARE(mirrored.alarms.back().index, report.alarms.back().index);
        QVERIFY(std::abs(mirrored.alarms.back().shift.value + report.alarms.back().shift.value) < 1e-9);
        QVERIFY(std::abs(mirrored.target + report.target) < 1e-9);
    }

    void whatIsOverIsNotSaidToLast() {
        std::vector<double> values = shifted(normal(300, 5), 100, 12);
        values = shifted(values, 140, -12);
        const ControlReport report = controlChart(values, {.baseline = 100});
        QCOMPARE(report.verdict, ControlVerdict::Stable);
        QCOMPARE(report.alarms.size(), std::size_t(1));
        QVERIFY(report.alarms[0].end > 139 && report.alarms[0].end < 155);
    }

    void loneValuesMakeNoAlarm() {
        std::vector<double> values = normal(300, 7);
        for (std::size_t i = 25; i < values.size(); i += 50)
            values[i] = 1e5;
        const ControlReport report = controlChart(values);
        QCOMPARE(report.verdict, ControlVerdict::Stable);
        QVERIFY(report.alarms.empty());
        QVERIFY(std::abs(report.target - 100) < 2);
    }

    void whatComesLaterDoesNotMoveAnAlarmOfABaselineChart() {
        const std::vector<double> values = shifted(normal(300, 9), 150, 10);
        const ControlReport whole = controlChart(values, {.baseline = 100});
        const std::size_t alarm = whole.alarms.front().index;
        const ControlReport part = controlChart(std::span(values).first(alarm + 1), {.baseline = 100});
        QCOMPARE(part.alarms.front().index, alarm);
        QCOMPARE(part.alarms.front().onset, whole.alarms.front().onset);
        QVERIFY(distance({part.statistic.begin() + 100, part.statistic.end()},
                         {whole.statistic.begin() + 100,
                          whole.statistic.begin() + static_cast<std::ptrdiff_t>(alarm) + 1}) < 1e-12);
    }

    void ratiosOfDurationsAreThoseOfTheirLevels() {
        std::vector<double> values = normal(300, 11, 3, 0.5);
        values = shifted(values, 200, std::log(1.5));
        for (double &v : values)
            v = std::exp(v);
        const ControlReport report = controlChart(values, {.baseline = 150});
        QVERIFY(report.logarithms);
        QCOMPARE(report.verdict, ControlVerdict::Rising);
        const ControlShift &shift = report.alarms.back().shift;
        QVERIFY(std::abs(shift.ratio - 1.5) < 0.25);
        QVERIFY(std::abs(shift.value / report.target + 1 - shift.ratio) < 1e-9);
        QVERIFY(std::abs(report.target / std::exp(3) - 1) < 0.15);
    }

    void valuesOfAnySizeAreCharted_data() {
        QTest::addColumn<int>("power");
        QTest::newRow("squares are numbers") << 490;
        QTest::newRow("squares are none") << 600;
        QTest::newRow("the largest") << 1016;
    }
    void valuesOfAnySizeAreCharted() {
        QFETCH(int, power);
        const std::vector<double> values = shifted(normal(160, 3), 120, 15);
        std::vector<double> large = values;
        for (double &v : large)
            v = std::ldexp(v, power);
        for (const std::size_t baseline : {std::size_t(0), std::size_t(80)}) {
            const ControlReport small = controlChart(values, {.baseline = baseline});
            const ControlReport report = controlChart(large, {.baseline = baseline});
            QCOMPARE(report.verdict, ControlVerdict::Rising);
            QVERIFY(std::abs(std::ldexp(report.target, -power) / small.target - 1) < 1e-9);
            QVERIFY(report.logarithms || std::abs(std::ldexp(report.sigma, -power) / small.sigma - 1) < 1e-9);
            const double shift = std::ldexp(report.alarms.back().shift.value, -power);
            QVERIFY(std::abs(shift / small.alarms.back().shift.value - 1) < 1e-6);
            QVERIFY(std::abs(report.alarms.back().shift.ratio / small.alarms.back().shift.ratio - 1) < 1e-6);
        }
    }

    void coarseAndConstantValues() {
        const std::vector<double> flat(60, 7.0);
        const ControlReport same = controlChart(flat, {.baseline = 30});
        QCOMPARE(same.verdict, ControlVerdict::Stable);
        QCOMPARE(same.target, 7.0);
        QCOMPARE(same.sigma, 0.0);
        const ControlReport stepped = controlChart(shifted(flat, 40, 1), {.baseline = 30});
        QCOMPARE(stepped.verdict, ControlVerdict::Rising);
        QCOMPARE(stepped.alarms.front().onset, std::size_t(40));
        QVERIFY(std::abs(stepped.alarms.front().shift.value - 1) < 1e-9);
        QCOMPARE(controlChart(shifted(flat, 40, -1)).verdict, ControlVerdict::Falling);
    }

    void tooLittleIsNoAnswer() {
        QCOMPARE(controlChart(normal(19, 1)).verdict, ControlVerdict::Insufficient);
        QCOMPARE(controlChart(normal(100, 1), {.baseline = 19}).verdict, ControlVerdict::Insufficient);
        QCOMPARE(controlChart(normal(100, 1), {.baseline = 100}).verdict, ControlVerdict::Insufficient);
        QCOMPARE(controlChart(normal(100, 1), {.baseline = 1'000'000}).verdict, ControlVerdict::Insufficient);
        QCOMPARE(controlChart(normal(20, 1)).verdict, ControlVerdict::Stable);
    }

    void hostileInputIsSurvived() {
        for (const std::vector<double> &values : hostile) {
            for (const std::size_t baseline : {0U, 20U, 40U}) {
                for (const ControlMethod method : {ControlMethod::Cusum, ControlMethod::Ewma}) {
                    const ControlReport report = controlChart(values, {.method = method, .baseline = baseline});
                    QCOMPARE(report.statistic.size(), values.size());
                    for (const ControlAlarm &alarm : report.alarms) {
                        QVERIFY(alarm.onset <= alarm.index && alarm.index < alarm.end);
                        QVERIFY(alarm.end <= values.size());
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestControl)
#include "tst_control.moc"
