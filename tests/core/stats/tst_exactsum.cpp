// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/exactsum.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ra::stats;

namespace {

constexpr double largest = std::numeric_limits<double>::max();
constexpr double tiny = std::numeric_limits<double>::denorm_min();

ExactSum sumOf(const std::vector<double> &values) {
    ExactSum sum;
    for (const double value : values)
        sum.add(value);
    return sum;
}

double anyFinite(std::mt19937_64 &random) {
    for (;;) {
        const auto value = std::bit_cast<double>(random());
        if (std::isfinite(value))
            return value;
    }
}

} // namespace

class TestExactSum : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Parts of every length, merged without being carried between, in one after the other and in pairs.
    void manyMergesKeepEveryBit() {
        std::mt19937_64 random(11);
        ExactSum whole;
        ExactSum chained;
        std::vector<ExactSum> parts;
        for (int i = 0; i < 3'000; ++i) {
            ExactSum part;
            for (auto n = i % 3 == 0 ? random() % 1'100 : random() % 5; n > 0; --n) {
                const double value = i % 2 ? anyFinite(random) : 1e300 * (random() % 2 ? 1 : -1);
                part.add(value / 4e15);
                whole.add(value / 4e15);
            }
            chained.merge(part);
            parts.push_back(part);
        }
        QVERIFY(chained == whole);
        while (parts.size() > 1) {
            parts[parts.size() - 2].merge(parts.back());
            parts.pop_back();
        }
        QVERIFY(parts[0] == whole);
        ExactSum twice = whole;
        twice.merge(twice);
        whole.merge(ExactSum(whole));
        QVERIFY(twice == whole);
        for (int i = 0; i < 20; ++i)
            twice.merge(twice); // of itself, again and again
        QCOMPARE(twice.value() / (1 << 20), whole.value());
    }

    void theSumIsTheDoubleNearestToTheTrueOne_data() {
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<double>("sum");
        QTest::newRow("nothing") << QList<double>{} << 0.0;
        QTest::newRow("one") << QList<double>{0.1} << 0.1;
        // Ten times the double next to 0.1 is 1 + 5.55e-17, nearest to 1; adding one by one gives 0.9999999999999999.
        QTest::newRow("ten tenths") << QList<double>(10, 0.1) << 1.0;
        QTest::newRow("what cancels leaves the small one") << QList<double>{1e300, 1, -1e300} << 1.0;
        QTest::newRow("negative") << QList<double>{-1e300, -3, 1e300} << -3.0;
        QTest::newRow("cancels to nothing") << QList<double>{1e300, -1e300} << 0.0;
        QTest::newRow("subnormals") << QList<double>{tiny, tiny, tiny} << 3 * tiny;
        QTest::newRow("subnormals make a normal") << QList<double>{0x1p-1023, 0x1p-1023} << 0x1p-1022;
        // 2^53 + 1 lies half-way between two doubles: to the even one; with anything below the half, upwards.
        QTest::newRow("a tie goes to even") << QList<double>{0x1p53, 1} << 0x1p53;
        QTest::newRow("a tie goes to even, upwards") << QList<double>{0x1p53 + 2, 1} << 0x1p53 + 4;
        QTest::newRow("above a tie") << QList<double>{0x1p53, 1, tiny} << 0x1p53 + 2;
        QTest::newRow("below a tie") << QList<double>{0x1p53, 1, -tiny} << 0x1p53;
        QTest::newRow("rounding reaches the next power") << QList<double>{0x1p53 - 1, 0.75} << 0x1p53;
        QTest::newRow("beyond the largest on the way") << QList<double>{largest, largest, -largest} << largest;
        QTest::newRow("beyond the largest")
            << QList<double>{largest, largest} << std::numeric_limits<double>::infinity();
        QTest::newRow("zeros") << QList<double>{0.0, -0.0} << 0.0;
    }
    void theSumIsTheDoubleNearestToTheTrueOne() {
        QFETCH(QList<double>, values);
        QFETCH(double, sum);
        QCOMPARE(std::bit_cast<std::uint64_t>(sumOf({values.begin(), values.end()}).value()),
                 std::bit_cast<std::uint64_t>(sum));
    }

    void integersSumExactlyWhateverTheirNumber() {
        ExactSum sum;
        for (int i = 1; i <= 100'000; ++i) // carries happen every thousand
            sum.add(i);
        QCOMPARE(sum.value(), 100'000.0 * 100'001 / 2);
    }

    void manyEqualValuesAreTheirProduct() {
        QCOMPARE(ExactSum::ofEqual(0.1, 0).value(), 0.0);
        QCOMPARE(ExactSum::ofEqual(-3, std::uint64_t{1} << 62).value(), -3 * 0x1p62);
        for (const double value : {0.1, -7.5, tiny, largest}) {
            ExactSum sum;
            for (int i = 0; i < 1'234; ++i)
                sum.add(value);
            QVERIFY(ExactSum::ofEqual(value, 1'234) == sum);
        }
    }

    void orderAndGroupingLeaveNoTrace() {
        std::mt19937_64 random(1);
        std::vector<double> values(5'000);
        for (double &value : values)
            value = anyFinite(random);
        const ExactSum whole = sumOf(values);
        std::string bytes;
        whole.serialise(bytes);
        for (int round = 0; round < 20; ++round) {
            std::shuffle(values.begin(), values.end(), random);
            const auto cut = static_cast<std::ptrdiff_t>(random() % values.size());
            ExactSum part = sumOf({values.begin(), values.begin() + cut});
            part.merge(sumOf({values.begin() + cut, values.end()}));
            QVERIFY(part == whole);
            std::string same;
            part.serialise(same);
            QCOMPARE(same, bytes);
        }
    }

    void bytesComeBack() {
        std::mt19937_64 random(2);
        for (int round = 0; round < 200; ++round) {
            ExactSum sum;
            for (unsigned i = 0; i < random() % 5; ++i)
                sum.add(round % 2 == 0 ? anyFinite(random) : std::round(1e4 * std::ldexp(double(random() >> 11), -53)));
            std::string bytes;
            sum.serialise(bytes);
            ByteReader in(bytes);
            const ExactSum back = ExactSum::deserialise(in);
            QVERIFY(in.ok() && in.left() == 0);
            QVERIFY(back == sum);
        }
    }

    void foreignBytesFail_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no digits, yet a sign") << QByteArray("\x01\x00", 2);
        QTest::newRow("more digits than there are") << QByteArray("\x8c\x01\x00", 3);
        QTest::newRow("digits beyond the last place") << QByteArray("\x04\x44\x01\x01");
        QTest::newRow("a digit of 33 bits") << QByteArray("\x02\x00\xff\xff\xff\xff\x7f", 7);
        QTest::newRow("the lowest digit zero") << QByteArray("\x04\x00\x00\x01", 4);
        QTest::newRow("the highest digit zero") << QByteArray("\x04\x00\x01\x00", 4);
        QTest::newRow("cut off") << QByteArray("\x04\x00\x01", 3);
    }
    void foreignBytesFail() {
        QFETCH(QByteArray, bytes);
        ByteReader in({bytes.data(), static_cast<std::size_t>(bytes.size())});
        static_cast<void>(ExactSum::deserialise(in));
        QVERIFY(!in.ok());
    }
};

QTEST_GUILESS_MAIN(TestExactSum)
#include "tst_exactsum.moc"
