// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/segment.h"

#include "inputs.h"

#include <QTest>
#include <algorithm>

using namespace ra;
using namespace ra::samples;

namespace {

using Times = std::vector<std::int64_t>;
using Values = std::vector<double>;

constexpr std::int64_t epoch = 1'795'453'320'000'000'000;

/// Ten a second.
Times ticks(std::size_t n) {
    Times times(n);
    for (std::size_t i = 0; i < n; ++i)
        times[i] = epoch + static_cast<std::int64_t>(i) * 100'000'000;
    return times;
}

std::string sealed(const Times &times, const Values &values, const SegmentOptions &options = {}) {
    Workspace workspace;
    std::string bytes;
    const auto done = encodeSegment(times, values, options, workspace, bytes);
    return done ? bytes : std::string();
}

bool comesBack(const std::string &bytes, const Times &times, const Values &values) {
    Workspace workspace;
    Times timesBack{1, 2, 3};
    Values valuesBack{4};
    return decodeSegment(bytes, workspace, timesBack, valuesBack) && timesBack == times &&
           inputs::same(valuesBack, values);
}

Values walk(std::size_t n) {
    std::mt19937_64 random(4);
    Values values(n);
    double at = 50;
    for (double &value : values) {
        at += inputs::unit(random) - 0.5;
        value = std::round(at * 100) / 100;
    }
    return values;
}

} // namespace

