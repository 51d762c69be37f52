// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/intcolumn.h"

#include "inputs.h"

#include <QTest>

using namespace ra::samples;
using ra::stats::ByteReader;

namespace {

using Numbers = std::vector<std::int64_t>;

std::string encoded(const Numbers &numbers) {
    std::string bytes;
    encodeIntegers(numbers, bytes);
    return bytes;
}

/// The numbers, or nothing where the bytes are damaged; never reads behind the end, which a buffer of their own shows.
std::optional<Numbers> decoded(const std::string &bytes, std::size_t count) {
    const std::vector<char> copy(bytes.begin(), bytes.end());
    ByteReader in({copy.data(), copy.size()});
    Numbers numbers(count);
    if (!decodeIntegers(in, numbers) || in.left() != 0)
        return std::nullopt;
    return numbers;
}

std::size_t sizeOf(std::size_t n, const std::function<std::int64_t(std::size_t)> &number) {
    Numbers numbers(n);
    for (std::size_t i = 0; i < n; ++i)
        numbers[i] = number(i);
    const std::string bytes = encoded(numbers);
    return decoded(bytes, n) == numbers ? bytes.size() : 0;
}

} // namespace

class TestIntColumn : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyNumbersComeBack_data() { inputs::addRows(inputs::integers()); }
    void anyNumbersComeBack() {
        QFETCH(QString, name);
        for (const std::size_t n : {1, 2, 3, 15, 16, 127, 128, 129, 255, 256, 257, 1000, 4095, 4096}) {
            const Numbers numbers = inputs::make(inputs::integers(), name.toStdString(), n);
            const std::string bytes = encoded(numbers);
            QVERIFY2(decoded(bytes, n) == numbers, qPrintable(QString::number(n)));
            QVERIFY(bytes.size() <= n * 8 + n / 128 * 24 + 48); // never much more than the numbers themselves
        }
    }

    void aConstantStrideIsNearlyFree() {
        QVERIFY(sizeOf(4096, [](std::size_t) { return 1'795'453'320'000'000'000; }) <= 12);
        QVERIFY(sizeOf(4096, [](std::size_t i) { return 1'795'453'320'000'000'000 + std::int64_t(i) * 100'000'000; }) <=
                16);
    }

    void aCommonUnitCostsNothing_data() {
        QTest::addColumn<qlonglong>("unit");
        QTest::newRow("ns") << 1LL;
        QTest::newRow("us") << 1'000LL;
        QTest::newRow("ms") << 1'000'000LL;
        QTest::newRow("s") << 1'000'000'000LL;
        QTest::newRow("1/60 s, nearly") << 16'666'667LL;
    }
    void aCommonUnitCostsNothing() {
        QFETCH(qlonglong, unit);
        std::mt19937_64 random(5);
        Numbers steps(4096);
        for (std::int64_t &step : steps)
            step = static_cast<std::int64_t>(random() % 256);
        const std::size_t size = sizeOf(4096, [&](std::size_t i) { return 7 + steps[i] * unit; });
        QVERIFY(size > 0 && size <= 4096 + 32 * 8 + 32); // eight bits each
    }

    void eachBlockIsCodedByWhatSuitsIt() {
        std::mt19937_64 random(6);
        const auto noise = [&](std::size_t range) { return static_cast<std::int64_t>(random() % range); };
        // Around a line, as times of a timer are: as many bits as the noise has.
        const std::size_t line = sizeOf(4096, [&](std::size_t i) { return std::int64_t(i) * 100'000 + noise(1000); });
        QVERIFY(line > 0 && line <= 4096 * 10 / 8 + 32 * 12);
        // Increments of 0 to 15: four bits.
        std::int64_t sum = 0;
        const std::size_t differences = sizeOf(4096, [&](std::size_t) { return sum += 1000 + noise(16); });
        QVERIFY(differences > 0 && differences <= 4096 * 4 / 8 + 32 * 8);
        // Increments that increase by 0 to 3: two bits.
        std::int64_t slope = 0;
        sum = 0;
        const std::size_t bends = sizeOf(4096, [&](std::size_t) { return sum += slope += noise(4); });
        QVERIFY(bends > 0 && bends <= 4096 * 2 / 8 + 32 * 8);
    }

    void fewOutliersArePatchedIn() {
        std::mt19937_64 random(7);
        const std::size_t size = sizeOf(4096, [&](std::size_t i) {
            const auto small = static_cast<std::int64_t>(random() % 16);
            return i % 64 == 9 ? small + 1'000'000'000 : i % 64 == 44 ? small - 1'000'000'000 : small;
        });
        QVERIFY(size > 0 && size <= 4096 * 4 / 8 + 128 * 7 + 32 * 8); // four bits each, some bytes an outlier
    }

    void damagedBytesNeverDoHarm() {
        for (const auto &[name, maker] : inputs::integers()) {
            const std::string bytes = encoded(inputs::make(inputs::integers(), name, 150));
            for (std::size_t n = 0; n < bytes.size(); ++n)
                QVERIFY(!decoded(bytes.substr(0, n), 150));
            for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
                std::string flipped = bytes;
                flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
                const auto numbers = decoded(flipped, 150); // other numbers, or none; the sanitizers look on
                QVERIFY(!numbers || numbers->size() == 150);
            }
        }
    }

    void foreignBytesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("an unknown kind") << QByteArray("\x02\x00\x00", 3);
        QTest::newRow("an unknown order") << QByteArray("\x01\x00\x00\x01\x03\x00", 6);
        QTest::newRow("an unknown flag") << QByteArray("\x01\x00\x00\x01\x21\x00", 6);
        QTest::newRow("65 bits") << QByteArray("\x01\x00\x00\x01\x01\x41", 6);
        QTest::newRow("fewer bits than there should be") << QByteArray("\x01\x00\x00\x01\x01\x08\x00\x00", 8);
        QTest::newRow("a patch beyond the end") << QByteArray("\x01\x00\x00\x01\x11\x00\x01\x04\x02", 9);
        QTest::newRow("a patch above 64 bits")
            << QByteArray("\x01\x00\x00\x01\x11\x40", 6).append(32, '\0').append("\x01\x00\x02", 3);
        QTest::newRow("patches cut off") << QByteArray("\x01\x00\x00\x01\x11\x00\x02\x01\x02", 9);
    }
    void foreignBytesAreRefused() {
        QFETCH(QByteArray, bytes);
        QVERIFY(!decoded(bytes.toStdString(), 4));
    }
};

QTEST_GUILESS_MAIN(TestIntColumn)
#include "tst_intcolumn.moc"
