// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/surprises.h"

#include "data.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>

using namespace ra::series;
using namespace ra::series::test;

class TestSurprises : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void drawsFollowTheDistributionBeyondTheSample_data() {
        QTest::addColumn<int>("freedom");       // of Student's t; 0: normal
        QTest::addColumn<double>("thousandth"); // the size that one value in 1,000 goes beyond
        QTest::newRow("normal") << 0 << 3.2905;
        QTest::newRow("heavy tails") << 3 << 12.9240;
    }
    void drawsFollowTheDistributionBeyondTheSample() {
        QFETCH(int, freedom);
        QFETCH(double, thousandth);
        // Of the samples' own values nine samples in ten have none that goes beyond, and one far too many.
        double beyond = 0;
        int everBeyond = 0;
        double central = 0;
        constexpr int draws = 4000;
        for (unsigned seed = 1; seed <= 100; ++seed) {
            std::mt19937_64 random(seed);
            std::normal_distribution<double> normal;
            std::student_t_distribution<double> heavy(std::max(freedom, 1));
            std::vector<double> sample(100);
            for (double &v : sample)
                v = freedom > 0 ? heavy(random) : normal(random);
            const Surprises surprises(sample);
            ra::stats::Random next(seed);
            const double before = beyond;
            for (int i = 0; i < draws; ++i) {
                const double v = surprises.draw(surprises.tails(), next);
                QVERIFY(std::abs(v) <= 10 * surprises.reach(surprises.tails()));
                beyond += std::abs(v) > thousandth ? 1 : 0;
                central += std::abs(v) < 0.6745 ? 1 : 0;
            }
            everBeyond += beyond > before ? 1 : 0;
        }
        QVERIFY2(everBeyond >= 30, qPrintable(QString::number(everBeyond)));
        const double share = beyond / (100.0 * draws);
        QVERIFY2(share > 0.0003 && share < 0.003, qPrintable(QString::number(share)));
        if (freedom == 0)
            QVERIFY(std::abs(central / (100.0 * draws) - 0.5) < 0.02);
    }

    void whatNeverDiffersNeverWill() {
        for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{50}}) {
            const Surprises surprises(std::vector<double>(n, 0.0));
            ra::stats::Random random(1);
            for (int i = 0; i < 100; ++i)
                QCOMPARE(surprises.draw(surprises.tails(random), random), 0.0);
            QCOMPARE(surprises.reach(surprises.tails()), 0.0);
        }
    }

    void fewValuesAreDrawnAsTheyAre() {
        const std::vector<double> sample{3, -2, 5, 8, 1};
        const Surprises surprises(sample);
        ra::stats::Random random(1);
        for (int i = 0; i < 100; ++i)
            QVERIFY(std::count(sample.begin(), sample.end(), surprises.draw(surprises.tails(random), random)) == 1);
        QCOMPARE(surprises.reach(surprises.tails()), 8.0);
    }
};

QTEST_GUILESS_MAIN(TestSurprises)
#include "tst_surprises.moc"
