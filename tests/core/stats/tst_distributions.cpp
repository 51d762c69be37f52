// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distributions.h"

#include "close.h"

#include <QTest>

using namespace ra::stats;
using namespace ra::stats::test;

class TestDistributions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tableValues() {
        // Abramowitz and Stegun, tables 26.1, 26.7, 26.8, 26.9, 26.10, and closed forms.
        CLOSE(dist::normalCdf(1.96), 0.9750021048517795, 1e-14);
        CLOSE(dist::normalUpper(6), 9.865876450376946e-10, 1e-12);
        CLOSE(dist::normalQuantile(0.975), 1.959963984540054, 1e-14);
        CLOSE(dist::tQuantile(0.975, 10), 2.2281388519862744, 1e-14); // by the finite series 26.7.4
        CLOSE(dist::tCdf(1, 1), 0.75, 1e-14);                         // Cauchy: 1/2 + atan(1) / pi
        CLOSE(dist::tUpper(1e8, 1), 1 / (3.141592653589793 * 1e8), 1e-12);
        CLOSE(dist::tTwoSided(-std::sqrt(2.0), 2), 1 - std::sqrt(0.5), 1e-14); // df 2: 1 - t / sqrt(2 + t^2)
        CLOSE(dist::chiSquaredQuantile(0.95, 1), 3.841458820694124, 1e-13);
        CLOSE(dist::chiSquaredUpper(10, 2), std::exp(-5.0), 1e-14);
        CLOSE(dist::chiSquaredCdf(10, 2), 1 - std::exp(-5.0), 1e-14);
        CLOSE(dist::fQuantile(0.95, 2, 10), 4.102821015, 1e-9);
        CLOSE(dist::fUpper(3, 2, 10), std::pow(1 + 2 * 3.0 / 10, -5), 1e-14); // df1 2: (1 + 2 x / df2)^(-df2 / 2)
        CLOSE(dist::fCdf(3, 2, 10), 1 - std::pow(1.6, -5), 1e-14);
        CLOSE(dist::betaCdf(0.3, 1, 4), 1 - std::pow(0.7, 4), 1e-14);
        CLOSE(dist::betaQuantile(1 - std::pow(0.7, 4), 1, 4), 0.3, 1e-13);
        CLOSE(dist::gammaQuantile(1 - std::exp(-2.0), 1), 2, 1e-13);
        CLOSE(dist::binomialCdf(1, 3, 0.5), 0.5, 1e-14);
        CLOSE(dist::hypergeometric(1, 4, 4, 4), 16.0 / 70, 1e-12);
        CLOSE(dist::logGamma(5), std::log(24.0), 1e-14);
        CLOSE(dist::digamma(1), -0.5772156649015329, 1e-14);
        CLOSE(dist::trigamma(1), 1.6449340668482264, 1e-14);
        CLOSE(dist::noncentralTCdf(1, 1e6, 0), dist::normalCdf(1), 1e-6);
    }

    void quantilesInvert() {
        for (const double p : {1e-12, 1e-3, 0.2, 0.5, 0.9, 0.999999}) {
            CLOSE(dist::normalCdf(dist::normalQuantile(p)), p, 1e-12);
            for (const double df : {0.7, 3.0, 50.5, 1e5}) {
                CLOSE(dist::tCdf(dist::tQuantile(p, df), df), p, 1e-9);
                CLOSE(dist::chiSquaredCdf(dist::chiSquaredQuantile(p, df), df), p, 1e-9);
                CLOSE(dist::fCdf(dist::fQuantile(p, df, 7), df, 7), p, 1e-9);
                CLOSE(dist::betaCdf(dist::betaQuantile(p, df, 2), df, 2), p, 1e-9);
            }
        }
    }

    void binomialQuantilesAreTheSmallestThatSuffice() {
        for (const double n : {1.0, 7.0, 300.0, 1e6}) {
            for (const double p : {0.001, 0.3, 0.5, 0.97}) {
                for (const double level : {0.025, 0.5, 0.975}) {
                    const double k = dist::binomialQuantile(level, n, p);
                    QVERIFY(dist::binomialCdf(k, n, p) >= level * (1 - 1e-13));
                    QVERIFY(k == 0 || dist::binomialCdf(k - 1, n, p) < level);
                }
            }
        }
        QCOMPARE(dist::binomialQuantile(0, 10, 0.5), 0.0);
        QCOMPARE(dist::binomialQuantile(1, 10, 0.5), 10.0);
    }

    void endsAndNonsense() {
        QCOMPARE(dist::normalQuantile(0), -infinite);
        QCOMPARE(dist::normalQuantile(1), infinite);
        QCOMPARE(dist::tQuantile(1, 3), infinite);
        QCOMPARE(dist::tQuantile(0, 3), -infinite);
        CLOSE(dist::tQuantile(0.975, infinite), 1.959963984540054, 1e-14);
        CLOSE(dist::tCdf(1.96, infinite), dist::normalCdf(1.96), 1e-14);
        QCOMPARE(dist::tCdf(infinite, 3), 1.0);
        QCOMPARE(dist::tCdf(-infinite, 3), 0.0);
        QCOMPARE(dist::tCdf(-1e200, 3), 0.0);
        QCOMPARE(dist::tCdf(0, 3), 0.5);
        QCOMPARE(dist::chiSquaredUpper(-1, 3), 1.0);
        QCOMPARE(dist::chiSquaredUpper(infinite, 3), 0.0);
        QCOMPARE(dist::chiSquaredCdf(0, 3), 0.0);
        QCOMPARE(dist::chiSquaredCdf(infinite, 3), 1.0);
        QCOMPARE(dist::fUpper(0, 3, 4), 1.0);
        QCOMPARE(dist::fUpper(infinite, 3, 4), 0.0);
        QCOMPARE(dist::fUpper(1e308, 1e10, 4), 0.0);
        QCOMPARE(dist::fQuantile(0, 3, 4), 0.0);
        QCOMPARE(dist::fQuantile(1, 3, 4), infinite);
        QCOMPARE(dist::betaCdf(-1, 3, 4), 0.0);
        QCOMPARE(dist::betaCdf(2, 3, 4), 1.0);
        QCOMPARE(dist::betaQuantile(0, 3, 4), 0.0);
        QCOMPARE(dist::betaQuantile(1, 3, 4), 1.0);
        QCOMPARE(dist::gammaQuantile(0, 3), 0.0);
        QCOMPARE(dist::gammaQuantile(1, 3), infinite);
        QCOMPARE(dist::binomialCdf(-1, 3, 0.5), 0.0);
        QCOMPARE(dist::binomialCdf(3, 3, 0.5), 1.0);
        QCOMPARE(dist::binomialCdf(1, 3, 0), 1.0);
        QCOMPARE(dist::binomialCdf(1, 3, 1), 0.0);
        QCOMPARE(dist::hypergeometric(5, 4, 4, 4), 0.0);
        QCOMPARE(dist::noncentralTCdf(infinite, 3, 1), 1.0);
        QCOMPARE(dist::noncentralTCdf(-infinite, 3, 1), 0.0);
        QCOMPARE(dist::logGamma(infinite), infinite);
        for (const double value : {dist::normalQuantile(-1),
                                   dist::normalQuantile(missing),
                                   dist::tCdf(missing, 3),
                                   dist::tCdf(1, 0),
                                   dist::tQuantile(2, 3),
                                   dist::tQuantile(0.5, -1),
                                   dist::noncentralTCdf(missing, 3, 1),
                                   dist::noncentralTCdf(1, 3, infinite),
                                   dist::chiSquaredCdf(missing, 1),
                                   dist::chiSquaredUpper(1, 0),
                                   dist::chiSquaredQuantile(0.5, -1),
                                   dist::fUpper(missing, 1, 1),
                                   dist::fCdf(1, 0, 1),
                                   dist::fQuantile(0.5, 1, infinite),
                                   dist::betaCdf(missing, 1, 1),
                                   dist::betaQuantile(2, 1, 1),
                                   dist::gammaQuantile(missing, 1),
                                   dist::binomialCdf(missing, 3, 0.5),
                                   dist::binomialCdf(1, 3, 2),
                                   dist::binomialQuantile(0.5, -1, 0.5),
                                   dist::hypergeometric(1, 1, 1, 3),
                                   dist::logGamma(0),
                                   dist::digamma(-1),
                                   dist::trigamma(missing)})
            QVERIFY(std::isnan(value));
    }
};

QTEST_GUILESS_MAIN(TestDistributions)
#include "tst_distributions.moc"
