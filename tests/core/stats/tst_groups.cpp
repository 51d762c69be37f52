// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/groups.h"

#include "close.h"
#include "core/stats/twosample.h"

#include <QTest>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

using Samples = std::vector<std::vector<double>>;

// J. H. McDonald, "Handbook of Biological Statistics" (2014): anterior adductor muscle scar of mussels; F and p as in
// SciPy's documentation of f_oneway.
const Samples mussels = {{0.0571, 0.0813, 0.0831, 0.0976, 0.0817, 0.0859, 0.0735, 0.0659, 0.0923, 0.0836},
                         {0.0873, 0.0662, 0.0672, 0.0819, 0.0749, 0.0649, 0.0835, 0.0725},
                         {0.0974, 0.1352, 0.0817, 0.1016, 0.0968, 0.1064, 0.105},
                         {0.1033, 0.0915, 0.0781, 0.0685, 0.0677, 0.0697, 0.0764, 0.0689},
                         {0.0703, 0.1026, 0.0956, 0.0973, 0.1039, 0.1045}};

} // namespace

class TestGroups : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void analysisOfVariance() {
        const auto test = anova(mussels);
        CLOSE(test->f, 7.121019471642447, 1e-12);
        CLOSE(test->p, 0.0002812242314534544, 1e-10);
        QCOMPARE(test->df1, 4.0);
        QCOMPARE(test->df2, 34.0);
    }

    void valuesThatAgreeInTheirFirstDigitsLoseNothing() {
        // As NIST's SmLs: three groups of nine values that differ in the last digit, here by exact binary fractions.
        Samples groups;
        Samples small;
        for (int g = 0; g < 3; ++g) {
            groups.emplace_back();
            small.emplace_back();
            for (int i = 0; i < 9; ++i) {
                small.back().push_back((i % 2 == 0 ? 0.25 : 0.5) + g * 0.125);
                groups.back().push_back(small.back().back() + 0x1p42);
            }
        }
        CLOSE(anova(groups)->f, anova(small)->f, 1e-14);
        CLOSE(welchAnova(groups)->f, welchAnova(small)->f, 1e-12);
    }

    void ofTwoGroupsTheyAreTTests() {
        const Samples two = {mussels[0], mussels[2]};
        const auto student = studentTest(two[0], two[1]);
        const auto welch = welchTest(two[0], two[1]);
        CLOSE(anova(two)->f, student->t * student->t, 1e-11);
        CLOSE(anova(two)->p, student->p, 1e-10);
        CLOSE(welchAnova(two)->f, welch->t * welch->t, 1e-11);
        CLOSE(welchAnova(two)->df2, welch->df, 1e-11);
        CLOSE(welchAnova(two)->p, welch->p, 1e-10);
    }

    void spreadsAreCompared() {
        // SciPy's documentation of levene: 7.584952754501659, p 0.002431505967249681
        const Samples samples = {{8.88, 9.12, 9.04, 8.98, 9.00, 9.08, 9.01, 8.85, 9.06, 8.99},
                                 {8.88, 8.95, 9.29, 9.44, 9.15, 9.58, 8.36, 9.18, 8.67, 9.05},
                                 {8.95, 9.12, 8.95, 8.85, 9.03, 8.84, 9.07, 8.98, 8.86, 8.98}};
        const auto test = leveneTest(samples, Centre::Median);
        CLOSE(test->f, 7.584952754501659, 1e-10);
        CLOSE(test->p, 0.002431505967249681, 1e-9);
        QVERIFY(leveneTest(samples, Centre::Mean)->f != test->f);
        QVERIFY(!leveneTest(Samples{{1, infinite}, {1, 2}}, Centre::Median));
    }

    void ranksOfManyGroups() {
        // SciPy's documentation of kruskal: H = 0.2727, p = 0.6015; with ties H = 7, p = 0.0301973834223185
        const auto plain = kruskalWallis(Samples{{1, 3, 5, 7, 9}, {2, 4, 6, 8, 10}});
        CLOSE(plain->h, 0.27272727272727337, 1e-12);
        CLOSE(plain->p, 0.6015081344405895, 1e-12);
        const auto tied = kruskalWallis(Samples{{1, 1, 1}, {2, 2, 2}, {2, 2}});
        CLOSE(tied->h, 7, 1e-12);
        CLOSE(tied->p, 0.0301973834223185, 1e-12);
        QCOMPARE(tied->df, 2.0);
    }

    void noAnswer() {
        for (const Samples &samples : {Samples{}, Samples{{1, 2}}, Samples{{1, 2}, {}}, Samples{{1, 2}, {missing}},
                                       Samples{{1}, {2}}, Samples{{1, infinite}, {2, 3}}}) {
            QVERIFY(!anova(samples));
            QVERIFY(!welchAnova(samples));
        }
        QVERIFY(!anova(Samples{{1, 1}, {2, 2}}) && !welchAnova(Samples{{1, 1}, {2, 3}}));
        QVERIFY(!kruskalWallis(Samples{{1, 1}, {1}}) && !kruskalWallis(Samples{{1, 2}}));
        QVERIFY(!leveneTest(Samples{{1, 2}, {}}, Centre::Mean));
        for (const auto &a : hostile()) {
            for (const auto &b : hostile()) {
                const auto test = anova(Samples{a, b});
                QVERIFY(!test || (test->p >= 0 && test->p <= 1));
                (void)welchAnova(Samples{a, b});
                (void)leveneTest(Samples{a, b}, Centre::Median);
                const auto ranks = kruskalWallis(Samples{a, b});
                QVERIFY(!ranks || (ranks->p >= 0 && ranks->p <= 1));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestGroups)
#include "tst_groups.moc"
