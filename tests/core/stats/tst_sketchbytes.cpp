// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sketch.h"
#include "core/stats/varint.h"
#include "sketchinputs.h"

#include <QTest>
#include <cmath>

using namespace ra;
using namespace ra::stats;
using namespace sketchinputs;

class TestSketchBytes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bytesComeBack_data() { addRows(); }
    void bytesComeBack() {
        QFETCH(std::string, name);
        for (const std::size_t n : {0, 1, 2, 10, 3'000}) {
            for (const SketchOptions options :
                 {SketchOptions{}, SketchOptions{.relativeError = 0.05, .maxBuckets = 20}}) {
                const Sketch sketch = sketchOf(made(name, n), options);
                const auto back = Sketch::deserialise(bytesOf(sketch));
                QVERIFY(back);
                QVERIFY(*back == sketch);
                QVERIFY(back->quantile(0.3) == sketch.quantile(0.3) || std::isnan(sketch.sum()));
            }
        }
    }

    void mergingBytesIsMergingTheSketch_data() { addRows(); }
    void mergingBytesIsMergingTheSketch() {
        QFETCH(std::string, name);
        for (const std::size_t n : {std::size_t(1), std::size_t(2), std::size_t(57), std::size_t(1'000)}) {
            const Sketch other = sketchOf(made(name, n));
            for (const SketchOptions options :
                 {SketchOptions{}, SketchOptions{.relativeError = 0.05, .maxBuckets = 20}}) {
                for (const std::size_t before : {std::size_t(0), std::size_t(40)}) {
                    Sketch slow = sketchOf(made(name, before), options);
                    Sketch fast = slow;
                    const auto merged = slow.merge(other);
                    const auto read = fast.mergeSerialised(bytesOf(other));
                    QCOMPARE(read.has_value(), merged.has_value());
                    QVERIFY(fast == slow);
                }
            }
        }
        // What is damaged is refused, and changes nothing.
        const std::string bytes = bytesOf(sketchOf(made(name, 60)));
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            std::string flipped = bytes;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            Sketch sketch;
            if (!sketch.mergeSerialised(flipped))
                QVERIFY(sketch == Sketch());
            else
                QVERIFY(Sketch::deserialise(flipped).has_value());
        }
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            Sketch sketch;
            QVERIFY(!sketch.mergeSerialised(std::string_view(bytes).substr(0, n)));
            QVERIFY(sketch == Sketch());
        }
    }

    void bytesAreFew() {
        QCOMPARE(bytesOf(Sketch()).size(), 1U);
        QVERIFY(bytesOf(sketchOf(Values(100'000, 1.0))).size() <= 10);
        QVERIFY(bytesOf(sketchOf(Values(100'000, 0.3))).size() <= 30);
        QVERIFY(bytesOf(sketchOf(made("uniform", 100'000))).size() <= 1'500);
    }

    void theBytesNeverChange() {
        // Written by hand from the description in sketchbytes.cpp. 1 and 2: version 1, no flags; 1 and 2 reversed
        // (f03f, 40); no zeros; two positive, sparse: bucket 1075 octaves of 35.0 each up, and 35 on; none negative;
        // the sum.
        const std::string bytes = bytesOf(sketchOf(Values{1, 2}));
        std::string expected("\x10", 1);
        putDouble(expected, 1);
        putDouble(expected, 2);
        putVarint(expected, 0);
        putVarint(expected, 2 * 2 + 1);
        const double perOctave = 0.7 / std::log(1.01 / 0.99);
        putVarint(expected, static_cast<std::uint64_t>(1075 * perOctave));
        putVarint(expected, 0);
        putVarint(expected, 1);
        putVarint(expected,
                  static_cast<std::uint64_t>(1076 * perOctave) - static_cast<std::uint64_t>(1075 * perOctave) - 1);
        putVarint(expected, 1);
        putVarint(expected, 0);
        // 3 = 3 * 2^1074 / 2^1074, and 1074 = 33 * 32 + 18: one digit at place 33, 3 * 2^18.
        putVarint(expected, 2);
        putVarint(expected, 33);
        putVarint(expected, 3 << 18);
        QCOMPARE(bytes, expected);
    }

    void damagedBytesGiveAnErrorOrASketch() {
        for (const char *name : {"normal", "equal", "infinities"}) {
            for (const SketchOptions options :
                 {SketchOptions{}, SketchOptions{.relativeError = 0.05, .maxBuckets = 20}}) {
                const std::string bytes = bytesOf(sketchOf(made(name, 60), options));
                for (std::size_t n = 0; n < bytes.size(); ++n) {
                    const auto cut = Sketch::deserialise(std::string_view(bytes).substr(0, n));
                    QVERIFY(!cut);
                    QCOMPARE(cut.error().kind, ErrorKind::Damaged);
                }
                QVERIFY(!Sketch::deserialise(bytes + '\0'));
                for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
                    std::string flipped = bytes;
                    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
                    if (const auto sketch = Sketch::deserialise(flipped)) { // some flips make another sound sketch
                        QVERIFY(!sketch->quantile(0.5) || sketch->count() > 0);
                        QVERIFY(*Sketch::deserialise(bytesOf(*sketch)) == *sketch);
                    }
                }
            }
        }
    }

    void foreignBytesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("another version") << QByteArray("\x28");
        QTest::newRow("empty and equal") << QByteArray("\x1c");
        QTest::newRow("a level of 21") << QByteArray("\x1a\x15\x00\x00\x00", 5);
        QTest::newRow("an equal value 0 times") << QByteArray("\x14\x00\x00\x00", 4);
        QTest::newRow("an equal infinity") << QByteArray("\x14\xff\xe0\x03\x01\x00", 6);
        QTest::newRow("extremes the wrong way round") << QByteArray("\x10\x40\x00\x00\x00\x00\x00", 7);
        QTest::newRow("extremes of nothing") << QByteArray("\x10\x00\x40\x00\x00\x00\x00", 7);
        QTest::newRow("equal zeros that are negative") << QByteArray("\x14\x80\x01\x01");
        QTest::newRow("an error of 0") << QByteArray("\x19\x00\x10", 3);
        QTest::newRow("a dense million of buckets in no bytes") << QByteArray("\x10\x00\x40\x00\x80\x89\x7a\x01", 8);
        QTest::newRow("a bucket that is none")
            << QByteArray("\x10\x00\x40\x00\x03\x01\xff\xff\xff\xff\x0f\x01\x00\x00", 14);
    }
    void foreignBytesAreRefused() {
        QFETCH(QByteArray, bytes);
        const auto sketch = Sketch::deserialise({bytes.data(), static_cast<std::size_t>(bytes.size())});
        QVERIFY(!sketch);
        QCOMPARE(sketch.error().kind, ErrorKind::Damaged);
    }
};

QTEST_GUILESS_MAIN(TestSketchBytes)
#include "tst_sketchbytes.moc"
