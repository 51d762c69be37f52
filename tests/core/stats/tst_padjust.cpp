// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/padjust.h"

#include "close.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

class TestAdjust : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byHand() {
        const std::vector<double> p = {0.01, 0.04, missing, 0.03, 0.005};
        const auto is = [&](Adjustment adjustment, const std::vector<double> &want) {
            const auto got = adjust(p, adjustment);
            QCOMPARE(got.size(), want.size());
            for (std::size_t i = 0; i < got.size(); ++i)
                CLOSE(got[i], want[i], 1e-14);
        };
        is(Adjustment::Bonferroni, {0.04, 0.16, missing, 0.12, 0.02});
        is(Adjustment::Holm, {0.03, 0.06, missing, 0.06, 0.02});
        is(Adjustment::Hochberg, {0.03, 0.04, missing, 0.04, 0.02});
        is(Adjustment::BenjaminiHochberg, {0.02, 0.04, missing, 0.04, 0.02});
    }

    void neverAboveOneNorBelowThePlainAndInOrder() {
        std::mt19937 random(1);
        std::uniform_real_distribution<double> any(0, 1);
        std::vector<double> p(200);
        for (double &value : p)
            value = any(random);
        for (const Adjustment adjustment :
             {Adjustment::Bonferroni, Adjustment::Holm, Adjustment::Hochberg, Adjustment::BenjaminiHochberg}) {
            const auto q = adjust(p, adjustment);
            for (std::size_t i = 0; i < p.size(); ++i) {
                QVERIFY(q[i] <= 1 && q[i] >= p[i]);
                for (std::size_t j = 0; j < p.size(); ++j)
                    QVERIFY(p[i] >= p[j] || q[i] <= q[j]);
            }
            QVERIFY(adjust({}, adjustment).empty());
            QCOMPARE(adjust(std::vector<double>{0.3}, adjustment)[0], 0.3);
        }
    }
};

QTEST_GUILESS_MAIN(TestAdjust)
#include "tst_padjust.moc"
