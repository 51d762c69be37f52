// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/memorytrend.h"

#include "close.h"
#include "core/stats/trend.h"

#include <QTest>
#include <functional>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

/// An autoregression of order one that has run for a while, whose noise has variance 1.
std::vector<double> remembering(std::size_t n, double memory, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(n);
    double last = 0;
    for (int i = 0; i < 200 && memory < 1; ++i)
        last = memory * last + normal(random);
    for (double &v : values)
        v = last = memory * last + normal(random);
    return values;
}

double alarms(int runs, const std::function<std::vector<double>(unsigned)> &series) {
    int alarms = 0;
    for (int run = 0; run < runs; ++run)
        alarms += memoryTrend(series(static_cast<unsigned>(run) + 1))->p < 0.05 ? 1 : 0;
    return static_cast<double>(alarms) / runs;
}

} // namespace

class TestMemoryTrend : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theLevelIsHeldWhateverTheMemory_data() {
        QTest::addColumn<int>("n");
        QTest::addColumn<double>("memory");
        QTest::addColumn<double>("most");
        for (const int n : {60, 120, 300}) {
            for (const double memory : {-0.5, 0.0, 0.5, 0.8})
                QTest::addRow("%d values, memory %.1f", n, memory) << n << memory << 0.09;
            // What the corrected test of Mann and Kendall calls a trend in more than half of the cases.
            QTest::addRow("%d values of a random walk", n) << n << 1.0 << 0.25;
        }
    }
    void theLevelIsHeldWhateverTheMemory() {
        QFETCH(int, n);
        QFETCH(double, memory);
        QFETCH(double, most);
        const double share =
            alarms(600, [&](unsigned seed) { return remembering(static_cast<std::size_t>(n), memory, seed); });
        QVERIFY2(share <= most, qPrintable(QString::number(share)));
        QVERIFY2(share >= 0.02, qPrintable(QString::number(share)));
    }

    void trendsAreFound_data() {
        QTest::addColumn<double>("memory");
        QTest::addColumn<double>("rise"); // from the first value to the last
        QTest::addColumn<double>("least");
        // Mann and Kendall's own test, which is the best there is for the first, finds 83 %.
        QTest::newRow("independent values") << 0.0 << 1.06 << 0.75;
        QTest::newRow("memory of a half") << 0.5 << 2.12 << 0.75;
        QTest::newRow("much memory") << 0.8 << 5.3 << 0.4;
        QTest::newRow("falling") << 0.0 << -1.06 << 0.75;
    }
    void trendsAreFound() {
        QFETCH(double, memory);
        QFETCH(double, rise);
        QFETCH(double, least);
        const double share = alarms(300, [&](unsigned seed) {
            std::vector<double> values = remembering(100, memory, seed);
            for (std::size_t t = 0; t < values.size(); ++t)
                values[t] += rise * static_cast<double>(t) / 100;
            return values;
        });
        QVERIFY2(share >= least, qPrintable(QString::number(share)));
    }

    /// They leave much beside a line, which is no memory.
    void curvesAreTrends_data() {
        QTest::addColumn<std::function<double(double)>>("curve");
        using Curve = std::function<double(double)>;
        QTest::newRow("parabola") << Curve([](double u) { return u * u; });
        QTest::newRow("exponential") << Curve([](double u) { return std::exp(5 * u) / 150; });
        QTest::newRow("saturation") << Curve([](double u) { return 1 - std::exp(-6 * u); });
        QTest::newRow("step") << Curve([](double u) { return u < 0.5 ? 0 : 1; });
    }
    void curvesAreTrends() {
        QFETCH(std::function<double(double)>, curve);
        for (const double noise : {0.02, 0.2}) {
            const double share = alarms(200, [&](unsigned seed) {
                std::vector<double> values = remembering(100, 0, seed);
                for (std::size_t t = 0; t < values.size(); ++t)
                    values[t] = curve(static_cast<double>(t) / 100) + noise * values[t];
                return values;
            });
            QVERIFY2(share > 0.8, qPrintable(QString::number(share)));
        }
    }

    void theSignIsTheDirection() {
        auto rising = remembering(80, 0.3, 4);
        for (std::size_t t = 0; t < rising.size(); ++t)
            rising[t] += 0.1 * static_cast<double>(t);
        auto falling = rising;
        for (double &v : falling)
            v = 3 - 2 * v;
        const auto up = memoryTrend(rising);
        const auto down = memoryTrend(falling);
        QVERIFY(up->t > 0 && up->p < 1e-3 && up->memory < 0.8);
        CLOSE(down->t, -up->t, 1e-9);
        CLOSE(down->memory, up->memory, 1e-9);
        // Shifts that leave few digits change little; missing values keep their places.
        for (double &v : falling)
            v += 1e12;
        CLOSE(memoryTrend(falling)->t, -up->t, 1e-2);
        rising[7] = rising[40] = missing;
        QVERIFY(memoryTrend(rising)->p < 1e-3);
    }

    void exactLinesAreForKendall() {
        std::vector<double> line;
        for (int t = 0; t < 50; ++t)
            line.push_back(7 - 0.25 * t);
        QCOMPARE(memoryTrend(line)->p, mannKendall(line)->p);
        QVERIFY(memoryTrend(line)->t < 0);
        for (double &v : line)
            v = std::exp(v); // ranks are a line, too
        QCOMPARE(memoryTrend(line)->p, mannKendall(line)->p);
    }

    void hostileInputs() {
        QVERIFY(!memoryTrend(std::vector<double>{}) && !memoryTrend(std::vector<double>(9, 1.0)));
        QVERIFY(!memoryTrend(std::vector<double>(50, 2.0)) && !memoryTrend(std::vector<double>(50, missing)));
        auto values = remembering(30, 0, 1);
        values[3] = infinite;
        QVERIFY(!memoryTrend(values));
        values[3] = 1e308;
        values[4] = -1e308;
        QVERIFY(memoryTrend(values)->p > 0.01);
        std::vector<double> spike(100, 0.0);
        spike[60] = 5;
        const auto rare = memoryTrend(spike);
        QVERIFY(rare && rare->p > 0.05 && rare->p <= 1);
        for (std::size_t t = 0; t < spike.size(); ++t)
            spike[t] = t % 2 == 0 ? 1 : -1;
        QVERIFY(memoryTrend(spike)->p > 0.05);
        for (double &v : spike)
            v *= 1e-310;
        QVERIFY(memoryTrend(spike)->p > 0.05);
    }
};

QTEST_GUILESS_MAIN(TestMemoryTrend)
#include "tst_memorytrend.moc"
