// SPDX-License-Identifier: GPL-3.0-or-later
//
// A segment, all of it little-endian:
//
//   "RS", version, length of the header (varint), header, XXH3-64 of all bytes up to here, pages
//
// Header: samples; if any: first time, distance to the last, first and last value, sum of squares (high, low), length
// of the sketch, sketch; then of each page: twice its size plus one if zstd was used, [size before zstd], lower half of
// the XXH3-64 of its bytes, and unless it is the only one its first time as distance from the last of the page before,
// and the distance to its own last. Numbers are varints, doubles varints of their bytes in reverse.
//
// Page, of 4,096 samples, the last one of what is left: times as an integer column, values as a value column. Its
// count follows from its number, and with the checksums no byte of a segment is unguarded.
#include "core/samples/segment.h"

#include "core/samples/valuecolumn.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <xxhash.h>
#include <zstd.h>

namespace ra::samples {

static_assert(std::endian::native == std::endian::little, "the format is that of little-endian machines");
static_assert(pageLength == columnLength);

namespace {

using stats::ByteReader;
using stats::putDouble;
using stats::putSigned;
using stats::putVarint;

constexpr std::string_view magic = "RS";
constexpr std::uint8_t version = 1;
constexpr std::size_t checksumSize = 8;
/// No page is larger before zstd: raw values and the widest times with all that belongs to them.
constexpr std::size_t maxPageSize = pageLength * 24;
constexpr int zstdLevel = 1;
/// Pages after which it is tried again, when it did not pay.
constexpr std::size_t zstdInterval = 8;

struct FreeContext {
    void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx *context) const { ZSTD_freeDCtx(context); }
};

Error damaged(std::string why) {
    return {.kind = ErrorKind::Damaged, .what = "read a segment of samples", .why = std::move(why)};
}
Error refused(std::string why) {
    return {.kind = ErrorKind::Invalid, .what = "seal samples", .why = std::move(why)};
}

std::uint64_t checksumOf(std::string_view bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}
std::uint32_t shortChecksumOf(std::string_view bytes) {
    return static_cast<std::uint32_t>(checksumOf(bytes));
}

template <typename T>
void putFixed(std::string &out, T value) {
    out.append(reinterpret_cast<const char *>(&value), sizeof value);
}
template <typename T>
T takeFixed(ByteReader &in) {
    T value = 0;
    const std::string_view bytes = in.take(sizeof value);
    if (in.ok())
        std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

/// The distance between two times, which need not fit into a signed number.
std::uint64_t distance(std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}
/// A time so far after another one; in.fail() if that is beyond what a time can be.
std::int64_t after(ByteReader &in, std::int64_t from, std::uint64_t by) {
    if (by > distance(from, std::numeric_limits<std::int64_t>::max()))
        in.fail();
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + by);
}

bool ascending(std::span<const std::int64_t> times) {
    bool falls = false;
    for (std::size_t i = 1; i < times.size(); ++i)
        falls |= times[i] < times[i - 1];
    return !falls;
}

} // namespace

struct Workspace::Parts {
    std::unique_ptr<ZSTD_CCtx, FreeContext> compressor;
    std::unique_ptr<ZSTD_DCtx, FreeContext> decompressor;
    std::string page;
    std::string pages;
    std::string sketch;
    std::string header;
    std::string compressed;
    std::string unpacked;
};

Workspace::Workspace()
    : m_parts(std::make_unique<Parts>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace &&) noexcept = default;
Workspace &Workspace::operator=(Workspace &&) noexcept = default;

namespace {

/// Puts a page through zstd; false if that takes too little off it.
bool compress(Workspace::Parts &parts, double share) {
    if (share > 1)
        return false;
    if (!parts.compressor)
        parts.compressor.reset(ZSTD_createCCtx());
    parts.compressed.resize(ZSTD_compressBound(parts.page.size()));
    const std::size_t size = ZSTD_compressCCtx(parts.compressor.get(), parts.compressed.data(), parts.compressed.size(),
                                               parts.page.data(), parts.page.size(), zstdLevel);
    if (ZSTD_isError(size) || static_cast<double>(size) > static_cast<double>(parts.page.size()) * (1 - share))
        return false;
    parts.compressed.resize(size);
    return true;
}

} // namespace

