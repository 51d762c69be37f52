// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/isolationforest.h"

#include "data.h"

#include <QTest>
#include <algorithm>

using namespace ra::series;
using namespace ra::series::test;

class TestIsolationForest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void averagePathLengthsAreThoseOfSearchTrees_data() {
        QTest::addColumn<int>("n");
        QTest::addColumn<double>("length");
        // 2 H(n - 1) - 2 (n - 1) / n by hand; H(255) = 6.120 5...: c(256) = 10.244 8 in Liu et al., section 4.2's
        // tables.
        QTest::newRow("none") << 0 << 0.0;
        QTest::newRow("one") << 1 << 0.0;
        QTest::newRow("two") << 2 << 1.0;
        QTest::newRow("three") << 3 << 5.0 / 3;
        QTest::newRow("four") << 4 << 13.0 / 6;
        QTest::newRow("256") << 256 << 10.24868992563456;
    }
    void averagePathLengthsAreThoseOfSearchTrees() {
        QFETCH(int, n);
        QFETCH(double, length);
        QVERIFY(std::abs(averagePathLength(static_cast<std::size_t>(n)) - length) < 1e-9);
    }

    void whatLiesApartIsIsolatedSoonest() {
        std::vector<double> points = armaSample(2000, 0, 0);
        points[2 * 400] = 9; // a point of two numbers outside the crowd
        points[2 * 400 + 1] = -9;
        const std::vector<double> scores = isolationScores(points, 2);
        QCOMPARE(scores.size(), std::size_t{1000});
        QCOMPARE(std::max_element(scores.begin(), scores.end()) - scores.begin(), std::ptrdiff_t{400});
        QVERIFY(scores[400] > 0.7);
        std::vector<double> sorted = scores;
        std::sort(sorted.begin(), sorted.end());
        QVERIFY2(sorted[500] < 0.5, qPrintable(QString::number(sorted[500])));
    }

    void theSameSeedGivesTheSameScores() {
        const std::vector<double> points = armaSample(600, 0, 0);
        QCOMPARE(isolationScores(points, 2), isolationScores(points, 2));
        QVERIFY(isolationScores(points, 2) != isolationScores(points, 2, {.seed = 2}));
    }

    void nothingAndAlikePointsHaveNoAnomalies() {
        QVERIFY(isolationScores({}, 3).empty());
        QVERIFY(isolationScores(std::vector<double>{1, 2}, 0).empty());
        for (const double score : isolationScores(std::vector<double>(300, 7.0), 3))
            QCOMPARE(score, 0.5);
        QCOMPARE(isolationScores(std::vector<double>{1, 2, 3}, 3), std::vector<double>{0.5});
    }
};

QTEST_GUILESS_MAIN(TestIsolationForest)
#include "tst_isolationforest.moc"
