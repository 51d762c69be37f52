// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/logscale.h"
#include "core/stats/sketch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ra::stats {

// The form: flags and version; [error and limit of buckets, if not the default]; [level, NaN, infinities]; then nothing
// for no finite values, count and value for equal ones, else zeros, extremes, sum, positive and negative buckets.
// Buckets are twice the number of entries, plus one if sparse; the first number; counts, in the sparse form each after
// the number of empty buckets before it. The shorter form is taken.

namespace {

// The first byte: what follows, and the version of the form.
constexpr unsigned customFlag = 1;
constexpr unsigned unusualFlag = 2;
constexpr unsigned equalFlag = 4;
constexpr unsigned emptyFlag = 8;
constexpr unsigned flagEnd = 16;
constexpr unsigned version = 1;

Error damaged() {
    return {.kind = ErrorKind::Damaged,
            .what = "read a quantile sketch",
            .why = "its bytes are none that this program writes"};
}

void putBuckets(std::string &out, const BucketCounts &buckets) {
    std::uint32_t from = 0;
    const auto all = buckets.trimmed(from);
    std::size_t denseSize = 0;
    std::size_t sparseSize = 0;
    std::uint64_t gap = 0;
    for (const std::uint64_t count : all) {
        denseSize += varintSize(count);
        if (count == 0) {
            ++gap;
            continue;
        }
        sparseSize += varintSize(gap) + varintSize(count);
        gap = 0;
    }
    const bool sparse = sparseSize < denseSize;
    putVarint(out, (sparse ? buckets.used : all.size()) * 2 + static_cast<std::size_t>(sparse));
    if (all.empty())
        return;
    putVarint(out, from);
    gap = 0;
    for (const std::uint64_t count : all) {
        if (sparse && count == 0) {
            ++gap;
            continue;
        }
        if (sparse)
            putVarint(out, std::exchange(gap, 0));
        putVarint(out, count);
    }
}

BucketCounts takeBuckets(ByteReader &in, std::uint32_t limit) {
    BucketCounts result;
    const std::uint64_t head = in.varint();
    const bool sparse = head % 2 != 0;
    const std::uint64_t entries = head / 2;
    if (entries == 0)
        return result;
    const std::uint64_t from = in.varint();
    // Each entry takes a byte at least: no more is made room for than there are bytes, or buckets.
    if (from >= limit || entries > limit - from || entries > in.left()) {
        in.fail();
        return result;
    }
    result.first = static_cast<std::uint32_t>(from);
    result.counts.reserve(entries);
    std::uint64_t place = 0;
    for (std::uint64_t i = 0; i < entries && in.ok(); ++i, ++place) {
        if (sparse)
            place += std::min<std::uint64_t>(in.varint(), limit);
        const std::uint64_t count = in.varint();
        if (place >= limit - from || count > (std::uint64_t{1} << 62) - result.total) {
            in.fail();
            return result;
        }
        if (place >= result.counts.size())
            result.counts.resize(place + 1);
        result.counts[place] = count;
        result.total += count;
        result.used += static_cast<std::uint32_t>(count != 0);
    }
    if (in.ok() && (result.counts.front() == 0 || result.counts.back() == 0))
        in.fail();
    return result;
}

/// What mergeSerialised() adds: buckets in use with their counts.
bool readPositive(ByteReader &in, double scale, std::vector<std::pair<std::uint32_t, std::uint64_t>> &entries) {
    const std::uint64_t limit = std::uint64_t{bucketLimit(scale)} + 1;
    const std::uint64_t head = in.varint();
    const bool sparse = head % 2 != 0;
    std::uint64_t place = in.varint();
    entries.clear();
    for (std::uint64_t i = 0; i < head / 2 && in.ok(); ++i, ++place) {
        if (sparse)
            place += std::min(in.varint(), limit);
        const std::uint64_t count = in.varint();
        if (place >= limit || count > (std::uint64_t{1} << 56))
            return false;
        if (count != 0)
            entries.emplace_back(static_cast<std::uint32_t>(place), count);
    }
    return in.ok() && !entries.empty();
}

} // namespace

void Sketch::serialise(std::string &out) const {
    const std::uint64_t finite = m_positive.total + m_negative.total + m_zeros;
    const bool equal = finite > 0 && m_min == m_max;
    unsigned flags = version * flagEnd;
    flags |= m_options == SketchOptions{} ? 0U : customFlag;
    flags |= m_level + m_nans + m_infinities + m_negativeInfinities == 0 ? 0U : unusualFlag;
    flags |= finite == 0 ? emptyFlag : 0U;
    flags |= equal ? equalFlag : 0U;
    out.push_back(static_cast<char>(flags));
    if ((flags & customFlag) != 0) {
        putDouble(out, m_options.relativeError);
        putVarint(out, m_options.maxBuckets);
    }
    if ((flags & unusualFlag) != 0) {
        putVarint(out, m_level);
        putVarint(out, m_nans);
        putVarint(out, m_infinities);
        putVarint(out, m_negativeInfinities);
    }
    if (finite == 0)
        return;
    putDouble(out, m_min);
    if (equal) {
        putVarint(out, finite);
    } else {
        putDouble(out, m_max);
        putVarint(out, m_zeros);
        putBuckets(out, m_positive);
        putBuckets(out, m_negative);
        m_sum.serialise(out);
    }
}

