// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sketch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace ra::stats {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();
constexpr std::uint64_t signBit = std::uint64_t{1} << 63;
/// Values taken in one go: small enough for the first-level cache, large enough to spread what is done once.
constexpr std::size_t blockSize = 256;

// The logarithm to base 2 of 1 + s, s in [0, 1), nearly: a s^3 + b s^2 + c s, exact at both ends and with equal slopes
// where one octave meets the next. A bucket is widest, compared with the true logarithm, at the ends of an octave.
constexpr double cubicA = 6.0 / 35;
constexpr double cubicB = -3.0 / 5;
constexpr double cubicC = 10.0 / 7;
/// 2^-1075 is below every magnitude: numbers of buckets start there, so that they are never negative.
constexpr double lowestExponent = 1075;
constexpr unsigned octaves = 1075 + 1024;

double cubic(double s) {
    return ((cubicA * s + cubicB) * s + cubicC) * s;
}

/// Where a magnitude, normal and finite, lies on the scale, in octaves.
double position(std::uint64_t bits) {
    // Small integers become doubles by way of the mantissa, which vectorises on every x86-64.
    const double exponent =
        std::bit_cast<double>((bits >> 52) | 0x4330000000000000U) - 0x1p52 - (1023 - lowestExponent);
    const double s = std::bit_cast<double>((bits & 0xfffffffffffffU) | 0x3ff0000000000000U) - 1;
    return exponent + cubic(s);
}

/// A level joins 2^level buckets; a promise of `error` then is this one.
double joinedError(double error, unsigned level) {
    const double ratio = std::pow((1 + error) / (1 - error), std::ldexp(1.0, static_cast<int>(level)));
    return (ratio - 1) / (ratio + 1);
}

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

} // namespace

Sketch::Sketch(SketchOptions options)
    : m_options(options) {
    if (!(m_options.relativeError >= 0.001))
        m_options.relativeError = 0.001;
    m_options.relativeError = std::min(m_options.relativeError, 0.5);
    m_options.maxBuckets = std::max(m_options.maxBuckets, 16U);
    // A trifle narrower than promised: what rounding moves at the borders stays within the promise.
    const double error = m_options.relativeError * (1 - 1e-9);
    m_scale = 1 / (cubicC * std::log((1 + error) / (1 - error)));
}

std::uint32_t Sketch::indexLimit() const {
    return static_cast<std::uint32_t>(octaves * m_scale) + 1;
}

std::uint32_t Sketch::indexOf(double magnitude) const {
    double octave = 0;
    if (magnitude < std::numeric_limits<double>::min())
        octave = position(std::bit_cast<std::uint64_t>(magnitude * 0x1p54)) - 54;
    else
        octave = position(std::bit_cast<std::uint64_t>(magnitude));
    return static_cast<std::uint32_t>(octave * m_scale);
}

void Sketch::Buckets::cover(std::uint32_t lowest, std::uint32_t highest) {
    if (counts.empty()) {
        first = lowest;
        counts.resize(highest - lowest + 1);
        return;
    }
    // Some more than asked for, so that data which creeps does not move all counts again and again.
    if (lowest < first) {
        const std::uint32_t more = std::min(first, first - lowest + 32);
        counts.insert(counts.begin(), more, 0);
        first -= more;
    }
    if (highest - first >= counts.size())
        counts.resize(highest - first + 1 + 32);
}

void Sketch::Buckets::add(std::uint32_t index, std::uint64_t count) {
    std::uint64_t &bucket = counts[index - first];
    used += static_cast<std::uint32_t>(bucket == 0);
    bucket += count;
    total += count;
}

void Sketch::Buckets::join(unsigned levels) {
    Buckets joined;
    if (!counts.empty())
        joined.cover(first >> levels, (first + static_cast<std::uint32_t>(counts.size()) - 1) >> levels);
    for (std::uint32_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0)
            joined.add((first + i) >> levels, counts[i]);
    }
    *this = std::move(joined);
}

void Sketch::Buckets::merge(const Buckets &other) {
    std::uint32_t from = 0;
    const auto theirs = other.trimmed(from);
    if (theirs.empty())
        return;
    cover(from, from + static_cast<std::uint32_t>(theirs.size()) - 1);
    for (std::uint32_t i = 0; i < theirs.size(); ++i) {
        if (theirs[i] != 0)
            add(from + i, theirs[i]);
    }
}

bool Sketch::Buckets::holds(const Buckets &other) const {
    std::uint32_t from = 0;
    const auto theirs = other.trimmed(from);
    if (theirs.empty())
        return true;
    if (from < first || from - first + theirs.size() > counts.size())
        return false;
    return std::equal(theirs.begin(), theirs.end(), counts.begin() + (from - first),
                      [](std::uint64_t theirCount, std::uint64_t count) { return theirCount <= count; });
}

