// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/leak.h"

#include "core/series/teeth.h"
#include "data.h"

#include <QTest>
#include <functional>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// A curve over [0, 1) on a base of 1000 with noise of 5.
std::vector<double> memory(const std::function<double(double)> &curve, std::size_t n = 600, unsigned seed = 1) {
    std::vector<double> values = armaSample(n, 0, 0, seed);
    for (std::size_t t = 0; t < n; ++t)
        values[t] = 1000 + 5 * values[t] + curve(static_cast<double>(t) / static_cast<double>(n));
    return values;
}

double ramp(double u) {
    return -300 * std::exp(-u / 0.02);
}

} // namespace

class TestLeak : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatGrowsToTheEndLeaks_data() {
        QTest::addColumn<QString>("shape");
        for (const char *shape : {"linear", "late", "accelerating", "stairs", "teeth", "load"})
            QTest::newRow(shape) << QString::fromLatin1(shape);
    }
    void whatGrowsToTheEndLeaks() {
        QFETCH(QString, shape);
        std::function<double(double)> curve = [](double u) { return 150 * u + ramp(u); };
        if (shape == QLatin1String("late"))
            curve = [](double u) { return 300 * std::max(0.0, u - 0.5) + ramp(u); };
        if (shape == QLatin1String("accelerating"))
            curve = [](double u) { return 150 * std::expm1(1.3 * u) / std::expm1(1.3) + ramp(u); };
        if (shape == QLatin1String("stairs"))
            curve = [](double u) { return 40 * std::floor(u * 9.5) + ramp(u); };
        if (shape == QLatin1String("teeth"))
            curve = [](double u) { return 120 * u + 200 * std::fmod(u * 14, 1.0); };
        if (shape == QLatin1String("load"))
            curve = [](double u) { return 120 * u + 80 * std::sin(2 * std::numbers::pi * 5 * u); };
        const LeakReport report = findLeak(memory(curve));
        QCOMPARE(report.verdict, LeakVerdict::Leak);
        QVERIFY(report.confidence > 0.75);
        QVERIFY(report.p < 0.01);
        QVERIFY(report.slopeLow < report.slope && report.slope < report.slopeHigh);
    }

    void theSlopeIsRight() {
        const LeakReport linear = findLeak(memory([](double u) { return 150 * u; }));
        QVERIFY(std::abs(linear.slope - 150.0 / 600) < 0.01);
        QVERIFY(std::abs(linear.baseline - 1000) < 40);
        const LeakReport late = findLeak(memory([](double u) { return 300 * std::max(0.0, u - 0.5); }));
        QVERIFY(std::abs(late.slope - 0.5) < 0.04);
        QVERIFY(late.onset > 270 && late.onset < 330);
    }

    void whatEndsIsNone_data() {
        QTest::addColumn<QString>("shape");
        for (const char *shape :
             {"flat", "saturating", "ceiling", "released", "step", "two steps", "teeth", "spikes", "shrinking"})
            QTest::newRow(shape) << QString::fromLatin1(shape);
    }
    void whatEndsIsNone() {
        QFETCH(QString, shape);
        std::function<double(double)> curve = ramp;
        if (shape == QLatin1String("saturating"))
            curve = [](double u) { return 400 * (1 - std::exp(-u / 0.12)); };
        if (shape == QLatin1String("ceiling"))
            curve = [](double u) { return 300 * std::min(1.0, u / 0.4) + ramp(u); };
        if (shape == QLatin1String("released"))
            curve = [](double u) { return u < 0.6 ? 300 * u : 0; };
        if (shape == QLatin1String("step"))
            curve = [](double u) { return u > 0.5 ? 200 : 0; };
        if (shape == QLatin1String("two steps"))
            curve = [](double u) { return (u > 0.3 ? 200 : 0) + (u > 0.6 ? 150 : 0); };
        if (shape == QLatin1String("teeth"))
            curve = [](double u) { return 300 * std::fmod(u * 11.3, 1.0); };
        if (shape == QLatin1String("spikes"))
            curve = [](double u) { return std::abs(u - 0.4) < 0.01 || std::abs(u - 0.9) < 0.008 ? 400 : 0; };
        if (shape == QLatin1String("shrinking"))
            curve = [](double u) { return -200 * u; };
        const LeakReport report = findLeak(memory(curve));
        QCOMPARE(report.verdict, LeakVerdict::None);
    }

    void falseAlarmsAreRare() {
        int alarms = 0;
        for (unsigned seed = 1; seed <= 100; ++seed) {
            std::vector<double> y = armaSample(400, 0.8, 0, seed);
            for (double &v : y)
                v = 1000 + 12 * v;
            alarms += static_cast<int>(findLeak(y).verdict == LeakVerdict::Leak);
        }
        QVERIFY2(alarms <= 3, qPrintable(QString::number(alarms)));
    }

    void walksAreRarelyLeaks() {
        int alarms = 0;
        int driftsFound = 0;
        for (unsigned seed = 1; seed <= 300; ++seed) {
            std::vector<double> y = armaSample(300, 0, 0, seed);
            std::vector<double> drifting = y;
            double sum = 1000;
            double higher = 1000;
            for (std::size_t t = 0; t < y.size(); ++t) {
                y[t] = sum += y[t];
                drifting[t] = higher += drifting[t] + 2;
            }
            alarms += static_cast<int>(findLeak(y).verdict == LeakVerdict::Leak);
            driftsFound += static_cast<int>(findLeak(drifting).verdict == LeakVerdict::Leak);
        }
        QVERIFY2(alarms <= 30, qPrintable(QString::number(alarms)));
        QVERIFY2(driftsFound >= 280, qPrintable(QString::number(driftsFound)));
    }

    /// Of a late onset it covered three in four before the choice of the shape counted.
    void theIntervalCovers_data() {
        QTest::addColumn<double>("onset");
        QTest::newRow("from the beginning") << 0.0;
        QTest::newRow("from the middle on") << 0.5;
    }
    void theIntervalCovers() {
        QFETCH(double, onset);
        const double slope = 40 / (1 - onset);
        int leaks = 0;
        int covered = 0;
        for (unsigned seed = 1; seed <= 200; ++seed) {
            const LeakReport report =
                findLeak(memory([&](double u) { return slope * std::max(0.0, u - onset); }, 300, seed));
            if (report.verdict != LeakVerdict::Leak)
                continue;
            ++leaks;
            covered += static_cast<int>(report.slopeLow <= slope / 300 && slope / 300 <= report.slopeHigh);
        }
        QVERIFY2(leaks >= 190, qPrintable(QString::number(leaks)));
        QVERIFY2(covered >= 0.84 * leaks, qPrintable(QString::number(covered)));
    }

    void scaleAndLostSamplesGoThrough() {
        std::vector<double> y = memory([](double u) { return 150 * u + ramp(u); });
        const LeakReport before = findLeak(y);
        for (std::size_t t = 7; t < y.size(); t += 40)
            y[t] = missing;
        for (double &v : y)
            v *= 1e6;
        const LeakReport after = findLeak(y);
        QCOMPARE(after.verdict, before.verdict);
        QVERIFY(std::abs(after.slope / 1e6 - before.slope) < 0.02 * before.slope);
    }

    void valuesOfAnySizeLeak() {
        const std::vector<double> y = memory([](double u) { return 150 * u + ramp(u); });
        const LeakReport plain = findLeak(y);
        for (const double unit : {0x1p900, 0x1p-900}) {
            std::vector<double> scaled = y;
            for (double &v : scaled)
                v *= unit;
            const LeakReport report = findLeak(scaled);
            QCOMPARE(report.verdict, plain.verdict);
            QVERIFY(std::abs(report.slope / unit - plain.slope) < 1e-9 * std::abs(plain.slope));
            QVERIFY(std::abs(report.baseline / unit - plain.baseline) < 1e-9 * plain.baseline);
        }
    }

    void eventsAreFound() {
        std::vector<double> y(300, 100.0);
        std::mt19937_64 random(1);
        std::normal_distribution<double> normal;
        for (std::size_t t = 0; t < 300; ++t)
            y[t] += 20 * static_cast<double>(t % 60) / 60 + 0.2 * normal(random) + (t >= 100 && t < 105 ? 50 : 0);
        const Teeth teeth = findTeeth(y);
        QCOMPARE(teeth.drops, (std::vector<std::size_t>{60, 120, 180, 240}));
        QVERIFY(teeth.rises.empty());
        for (std::size_t t = 0; t < 300; ++t)
            QCOMPARE(static_cast<bool>(teeth.spike[t]), t >= 100 && t < 105);
        const std::vector<double> phase = toothPhase(teeth, 300);
        QCOMPARE(phase[60], 0.0);
        QCOMPARE(phase[90], 0.5);
        QVERIFY(std::abs(phase[299] - 59.0 / 60) < 1e-12);
    }

    void tooLittleIsSaid() {
        QCOMPARE(findLeak(std::vector<double>(39, 1.0)).verdict, LeakVerdict::Insufficient);
        QCOMPARE(findLeak(std::vector<double>(40, 1.0)).verdict, LeakVerdict::None);
        QCOMPARE(findLeak(std::vector<double>(100, missing)).verdict, LeakVerdict::Insufficient);
        for (const std::vector<double> &values : hostile)
            QVERIFY(std::isfinite(findLeak(values).slope));
        QVERIFY(findTeeth(std::vector<double>{1, 2}).drops.empty());
    }
};

QTEST_GUILESS_MAIN(TestLeak)
#include "tst_leak.moc"
