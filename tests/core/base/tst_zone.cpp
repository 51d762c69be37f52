// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/zone.h"

#include <QTest>

#include <random>

using namespace ra;
using namespace std::chrono;

namespace {

LocalTime local(int year, unsigned month, unsigned day, int hour, int minute, int second) {
    const sys_days date = year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    return LocalTime(date.time_since_epoch() + hours(hour) + minutes(minute) + seconds(second));
}

Time utc(int year, unsigned month, unsigned day, int hour, int minute, int second) {
    return Time(local(year, month, day, hour, minute, second).time_since_epoch());
}

} // namespace

class TestZone : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anUnknownNameIsAClearError() {
        const auto zone = Zone::fromName("Mars/Olympus");
        QVERIFY(!zone);
        QCOMPARE(zone.error().where, std::string("Mars/Olympus"));
        QVERIFY(!zone.error().hint.empty());
    }

    void anEmptyNameIsTheSystemsZone() { QVERIFY(Zone::fromName("").has_value()); }

    void readsAWallClock_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<qint64>("wall");
        QTest::addColumn<qint64>("expected");
        const auto row = [](const char *tag, const char *name, LocalTime wall, Time expected) {
            QTest::newRow(tag) << QString::fromLatin1(name) << qint64(wall.time_since_epoch().count())
                               << qint64(toNs(expected));
        };
        row("UTC", "UTC", local(2026, 11, 23, 16, 59, 24), utc(2026, 11, 23, 16, 59, 24));
        row("Berlin in winter", "Europe/Berlin", local(2026, 11, 23, 16, 59, 24), utc(2026, 11, 23, 15, 59, 24));
        row("Berlin in summer", "Europe/Berlin", local(2026, 7, 1, 12, 0, 0), utc(2026, 7, 1, 10, 0, 0));
        row("half hours", "Asia/Kolkata", local(2026, 11, 23, 22, 30, 16), utc(2026, 11, 23, 17, 0, 16));
        row("St John's", "America/St_Johns", local(2026, 11, 23, 13, 30, 47), utc(2026, 11, 23, 17, 0, 47));
        row("a reading that never occurs", "Europe/Berlin", local(2026, 3, 29, 2, 30, 0), utc(2026, 3, 29, 1, 30, 0));
        row("new year", "Europe/Berlin", local(2027, 1, 1, 0, 0, 1), utc(2026, 12, 31, 23, 0, 1));
        row("before 1970", "UTC", local(1969, 12, 31, 23, 59, 59), utc(1969, 12, 31, 23, 59, 59));
    }
    void readsAWallClock() {
        QFETCH(QString, name);
        QFETCH(qint64, wall);
        QFETCH(qint64, expected);
        const auto zone = Zone::fromName(name.toStdString());
        QVERIFY(zone.has_value());
        QCOMPARE(qint64(toNs(zone->toUtc(LocalTime(Duration(wall))))), expected);
    }

    void aReadingThatOccursTwiceIsResolvedByWhatCameBefore() {
        const Zone zone = *Zone::fromName("Europe/Berlin");
        const LocalTime twice = local(2026, 10, 25, 2, 30, 0);
        const Time first = utc(2026, 10, 25, 0, 30, 0);
        const Time second = utc(2026, 10, 25, 1, 30, 0);
        QVERIFY(zone.isAmbiguous(twice));
        QCOMPARE(zone.toUtc(twice), first);
        QCOMPARE(zone.toUtc(twice, first - minutes(10)), first);
        QCOMPARE(zone.toUtc(twice, first + seconds(1)), first); // records may be out of order by a second
        QCOMPARE(zone.toUtc(twice, first + minutes(20)), second);
        QCOMPARE(zone.toUtc(twice, second - seconds(3)), second);
        QVERIFY(!zone.isAmbiguous(local(2026, 10, 25, 4, 0, 0)));
    }

    void boundsHoldWhateverReadingsComeTo() {
        std::mt19937_64 random(7);
        for (const char *name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}) {
            const Zone zone = *Zone::fromName(name);
            int exact = 0;
            for (int i = 0; i < 3'000; ++i) {
                const auto some = [&](std::int64_t below) {
                    return seconds(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below)));
                };
                const LocalTime first = local(2011, 12, 25, 0, 0, 0) + some(i % 2 ? 700'000 : 15 * 365 * 86'400);
                const LocalTime latest = first + some(200'000);
                const LocalTime between = first + some((latest - first) / seconds(1) + 1);
                const Zone::Bounds bounds = zone.boundsOf(first, latest);
                const Time earlier = zone.toUtc(between);
                const Time later = zone.toUtc(between, earlier + hours(1));
                QVERIFY(bounds.first <= earlier && earlier <= bounds.last);
                QVERIFY(bounds.first <= later && later <= bounds.last);
                if (bounds.isExact) {
                    ++exact;
                    QCOMPARE(bounds.first, zone.toUtc(first));
                    QCOMPARE(bounds.last, zone.toUtc(latest));
                    QCOMPARE(later, earlier);
                }
            }
            QVERIFY(exact > 1'000);
        }
        // At the ends of what can be said.
        for (const LocalTime time : {LocalTime::min(), LocalTime::max()}) {
            const Zone::Bounds bounds = Zone::fromName("Europe/Berlin")->boundsOf(time, time);
            QVERIFY(bounds.first <= bounds.last);
        }
    }

    void goingThereAndBackGivesTheSameMoment() {
        for (const char *name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"}) {
            const Zone zone = *Zone::fromName(name);
            for (int hour = 0; hour < 366 * 24; hour += 5) {
                const Time t = utc(2026, 1, 1, 0, 0, 0) + hours(hour) + minutes(17);
                QCOMPARE(zone.toUtc(zone.toLocal(t), t), t);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestZone)
#include "tst_zone.moc"
