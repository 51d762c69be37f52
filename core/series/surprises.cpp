// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/surprises.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

constexpr double believed = 5; ///< values of an exponential tail
constexpr double lightest = -0.5;
constexpr double heaviest = 0.45; ///< below one half: the tail has a variance
constexpr double rarest = 1e-7;   ///< draws are not rarer, whatever the chance

Surprises::Tail tailOf(std::span<const double> ascending) {
    const auto k = static_cast<double>(ascending.size());
    double mean = 0;
    double weighted = 0;
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        const double above = 1 - (static_cast<double>(i) + 0.65) / k;
        mean += ascending[i] / k;
        weighted += above * ascending[i] / k;
    }
    if (!(mean > 0))
        return {};
    const double apart = mean - 2 * weighted;
    const double moments = apart > 0 ? 2 - mean / apart : lightest;
    const double shape = moments * k / (k + believed);
    return {.mean = mean, .shape = std::clamp(shape, lightest, heaviest)};
}

} // namespace

double Surprises::Tail::beyond(double p) const {
    const double scale = mean * (1 - shape);
    if (std::abs(shape) < 1e-6)
        return -scale * std::log(p);
    return scale / shape * std::expm1(-shape * std::log(p));
}

Surprises::Surprises(std::span<const double> sample)
    : m_sorted(sample.begin(), sample.end())
    , m_count(sample.size() / 5) {
    std::sort(m_sorted.begin(), m_sorted.end());
    if (m_count < 2) {
        m_count = 0;
        return;
    }
    // The border is the outermost value that is not of the tail.
    const std::size_t n = m_sorted.size();
    std::vector<double> low(m_count);
    std::vector<double> high(m_count);
    for (std::size_t i = 0; i < m_count; ++i) {
        low[i] = m_sorted[m_count] - m_sorted[m_count - 1 - i];
        high[i] = m_sorted[n - m_count + i] - m_sorted[n - m_count - 1];
    }
    m_tails = {.low = tailOf(low), .high = tailOf(high)};
}

Surprises::Tails Surprises::tails(stats::Random &random) const {
    Tails drawn = m_tails;
    const double error = 1 / std::sqrt(static_cast<double>(m_count) + believed);
    for (Tail *tail : {&drawn.low, &drawn.high}) {
        const double z = stats::dist::normalQuantile(random.uniform() + 0x1p-54);
        tail->shape = std::clamp(tail->shape + error * z, lightest, heaviest);
    }
    return drawn;
}

double Surprises::draw(const Tails &tails, stats::Random &random) const {
    const std::size_t n = m_sorted.size();
    const std::size_t at = random.below(static_cast<std::uint32_t>(n));
    const auto rarity = [&] { return std::max(random.uniform(), rarest); };
    if (at < m_count)
        return m_sorted[m_count] - tails.low.beyond(rarity());
    if (at >= n - m_count)
        return m_sorted[n - m_count - 1] + tails.high.beyond(rarity());
    return m_sorted[at];
}

double Surprises::reach(const Tails &tails) const {
    const std::size_t n = m_sorted.size();
    if (m_count == 0)
        return std::max(std::abs(m_sorted.front()), std::abs(m_sorted.back()));
    const double p = 1e-6 * static_cast<double>(n) / static_cast<double>(m_count);
    return std::max({tails.low.beyond(p) - m_sorted[m_count], m_sorted[n - m_count - 1] + tails.high.beyond(p), 0.0});
}

} // namespace ra::series
