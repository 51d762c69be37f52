// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/logscale.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <random>

using namespace ra::stats;

class TestLogScale : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aMagnitudeLiesInItsBucket_data() {
        QTest::addColumn<double>("error");
        for (const double error : {0.001, 0.01, 0.2, 0.5})
            QTest::addRow("%g", error) << error;
    }
    void aMagnitudeLiesInItsBucket() {
        QFETCH(double, error);
        const double scale = bucketScale(error);
        std::mt19937_64 random(7);
        std::vector<double> magnitudes{std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::min(), 1,
                                       std::numeric_limits<double>::max()};
        for (int i = 0; i < 20'000; ++i) {
            const double any = std::abs(std::bit_cast<double>(random()));
            if (std::isfinite(any) && any > 0)
                magnitudes.push_back(any);
        }
        for (const double magnitude : magnitudes) {
            const std::uint32_t bucket = bucketOf(magnitude, scale);
            QVERIFY(bucket < bucketLimit(scale));
            const double begin = bucketStart(bucket, scale);
            const double end = bucketStart(bucket + 1, scale);
            if (magnitude >= 0x1p-1000) { // below, ends round to the few doubles that there are
                QVERIFY(begin <= magnitude * (1 + 1e-12));
                QVERIFY(magnitude <= end * (1 + 1e-12));
                if (std::isfinite(end)) // else the width is that of no bucket
                    QVERIFY(end / begin <= (1 + error) / (1 - error));
            }
        }
    }

    void aBucketIsAsWideAsItMayBeSomewhere() {
        // Just above a power of two, where the cubic is steepest: slope 10/7 to an octave.
        const double scale = bucketScale(0.01);
        double widest = 0;
        for (std::uint32_t bucket = bucketOf(1, scale); bucket < bucketOf(1024, scale); ++bucket)
            widest = std::max(widest, bucketStart(bucket + 1, scale) / bucketStart(bucket, scale));
        QVERIFY(widest <= 1.01 / 0.99);
        QVERIFY(widest > 1 + 0.98 * (1.01 / 0.99 - 1));
    }

    void largerMagnitudesHaveNoLowerBuckets() {
        const double scale = bucketScale(0.01);
        std::uint32_t last = 0;
        for (double magnitude = 0x1p-1074; std::isfinite(magnitude); magnitude *= 1.0005) {
            magnitude = std::max(magnitude, std::nextafter(magnitude, 1e308));
            const std::uint32_t bucket = bucketOf(magnitude, scale);
            QVERIFY(bucket >= last);
            last = bucket;
            if (magnitude < 0x1p-1022)
                magnitude *= 1.9;
        }
        QVERIFY(last > 70'000);
    }
};

QTEST_GUILESS_MAIN(TestLogScale)
#include "tst_logscale.moc"
