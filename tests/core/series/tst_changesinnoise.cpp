// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changeinput.h"
#include "core/series/changememory.h"
#include "core/series/changes.h"

#include "data.h"

#include <QTest>
#include <algorithm>
#include <functional>

using namespace ra::series;
using namespace ra::series::test;

namespace {

using Series = std::function<std::vector<double>(std::size_t, unsigned)>;

std::vector<double> uniform(std::size_t n, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<double> values(n);
    for (double &v : values)
        v = (static_cast<double>(random()) + 1) / 4294967297.0;
    return values;
}

/// Of a sum of exponential waits; the standard library's distributions differ between machines.
double poisson(double mean, std::mt19937 &random) {
    double count = -1;
    for (double waited = 0; waited < mean; ++count)
        waited -= std::log((static_cast<double>(random()) + 1) / 4294967297.0);
    return count;
}

Series remembering(double memory) {
    return [memory](std::size_t n, unsigned seed) { return armaSample(n, memory, 0, seed); };
}

/// Higher from the middle on.
Series stepped(const Series &noise, double height) {
    return [noise, height](std::size_t n, unsigned seed) {
        std::vector<double> values = noise(n, seed);
        for (std::size_t t = n / 2; t < n; ++t)
            values[t] += height;
        return values;
    };
}

Series counted(double before, double after) {
    return [before, after](std::size_t n, unsigned seed) {
        std::mt19937 random(seed);
        std::vector<double> values(n);
        for (std::size_t t = 0; t < n; ++t)
            values[t] = poisson(t < n / 2 ? before : after, random);
        return values;
    };
}

} // namespace

