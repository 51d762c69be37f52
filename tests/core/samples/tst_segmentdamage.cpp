// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/segment.h"

#include "core/stats/varint.h"
#include "inputs.h"

#include <QTest>
#include <xxhash.h>

using namespace ra;
using namespace ra::samples;

namespace {

using Times = std::vector<std::int64_t>;
using Values = std::vector<double>;

std::string sealed(std::size_t n, const std::string &name, double zstdShare = 0.125) {
    Times times(n);
    std::mt19937_64 random(2);
    for (std::size_t i = 0; i < n; ++i)
        times[i] = static_cast<std::int64_t>(i) * 1'000'000 + static_cast<std::int64_t>(random() % 1000);
    Workspace workspace;
    std::string bytes;
    return encodeSegment(times, inputs::make(inputs::values(), name, n), {.zstdShare = zstdShare}, workspace, bytes)
               ? bytes
               : std::string();
}

/// Whether it is refused, with a reason, and the outputs are empty.
bool refused(std::string_view bytes) {
    const std::vector<char> copy(bytes.begin(), bytes.end()); // of their own: reading behind the end is found
    Workspace workspace;
    Times times{1};
    Values values{1};
    const auto done = decodeSegment({copy.data(), copy.size()}, workspace, times, values);
    return !done && !done.error().why.empty() && times.empty() && values.empty();
}

/// A header of these bytes with a sound checksum: what only somebody with bad intentions writes.
std::string forged(const std::string &header, const std::string &pages = {}, char version = 1) {
    std::string out = "RS";
    out.push_back(version);
    stats::putVarint(out, header.size());
    out += header;
    const std::uint64_t checksum = XXH3_64bits(out.data(), out.size());
    out.append(reinterpret_cast<const char *>(&checksum), sizeof checksum);
    return out + pages;
}

/// The header of `count` zeros at one moment, up to its pages.
std::string zeros(std::uint64_t count) {
    std::string header;
    stats::putVarint(header, count);
    header += std::string(6, '\0'); // times, first and last value, sum of squares
    stats::Sketch sketch;
    sketch.add(Values(count, 0.0));
    std::string bytes;
    sketch.serialise(bytes);
    stats::putVarint(header, bytes.size());
    return header + bytes;
}

std::string withPage(std::string header, const std::string &page, std::uint64_t unpacked = 0) {
    stats::putVarint(header, page.size() * 2 + (unpacked > 0 ? 1U : 0U));
    if (unpacked > 0)
        stats::putVarint(header, unpacked);
    const auto checksum = static_cast<std::uint32_t>(XXH3_64bits(page.data(), page.size()));
    header.append(reinterpret_cast<const char *>(&checksum), sizeof checksum);
    return forged(header, page);
}

/// Linear times at 0, constant value 0.
const std::string zeroPage("\0\0\0\0\0", 5);

} // namespace

