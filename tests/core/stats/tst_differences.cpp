// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/differences.h"

#include <QTest>
#include <algorithm>
#include <limits>
#include <random>

using namespace ra::stats;

namespace {

std::vector<double> ascending(std::size_t n, unsigned seed, double unit) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(0, 10);
    std::vector<double> values(n);
    for (double &value : values)
        value = unit > 0 ? std::round(normal(random) / unit) * unit : normal(random);
    std::ranges::sort(values);
    return values;
}

} // namespace

class TestDifferences : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachRankIsThatOfAllDifferencesInOrder_data() {
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("m");
        QTest::addColumn<double>("unit");
        for (const auto &[n, m] : {std::pair{1, 1}, {1, 9}, {9, 1}, {7, 5}, {600, 700}, {3, 200'000}, {100'000, 4}}) {
            for (const double unit : {0.0, 1.0, 40.0})
                QTest::addRow("%d x %d in steps of %g", n, m, unit) << n << m << unit;
        }
    }

    void eachRankIsThatOfAllDifferencesInOrder() {
        QFETCH(int, n);
        QFETCH(int, m);
        QFETCH(double, unit);
        const auto x = ascending(static_cast<std::size_t>(n), 1, unit);
        const auto y = ascending(static_cast<std::size_t>(m), 2, unit);
        std::vector<double> all;
        for (const double a : x) {
            for (const double b : y)
                all.push_back(a - b);
        }
        std::ranges::sort(all);
        Differences differences(x, y);
        QCOMPARE(differences.count(), std::uint64_t{all.size()});
        for (const double share : {0.0, 0.001, 0.025, 0.3, 0.5, 0.77, 0.999, 1.0}) {
            const auto rank = static_cast<std::size_t>(share * static_cast<double>(all.size() - 1));
            QCOMPARE(differences.select(rank), all[rank]);
        }
    }

    void extremesAndOneValueAreSelected() {
        constexpr double most = std::numeric_limits<double>::max();
        const std::vector<double> wide = {-most, -1, 0, 1, most};
        Differences differences(wide, wide);
        QCOMPARE(differences.select(12), 0.0);
        QCOMPARE(differences.select(24), std::numeric_limits<double>::infinity());
        const std::vector<double> same(1'000, 5.0);
        Differences none(same, same);
        QCOMPARE(none.select(123'456), 0.0);
    }
};

QTEST_APPLESS_MAIN(TestDifferences)
#include "tst_differences.moc"