void Sketch::Buckets::takeAway(const Buckets &other) {
    std::uint32_t from = 0;
    const auto theirs = other.trimmed(from);
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        std::uint64_t &count = counts[from - first + i];
        used -= static_cast<std::uint32_t>(count != 0 && count == theirs[i]);
        count -= theirs[i];
        total -= theirs[i];
    }
}

std::span<const std::uint64_t> Sketch::Buckets::trimmed(std::uint32_t &from) const {
    std::size_t begin = 0;
    std::size_t end = counts.size();
    while (end > 0 && counts[end - 1] == 0)
        --end;
    while (begin < end && counts[begin] == 0)
        ++begin;
    from = first + static_cast<std::uint32_t>(begin);
    return std::span(counts).subspan(begin, end - begin);
}

bool Sketch::Buckets::operator==(const Buckets &other) const {
    std::uint32_t from = 0;
    std::uint32_t theirFrom = 0;
    const auto mine = trimmed(from);
    const auto theirs = other.trimmed(theirFrom);
    return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end()) && (mine.empty() || from == theirFrom);
}

void Sketch::raise(unsigned level) {
    if (level == m_level)
        return;
    m_positive.join(level - m_level);
    m_negative.join(level - m_level);
    m_level = level;
}

void Sketch::fit() {
    while (m_positive.used + m_negative.used > m_options.maxBuckets)
        raise(m_level + 1);
}

void Sketch::addUnusual(double value) {
    if (std::isnan(value)) {
        ++m_nans;
        return;
    }
    if (std::isinf(value)) {
        ++(value > 0 ? m_infinities : m_negativeInfinities);
        return;
    }
    value += 0.0; // -0.0 becomes 0.0
    m_min = std::min(m_min, value);
    m_max = std::max(m_max, value);
    m_sum.add(value);
    if (value == 0) {
        ++m_zeros;
        return;
    }
    count(value > 0 ? m_positive : m_negative, indexOf(std::abs(value)) >> m_level);
}

void Sketch::count(Buckets &buckets, std::uint32_t index) {
    if (index - buckets.first >= buckets.counts.size()) // wraps, and is large, below the first
        buckets.cover(index, index);
    buckets.add(index, 1);
}

void Sketch::add(double value) {
    const double magnitude = std::abs(value);
    if (magnitude >= std::numeric_limits<double>::min() && magnitude <= largest) {
        m_min = std::min(m_min, value);
        m_max = std::max(m_max, value);
        m_sum.add(value);
        const double place = position(std::bit_cast<std::uint64_t>(magnitude)) * m_scale;
        count(value > 0 ? m_positive : m_negative,
              static_cast<std::uint32_t>(static_cast<std::int32_t>(place)) >> m_level);
    } else {
        addUnusual(value);
    }
    fit();
}

void Sketch::addBlock(std::span<const double> values) {
    // One pass without branches tells whether all are normal, as nearly all blocks are; what is not goes one by one.
    std::array<std::int32_t, blockSize> indexes;
    const std::size_t n = values.size();
    const auto sample = std::bit_cast<std::uint64_t>(values.front());
    std::uint64_t outside = 0; // its highest bit: some exponent is that of zero, a subnormal, an infinity or NaN
    std::uint64_t signs = 0;   // its highest bit: some sign differs
    for (const double value : values) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const std::uint64_t exponent = (bits >> 52) & 0x7ffU;
        outside |= (exponent - 1) | (2046 - exponent);
        signs |= bits ^ sample;
    }
    const bool usual = (outside & signBit) == 0;
    if (!usual) {
        for (const double value : values)
            addUnusual(value);
        fit();
        return;
    }
    // Extremes of four interleaved parts: one after the other, comparisons would wait for each other.
    std::array<double, 4> low;
    std::array<double, 4> high;
    low.fill(values.front());
    high.fill(values.front());
    for (std::size_t i = 0; i < n / 4 * 4; i += 4) {
        for (std::size_t k = 0; k < 4; ++k) {
            low[k] = values[i + k] < low[k] ? values[i + k] : low[k];
            high[k] = values[i + k] > high[k] ? values[i + k] : high[k];
        }
    }
    for (const double value : values.subspan(n / 4 * 4)) {
        low[0] = std::min(low[0], value);
        high[0] = std::max(high[0], value);
    }
    m_min = std::min({m_min, low[0], low[1], low[2], low[3]});
    m_max = std::max({m_max, high[0], high[1], high[2], high[3]});
    const double scale = m_scale;
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    std::int32_t most = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto index =
            static_cast<std::int32_t>(position(std::bit_cast<std::uint64_t>(values[i]) & ~signBit) * scale);
        least = index < least ? index : least;
        most = index > most ? index : most;
        indexes[i] = index;
    }
    const unsigned level = m_level;
    const std::array<Buckets *, 2> buckets{&m_positive, &m_negative};
    std::array<std::uint64_t *, 2> counts{};
    std::array<std::uint32_t, 2> first{};
    const auto sampleSign = static_cast<std::size_t>(sample >> 63);
    for (std::size_t sign = 0; sign < 2; ++sign) {
        if (sign != sampleSign && (signs & signBit) == 0)
            continue;
        buckets[sign]->cover(static_cast<std::uint32_t>(least) >> level, static_cast<std::uint32_t>(most) >> level);
        counts[sign] = buckets[sign]->counts.data();
        first[sign] = buckets[sign]->first;
    }
    std::array<std::uint32_t, 2> fresh{};
    std::size_t negative = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto sign = static_cast<std::size_t>(std::bit_cast<std::uint64_t>(values[i]) >> 63);
        std::uint64_t &bucket = counts[sign][(static_cast<std::uint32_t>(indexes[i]) >> level) - first[sign]];
        fresh[sign] += static_cast<std::uint32_t>(bucket == 0);
        negative += sign;
        ++bucket;
        m_sum.add(values[i]);
    }
    m_positive.used += fresh[0];
    m_negative.used += fresh[1];
    m_positive.total += n - negative;
    m_negative.total += negative;
    fit();
}