class TestSegmentDamage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFlippedBitIsFound_data() {
        QTest::addColumn<QString>("name");
        for (const char *name : {"hundredths with gaps", "true doubles", "few true doubles", "long runs", "constant"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void everyFlippedBitIsFound() {
        QFETCH(QString, name);
        const std::string bytes = sealed(150, name.toStdString());
        QVERIFY(!refused(bytes));
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            std::string flipped = bytes;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            QVERIFY2(refused(flipped), qPrintable(QString::number(bit)));
        }
    }

    void everyTruncationIsFound() {
        for (const std::string &bytes :
             {sealed(150, "hundredths"), sealed(9'000, "microseconds"), sealed(5'000, "saw", 0)}) {
            for (std::size_t n = 0; n < bytes.size(); n += n < 3'000 ? 1 : 97)
                QVERIFY2(refused(std::string_view(bytes).substr(0, n)), qPrintable(QString::number(n)));
            QVERIFY(refused(bytes + '\0'));
        }
    }

    void exchangedPagesAreFound() {
        const std::string bytes = sealed(2 * pageLength, "any bits");
        const auto header = readHeader(bytes);
        QVERIFY(header);
        const std::string first = bytes.substr(header->pages[0].begin, header->pages[0].size);
        const std::string second = bytes.substr(header->pages[1].begin);
        QVERIFY(refused(bytes.substr(0, header->headerSize) + second + first));
    }

    void aNewerVersionIsRefusedPolitely() {
        const auto header = readHeader(forged("", "", 2));
        QVERIFY(!header);
        QCOMPARE(header.error().kind, ErrorKind::Invalid);
        QVERIFY(!header.error().hint.empty());
        QVERIFY(refused(forged("", "", 0)));
    }

    void aForgedSegmentIsTakenAsFarAsItMakesSense() {
        QVERIFY(!refused(forged(std::string(1, '\0')))); // no samples
        QVERIFY(!refused(withPage(zeros(3), zeroPage)));
    }

    void forgedHeadersAreRefused() {
        std::string endless;
        stats::putVarint(endless, std::uint64_t{1} << 62);
        QVERIFY(refused(forged(endless)));
        QVERIFY(refused(forged("")));
        QVERIFY(refused(forged(std::string(2, '\0')))); // more than a header of no samples has
        QVERIFY(refused(forged(zeros(3))));             // no page
        // The sketch of four zeros in the header of three.
        std::string other = zeros(4);
        other[0] = 3;
        QVERIFY(refused(withPage(other, zeroPage)));
        std::string broken = zeros(3);
        broken.back() = 0; // the sketch's count
        QVERIFY(refused(withPage(broken, zeroPage)));
        // A last time beyond what a time can be.
        std::string late = zeros(3).substr(0, 1) + std::string("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01", 11) +
                           zeros(3).substr(3);
        QVERIFY(refused(withPage(late, zeroPage)));
        // A page of a gigabyte, packed or not; a packed page of nothing.
        QVERIFY(refused(withPage(zeros(3), zeroPage, 1'000'000'000)));
        std::string large = zeros(3);
        stats::putVarint(large, 2'000'000'000);
        QVERIFY(refused(forged(large + std::string(4, '\0'))));
        std::string hollow = zeros(3);
        stats::putVarint(hollow, 1);
        stats::putVarint(hollow, 0);
        QVERIFY(refused(forged(hollow + std::string(4, '\0'))));
    }

    void forgedPagesAreRefused() {
        QVERIFY(refused(withPage(zeros(3), zeroPage + '\0')));
        QVERIFY(refused(withPage(zeros(3), zeroPage.substr(1))));
        QVERIFY(refused(withPage(zeros(3), "no zstd at all", 5)));
        QVERIFY(refused(withPage(zeros(3), std::string("\0\2\0\0\0", 5)))); // begins at 1
        QVERIFY(refused(withPage(zeros(3), std::string("\0\0\2\0\0", 5)))); // ends at 2
        // From 0 to 2 to 0, in blocks: stride 2; second differences 0, -4 less -4 in three bits: 4, 0 and, first, 4.
        QVERIFY(refused(withPage(zeros(3), std::string("\1\0\4\1\6\3\7\x24\0\0\0", 11))));
    }

    void randomBytesAreRefused() {
        std::mt19937_64 random(11);
        for (int round = 0; round < 2'000; ++round) {
            std::string noise(random() % 300, '\0');
            for (char &byte : noise)
                byte = static_cast<char>(random());
            QVERIFY(refused(noise));
            QVERIFY(refused(forged(noise)));
            static_cast<void>(refused(withPage(zeros(200), noise))); // might be one; the sanitizers look on
        }
    }

    void pagesDamagedWithASoundChecksumNeverDoHarm() {
        for (const auto &[name, maker] : inputs::values()) {
            const std::string bytes = sealed(200, name, 2);
            const auto header = readHeader(bytes);
            QVERIFY(header);
            const std::string page = bytes.substr(header->pages[0].begin);
            std::mt19937_64 random(12);
            for (int round = 0; round < 300; ++round) {
                std::string damaged = page;
                for (int i = 0; i < 3; ++i)
                    damaged[random() % damaged.size()] = static_cast<char>(random());
                static_cast<void>(refused(withPage(zeros(200), damaged)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestSegmentDamage)
#include "tst_segmentdamage.moc"