Result<void> encodeSegment(std::span<const std::int64_t> timesNs, std::span<const double> values,
                           const SegmentOptions &options, Workspace &workspace, std::string &out) {
    const std::size_t n = timesNs.size();
    out.clear();
    if (n != values.size())
        return fail(refused("there are not as many times as values"));
    if (n > maxSamples)
        return fail(refused("there are more than a segment can hold"));
    if (!ascending(timesNs))
        return fail(refused("their times are not in order"));
    Workspace::Parts &parts = workspace.parts();
    std::string &header = parts.header;
    header.clear();
    parts.pages.clear();
    putVarint(header, n);
    if (n > 0) {
        putSigned(header, timesNs.front());
        putVarint(header, distance(timesNs.front(), timesNs.back()));
        putDouble(header, values.front());
        putDouble(header, values.back());
        const stats::Compensated squares = stats::sumOfSquares(values);
        putDouble(header, squares.high);
        putDouble(header, squares.low);
        stats::Sketch sketch(options.sketch);
        sketch.add(values);
        parts.sketch.clear();
        sketch.serialise(parts.sketch);
        putVarint(header, parts.sketch.size());
        header += parts.sketch;
    }
    bool pays = true; // whether zstd did, when it was tried last
    for (std::size_t at = 0; at < n; at += pageLength) {
        const auto times = timesNs.subspan(at, std::min(pageLength, n - at));
        parts.page.clear();
        encodeIntegers(times, parts.page);
        encodeValues(values.subspan(at, times.size()), parts.page);
        // What zstd finds in one page it finds in the next ones; nothing costs more time than to try it in vain.
        const bool small = (pays || at / pageLength % zstdInterval == 0) && compress(parts, options.zstdShare);
        pays = small;
        const std::string &bytes = small ? parts.compressed : parts.page;
        putVarint(header, bytes.size() * 2 + static_cast<std::size_t>(small));
        if (small)
            putVarint(header, parts.page.size());
        putFixed(header, shortChecksumOf(bytes));
        if (n > pageLength) {
            putVarint(header, distance(at == 0 ? times.front() : timesNs[at - 1], times.front()));
            putVarint(header, distance(times.front(), times.back()));
        }
        parts.pages += bytes;
    }
    out += magic;
    out.push_back(static_cast<char>(version));
    putVarint(out, header.size());
    out += header;
    putFixed(out, checksumOf(out));
    out += parts.pages;
    return {};
}

Result<SegmentHeader> readHeader(std::string_view bytes) {
    ByteReader outer(bytes);
    if (outer.take(magic.size()) != magic)
        return fail(damaged("it does not begin as one"));
    const std::uint8_t found = outer.byte();
    if (found > version)
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read a segment of samples",
                     .why = "it was written by a newer version",
                     .hint = "Update the program"});
    const std::uint64_t length = outer.varint();
    const std::string_view inner = outer.take(length);
    const std::size_t guarded = bytes.size() - outer.left();
    const auto checksum = takeFixed<std::uint64_t>(outer);
    if (!outer.ok() || found == 0)
        return fail(damaged("its header is cut off"));
    if (checksum != checksumOf(bytes.substr(0, guarded)))
        return fail(damaged("the checksum of its header is wrong"));

    SegmentHeader header;
    header.headerSize = guarded + checksumSize;
    header.size = header.headerSize;
    ByteReader in(inner);
    const std::uint64_t count = in.varint();
    if (count > maxSamples)
        return fail(damaged("it claims more samples than a segment can hold"));
    header.count = count;
    if (count > 0) {
        header.firstNs = in.signedVarint();
        header.lastNs = after(in, header.firstNs, in.varint());
        header.firstValue = in.real();
        header.lastValue = in.real();
        header.sumSquares.high = in.real();
        header.sumSquares.low = in.real();
        auto sketch = stats::Sketch::deserialise(in.take(in.varint()));
        if (!sketch)
            return fail(sketch.error());
        if (sketch->count() + sketch->nans() != count)
            return fail(damaged("its sketch is of other values"));
        header.sketch = std::move(*sketch);
    }
    std::int64_t before = header.firstNs;
    for (std::size_t at = 0; at < count && in.ok(); at += pageLength) {
        SegmentPage page{
            .begin = header.size, .firstSample = at, .samples = std::min<std::size_t>(pageLength, count - at)};
        const std::uint64_t size = in.varint();
        page.size = size / 2;
        page.unpackedSize = size % 2 != 0 ? in.varint() : 0;
        page.checksum = takeFixed<std::uint32_t>(in);
        page.firstNs = count > pageLength ? after(in, before, in.varint()) : header.firstNs;
        page.lastNs = count > pageLength ? after(in, page.firstNs, in.varint()) : header.lastNs;
        if (page.size > maxPageSize || page.unpackedSize > maxPageSize || (size % 2 != 0 && page.unpackedSize == 0))
            in.fail();
        before = page.lastNs;
        header.size += page.size;
        header.pages.push_back(page);
    }
    if (!in.ok() || in.left() != 0 || before != header.lastNs)
        return fail(damaged("its header makes no sense"));
    return header;
}

