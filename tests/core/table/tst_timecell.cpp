// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/timecell.h"

#include <QTest>
#include <cmath>

using namespace ra::table;

class TestTimeCell : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void momentsAreRead_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("seconds"); // by `date -u -d TEXT +%s`
        QTest::newRow("date") << "1970-01-02" << 86400.0;
        QTest::newRow("T") << "2026-11-23T17:00:00" << 1795453200.0;
        QTest::newRow("blank") << "2026-11-23 17:00:00" << 1795453200.0;
        QTest::newRow("no seconds") << "2026-11-23 17:00" << 1795453200.0;
        QTest::newRow("fraction") << "1970-01-01T00:00:01.25" << 1.25;
        QTest::newRow("comma") << "1970-01-01 00:00:01,250" << 1.25;
        QTest::newRow("Z") << "2026-11-23T17:00:00Z" << 1795453200.0;
        QTest::newRow("east") << "2026-11-23T17:00:00+01:00" << 1795449600.0;
        QTest::newRow("west") << "2026-11-23T17:00:00.5-0130" << 1795458600.5;
        QTest::newRow("hours only") << "2026-11-23T17:00:00+01" << 1795449600.0;
        QTest::newRow("before 1970") << "1969-12-31T23:59:59" << -1.0;
        QTest::newRow("leap day") << "2024-02-29" << 1709164800.0;
        QTest::newRow("leap second") << "1970-01-01T00:00:60" << 60.0;
    }
    void momentsAreRead() {
        QFETCH(QString, text);
        QFETCH(double, seconds);
        const auto moment = parseMoment(text.toStdString());
        QVERIFY(moment.has_value());
        QCOMPARE(*moment, seconds);
    }

    void otherTextsAreNoMoments() {
        for (const char *text : {"",
                                 "x",
                                 "2026",
                                 "2026-13-01",
                                 "2023-02-29",
                                 "2026-1-1",
                                 "2026-01-01T",
                                 "2026-01-01T1:00",
                                 "2026-01-01x",
                                 "2026-01-01T24:00:00",
                                 "2026-01-01T10:60",
                                 "2026-01-01T10:00:61",
                                 "2026-01-01T10:00:00.",
                                 "2026-01-01T10:00:00Zx",
                                 "2026-01-01T10:00:00x",
                                 "2026-01-01T10:00:00+1",
                                 "2026-01-01T10:00:00+24:00",
                                 "2026-01-01T10:00:00+01:60",
                                 "2026-01-01T10:00:00.123456789012345678",
                                 "2026-01-01T10-00"})
            QVERIFY2(!parseMoment(text).has_value(), text);
    }

    void momentsAreWritten() {
        QCOMPARE(momentText(1795453200.0), std::string("2026-11-23T17:00:00Z"));
        QCOMPARE(momentText(-0.75), std::string("1969-12-31T23:59:59.250000Z"));
        QCOMPARE(momentText(0.9999999), std::string("1970-01-01T00:00:01Z"));
        QCOMPARE(momentText(std::nan("")), std::string());
        QCOMPARE(momentText(1e13), std::string());
        QCOMPARE(momentText(9e11), std::string());
    }

    void whatIsWrittenIsReadBack() {
        for (int i = 0; i < 2'106; ++i) { // from the year 68 to 8303
            const double seconds = -6e10 + i * 123456789.5;
            QCOMPARE(parseMoment(momentText(seconds)).value(), seconds);
        }
    }
};

QTEST_GUILESS_MAIN(TestTimeCell)
#include "tst_timecell.moc"
