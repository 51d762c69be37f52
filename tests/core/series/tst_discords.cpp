// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/discords.h"

#include "data.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace ra::series;
using namespace ra::series::test;

namespace {

double meanOf(const std::vector<double> &values, std::size_t first, std::size_t length) {
    double sum = 0;
    for (std::size_t k = 0; k < length; ++k)
        sum += values[first + k];
    return sum / static_cast<double>(length);
}

/// By the definition.
double apart(const std::vector<double> &values, std::size_t a, std::size_t b, std::size_t length) {
    const double shift = meanOf(values, a, length) - meanOf(values, b, length);
    double sum = 0;
    for (std::size_t k = 0; k < length; ++k)
        sum += std::pow(values[a + k] - values[b + k] - shift, 2);
    return std::sqrt(sum / static_cast<double>(length));
}

} // namespace

class TestDiscords : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theProfileIsThatOfItsDefinition_data() {
        QTest::addColumn<std::size_t>("n");
        QTest::addColumn<std::size_t>("length");
        QTest::newRow("short") << std::size_t{30} << std::size_t{10};
        QTest::newRow("odd") << std::size_t{157} << std::size_t{7};
        QTest::newRow("pairs") << std::size_t{64} << std::size_t{2};
        QTest::newRow("long stretches") << std::size_t{300} << std::size_t{64};
    }
    void theProfileIsThatOfItsDefinition() {
        QFETCH(std::size_t, n);
        QFETCH(std::size_t, length);
        const std::vector<double> values = armaSample(n, 0.6, 0.2, 5);
        const MatrixProfile profile = matrixProfile(values, length);
        QCOMPARE(profile.length, length);
        QCOMPARE(profile.distances.size(), n - length + 1);
        for (std::size_t i = 0; i + length <= n; ++i) {
            double least = infinity;
            for (std::size_t j = 0; j + length <= n; ++j) {
                if (j + length <= i || i + length <= j)
                    least = std::min(least, apart(values, i, j, length));
            }
            QVERIFY2(std::abs(profile.distances[i] - (least < infinity ? least : 0)) < 1e-7,
                     qPrintable(QString::number(i)));
            if (least < infinity)
                QVERIFY(std::abs(apart(values, i, profile.where[i], length) - least) < 1e-7);
        }
    }

    void whatComesAgainHasNoDistance() {
        const std::vector<double> values = cyclic(200, 20, 0, 10, 0);
        const MatrixProfile profile = matrixProfile(values, 20);
        QVERIFY(*std::max_element(profile.distances.begin(), profile.distances.end()) < 1e-4);
    }

    void theOneDifferentCycleIsTheDiscord() {
        std::vector<double> values = cyclic(400, 20, 0, 10, 0.3);
        std::reverse(values.begin() + 200, values.begin() + 220);
        const MatrixProfile profile = matrixProfile(values, 20);
        const auto at =
            std::max_element(profile.distances.begin(), profile.distances.end()) - profile.distances.begin();
        QVERIFY2(at > 185 && at < 215, qPrintable(QString::number(at)));
    }

    void tooLittleHasNoProfile() {
        QVERIFY(matrixProfile({}, 4).distances.empty());
        QVERIFY(matrixProfile(std::vector<double>(11, 1.0), 4).distances.empty());
        QVERIFY(matrixProfile(std::vector<double>(30, 1.0), 1).distances.empty());
        QVERIFY(!matrixProfile(std::vector<double>(12, 1.0), 4).distances.empty());
    }
};

QTEST_GUILESS_MAIN(TestDiscords)
#include "tst_discords.moc"