Result<Sketch> Sketch::deserialise(std::string_view bytes) {
    ByteReader in(bytes);
    constexpr std::uint64_t countLimit = std::uint64_t{1} << 62;
    const unsigned flags = in.byte();
    if (flags / flagEnd != version || ((flags & equalFlag) != 0 && (flags & emptyFlag) != 0))
        return fail(damaged());
    SketchOptions options;
    if ((flags & customFlag) != 0) {
        options.relativeError = in.real();
        options.maxBuckets = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.varint(), 0xffffffffU));
    }
    Sketch sketch(options);
    // What the constructor had to mend (or cannot compare, as NaN) was never written.
    if (!in.ok() || sketch.m_options != options)
        return fail(damaged());
    if ((flags & unusualFlag) != 0) {
        const std::uint64_t level = in.varint();
        sketch.m_nans = in.varint();
        sketch.m_infinities = in.varint();
        sketch.m_negativeInfinities = in.varint();
        if (level > 20 || sketch.m_nans > countLimit || sketch.m_infinities > countLimit / 4 ||
            sketch.m_negativeInfinities > countLimit / 4)
            return fail(damaged());
        sketch.m_level = static_cast<unsigned>(level);
    }
    if ((flags & emptyFlag) == 0) {
        sketch.m_min = in.real();
        sketch.m_max = sketch.m_min;
        const std::uint32_t limit = (bucketLimit(sketch.m_scale) >> sketch.m_level) + 1;
        if ((flags & equalFlag) != 0) {
            const std::uint64_t count = in.varint();
            const double magnitude = std::abs(sketch.m_min);
            const bool negativeZero = magnitude == 0 && std::signbit(sketch.m_min);
            if (count == 0 || count > countLimit || !std::isfinite(magnitude) || negativeZero)
                return fail(damaged());
            if (magnitude == 0) {
                sketch.m_zeros = count;
            } else {
                BucketCounts &buckets = sketch.m_min > 0 ? sketch.m_positive : sketch.m_negative;
                const std::uint32_t index = bucketOf(magnitude, sketch.m_scale) >> sketch.m_level;
                buckets.cover(index, index);
                buckets.add(index, count);
            }
            sketch.m_sum = ExactSum::ofEqual(sketch.m_min, count);
        } else {
            sketch.m_max = in.real();
            sketch.m_zeros = in.varint();
            sketch.m_positive = takeBuckets(in, limit);
            sketch.m_negative = takeBuckets(in, limit);
            if (sketch.m_zeros > countLimit || !sketch.extremesFit() ||
                sketch.m_positive.used + sketch.m_negative.used > options.maxBuckets)
                return fail(damaged());
            sketch.m_sum = ExactSum::deserialise(in);
        }
    }
    if (!in.ok() || in.left() != 0)
        return fail(damaged());
    return sketch;
}

Result<void> Sketch::mergeSerialised(std::string_view bytes) {
    const auto slowly = [&]() -> Result<void> {
        const auto other = deserialise(bytes);
        if (!other)
            return fail(other.error());
        return merge(*other);
    };
    ByteReader in(bytes);
    if (in.byte() != version * flagEnd || m_level != 0 || m_options != SketchOptions{})
        return slowly();
    const double low = in.real();
    const double high = in.real();
    if (in.varint() != 0 || !(low > 0 && low < high && std::isfinite(high)))
        return slowly();
    thread_local std::vector<std::pair<std::uint32_t, std::uint64_t>> entries;
    // Whatever is unusual is for the other way, which tells what is wrong too.
    if (!readPositive(in, m_scale, entries) || in.varint() / 2 != 0 ||
        entries.front().first != bucketOf(low, m_scale) || entries.back().first != bucketOf(high, m_scale))
        return slowly();
    const ExactSum sum = ExactSum::deserialise(in);
    if (!in.ok() || in.left() != 0)
        return slowly();
    m_positive.cover(entries.front().first, entries.back().first);
    for (const auto &[index, count] : entries)
        m_positive.add(index, count);
    m_min = std::min(m_min, low);
    m_max = std::max(m_max, high);
    m_sum.merge(sum);
    fit();
    return {};
}

} // namespace ra::stats