class TestSegment : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyValuesComeBackBitForBit_data() { inputs::addRows(inputs::values()); }
    void anyValuesComeBackBitForBit() {
        QFETCH(QString, name);
        for (const std::size_t n : {0, 1, 2, 127, 128, 129, 4096, 4097, 9'000}) {
            const Values values = inputs::make(inputs::values(), name.toStdString(), n);
            for (const double share : {0.0, 0.125, 2.0})
                QVERIFY2(comesBack(sealed(ticks(n), values, {.zstdShare = share}), ticks(n), values),
                         qPrintable(QString::number(n)));
        }
    }

    void anyTimesInOrderComeBack_data() { inputs::addRows(inputs::integers()); }
    void anyTimesInOrderComeBack() {
        QFETCH(QString, name);
        for (const std::size_t n : {1, 2, 127, 128, 129, 5'000}) {
            Times times = inputs::make(inputs::integers(), name.toStdString(), n);
            std::sort(times.begin(), times.end());
            const Values values = walk(n);
            const std::string bytes = sealed(times, values);
            QVERIFY2(comesBack(bytes, times, values), qPrintable(QString::number(n)));
            const auto header = readHeader(bytes);
            QVERIFY(header);
            QCOMPARE(header->firstNs, times.front());
            QCOMPARE(header->lastNs, times.back());
        }
    }

    void aMillionComeBack() {
        const std::size_t n = 1'000'000;
        std::mt19937_64 random(8);
        Times times = ticks(n);
        for (std::int64_t &time : times)
            time += static_cast<std::int64_t>(random() % 1000) * 1000;
        const Values values = walk(n);
        const std::string bytes = sealed(times, values);
        QVERIFY(comesBack(bytes, times, values));
        // Ten bits of jitter and seven of steps, with some per cent for all else.
        QVERIFY2(bytes.size() * 8 <= n * 18, qPrintable(QString::number(double(bytes.size()) / double(n))));
    }

    void theHeaderTellsWhatTheSamplesAre() {
        const double nan = std::bit_cast<double>(0x7ff8000000000123U);
        const Values values{nan, 3, -1.5, 0.25, nan};
        const Times times{10, 20, 20, 30, 45};
        const auto header = readHeader(sealed(times, values));
        QVERIFY(header);
        QCOMPARE(header->count, 5U);
        QCOMPARE(header->firstNs, 10);
        QCOMPARE(header->lastNs, 45);
        QVERIFY(inputs::same({header->firstValue, header->lastValue}, {nan, nan}));
        QCOMPARE(header->sketch.count(), 3U);
        QCOMPARE(header->sketch.nans(), 2U);
        QCOMPARE(header->sketch.min(), -1.5);
        QCOMPARE(header->sketch.max(), 3.0);
        QCOMPARE(header->sketch.sum(), 1.75);
        QCOMPARE(header->sumSquares, (stats::Compensated{11.3125, 0}));
        QVERIFY(std::abs(*header->sketch.quantile(0.5) - 0.25) <= 0.0025);
    }

    void theHeaderIsReadFromTheBeginningAlone() {
        const Values values = walk(20'000);
        const std::string bytes = sealed(ticks(20'000), values);
        const auto whole = readHeader(bytes);
        QVERIFY(whole);
        QCOMPARE(whole->size, bytes.size());
        const auto beginning = readHeader(std::string_view(bytes).substr(0, whole->headerSize));
        QVERIFY(beginning);
        QCOMPARE(beginning->pages, whole->pages);
        QVERIFY(beginning->sketch == whole->sketch);
        QVERIFY(!readHeader(std::string_view(bytes).substr(0, whole->headerSize - 1)));
    }

    void theSketchOfTheHeaderIsThatOfTheValues() {
        const Values values = inputs::make(inputs::values(), "hundredths with gaps", 5'000);
        const SegmentOptions options{.sketch = {.relativeError = 0.02, .maxBuckets = 30}};
        stats::Sketch sketch(options.sketch);
        sketch.add(values);
        const auto header = readHeader(sealed(ticks(values.size()), values, options));
        QVERIFY(header);
        QVERIFY(header->sketch == sketch);
    }

    void rangesAreTheSamplesInThem_data() {
        QTest::addColumn<qlonglong>("from");
        QTest::addColumn<qlonglong>("to");
        const qlonglong begin = epoch;
        const qlonglong tick = 100'000'000;
        const qlonglong page = static_cast<qlonglong>(pageLength) * tick;
        const auto most = std::numeric_limits<qlonglong>::max();
        QTest::newRow("all") << -most - 1 << most;
        QTest::newRow("before") << 0LL << begin;
        QTest::newRow("behind") << begin + 5 * page << most;
        QTest::newRow("the first") << 0LL << begin + 1;
        QTest::newRow("a moment without a sample") << begin + 1 << begin + 2;
        QTest::newRow("in one page") << begin + 100 * tick << begin + 200 * tick;
        QTest::newRow("one page") << begin + page << begin + 2 * page;
        QTest::newRow("over a border") << begin + page - 1 << begin + page + 1;
        QTest::newRow("over three pages") << begin + page / 2 << begin + 2 * page + page / 3;
        QTest::newRow("between pages") << begin + page - tick + 1 << begin + page;
        QTest::newRow("the end") << begin + 3 * page << most;
        QTest::newRow("backwards") << begin + page << begin;
        QTest::newRow("empty") << begin + tick << begin + tick;
    }
    void rangesAreTheSamplesInThem() {
        QFETCH(qlonglong, from);
        QFETCH(qlonglong, to);
        const std::size_t n = 3 * pageLength + 17;
        Times times = ticks(n);
        times[2 * pageLength] = times[2 * pageLength - 1]; // one moment on both sides of a border
        const Values values = walk(n);
        const std::string bytes = sealed(times, values);
        const auto header = readHeader(bytes);
        QVERIFY(header);
        Times expectedTimes;
        Values expectedValues;
        for (std::size_t i = 0; i < n; ++i) {
            if (times[i] >= from && times[i] < to) {
                expectedTimes.push_back(times[i]);
                expectedValues.push_back(values[i]);
            }
        }
        Workspace workspace;
        Times foundTimes{7};
        Values foundValues{7};
        QVERIFY(decodeRange(*header, bytes, from, to, workspace, foundTimes, foundValues));
        QCOMPARE(foundTimes, expectedTimes);
        QVERIFY(inputs::same(foundValues, expectedValues));
    }

    void aPageIsDecodedWithoutTheOthers() {
        const std::size_t n = 3 * pageLength;
        const Times times = ticks(n);
        const Values values = walk(n);
        std::string bytes = sealed(times, values);
        const auto header = readHeader(bytes);
        QVERIFY(header);
        QCOMPARE(header->pages.size(), 3U);
        bytes[header->pages[0].begin + 5] = static_cast<char>(~bytes[header->pages[0].begin + 5]);
        Workspace workspace;
        Times foundTimes;
        Values foundValues;
        QVERIFY(decodePages(*header, bytes, 1, 2, workspace, foundTimes, foundValues));
        QCOMPARE(foundTimes, Times(times.begin() + pageLength, times.begin() + 2 * pageLength));
        QVERIFY(decodePages(*header, bytes, 2, 9, workspace, foundTimes, foundValues));
        QCOMPARE(foundTimes.size(), pageLength);
        QVERIFY(!decodePages(*header, bytes, 0, 2, workspace, foundTimes, foundValues));
        QVERIFY(foundTimes.empty() && foundValues.empty());
    }

    void zstdIsUsedWhereItPays() {
        // Forty random steps that repeat: no difference repeats within a block, but the blocks repeat.
        std::mt19937_64 random(3);
        Values pattern(512);
        for (double &value : pattern)
            value = static_cast<double>(random() % 100'000'000);
        Values values;
        for (std::size_t i = 0; i < 3 * pageLength; ++i)
            values.push_back(pattern[i % pattern.size()]);
        const Times times = ticks(values.size());
        const std::string with = sealed(times, values);
        const std::string without = sealed(times, values, {.zstdShare = 2});
        QVERIFY(with.size() * 2 < without.size());
        QVERIFY(comesBack(with, times, values) && comesBack(without, times, values));
        const auto header = readHeader(with);
        QVERIFY(header && header->pages[1].unpackedSize > header->pages[1].size);
        // Where nothing repeats it is not.
        const auto plain = readHeader(sealed(ticks(5'000), inputs::make(inputs::values(), "any bits", 5'000)));
        QVERIFY(plain && plain->pages[0].unpackedSize == 0 && plain->pages[1].unpackedSize == 0);
    }

    void aConstantSeriesIsSomeBytesAPage() {
        QVERIFY(sealed(ticks(1), {0.3}).size() <= 110);
        QVERIFY(sealed(ticks(100'000), Values(100'000, 0.3)).size() <= 100'000 / pageLength * 48 + 100);
    }

    void theSameSamplesGiveTheSameBytes() {
        Workspace used;
        std::string bytes;
        const Values values = inputs::make(inputs::values(), "microseconds", 5'000);
        QVERIFY(encodeSegment(ticks(700), walk(700), {.zstdShare = 0}, used, bytes));
        QVERIFY(encodeSegment(ticks(5'000), values, {}, used, bytes));
        QCOMPARE(bytes, sealed(ticks(5'000), values));
        Workspace moved = std::move(used);
        used = std::move(moved);
        QVERIFY(encodeSegment(ticks(5'000), values, {}, used, bytes));
        QCOMPARE(bytes, sealed(ticks(5'000), values));
    }

    void whatCannotBeSealedIsRefused() {
        Workspace workspace;
        std::string bytes = "before";
        const auto refused = [&](const Times &times, const Values &values) {
            const auto done = encodeSegment(times, values, {}, workspace, bytes);
            return !done && done.error().kind == ErrorKind::Invalid && bytes.empty();
        };
        QVERIFY(refused({1, 2}, {1}));
        QVERIFY(refused({2, 1}, {1, 2}));
        QVERIFY(refused(Times(maxSamples + 1), Values(maxSamples + 1)));
    }

    void segmentsOnDiskStayReadable() {
        // Sealed by the first version of the format. Five samples of 0.5 s, one of them late; 1.25, 1.5,
        // NaN, 1.5, 1.75.
        const QByteArray kept = QByteArray::fromHex(
            "5253013c058080d0e2c6bfce972f80a8d6b907bfe803bff803c0c48002001c1200010000bfe803bff803000783a60200"
            "0108020601000221808060528b9cbea847c20b9b467fd8ee018080d0e2c6bfce972f0a80c2d72f08010a080102010201"
            "0000000000f87f01fa0102190602014502");
        const Times times{1'700'000'000'000'000'000, 1'700'000'000'500'000'000, 1'700'000'001'000'000'000,
                          1'700'000'001'600'000'000, 1'700'000'002'000'000'000};
        const Values values{1.25, 1.5, std::bit_cast<double>(0x7ff8000000000001U), 1.5, 1.75};
        QVERIFY(comesBack(kept.toStdString(), times, values));
        const auto header = readHeader(kept.toStdString());
        QVERIFY(header);
        QCOMPARE(header->sketch.sum(), 6.0);
        QCOMPARE(header->sumSquares.high, 9.125);
        QCOMPARE(QByteArray::fromStdString(sealed(times, values)).toHex(),
                 kept.toHex()); // and is still what is written
    }
};

QTEST_GUILESS_MAIN(TestSegment)
#include "tst_segment.moc"