void Sketch::add(std::span<const double> values) {
    while (!values.empty()) {
        const std::size_t n = std::min(values.size(), blockSize);
        addBlock(values.first(n));
        values = values.subspan(n);
    }
}

Result<void> Sketch::merge(const Sketch &other) {
    if (m_options != other.m_options)
        return fail({.kind = ErrorKind::Invalid,
                     .what = "merge quantile sketches",
                     .why = "they were made with different options"});
    const unsigned level = std::max(m_level, other.m_level);
    raise(level);
    if (other.m_level == level) {
        m_positive.merge(other.m_positive);
        m_negative.merge(other.m_negative);
    } else {
        Sketch raised = other;
        raised.raise(level);
        m_positive.merge(raised.m_positive);
        m_negative.merge(raised.m_negative);
    }
    m_zeros += other.m_zeros;
    m_nans += other.m_nans;
    m_infinities += other.m_infinities;
    m_negativeInfinities += other.m_negativeInfinities;
    m_min = std::min(m_min, other.m_min);
    m_max = std::max(m_max, other.m_max);
    m_sum.merge(other.m_sum);
    fit();
    return {};
}

bool Sketch::takeAway(const Sketch &other) {
    if (m_options != other.m_options || other.m_level > m_level)
        return false;
    Sketch part = other;
    part.raise(m_level);
    if (!m_positive.holds(part.m_positive) || !m_negative.holds(part.m_negative) || part.m_zeros > m_zeros ||
        part.m_nans > m_nans || part.m_infinities > m_infinities || part.m_negativeInfinities > m_negativeInfinities)
        return false;
    Sketch left = *this;
    left.m_positive.takeAway(part.m_positive);
    left.m_negative.takeAway(part.m_negative);
    left.m_zeros -= part.m_zeros;
    left.m_nans -= part.m_nans;
    left.m_infinities -= part.m_infinities;
    left.m_negativeInfinities -= part.m_negativeInfinities;
    left.m_sum.takeAway(part.m_sum);
    if (!left.findExtremes(part.m_min <= m_min, part.m_max >= m_max))
        return false;
    *this = std::move(left);
    return true;
}

/// After values have been taken away, the least or the greatest among them where it says so: looks for what is left.
/// False if the buckets cannot be of such values.
bool Sketch::findExtremes(bool isLowestGone, bool isHighestGone) {
    const std::uint64_t finite = m_positive.total + m_negative.total + m_zeros;
    if (finite == 0) {
        m_min = infinity;
        m_max = -infinity;
        m_level = 0; // nothing is joined any more
        return true;
    }
    const double mean = m_sum.value() / static_cast<double>(finite);
    if (finite == 1 ||
        (isLowestGone && isHighestGone && m_sum == ExactSum::ofEqual(mean, finite) && lowest() == highest())) {
        m_min = m_max = mean;
        return std::isfinite(mean) && (mean == 0) == (m_zeros > 0);
    }
    if (isLowestGone)
        m_min = std::clamp(lowest(), m_min, m_max);
    if (isHighestGone)
        m_max = std::clamp(highest(), m_min, m_max);
    if (m_min < m_max)
        return extremesFit();
    // All in one bucket. They differ unless the sum is that of equal ones.
    if (m_sum == ExactSum::ofEqual(m_min, finite))
        return true;
    if (isHighestGone)
        m_max = std::nextafter(m_min, infinity);
    else
        m_min = std::nextafter(m_max, -infinity);
    return extremesFit();
}

