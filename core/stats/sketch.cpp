// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sketch.h"

#include "core/stats/logscale.h"

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

} // namespace

Sketch::Sketch(SketchOptions options)
    : m_options(options) {
    if (!(m_options.relativeError >= 0.001))
        m_options.relativeError = 0.001;
    m_options.relativeError = std::min(m_options.relativeError, 0.5);
    m_options.maxBuckets = std::max(m_options.maxBuckets, 16U);
    m_scale = bucketScale(m_options.relativeError);
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
    count(value > 0 ? m_positive : m_negative, bucketOf(std::abs(value), m_scale) >> m_level);
}

void Sketch::count(BucketCounts &buckets, std::uint32_t index) {
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
        const double place = octaveOf(std::bit_cast<std::uint64_t>(magnitude)) * m_scale;
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
            static_cast<std::int32_t>(octaveOf(std::bit_cast<std::uint64_t>(values[i]) & ~signBit) * scale);
        least = index < least ? index : least;
        most = index > most ? index : most;
        indexes[i] = index;
    }
    const unsigned level = m_level;
    const std::array<BucketCounts *, 2> buckets{&m_positive, &m_negative};
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

/// Whether different extremes lie in the outermost buckets, so that no others can have been counted.
bool Sketch::extremesFit() const {
    const auto isZero = [](double v) { return v == 0 && !std::signbit(v); };
    std::uint32_t up = 0;
    std::uint32_t down = 0;
    const auto positive = m_positive.trimmed(up);
    const auto negative = m_negative.trimmed(down);
    const auto joinedBucket = [this](double v) { return bucketOf(std::abs(v), m_scale) >> m_level; };
    const auto last = [](std::uint32_t first, std::span<const std::uint64_t> counts) {
        return first + static_cast<std::uint32_t>(counts.size()) - 1;
    };
    if (!(std::isfinite(m_min) && std::isfinite(m_max) && m_min < m_max))
        return false;
    const bool highest = m_max > 0   ? !positive.empty() && last(up, positive) == joinedBucket(m_max)
                         : m_max < 0 ? positive.empty() && m_zeros == 0 && down == joinedBucket(m_max)
                                     : positive.empty() && m_zeros > 0 && isZero(m_max);
    const bool lowest = m_min < 0   ? !negative.empty() && last(down, negative) == joinedBucket(m_min)
                        : m_min > 0 ? negative.empty() && m_zeros == 0 && up == joinedBucket(m_min)
                                    : negative.empty() && m_zeros > 0 && isZero(m_min);
    return highest && lowest && m_positive.total + m_negative.total + m_zeros >= 2;
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

bool Sketch::operator==(const Sketch &other) const {
    return m_options == other.m_options && m_level == other.m_level && m_zeros == other.m_zeros &&
           m_nans == other.m_nans && m_infinities == other.m_infinities &&
           m_negativeInfinities == other.m_negativeInfinities && m_min == other.m_min && m_max == other.m_max &&
           m_positive == other.m_positive && m_negative == other.m_negative && m_sum == other.m_sum;
}

} // namespace ra::stats
