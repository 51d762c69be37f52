// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timelinecoordinates.h"

#include <QTest>

#include <random>

using namespace ra::ui::timeline;

class TestTimelineCoordinates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void timesBecomePixels_data() {
        QTest::addColumn<qint64>("t");
        QTest::addColumn<double>("x");
        QTest::newRow("begin") << qint64(1000) << 50.0;
        QTest::newRow("middle") << qint64(1500) << 150.0;
        QTest::newRow("end") << qint64(2000) << 250.0;
        QTest::newRow("before") << qint64(500) << -50.0;
        QTest::newRow("after") << qint64(3000) << 450.0;
    }
    void timesBecomePixels() {
        QFETCH(qint64, t);
        QFETCH(double, x);
        const Range range{1000, 2000};
        QCOMPARE(xOf(t, range, {50, 200}), x);
        QCOMPARE(timeAt(x, range, {50, 200}), t);
    }

    void nothingToShowGivesTheLeftEdge() {
        QCOMPARE(xOf(5, {10, 10}, {50, 200}), 50.0);
        QCOMPARE(xOf(5, {10, 0}, {50, 200}), 50.0);
        QCOMPARE(xOf(5, {0, 10}, {50, 0}), 50.0);
        QCOMPARE(timeAt(80, {10, 10}, {50, 200}), 10);
        QCOMPARE(timeAt(80, {10, 20}, {50, 0}), 10);
        QCOMPARE(timeAt(std::nan(""), {10, 20}, {50, 200}), 10);
        QCOMPARE(timeAt(INFINITY, {10, 20}, {50, 200}), 10);
    }

    void roundTripsWithinHalfAPixel() {
        std::mt19937_64 random(20261123);
        for (int i = 0; i < 2000; ++i) {
            const std::int64_t from = static_cast<std::int64_t>(random() % (1ULL << 50)) - (1LL << 49);
            const Range range{from, from + 1 + static_cast<std::int64_t>(random() % (1ULL << 52))};
            const Axis axis{static_cast<double>(random() % 300), 1 + static_cast<double>(random() % 4000)};
            const std::int64_t t =
                range.from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(range.span()));
            const double halfPixel = static_cast<double>(range.span()) / axis.width / 2;
            const std::int64_t back = timeAt(xOf(t, range, axis), range, axis);
            QVERIFY2(std::abs(static_cast<double>(back - t)) <= halfPixel + 1, qPrintable(QString::number(i)));
        }
    }

    void rangesStayInsideTheirLimits_data() {
        QTest::addColumn<qint64>("from");
        QTest::addColumn<qint64>("to");
        QTest::addColumn<qint64>("expectedFrom");
        QTest::addColumn<qint64>("expectedTo");
        QTest::newRow("inside") << qint64(200) << qint64(300) << qint64(200) << qint64(300);
        QTest::newRow("all") << qint64(0) << qint64(1000) << qint64(0) << qint64(1000);
        QTest::newRow("too long") << qint64(-500) << qint64(5000) << qint64(0) << qint64(1000);
        QTest::newRow("left of it keeps its span") << qint64(-50) << qint64(50) << qint64(0) << qint64(100);
        QTest::newRow("right of it keeps its span") << qint64(950) << qint64(1050) << qint64(900) << qint64(1000);
        QTest::newRow("too short") << qint64(500) << qint64(501) << qint64(500) << qint64(510);
        QTest::newRow("empty") << qint64(500) << qint64(500) << qint64(500) << qint64(510);
        QTest::newRow("backwards") << qint64(700) << qint64(100) << qint64(700) << qint64(710);
        QTest::newRow("too short at the end") << qint64(999) << qint64(1000) << qint64(990) << qint64(1000);
    }
    void rangesStayInsideTheirLimits() {
        QFETCH(qint64, from);
        QFETCH(qint64, to);
        QFETCH(qint64, expectedFrom);
        QFETCH(qint64, expectedTo);
        const Range clamped = clampRange({from, to}, {0, 1000}, 10);
        QCOMPARE(clamped.from, expectedFrom);
        QCOMPARE(clamped.to, expectedTo);
    }

    void emptyLimitsAllowNothing() {
        QCOMPARE(clampRange({3, 9}, {5, 5}, 10), (Range{5, 5}));
        QCOMPARE(clampRange({3, 9}, {0, 4}, 10), (Range{0, 4})); // limits shorter than the shortest span
    }

    void zoomKeepsTheTimeUnderThePointer() {
        // [1000, 2000) twice as large around its quarter point 1250: half the span, a quarter of it before 1250.
        QCOMPARE(zoomed({1000, 2000}, 2, 0.25), (Range{1125, 1625}));
        QCOMPARE(zoomed({1000, 2000}, 0.5, 0.25), (Range{750, 2750}));
        QCOMPARE(zoomed({1000, 2000}, 2, 7), (Range{1500, 2000})); // beside the axis counts as its end
        for (const double wrong : {0.0, -1.0, std::nan(""), double(INFINITY)})
            QCOMPARE(zoomed({1000, 2000}, wrong, 0.5), (Range{1000, 2000}));
        QCOMPARE(zoomed({5, 5}, 2, 0.5), (Range{5, 5}));
        QCOMPARE(zoomed({0, 1}, 8, 0.5).span(), 1);
    }

    void zoomInAndOutComesBack() {
        std::mt19937_64 random(7);
        for (int i = 0; i < 500; ++i) {
            const Range range{static_cast<std::int64_t>(random() % 1'000'000'000), 2'000'000'000 + i};
            const double fraction = static_cast<double>(random() % 1000) / 1000;
            const Range back = zoomed(zoomed(range, 1.5, fraction), 1 / 1.5, fraction);
            QVERIFY(std::abs(back.from - range.from) <= 2 && std::abs(back.to - range.to) <= 2);
        }
    }

    void stepsAreRound_data() {
        QTest::addColumn<qint64>("least");
        QTest::addColumn<qint64>("step");
        QTest::newRow("nothing") << qint64(0) << qint64(1);
        QTest::newRow("3 ns") << qint64(3) << qint64(5);
        QTest::newRow("11 µs") << qint64(11 * kMicro) << qint64(20 * kMicro);
        QTest::newRow("200 ms exactly") << qint64(200 * kMilli) << qint64(200 * kMilli);
        QTest::newRow("501 ms") << qint64(501 * kMilli) << qint64(kSecond);
        QTest::newRow("11 s") << qint64(11 * kSecond) << qint64(15 * kSecond);
        QTest::newRow("31 s") << qint64(31 * kSecond) << qint64(kMinute);
        QTest::newRow("7 m") << qint64(7 * kMinute) << qint64(10 * kMinute);
        QTest::newRow("4 h") << qint64(4 * kHour) << qint64(6 * kHour);
        QTest::newRow("13 h") << qint64(13 * kHour) << qint64(kDay);
        QTest::newRow("3 d") << qint64(3 * kDay) << qint64(5 * kDay);
        QTest::newRow("60 d") << qint64(60 * kDay) << qint64(100 * kDay);
    }
    void stepsAreRound() {
        QFETCH(qint64, least);
        QFETCH(qint64, step);
        QCOMPARE(roundStep(least), step);
    }

    void ticksAreMultiplesInsideTheRange() {
        QCOMPARE(tickStep({0, 96 * kSecond}, {0, 600}, 90), 15 * kSecond);
        QCOMPARE(ticks({0, 40}, 16), (std::vector<std::int64_t>{0, 16, 32}));
        QCOMPARE(ticks({-20, 20}, 16), (std::vector<std::int64_t>{-16, 0, 16}));
        QCOMPARE(ticks({1, 15}, 16), std::vector<std::int64_t>{});
        QCOMPARE(ticks({0, 32}, 16), (std::vector<std::int64_t>{0, 16, 32})); // the end is labelled too
    }

    void ticksFollowTheWallClock() {
        // The origin lies 7 after a full step: the first full step of the clock is 9 later.
        QCOMPARE(ticks({0, 40}, 16, 7), (std::vector<std::int64_t>{9, 25}));
        QCOMPARE(ticks({0, 40}, 16, -9), (std::vector<std::int64_t>{9, 25}));
    }

    void ticksAreNeverTooMany() {
        QVERIFY(ticks({0, 1'000'000'000}, 1).size() == 1000);
        QVERIFY(ticks({0, 100}, 0).empty());
        QVERIFY(ticks({0, 100}, -5).empty());
        QVERIFY(ticks({5, 5}, 1).empty());
        QCOMPARE(tickStep({5, 5}, {0, 100}, 50), 0);
        QCOMPARE(tickStep({0, 5}, {0, 0}, 50), 0);
    }

    void rowsThatFitAreNotSqueezed() {
        QCOMPARE(rowHeight({0, 10}, {0, 100}, 10, 400, 22), 22.0);
        QCOMPARE(rowHeight({0, 10}, {0, 100}, 0, 400, 22), 22.0);
    }

    void rowsGrowWithTheZoomUpToTheirNaturalHeight() {
        const Range all{0, 1'000'000};
        QCOMPARE(rowHeight(all, all, 1000, 400, 22), 0.4);
        QCOMPARE(rowHeight({0, 100'000}, all, 1000, 400, 22), 4.0);
        QCOMPARE(rowHeight({0, 100}, all, 1000, 400, 22), 22.0);
        QCOMPARE(rowHeight({5, 5}, all, 1000, 400, 22), 0.4);
    }
};

QTEST_APPLESS_MAIN(TestTimelineCoordinates)
#include "tst_timelinecoordinates.moc"