double Sketch::lowest() const {
    if (m_negative.total > 0) {
        std::uint32_t from = 0;
        const auto counts = m_negative.trimmed(from);
        return -valueOf(from + static_cast<std::uint32_t>(counts.size()) - 1);
    }
    std::uint32_t from = 0;
    static_cast<void>(m_positive.trimmed(from));
    return m_zeros > 0 ? 0.0 : valueOf(from);
}

double Sketch::highest() const {
    if (m_positive.total > 0) {
        std::uint32_t from = 0;
        const auto counts = m_positive.trimmed(from);
        return valueOf(from + static_cast<std::uint32_t>(counts.size()) - 1);
    }
    std::uint32_t from = 0;
    static_cast<void>(m_negative.trimmed(from));
    return m_zeros > 0 ? 0.0 : -valueOf(from);
}

std::uint64_t Sketch::count() const {
    return m_positive.total + m_negative.total + m_zeros + m_infinities + m_negativeInfinities;
}

double Sketch::sum() const {
    double sum = m_sum.value();
    if (m_infinities > 0)
        sum = infinity;
    if (m_negativeInfinities > 0)
        sum = m_infinities > 0 ? std::numeric_limits<double>::quiet_NaN() : -infinity;
    return sum;
}

double Sketch::min() const {
    if (m_negativeInfinities > 0)
        return -infinity;
    if (m_min <= m_max)
        return m_min;
    return m_infinities > 0 ? infinity : std::numeric_limits<double>::quiet_NaN();
}

double Sketch::max() const {
    if (m_infinities > 0)
        return infinity;
    if (m_min <= m_max)
        return m_max;
    return m_negativeInfinities > 0 ? -infinity : std::numeric_limits<double>::quiet_NaN();
}

double Sketch::relativeError() const {
    return m_level == 0 ? m_options.relativeError : joinedError(m_options.relativeError, m_level);
}

/// The magnitude at which a bucket of the finest level begins.
double Sketch::lowerBound(std::uint32_t finestIndex) const {
    const double octave = finestIndex / m_scale;
    const double whole = std::floor(octave);
    const double part = octave - whole;
    double s = part; // Newton's method on a smooth, nearly straight function: five steps are exact to the last bits
    for (int step = 0; step < 5; ++step)
        s -= (cubic(s) - part) / ((3 * cubicA * s + 2 * cubicB) * s + cubicC);
    return std::ldexp(1 + s, static_cast<int>(whole - lowestExponent));
}

/// What stands for all values of a bucket: the harmonic mean of its ends, whose greatest relative error is the least.
double Sketch::valueOf(std::uint32_t index) const {
    const std::uint64_t begin = std::uint64_t{index} << m_level;
    const std::uint64_t end = (std::uint64_t{index} + 1) << m_level;
    const auto limit = std::uint64_t{indexLimit()};
    // No value is beyond what a double can be, so that the ends need not be either.
    const double low = std::max(lowerBound(static_cast<std::uint32_t>(std::min(begin, limit))), 0x1p-1074);
    const double high = std::min(lowerBound(static_cast<std::uint32_t>(std::min(end, limit))), largest);
    return low * (2 / (1 + low / high));
}

std::optional<double> Sketch::quantile(double q) const {
    const std::uint64_t n = count();
    if (n == 0 || !(q >= 0 && q <= 1))
        return std::nullopt;
    auto rank = static_cast<std::uint64_t>(std::min(std::floor(q * static_cast<double>(n - 1)), 0x1p63));
    rank = std::min(rank, n - 1);
    if (rank == 0)
        return min();
    if (rank == n - 1)
        return max();
    if (rank < m_negativeInfinities)
        return -infinity;
    rank -= m_negativeInfinities;
    if (rank < m_negative.total) {
        for (std::size_t i = m_negative.counts.size(); i-- > 0;) {
            if (rank < m_negative.counts[i])
                return std::clamp(-valueOf(m_negative.first + static_cast<std::uint32_t>(i)), m_min, m_max);
            rank -= m_negative.counts[i];
        }
    }
    rank -= m_negative.total;
    if (rank < m_zeros)
        return 0.0;
    rank -= m_zeros;
    for (std::size_t i = 0; i < m_positive.counts.size(); ++i) {
        if (rank < m_positive.counts[i])
            return std::clamp(valueOf(m_positive.first + static_cast<std::uint32_t>(i)), m_min, m_max);
        rank -= m_positive.counts[i];
    }
    return infinity;
}

