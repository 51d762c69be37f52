// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/gaps.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

class TestGaps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void gapsLieOnLines() {
        QVERIFY(distance(filledGaps(std::vector<double>{missing, 1, missing, missing, 4, infinity}),
                         {1, 1, 2, 3, 4, 4}) == 0);
        QVERIFY(distance(filledGaps(std::vector<double>{1, 2}), {1, 2}) == 0);
        QVERIFY(filledGaps(std::vector<double>{missing, missing}).empty());
        QVERIFY(filledGaps({}).empty());
    }

    void aGapKeepsTheShapeOfTheCycle() {
        std::vector<double> values = cyclic(60, 6, 0, 10, 0);
        const std::vector<double> whole = values;
        for (std::size_t t = 20; t < 26; ++t)
            values[t] = missing;
        QVERIFY(distance(filledGaps(values, 6), whole) < 1e-9);
        QVERIFY(distance(filledGaps(values), whole) > 5);
    }

    void aPhaseThatWasNeverSeenIsNoReasonToFail() {
        std::vector<double> values(12, 1.0);
        for (std::size_t t = 2; t < 12; t += 4)
            values[t] = missing;
        QVERIFY(distance(filledGaps(values, 4), std::vector<double>(12, 1.0)) == 0);
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            const std::vector<double> filled = filledGaps(values, 4);
            QVERIFY(filled.empty() || filled.size() == values.size());
        }
    }
};

QTEST_GUILESS_MAIN(TestGaps)
#include "tst_gaps.moc"
