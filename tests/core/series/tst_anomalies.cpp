// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/anomalies.h"

#include "core/series/anomalydetector.h"
#include "data.h"

#include <QTest>
#include <algorithm>
#include <functional>

using namespace ra::series;
using namespace ra::series::test;

namespace {

constexpr double fiveMinutes = 300;
constexpr std::size_t day = 288;

std::vector<double> clock(std::size_t n, double step = fiveMinutes) {
    std::vector<double> times(n);
    for (std::size_t i = 0; i < n; ++i)
        times[i] = 1.4e9 + step * static_cast<double>(i);
    return times;
}

bool hasWithin(const Anomalies &found, std::size_t begin, std::size_t end) {
    return std::any_of(found.anomalies.begin(), found.anomalies.end(),
                       [&](const Anomaly &one) { return one.index >= begin && one.index < end; });
}

std::vector<std::size_t> indices(const Anomalies &found) {
    std::vector<std::size_t> rows;
    for (const Anomaly &one : found.anomalies)
        rows.push_back(one.index);
    return rows;
}

const Anomaly *at(const Anomalies &found, std::size_t index) {
    for (const Anomaly &one : found.anomalies)
        if (one.index == index)
            return &one;
    return nullptr;
}

/// A day's wave of 10 on 100 with noise of 1, spoilt from row 2400 on.
std::vector<double> spoilt(const QString &how) {
    std::vector<double> values = cyclic(3000, day, 0, 10, 1, 3);
    const std::vector<double> whole = values;
    for (std::size_t i = 2400; i < 3000; ++i) {
        if (how == QLatin1String("spike") && i == 2400)
            values[i] += 15;
        if (how == QLatin1String("level"))
            values[i] += 15;
        if (how == QLatin1String("season") && i < 2400 + day)
            values[i] = whole[i - day / 2]; // night for day
        if (how == QLatin1String("standstill") && i < 2400 + day)
            values[i] = values[2399];
    }
    return values;
}

} // namespace

