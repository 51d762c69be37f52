// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/bitpack.h"

#include <QTest>
#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace ra::samples;

class TestBitPack : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numbersOfAnyWidthAndCountComeBack() {
        std::mt19937_64 random(1);
        for (unsigned width = 0; width <= 64; ++width) {
            const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
            for (const std::size_t count : {0, 1, 2, 3, 7, 31, 64, 127, 128}) {
                std::vector<std::uint64_t> numbers(count);
                for (std::uint64_t &number : numbers)
                    number = random(); // what is above the width is left out
                std::string packed(packedSize(count, width) + 1, '#');
                pack(numbers.data(), count, width, packed.data());
                QCOMPARE(packed.back(), '#'); // nothing is written behind the end
                // In a buffer of their own, so that reading behind the end is found.
                const std::vector<char> bytes(packed.begin(), packed.end() - 1);
                std::vector<std::uint64_t> back(count);
                unpack(bytes.data(), count, width, back.data());
                for (std::uint64_t &number : numbers)
                    number &= mask;
                QVERIFY2(back == numbers, qPrintable(QStringLiteral("width %1, count %2").arg(width).arg(count)));
                if (count == blockLength && width <= 32) {
                    std::vector<std::uint32_t> narrow(count);
                    unpackNarrow(bytes.data(), width, narrow.data());
                    QVERIFY(std::equal(narrow.begin(), narrow.end(), numbers.begin()));
                }
            }
        }
    }

    void theLayoutNeverChanges() {
        // Numbers 4 k to 4 k + 3 are at bits 4 k and on of the four words of 32 bits: 0 to 7 of the first word come
        // from 0, 4, 8, ...
        std::vector<std::uint64_t> numbers(blockLength);
        for (std::size_t i = 0; i < blockLength; ++i)
            numbers[i] = i % 4 == 0 ? i / 4 : 0;
        std::string packed(packedSize(blockLength, 4), '\0');
        pack(numbers.data(), blockLength, 4, packed.data());
        QCOMPARE(packed.substr(0, 16), std::string("\x10\x32\x54\x76\0\0\0\0\0\0\0\0\0\0\0\0", 16));
        // Few numbers follow each other, the lowest bit first: 1, 2, 3 in three bits each are 011 010 001.
        const std::vector<std::uint64_t> few{1, 2, 3};
        std::string small(packedSize(3, 3), '\0');
        pack(few.data(), 3, 3, small.data());
        QCOMPARE(small, std::string("\xd1\x00", 2));
    }
};

QTEST_GUILESS_MAIN(TestBitPack)
#include "tst_bitpack.moc"