namespace {

/// Decodes one page into places for as many samples as it has.
Result<void> decodePage(const SegmentPage &page, std::string_view bytes, Workspace::Parts &parts,
                        std::span<std::int64_t> times, std::span<double> values) {
    std::string_view packed = bytes.substr(page.begin, page.size);
    if (shortChecksumOf(packed) != page.checksum)
        return fail(damaged("the checksum of a page is wrong"));
    if (page.unpackedSize > 0) {
        if (!parts.decompressor)
            parts.decompressor.reset(ZSTD_createDCtx());
        parts.unpacked.resize(page.unpackedSize);
        const std::size_t size = ZSTD_decompressDCtx(parts.decompressor.get(), parts.unpacked.data(),
                                                     parts.unpacked.size(), packed.data(), packed.size());
        if (ZSTD_isError(size) || size != page.unpackedSize)
            return fail(damaged("a page cannot be unpacked"));
        packed = parts.unpacked;
    }
    ByteReader in(packed);
    if (!decodeIntegers(in, times) || !decodeValues(in, values) || in.left() != 0)
        return fail(damaged("a page cannot be decoded"));
    if (times.front() != page.firstNs || times.back() != page.lastNs || !ascending(times))
        return fail(damaged("the times of a page are not what its header says"));
    return {};
}

} // namespace

Result<void> decodePages(const SegmentHeader &header, std::string_view bytes, std::size_t firstPage,
                         std::size_t endPage, Workspace &workspace, std::vector<std::int64_t> &timesNs,
                         std::vector<double> &values) {
    endPage = std::min(endPage, header.pages.size());
    if (firstPage >= endPage) {
        timesNs.clear();
        values.clear();
        return {};
    }
    const std::size_t first = header.pages[firstPage].firstSample;
    const std::size_t n = header.pages[endPage - 1].firstSample + header.pages[endPage - 1].samples - first;
    Result<void> result;
    if (bytes.size() != header.size) {
        result = fail(damaged(bytes.size() < header.size ? "it is cut off" : "it is longer than its header says"));
    } else {
        timesNs.resize(n);
        values.resize(n);
    }
    for (std::size_t p = firstPage; p < endPage && result; ++p) {
        const SegmentPage &page = header.pages[p];
        result = decodePage(page, bytes, workspace.parts(),
                            std::span(timesNs).subspan(page.firstSample - first, page.samples),
                            std::span(values).subspan(page.firstSample - first, page.samples));
    }
    if (!result) {
        timesNs.clear();
        values.clear();
    }
    return result;
}

Result<void> decodeSegment(std::string_view bytes, Workspace &workspace, std::vector<std::int64_t> &timesNs,
                           std::vector<double> &values) {
    const auto header = readHeader(bytes);
    if (!header) {
        timesNs.clear();
        values.clear();
        return fail(header.error());
    }
    return decodePages(*header, bytes, 0, header->pages.size(), workspace, timesNs, values);
}

Result<void> decodeRange(const SegmentHeader &header, std::string_view bytes, std::int64_t fromNs, std::int64_t toNs,
                         Workspace &workspace, std::vector<std::int64_t> &timesNs, std::vector<double> &values) {
    // Pages are in the order of time: those before end too early, those behind begin too late.
    const auto first = std::partition_point(header.pages.begin(), header.pages.end(),
                                            [fromNs](const SegmentPage &page) { return page.lastNs < fromNs; });
    const auto end = std::partition_point(first, header.pages.end(),
                                          [toNs](const SegmentPage &page) { return page.firstNs < toNs; });
    Result<void> result = decodePages(header, bytes, static_cast<std::size_t>(first - header.pages.begin()),
                                      static_cast<std::size_t>(end - header.pages.begin()), workspace, timesNs, values);
    if (!result)
        return result;
    const auto begin = std::lower_bound(timesNs.begin(), timesNs.end(), fromNs) - timesNs.begin();
    const auto stop = std::lower_bound(timesNs.begin() + begin, timesNs.end(), toNs) - timesNs.begin();
    timesNs.erase(timesNs.begin() + stop, timesNs.end());
    timesNs.erase(timesNs.begin(), timesNs.begin() + begin);
    values.erase(values.begin() + stop, values.end());
    values.erase(values.begin(), values.begin() + begin);
    return result;
}

} // namespace ra::samples