bool Sketch::operator==(const Sketch &other) const {
    return m_options == other.m_options && m_level == other.m_level && m_zeros == other.m_zeros &&
           m_nans == other.m_nans && m_infinities == other.m_infinities &&
           m_negativeInfinities == other.m_negativeInfinities && m_min == other.m_min && m_max == other.m_max &&
           m_positive == other.m_positive && m_negative == other.m_negative && m_sum == other.m_sum;
}

// --- bytes -----------------------------------------------------------------------------------------------------------
// flags and version; [error and limit of buckets, if not the default]; [level, NaN, infinities]; then nothing for no
// finite values, count and value for equal ones, else zeros, extremes, sum, positive and negative buckets. Buckets are
// twice the number of entries, plus one if sparse; the first number; counts, in the sparse form each after the
// number of empty buckets before it. The shorter form is taken.

void Sketch::Buckets::serialise(std::string &out) const {
    std::uint32_t from = 0;
    const auto all = trimmed(from);
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
    putVarint(out, (sparse ? used : all.size()) * 2 + static_cast<std::size_t>(sparse));
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

Sketch::Buckets Sketch::Buckets::deserialise(ByteReader &in, std::uint32_t limit) {
    Buckets result;
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
        m_positive.serialise(out);
        m_negative.serialise(out);
        m_sum.serialise(out);
    }
}

/// Whether different extremes lie in the outermost buckets, so that no others can have been counted.
bool Sketch::extremesFit() const {
    const auto isZero = [](double v) { return v == 0 && !std::signbit(v); };
    std::uint32_t up = 0;
    std::uint32_t down = 0;
    const auto positive = m_positive.trimmed(up);
    const auto negative = m_negative.trimmed(down);
    const auto bucketOf = [this](double v) { return indexOf(std::abs(v)) >> m_level; };
    const auto last = [](std::uint32_t first, std::span<const std::uint64_t> counts) {
        return first + static_cast<std::uint32_t>(counts.size()) - 1;
    };
    if (!(std::isfinite(m_min) && std::isfinite(m_max) && m_min < m_max))
        return false;
    const bool highest = m_max > 0   ? !positive.empty() && last(up, positive) == bucketOf(m_max)
                         : m_max < 0 ? positive.empty() && m_zeros == 0 && down == bucketOf(m_max)
                                     : positive.empty() && m_zeros > 0 && isZero(m_max);
    const bool lowest = m_min < 0   ? !negative.empty() && last(down, negative) == bucketOf(m_min)
                        : m_min > 0 ? negative.empty() && m_zeros == 0 && up == bucketOf(m_min)
                                    : negative.empty() && m_zeros > 0 && isZero(m_min);
    return highest && lowest && m_positive.total + m_negative.total + m_zeros >= 2;
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
        const std::uint32_t limit = (sketch.indexLimit() >> sketch.m_level) + 1;
        if ((flags & equalFlag) != 0) {
            const std::uint64_t count = in.varint();
            const double magnitude = std::abs(sketch.m_min);
            const bool negativeZero = magnitude == 0 && std::signbit(sketch.m_min);
            if (count == 0 || count > countLimit || !std::isfinite(magnitude) || negativeZero)
                return fail(damaged());
            if (magnitude == 0) {
                sketch.m_zeros = count;
            } else {
                Buckets &buckets = sketch.m_min > 0 ? sketch.m_positive : sketch.m_negative;
                const std::uint32_t index = sketch.indexOf(magnitude) >> sketch.m_level;
                buckets.cover(index, index);
                buckets.add(index, count);
            }
            sketch.m_sum = ExactSum::ofEqual(sketch.m_min, count);
        } else {
            sketch.m_max = in.real();
            sketch.m_zeros = in.varint();
            sketch.m_positive = Buckets::deserialise(in, limit);
            sketch.m_negative = Buckets::deserialise(in, limit);
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

/// What mergeSerialised() adds: buckets in use with their counts.
bool Sketch::readPositive(ByteReader &in, std::vector<std::pair<std::uint32_t, std::uint64_t>> &entries) const {
    const std::uint64_t limit = std::uint64_t{indexLimit()} + 1;
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
    if (!readPositive(in, entries) || in.varint() / 2 != 0 || entries.front().first != indexOf(low) ||
        entries.back().first != indexOf(high))
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