class TestAnomalies : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plantedAnomaliesAreFoundAsTheyCome_data() {
        QTest::addColumn<QString>("how");
        QTest::addColumn<int>("within");
        QTest::newRow("spike") << "spike" << 1;
        QTest::newRow("level") << "level" << 2;
        QTest::newRow("season") << "season" << 24;
        QTest::newRow("standstill") << "standstill" << 144;
    }
    void plantedAnomaliesAreFoundAsTheyCome() {
        QFETCH(QString, how);
        QFETCH(int, within);
        const std::vector<double> values = spoilt(how);
        const std::vector<double> times = clock(values.size());
        const Anomalies found = causalAnomalies({.values = values, .times = times, .isCalendar = true});
        QVERIFY(hasWithin(found, 2400, 2400 + static_cast<std::size_t>(within)));
        // Two days of learning aside, nothing to speak of before.
        const auto rows = indices(found);
        QVERIFY(std::count_if(rows.begin(), rows.end(), [](std::size_t i) { return i >= 2 * day && i < 2400; }) <= 6);
    }

    void plantedAnomaliesAreFoundAfterwards_data() {
        QTest::addColumn<QString>("how");
        QTest::newRow("spike") << "spike";
        QTest::newRow("season") << "season";
    }
    void plantedAnomaliesAreFoundAfterwards() {
        QFETCH(QString, how);
        const std::vector<double> values = spoilt(how);
        const std::vector<double> times = clock(values.size());
        const Anomalies found = wholeAnomalies({.values = values, .times = times, .isCalendar = true});
        QVERIFY(hasWithin(found, 2400, 2400 + day));
        QVERIFY(!hasWithin(found, 0, 2400 - day / 2));
        QVERIFY(!hasWithin(found, 2400 + day + day / 2, 3000));
        for (const Anomaly &one : found.anomalies) {
            QVERIFY(one.score >= 0.5 && one.score == found.scores[one.index]);
            QVERIFY(one.lower < one.expected && one.expected < one.upper);
            QVERIFY(values[one.index] < one.lower || values[one.index] > one.upper);
        }
    }

    void aSpikeSaysWhatWasToBeExpected() {
        const std::vector<double> values = spoilt(QStringLiteral("spike"));
        const std::vector<double> times = clock(values.size());
        const double usual = 100 + 10 * std::sin(2 * std::numbers::pi * (2400 % day) / static_cast<double>(day));
        for (const bool causal : {true, false}) {
            const AnomalyInput input{.values = values, .times = times, .isCalendar = true};
            const Anomalies found = causal ? causalAnomalies(input) : wholeAnomalies(input);
            const Anomaly *spike = at(found, 2400);
            QVERIFY(spike != nullptr);
            QVERIFY2(std::abs(spike->expected - usual) < 2, qPrintable(QString::number(spike->expected)));
            QVERIFY(spike->upper - spike->lower > 2 && spike->upper - spike->lower < 10);
            QVERIFY(spike->score > 0.9);
            QVERIFY(spike->detectors.contains(causal ? Detector::Jump : Detector::Outlier));
        }
    }

    void laterRowsDoNotChangeEarlierScores() {
        std::vector<double> values = spoilt(QStringLiteral("level"));
        values[700] = missing;
        values[900] = infinity;
        std::vector<double> times = clock(values.size());
        const Anomalies whole = causalAnomalies({.values = values, .times = times, .isCalendar = true});
        for (const std::size_t n : {1U, 101U, 701U, 1500U, 2401U}) {
            const Anomalies part = causalAnomalies(
                {.values = std::span(values).first(n), .times = std::span(times).first(n), .isCalendar = true});
            QVERIFY(std::equal(part.scores.begin(), part.scores.end(), whole.scores.begin()));
        }
        AnomalyDetector detector(true);
        for (std::size_t i = 0; i < values.size(); ++i)
            QCOMPARE(detector.next(values[i], times[i]).score, whole.scores[i]);
    }

    void unitAndOriginDoNotMatter() {
        std::vector<double> values = spoilt(QStringLiteral("level"));
        for (double &value : values)
            value = std::round(value * 1024) / 1024; // so that the shift below is exact
        const std::vector<double> times = clock(values.size());
        std::vector<double> moved = values;
        for (double &value : moved)
            value = 8 * value - 4096;
        QCOMPARE(causalAnomalies({.values = moved, .times = times, .isCalendar = true}).scores,
                 causalAnomalies({.values = values, .times = times, .isCalendar = true}).scores);
        std::vector<double> rounded = values;
        for (double &value : rounded)
            value = 1e5 * value / 3 + 7;
        for (const bool causal : {true, false}) {
            const auto find = causal ? causalAnomalies : wholeAnomalies;
            const Anomalies plain = find({.values = values, .times = times, .isCalendar = true});
            const Anomalies other = find({.values = rounded, .times = times, .isCalendar = true});
            QVERIFY(!plain.anomalies.empty());
            QCOMPARE(indices(other), indices(plain));
        }
    }

    void anAnomalyIsToldOnce() {
        for (const char *how : {"spike", "level", "season"}) {
            const std::vector<double> values = spoilt(QString::fromLatin1(how));
            const Anomalies found = causalAnomalies({.values = values});
            for (std::size_t i = 1; i < found.anomalies.size(); ++i)
                QVERIFY(found.anomalies[i].index > found.anomalies[i - 1].index + 30);
        }
    }

    /// The rates that the README names.
    void whiteNoiseGivesFewAlarms() {
        std::size_t early = 0;
        std::size_t late = 0;
        std::size_t wholly = 0;
        for (unsigned seed = 1; seed <= 50; ++seed) {
            const std::vector<double> values = armaSample(4000, 0, 0, seed);
            for (const Anomaly &one : causalAnomalies({.values = values}).anomalies)
                ++(one.index < 1000 ? early : late);
            wholly += wholeAnomalies({.values = std::span(values).first(1000)}).anomalies.empty() ? 0 : 1;
        }
        qInfo() << "alarms in 50 series of 4,000 values: before the 1,000th" << early << "after" << late
                << "of whole series of 1,000:" << wholly;
        QVERIFY(early < 50 * 11);
        QVERIFY(late < 50 * 5);
        QVERIFY(wholly <= 7); // 5 % are 2.5: more than 7 have the probability 0.4 %
    }

    void growthIsNoAnomaly() {
        // At both ends the surroundings of a value lie on one side of it, above or below; a disk fills all the same.
        int found = 0;
        for (unsigned seed = 1; seed <= 20; ++seed) {
            std::vector<double> disk = armaSample(1000, 0, 0, seed);
            std::vector<double> line(300);
            for (std::size_t t = 0; t < disk.size(); ++t)
                disk[t] = 1e9 + 1e6 * static_cast<double>(t) + 1e4 * disk[t];
            for (std::size_t t = 0; t < line.size(); ++t)
                line[t] = static_cast<double>(t) * (seed % 2 == 0 ? 1 : -3);
            found += static_cast<int>(!wholeAnomalies({.values = disk}).anomalies.empty());
            QVERIFY(wholeAnomalies({.values = line}).anomalies.empty());
            disk[500] += 1e7; // what does not belong there is seen
            QVERIFY(at(wholeAnomalies({.values = disk}), 500) != nullptr);
        }
        QVERIFY2(found <= 4, qPrintable(QString::number(found)));
    }

    /// What is said of the first 200 values is sure: noise gives less than one alarm there, a spike is one.
    void growthByAShareOfItselfIsNoAnomaly() {
        int alarms = 0;
        int spikes = 0;
        for (unsigned seed = 1; seed <= 40; ++seed) {
            std::vector<double> values = armaSample(400, 0, 0, seed);
            for (std::size_t t = 0; t < values.size(); ++t)
                values[t] = std::exp(5 * static_cast<double>(t) / 400 + 0.05 * values[t]);
            const Anomalies found = wholeAnomalies({.values = values});
            alarms += hasWithin(found, 300, 400) ? 1 : 0;
            values[200] *= 1.5;
            const Anomalies spoilt = wholeAnomalies({.values = values});
            const Anomaly *spike = at(spoilt, 200);
            if (spike == nullptr)
                continue;
            ++spikes;
            QVERIFY(std::abs(spike->expected / values[199] - 1) < 0.25);
            QVERIFY(spike->lower > 0 && spike->lower < spike->expected && spike->upper < values[200]);
        }
        QVERIFY2(spikes >= 34, qPrintable(QString::number(spikes)));
        QVERIFY2(alarms <= 8, qPrintable(QString::number(alarms))); // all 40 with a scale that is not its own
    }

    void heavyTailsAreNoAnomalies_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("t of 3 degrees") << "student";
        QTest::newRow("lognormal") << "lognormal";
    }
    void heavyTailsAreNoAnomalies() {
        QFETCH(QString, kind);
        int alarms = 0;
        int found = 0;
        for (unsigned seed = 1; seed <= 100; ++seed) {
            std::mt19937_64 random(seed);
            std::student_t_distribution<double> student(3);
            std::normal_distribution<double> normal;
            std::vector<double> values(500);
            for (double &v : values)
                v = kind == QLatin1String("student") ? student(random) : std::exp(normal(random));
            alarms += wholeAnomalies({.values = values}).anomalies.empty() ? 0 : 1;
            values[250] += 5 * *std::max_element(values.begin(), values.end());
            found += at(wholeAnomalies({.values = values}), 250) != nullptr ? 1 : 0;
        }
        QVERIFY2(alarms <= 20, qPrintable(QString::number(alarms))); // some 10; 100 where tails are taken for normal
        QVERIFY2(found >= 85, qPrintable(QString::number(found)));
    }

    void countsAreNoAnomalies_data() {
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("most");              // of series that alarm
        QTest::addRow("one of fifty") << 0.02 << 0.12; // all of these where they are taken for normal
        QTest::addRow("one of ten") << 0.1 << 0.12;
        QTest::addRow("one") << 1.0 << 0.15;
        QTest::addRow("three") << 3.0 << 0.45;
        QTest::addRow("twenty") << 20.0 << 0.25;
    }

    void countsAreNoAnomalies() {
        QFETCH(double, mean);
        QFETCH(double, most);
        int alarming = 0;
        int found = 0;
        constexpr int times = 60;
        for (unsigned seed = 0; seed < times; ++seed) {
            std::mt19937 random(seed);
            std::poisson_distribution<int> counts(mean);
            std::vector<double> values(500);
            for (double &value : values)
                value = counts(random);
            alarming += wholeAnomalies({.values = values}).anomalies.empty() ? 0 : 1;
            values[250] += std::ceil(mean + 8 * std::sqrt(std::max(mean, 1.0)));
            found += wholeAnomalies({.values = values}).scores[250] >= 0.5 ? 1 : 0;
        }
        QVERIFY2(alarming <= most * times, qPrintable(QString::number(alarming)));
        QVERIFY2(found >= 0.9 * times, qPrintable(QString::number(found)));
    }

    void aBurstOfRareEventsIsFound() {
        std::mt19937 random(4);
        std::poisson_distribution<int> counts(0.05);
        std::vector<double> values(600);
        for (double &value : values)
            value = counts(random);
        for (std::size_t i = 300; i < 309; ++i)
            values[i] = i % 2 == 0 ? 2 : 0; // no row of these is strange by itself
        const Anomalies found = wholeAnomalies({.values = values});
        QVERIFY(!found.anomalies.empty());
        for (const Anomaly &anomaly : found.anomalies) {
            QVERIFY(anomaly.index >= 295 && anomaly.index <= 313);
            QVERIFY(anomaly.detectors.contains(Detector::Level));
            QVERIFY(anomaly.lower <= anomaly.expected && anomaly.expected <= anomaly.upper);
        }
    }

    void aShapeIsFoundThatNoRowShows() {
        // A wave of one and a half standard deviations within white noise: each row of it is an ordinary one.
        int found = 0;
        for (unsigned seed = 1; seed <= 40; ++seed) {
            std::vector<double> values = armaSample(1500, 0, 0, seed);
            for (std::size_t k = 0; k < 16; ++k)
                values[700 + k] = 0.4 * values[700 + k] + (k % 4 < 2 ? 2.2 : -2.2);
            const Anomalies anomalies = wholeAnomalies({.values = values});
            for (const Anomaly &one : anomalies.anomalies)
                found += one.detectors.contains(Detector::Shape) && one.index >= 690 && one.index < 730 ? 1 : 0;
        }
        QVERIFY2(found >= 20, qPrintable(QString::number(found)));
    }

    void ofLittleOnlyTheUnmistakableIsSaid() {
        std::size_t alarms = 0;
        for (unsigned seed = 1; seed <= 50; ++seed) {
            std::vector<double> values = armaSample(200, 0, 0, seed);
            alarms += causalAnomalies({.values = values}).anomalies.size();
            values[150] += 30;
            QVERIFY(hasWithin(causalAnomalies({.values = values}), 120, 151));
        }
        qInfo() << "alarms in 50 series of 200 values:" << alarms;
        QVERIFY(alarms < 50);
    }

    void rowsWithoutValueAndLateRowsAreAnomaliesWhereTheyAreRare() {
        std::vector<double> values = armaSample(1000, 0, 0);
        for (std::size_t i = 500; i < 510; ++i)
            values[i] = missing;
        std::vector<double> times = clock(1000);
        for (std::size_t i = 700; i < 1000; ++i)
            times[i] += 5 * fiveMinutes;
        for (const bool causal : {true, false}) {
            const auto find = causal ? causalAnomalies : wholeAnomalies;
            const Anomalies found = find({.values = values, .times = times, .isCalendar = true});
            const Anomaly *gap = at(found, 500);
            QVERIFY(gap != nullptr && gap->detectors.contains(Detector::Missing));
            QVERIFY(at(found, 505) == nullptr); // a gap is told once
            const Anomaly *late = at(found, 700);
            QVERIFY(late != nullptr && late->detectors.contains(Detector::Late));
            for (std::size_t i = 20; i < 1000; i += 20)
                values[i] = missing;
            QVERIFY(at(find({.values = values, .times = times, .isCalendar = true}), 980) == nullptr);
            values = armaSample(1000, 0, 0);
            for (std::size_t i = 500; i < 510; ++i)
                values[i] = missing;
        }
    }

    void aStandstillIsToldOnceAndTheNextMustBeLonger() {
        std::vector<double> values = armaSample(1000, 0, 0);
        std::fill(values.begin() + 300, values.begin() + 400, values[300]);
        std::fill(values.begin() + 500, values.begin() + 600, values[500]);
        std::fill(values.begin() + 700, values.end(), values[700]);
        for (const auto find : {causalAnomalies, wholeAnomalies}) {
            std::vector<std::size_t> told;
            for (const Anomaly &one : find({.values = values}).anomalies)
                if (one.detectors.contains(Detector::Standstill))
                    told.push_back(one.index);
            QCOMPARE(told, (std::vector<std::size_t>{329, 899}));
        }
    }

    void whatNeverVariesHasNoAnomalies() {
        std::vector<double> values(600, 5.0);
        QVERIFY(causalAnomalies({.values = values}).anomalies.empty());
        QVERIFY(wholeAnomalies({.values = values}).anomalies.empty());
    }

    void tooLittleIsAnAnswer() {
        for (const std::size_t n : {0U, 1U, 2U, 11U}) {
            const std::vector<double> values = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9};
            for (const auto find : {causalAnomalies, wholeAnomalies}) {
                const Anomalies found = find({.values = std::span(values).first(n)});
                QCOMPARE(found.scores, std::vector<double>(n, 0.0));
                QVERIFY(found.anomalies.empty());
            }
        }
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            std::vector<double> longer;
            for (int i = 0; i < 20; ++i)
                longer.insert(longer.end(), values.begin(), values.end());
            for (const std::vector<double> &one : {values, longer})
                for (const bool isTimed : {false, true})
                    for (const auto find : {causalAnomalies, wholeAnomalies}) {
                        std::vector<double> times(isTimed ? one.size() : 0, missing);
                        for (std::size_t i = 0; i < times.size(); ++i)
                            times[i] = i % 5 == 0 ? infinity : i % 7 == 0 ? -1e300 : static_cast<double>(i);
                        const Anomalies found = find({.values = one, .times = times, .isCalendar = isTimed});
                        QCOMPARE(found.scores.size(), one.size());
                        for (const double score : found.scores)
                            QVERIFY(score >= 0 && score <= 1);
                    }
        }
    }
};

QTEST_GUILESS_MAIN(TestAnomalies)
#include "tst_anomalies.moc"
