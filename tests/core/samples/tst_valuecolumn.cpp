// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/valuecolumn.h"

#include "inputs.h"

#include <QTest>

using namespace ra::samples;
using ra::stats::ByteReader;

namespace {

using Values = std::vector<double>;

std::string encoded(const Values &values) {
    std::string bytes;
    encodeValues(values, bytes);
    return bytes;
}

std::optional<Values> decoded(const std::string &bytes, std::size_t count) {
    const std::vector<char> copy(bytes.begin(), bytes.end()); // of their own: reading behind the end is found
    ByteReader in({copy.data(), copy.size()});
    Values values(count);
    if (!decodeValues(in, values) || in.left() != 0)
        return std::nullopt;
    return values;
}

} // namespace

class TestValueColumn : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyValuesComeBackBitForBit_data() { inputs::addRows(inputs::values()); }
    void anyValuesComeBackBitForBit() {
        QFETCH(QString, name);
        for (const std::size_t n : {1, 2, 3, 100, 127, 128, 129, 1000, 4096}) {
            const Values values = inputs::make(inputs::values(), name.toStdString(), n);
            const std::string bytes = encoded(values);
            const auto back = decoded(bytes, n);
            QVERIFY2(back && inputs::same(*back, values), qPrintable(QString::number(n)));
            QVERIFY(bytes.size() <= n * 8 + 11);
        }
    }

    void eachIsKeptByTheCodecThatSuitsIt_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("codec");
        QTest::addColumn<double>("bits"); ///< a value, at most
        const auto row = [](const char *name, ValueCodec codec, double bits) {
            QTest::newRow(name) << QString::fromLatin1(name) << static_cast<int>(codec) << bits;
        };
        row("constant", ValueCodec::Constant, 0.03);
        row("hundredths", ValueCodec::Decimal, 14.5);         // log2 10^4 is 13.3
        row("hundredths with gaps", ValueCodec::Decimal, 22); // and an exception in ten
        row("pages of memory", ValueCodec::Decimal, 20.6);    // log2 10^6 is 19.9
        row("counter", ValueCodec::Decimal, 0.1);
        row("true doubles", ValueCodec::Bits, 44.7); // 52 of the mantissa, of which 2^8 = 256 to 512 takes 8
        row("floats", ValueCodec::Bits, 29);         // 24 and some of the exponent
        row("true doubles of both signs", ValueCodec::Split, 57.5);
        row("few true doubles", ValueCodec::Dictionary, 3.4);
        row("256 true doubles", ValueCodec::Dictionary, 13);
        row("long runs", ValueCodec::Runs, 0.5);
        row("any bits", ValueCodec::Raw, 64.1);
    }
    void eachIsKeptByTheCodecThatSuitsIt() {
        QFETCH(QString, name);
        QFETCH(int, codec);
        QFETCH(double, bits);
        const std::string bytes = encoded(inputs::make(inputs::values(), name.toStdString(), 4096));
        QCOMPARE(static_cast<int>(bytes[0]), codec);
        QVERIFY2(static_cast<double>(bytes.size()) * 8 / 4096 <= bits,
                 qPrintable(QString::number(bytes.size() * 8.0 / 4096)));
    }

    void damagedBytesNeverDoHarm() {
        for (const auto &[name, maker] : inputs::values()) {
            const std::string bytes = encoded(inputs::make(inputs::values(), name, 140));
            for (std::size_t n = 0; n < bytes.size(); ++n)
                QVERIFY(!decoded(bytes.substr(0, n), 140));
            for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
                std::string flipped = bytes;
                flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
                const auto values = decoded(flipped, 140); // other values, or none; the sanitizers look on
                QVERIFY(!values || values->size() == 140);
            }
        }
    }

    void foreignBytesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char *name, const char *hex) { QTest::newRow(name) << QByteArray::fromHex(hex); };
        row("nothing", "");
        row("an unknown codec", "07");
        row("18 decimals", "0112000000 00");
        row("more exceptions than values", "01000500");
        row("an exception beyond the end", "010001040000000000000000000000");
        row("an exception cut off", "01000101000000");
        row("a dictionary of nothing", "0300");
        row("a dictionary of 257", "038102");
        row("a dictionary in a dictionary", "03010300");
        row("runs in a dictionary", "03010401");
        row("a code that is none", "030100000000040000"); // one entry, constant; codes 2, 2, 2, 2
        row("no runs", "0400");
        row("more runs than values", "0405");
        row("a run beyond the end", "04010000000800");    // one run, constant, of five
        row("runs that end too early", "04010000000400"); // of three
        row("a split at bit 64", "054001");
        row("a split without upper parts", "053400");
        row("a split code that is none", "05340100000400");
        row("raw cut off", "0600000000");
    }
    void foreignBytesAreRefused() {
        QFETCH(QByteArray, bytes);
        QVERIFY(!decoded(bytes.toStdString(), 4));
    }
};

QTEST_GUILESS_MAIN(TestValueColumn)
#include "tst_valuecolumn.moc"