class TestChangesInNoise : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void noiseHasNoChange_data() {
        QTest::addColumn<ChangeMethod>("method");
        QTest::addColumn<int>("n");
        QTest::addColumn<Series>("series");
        QTest::addColumn<double>("most");
        const Series large = [](std::size_t n, unsigned seed) {
            std::vector<double> values = armaSample(n, 0, 0, seed);
            for (double &v : values)
                v += 1e15; // an eighth is the least difference; logarithms have no digit left
            return values;
        };
        for (const int n : {60, 300}) {
            for (const auto &[name, method] : {std::pair{"PELT", ChangeMethod::Pelt}, {"Bayes", ChangeMethod::Bayes}}) {
                QTest::addRow("%s, uniform, %d", name, n) << method << n << Series(uniform) << 0.09;
                QTest::addRow("%s, beside 1e15, %d", name, n) << method << n << large << 0.09;
                QTest::addRow("%s, rare events, %d", name, n) << method << n << counted(0.1, 0.1) << 0.09;
                QTest::addRow("%s, memory of 0.5, %d", name, n) << method << n << remembering(0.5) << 0.09;
                QTest::addRow("%s, memory of 0.8, %d", name, n) << method << n << remembering(0.8) << 0.14;
            }
            QTest::addRow("PELT, nearly a random walk, %d", n) << ChangeMethod::Pelt << n << remembering(0.95) << 0.2;
        }
        // Of which each takes some tenths of a second.
        for (const double memory : {0.0, 0.5, 0.8})
            QTest::addRow("E-divisive, memory of %.1f", memory)
                << ChangeMethod::EDivisive << 120 << remembering(memory) << (memory < 0.6 ? 0.12 : 0.22);
    }
    void noiseHasNoChange() {
        QFETCH(ChangeMethod, method);
        QFETCH(int, n);
        QFETCH(Series, series);
        QFETCH(double, most);
        const unsigned runs = method == ChangeMethod::EDivisive ? 100 : 200;
        int alarms = 0;
        for (unsigned seed = 1; seed <= runs; ++seed)
            alarms += findChanges(series(static_cast<std::size_t>(n), seed), method).empty() ? 0 : 1;
        QVERIFY2(alarms <= runs * most, qPrintable(QString::number(alarms)));
    }

    void changesInNoiseAreFound_data() {
        QTest::addColumn<ChangeMethod>("method");
        QTest::addColumn<Series>("series");
        QTest::addColumn<double>("least");
        // In units of the scatter of long means these levels lie 1.5, 1.2 and 0.6 apart; the last one is a jump of 12
        // innovations.
        QTest::newRow("PELT, memory of 0.5") << ChangeMethod::Pelt << stepped(remembering(0.5), 3) << 0.9;
        QTest::newRow("PELT, memory of 0.8") << ChangeMethod::Pelt << stepped(remembering(0.8), 6) << 0.85;
        QTest::newRow("PELT, memory of 0.95") << ChangeMethod::Pelt << stepped(remembering(0.95), 12) << 0.85;
        QTest::newRow("Bayes, memory of 0.5") << ChangeMethod::Bayes << stepped(remembering(0.5), 3) << 0.9;
        QTest::newRow("Bayes, memory of 0.8") << ChangeMethod::Bayes << stepped(remembering(0.8), 6) << 0.6;
        // What was not credible when it was first noticed is waited for.
        QTest::newRow("Bayes, rare events") << ChangeMethod::Bayes << counted(0.1, 0.6) << 0.7;
        QTest::newRow("Bayes, counts") << ChangeMethod::Bayes << counted(1, 3) << 0.9;
        QTest::newRow("E-divisive, memory of 0.5") << ChangeMethod::EDivisive << stepped(remembering(0.5), 3) << 0.9;
        QTest::newRow("E-divisive, memory of 0.8") << ChangeMethod::EDivisive << stepped(remembering(0.8), 6) << 0.8;
    }
    void changesInNoiseAreFound() {
        QFETCH(ChangeMethod, method);
        QFETCH(Series, series);
        QFETCH(double, least);
        constexpr std::size_t n = 300;
        const unsigned runs = method == ChangeMethod::EDivisive ? 20 : 100;
        int found = 0;
        for (unsigned seed = 1; seed <= runs; ++seed) {
            const std::vector<Change> changes = findChanges(series(n, seed), method);
            found += std::any_of(changes.begin(), changes.end(),
                                 [](const Change &change) { return change.index > 120 && change.index < 180; })
                         ? 1
                         : 0;
        }
        QVERIFY2(found >= runs * least, qPrintable(QString::number(found)));
    }

    void memoryIsToldFromChangedLevels_data() {
        QTest::addColumn<double>("memory");
        for (const double memory : {0.0, 0.5, 0.8})
            QTest::addRow("%.1f", memory) << memory;
    }
    void memoryIsToldFromChangedLevels() {
        QFETCH(double, memory);
        double mean = 0;
        for (unsigned seed = 1; seed <= 50; ++seed) {
            std::vector<double> values = armaSample(300, memory, 0, seed);
            for (std::size_t t = 0; t < 300; ++t)
                values[t] += 30 * std::floor(static_cast<double>(t) / 60);
            mean += memoryOf(values) / 50;
        }
        QVERIFY2(std::abs(mean - memory) < 0.06, qPrintable(QString::number(mean)));
        // Levels stay what they are.
        const std::vector<double> level = unforeseen(std::vector<double>(5, 7.0), memory);
        for (const double v : level)
            QVERIFY(std::abs(v - 7) < 1e-12);
    }

    void whatWandersLosesItsChanges() {
        int kept = 0;
        for (unsigned seed = 1; seed <= 50; ++seed)
            kept += static_cast<int>(withoutMemory(armaSample(300, 0.95, 0, seed), {100, 200}, false, 0.01).size());
        QVERIFY2(kept <= 5, qPrintable(QString::number(kept)));
        std::vector<double> steps = armaSample(300, 0.5, 0, 1);
        for (std::size_t t = 0; t < 300; ++t)
            steps[t] += 8 * std::floor(static_cast<double>(t) / 100);
        QCOMPARE(withoutMemory(steps, {100, 150, 200}, false, 0.01), (std::vector<std::size_t>{100, 200}));
        QCOMPARE(withoutMemory(steps, {}, true, 0.01), std::vector<std::size_t>{});
        std::vector<double> bends = armaSample(300, 0.5, 0, 1);
        for (std::size_t t = 150; t < 300; ++t)
            bends[t] += 0.5 * static_cast<double>(t - 150);
        QCOMPARE(withoutMemory(bends, {75, 150}, true, 0.01), std::vector<std::size_t>{150});
    }
};

QTEST_GUILESS_MAIN(TestChangesInNoise)
#include "tst_changesinnoise.moc"
