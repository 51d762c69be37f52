// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/varint.h"

#include <QTest>
#include <cmath>
#include <limits>

using namespace ra::stats;

class TestVarint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numbersComeBack_data() {
        QTest::addColumn<quint64>("value");
        QTest::addColumn<int>("bytes");
        QTest::newRow("zero") << quint64{0} << 1;
        QTest::newRow("the last of one byte") << quint64{127} << 1;
        QTest::newRow("the first of two bytes") << quint64{128} << 2;
        QTest::newRow("the example of the DWARF standard") << quint64{624485} << 3;
        QTest::newRow("the last of nine bytes") << quint64{0x7fffffffffffffff} << 9;
        QTest::newRow("the largest") << std::numeric_limits<quint64>::max() << 10;
    }
    void numbersComeBack() {
        QFETCH(quint64, value);
        QFETCH(int, bytes);
        std::string out;
        putVarint(out, value);
        QCOMPARE(out.size(), static_cast<std::size_t>(bytes));
        QCOMPARE(varintSize(value), static_cast<unsigned>(bytes));
        ByteReader in(out);
        QCOMPARE(in.varint(), value);
        QVERIFY(in.ok());
        QCOMPARE(in.left(), 0U);
    }

    void theBytesAreThoseOfTheStandard() {
        std::string out;
        putVarint(out, 624485); // DWARF 4, appendix C: e5 8e 26
        QCOMPARE(out, std::string("\xe5\x8e\x26"));
    }

    void smallMagnitudesStaySmall() {
        QCOMPARE(zigzag(0), 0U);
        QCOMPARE(zigzag(-1), 1U);
        QCOMPARE(zigzag(1), 2U);
        for (const std::int64_t v : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-77}, std::int64_t{0},
                                     std::int64_t{77}, std::numeric_limits<std::int64_t>::max()}) {
            std::string out;
            putSigned(out, v);
            ByteReader in(out);
            QCOMPARE(in.signedVarint(), v);
        }
    }

    void shortDoublesAreShortAndAllComeBackBitForBit() {
        const auto sizeOf = [](double value) {
            std::string out;
            putDouble(out, value);
            ByteReader in(out);
            const double back = in.real();
            return std::bit_cast<std::uint64_t>(back) == std::bit_cast<std::uint64_t>(value) ? out.size() : 0;
        };
        QCOMPARE(sizeOf(0), 1U);
        QCOMPARE(sizeOf(1), 3U);
        QCOMPARE(sizeOf(-0.0), 2U);
        QCOMPARE(sizeOf(0.1), 10U); // all of the mantissa is in use
        QVERIFY(sizeOf(std::numeric_limits<double>::signaling_NaN()) > 0);
        QVERIFY(sizeOf(-std::numeric_limits<double>::denorm_min()) > 0);
    }

    void whatIsNoNumberFails_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("cut off") << QByteArray("\x80");
        QTest::newRow("more than 64 bits") << QByteArray("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
        QTest::newRow("more than ten bytes") << QByteArray("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        QTest::newRow("longer than it need be") << QByteArray("\x81\x00", 2);
    }
    void whatIsNoNumberFails() {
        QFETCH(QByteArray, bytes);
        ByteReader in({bytes.data(), static_cast<std::size_t>(bytes.size())});
        QCOMPARE(in.varint(), 0U);
        QVERIFY(!in.ok());
        QCOMPARE(in.byte(), std::uint8_t{0});
        QVERIFY(in.take(1).empty());
    }
};

QTEST_GUILESS_MAIN(TestVarint)
#include "tst_varint.moc"
