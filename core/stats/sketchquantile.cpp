// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/logscale.h"
#include "core/stats/sketch.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();

/// A level joins 2^level buckets; a promise of `error` then is this one.
double joinedError(double error, unsigned level) {
    const double ratio = std::pow((1 + error) / (1 - error), std::ldexp(1.0, static_cast<int>(level)));
    return (ratio - 1) / (ratio + 1);
}

} // namespace

double Sketch::relativeError() const {
    return m_level == 0 ? m_options.relativeError : joinedError(m_options.relativeError, m_level);
}

/// What stands for all values of a bucket: the harmonic mean of its ends, whose greatest relative error is the least.
double Sketch::valueOf(std::uint32_t index) const {
    const std::uint64_t begin = std::uint64_t{index} << m_level;
    const std::uint64_t end = (std::uint64_t{index} + 1) << m_level;
    const auto limit = std::uint64_t{bucketLimit(m_scale)};
    // No value is beyond what a double can be, so that the ends need not be either.
    const double low = std::max(bucketStart(static_cast<std::uint32_t>(std::min(begin, limit)), m_scale), 0x1p-1074);
    const double high = std::min(bucketStart(static_cast<std::uint32_t>(std::min(end, limit)), m_scale), largest);
    return low * (2 / (1 + low / high));
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

} // namespace ra::stats
