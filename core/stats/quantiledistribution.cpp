// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/quantiledistribution.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

constexpr double negligible = 1e-17;

double real(std::size_t count) {
    return static_cast<double>(count);
}

} // namespace

QuantileDistribution::QuantileDistribution(std::span<const double> ascending, double q)
    : m_x(ascending)
    , m_n(ascending.size()) {
    const double place = real(m_n - 1) * q;
    m_k = static_cast<std::size_t>(place) + 1;
    m_share = place - std::floor(place);
    m_logPairs = logChoose(m_k, m_n - m_k);
    // Nearly all of a long sample is out of reach: the first place that is not, by halves.
    std::size_t first = 1;
    for (std::size_t last = m_n; first < last;) {
        const std::size_t middle = first + (last - first) / 2;
        if (atMost(middle) > negligible)
            last = middle;
        else
            first = middle + 1;
    }
    double before = 0;
    for (std::size_t i = first; i <= m_n && before < 1; ++i) {
        const double now = atMost(i);
        if (now - before > negligible)
            addPairs(i, now - before);
        before = now;
    }
    accumulate();
}

double QuantileDistribution::below(double value) const {
    const auto from = std::ranges::lower_bound(m_values, value, {}, &Value::value);
    return from == m_values.begin() ? 0 : std::prev(from)->upTo;
}

double QuantileDistribution::at(double p) const {
    const auto found = std::ranges::lower_bound(m_values, p * (1 - 1e-12), {}, &Value::upTo);
    return found == m_values.end() ? m_values.back().value : found->value;
}

std::vector<double> QuantileDistribution::influence() const {
    std::vector<double> answer(m_n, 0.0);
    // The density of order statistic k of n uniform values at i / n.
    const auto densityOf = [this](std::size_t k) {
        return [this, k, logChoose = logChoose(k - 1, m_n - k)](std::size_t i) {
            const double p = part(i);
            return std::exp(logChoose + real(k - 1) * std::log(p) + real(m_n - k) * std::log1p(-p));
        };
    };
    const auto density = densityOf(m_k);
    const auto nextDensity = densityOf(std::min(m_k + 1, m_n));
    for (std::size_t i = m_n - 1; i > 0; --i) {
        double dense = (1 - m_share) * density(i);
        if (m_share > 0)
            dense += m_share * nextDensity(i);
        answer[i - 1] = answer[i] - (m_x[i] - m_x[i - 1]) * dense;
    }
    double mean = 0;
    for (const double value : answer)
        mean += value / real(m_n);
    for (double &value : answer)
        value -= mean;
    return answer;
}

double QuantileDistribution::part(std::size_t i) const {
    return real(i) / real(m_n);
}

/// n! / (a! b!), its logarithm.
double QuantileDistribution::logChoose(std::size_t a, std::size_t b) const {
    return dist::logGamma(real(m_n + 1)) - dist::logGamma(real(a + 1)) - dist::logGamma(real(b + 1));
}

/// That order statistic k is at most x[i - 1], which is so where at least k draws are.
double QuantileDistribution::atMost(std::size_t i) const {
    return i >= m_n ? 1 : dist::betaCdf(part(i), real(m_k), real(m_n - m_k + 1));
}

/// Order statistic k is x[i - 1], with that probability: of this, how the next one is distributed.
void QuantileDistribution::addPairs(std::size_t i, double probability) {
    if (m_share > 0 && m_k < m_n) {
        // k draws up to x[i - 1], not all below it; the others from x[j - 1] on, not all above it.
        const double low = m_logPairs + real(m_k) * std::log(part(i)) +
                           std::log(i == 1 ? 1 : -std::expm1(real(m_k) * std::log1p(-1 / real(i))));
        const double others = real(m_n - m_k);
        for (std::size_t j = i + 1; j <= m_n; ++j) {
            const double above = real(m_n - j + 1);
            const double exactly = j == m_n ? 1 : -std::expm1(others * std::log1p(-1 / above));
            const double pair = std::exp(low + others * std::log(above / real(m_n))) * exactly;
            if (pair < negligible)
                break;
            m_values.push_back({m_x[i - 1] + m_share * (m_x[j - 1] - m_x[i - 1]), pair, 0});
            probability -= pair;
        }
    }
    m_values.push_back({m_x[i - 1], std::max(0.0, probability), 0});
}

void QuantileDistribution::accumulate() {
    std::ranges::sort(m_values, [](const Value &a, const Value &b) {
        return a.value != b.value ? a.value < b.value : a.probability < b.probability;
    });
    double sum = 0;
    for (Value &value : m_values) {
        sum += value.probability;
        value.upTo = sum;
    }
}

} // namespace ra::stats
