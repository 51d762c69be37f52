// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/bootstrap.h"

#include "core/stats/distributions.h"
#include "core/stats/quantile.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace ra::stats {

namespace {

/// A sample that is drawn from again and again.
struct Sample {
    explicit Sample(std::span<const double> values)
        : ascending(sorted(values))
        , counts(ascending.size(), 1) {}

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(ascending.size()); }
    void draw(Random &random) {
        std::ranges::fill(counts, 0U);
        const std::uint32_t n = size();
        for (std::uint32_t i = 0; i < n; ++i)
            ++counts[random.below(n)];
    }

    std::vector<double> ascending;
    std::vector<std::uint32_t> counts;
};

/// The statistic of the resamples, and the covariance of each value's count with it.
struct Resamples {
    std::vector<double> statistics;
    std::vector<double> influence;
};

/// `evaluate` gives the statistic for the present counts of all samples.
template <typename Evaluate>
Resamples draw(std::span<Sample *const> samples, double estimate, const BootstrapOptions &options, Evaluate evaluate) {
    Resamples drawn;
    std::size_t total = 0;
    for (const Sample *sample : samples)
        total += sample->size();
    drawn.influence.assign(total, 0.0);
    Random random(options.seed);
    drawn.statistics.reserve(options.resamples);
    for (std::uint32_t r = 0; r < options.resamples; ++r) {
        for (Sample *sample : samples)
            sample->draw(random);
        const double statistic = evaluate();
        if (!std::isfinite(statistic))
            continue;
        drawn.statistics.push_back(statistic);
        // The estimate in the place of the mean keeps the sums small; what that shifts is centred below.
        const double deviation = statistic - estimate;
        std::size_t at = 0;
        for (const Sample *sample : samples) {
            for (const std::uint32_t count : sample->counts)
                drawn.influence[at++] += deviation * (static_cast<double>(count) - 1);
        }
    }
    std::size_t at = 0;
    for (const Sample *sample : samples) { // each sample's influences sum to zero
        const auto part = std::span(drawn.influence).subspan(at, sample->size());
        double mean = 0;
        for (const double value : part)
            mean += value / static_cast<double>(part.size());
        for (double &value : part)
            value = (value - mean) * static_cast<double>(part.size());
        at += sample->size();
    }
    return drawn;
}

/// The value at probability p of ascending statistics: between two, linear on the scale of normal quantiles.
double endAt(std::span<const double> ascending, double p) {
    const auto count = static_cast<double>(ascending.size());
    const double at = (count + 1) * p;
    const double below = std::floor(at + 1e-9);
    if (below < 1)
        return ascending.front();
    if (below >= count)
        return ascending.back();
    const auto k = static_cast<std::size_t>(below);
    const double low = ascending[k - 1];
    if (std::abs(at - below) < 1e-9)
        return low;
    const double zLow = dist::normalQuantile(below / (count + 1));
    const double zHigh = dist::normalQuantile((below + 1) / (count + 1));
    return low + (dist::normalQuantile(p) - zLow) / (zHigh - zLow) * (ascending[k] - low);
}

double acceleration(std::span<const double> influence) {
    double largest = 0;
    for (const double value : influence)
        largest = std::max(largest, std::abs(value));
    double squares = 0;
    double cubes = 0;
    for (const double value : influence) {
        const double scaled = largest > 0 ? value / largest : 0;
        squares += scaled * scaled;
        cubes += scaled * scaled * scaled;
    }
    return cubes / (6 * std::pow(squares, 1.5));
}

/// Where the end at p moves to.
double correctedShare(double p, double bias, double a) {
    const double z = bias + dist::normalQuantile(p);
    return dist::normalCdf(bias + z / (1 - a * z));
}

std::optional<BootstrapInterval> intervalOf(Resamples drawn, double estimate, const BootstrapOptions &options) {
    std::vector<double> &t = drawn.statistics;
    if (t.size() * 20 < std::size_t{options.resamples} * 19)
        return std::nullopt;
    std::ranges::sort(t);
    const double tail = (1 - options.level) / 2;
    BootstrapInterval answer{estimate, {endAt(t, tail), endAt(t, 1 - tail)}, {}};
    const auto below = static_cast<double>(std::ranges::lower_bound(t, estimate) - t.begin());
    const double bias = dist::normalQuantile(below / static_cast<double>(t.size()));
    const double a = acceleration(drawn.influence);
    if (!std::isfinite(bias) || !std::isfinite(a))
        return answer;
    const auto corrected = [&](double p) { return endAt(t, correctedShare(p, bias, a)); };
    answer.bca = Interval{corrected(tail), corrected(1 - tail)};
    return answer;
}

bool areValid(const BootstrapOptions &options) {
    return options.level > 0 && options.level < 1 && options.resamples >= 99;
}

bool canDraw(const Sample &sample) {
    return sample.ascending.size() >= 2 && sample.ascending.size() <= std::size_t{1} << 31;
}

double quantileOf(std::span<const double> ascending, std::span<const std::uint32_t> counts, std::uint32_t total,
                  double q) {
    const double at = (total - 1) * q;
    const auto rank = static_cast<std::uint32_t>(at);
    const double share = at - std::floor(at);
    // From the nearer end.
    std::size_t i = 0;
    std::uint32_t seen = 0; // values up to and with the i-th
    if (q <= 0.5) {
        for (seen = counts[0]; seen <= rank; seen += counts[i])
            ++i;
    } else {
        i = counts.size() - 1;
        for (seen = total; seen - counts[i] > rank; --i)
            seen -= counts[i];
    }
    const double low = ascending[i];
    if (share == 0 || seen > rank + 1)
        return low;
    do
        ++i;
    while (counts[i] == 0);
    return low + share * (ascending[i] - low);
}

/// All values that a quantile of a resample takes, with their probabilities.
class QuantileDistribution {
public:
    QuantileDistribution(std::span<const double> ascending, double q)
        : m_x(ascending)
        , m_n(ascending.size()) {
        const double at = static_cast<double>(m_n - 1) * q;
        m_k = static_cast<std::size_t>(at) + 1;
        m_share = at - std::floor(at);
        // Order statistic k is at most x[i - 1] where at least k draws are.
        double before = 0;
        for (std::size_t i = 1; i <= m_n; ++i) {
            const double atMost = i == m_n ? 1 : dist::betaCdf(part(i), real(m_k), real(m_n - m_k + 1));
            if (atMost - before > negligible)
                addPairs(i, atMost - before);
            before = atMost;
        }
        std::ranges::sort(m_values);
    }

    [[nodiscard]] double below(double value) const {
        double sum = 0;
        for (const auto &[t, probability] : m_values)
            sum += t < value ? probability : 0;
        return sum;
    }
    /// The smallest value up to which at least p lies.
    [[nodiscard]] double end(double p) const {
        double sum = 0;
        for (const auto &[t, probability] : m_values) {
            sum += probability;
            if (sum >= p * (1 - 1e-12))
                return t;
        }
        return m_values.back().first;
    }
    /// By how much the expectation moves with the weight of each value, but for a constant: what is below the quantile
    /// draws it down by the gaps above times the density with which it lies there.
    [[nodiscard]] std::vector<double> influence() const {
        std::vector<double> answer(m_n, 0.0);
        for (std::size_t i = m_n - 1; i > 0; --i) {
            double density = (1 - m_share) * this->density(i, m_k);
            if (m_share > 0)
                density += m_share * this->density(i, m_k + 1);
            answer[i - 1] = answer[i] - (m_x[i] - m_x[i - 1]) * density;
        }
        double mean = 0;
        for (const double value : answer)
            mean += value / real(m_n);
        for (double &value : answer)
            value -= mean;
        return answer;
    }

private:
    static constexpr double negligible = 1e-17;
    static double real(std::size_t count) { return static_cast<double>(count); }
    [[nodiscard]] double part(std::size_t i) const { return real(i) / real(m_n); }
    /// Of order statistic k of n uniform values at i / n.
    [[nodiscard]] double density(std::size_t i, std::size_t k) const {
        const double p = part(i);
        const double logChoose =
            dist::logGamma(real(m_n + 1)) - dist::logGamma(real(k)) - dist::logGamma(real(m_n - k + 1));
        return std::exp(logChoose + real(k - 1) * std::log(p) + real(m_n - k) * std::log1p(-p));
    }
    /// Order statistic k is x[i - 1], with that probability: of this, how the next one is distributed.
    void addPairs(std::size_t i, double probability) {
        if (m_share > 0 && m_k < m_n) {
            const double logChoose =
                dist::logGamma(real(m_n + 1)) - dist::logGamma(real(m_k + 1)) - dist::logGamma(real(m_n - m_k + 1));
            // k draws up to x[i - 1], not all below it; the others from x[j - 1] on, not all above it.
            const double low = logChoose + real(m_k) * std::log(part(i)) +
                               std::log(i == 1 ? 1 : -std::expm1(real(m_k) * std::log1p(-1 / real(i))));
            const double others = real(m_n - m_k);
            for (std::size_t j = i + 1; j <= m_n; ++j) {
                const double above = real(m_n - j + 1);
                const double exactly = j == m_n ? 1 : -std::expm1(others * std::log1p(-1 / above));
                const double pair = std::exp(low + others * std::log(above / real(m_n))) * exactly;
                if (pair < negligible)
                    break;
                m_values.emplace_back(m_x[i - 1] + m_share * (m_x[j - 1] - m_x[i - 1]), pair);
                probability -= pair;
            }
        }
        m_values.emplace_back(m_x[i - 1], std::max(0.0, probability));
    }

    std::span<const double> m_x;
    std::size_t m_n;
    std::size_t m_k = 0; ///< the order statistic at or below the quantile, from 1
    double m_share = 0;  ///< of the next one
    std::vector<std::pair<double, double>> m_values;
};

} // namespace

CountedStatistic countedMean() {
    return [](std::span<const double> ascending, std::span<const std::uint32_t> counts, std::uint32_t total) {
        const double origin = ascending[ascending.size() / 2];
        double sum = 0;
        for (std::size_t i = 0; i < counts.size(); ++i)
            sum += counts[i] * (ascending[i] - origin);
        return origin + sum / total;
    };
}

CountedStatistic countedSd() {
    return [](std::span<const double> ascending, std::span<const std::uint32_t> counts, std::uint32_t total) {
        const double origin = ascending[ascending.size() / 2];
        double sum = 0;
        double squares = 0;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double deviation = ascending[i] - origin;
            sum += counts[i] * deviation;
            squares += counts[i] * deviation * deviation;
        }
        return std::sqrt(std::max(0.0, squares - sum * sum / total) / (total - 1));
    };
}

CountedStatistic countedQuantile(double q) {
    return [q](std::span<const double> ascending, std::span<const std::uint32_t> counts, std::uint32_t total) {
        return q >= 0 && q <= 1 ? quantileOf(ascending, counts, total, q) : std::numeric_limits<double>::quiet_NaN();
    };
}

std::optional<BootstrapInterval> bootstrap(std::span<const double> values, const CountedStatistic &statistic,
                                           const BootstrapOptions &options) {
    Sample sample(values);
    if (!canDraw(sample) || !areValid(options))
        return std::nullopt;
    const auto evaluate = [&] { return statistic(sample.ascending, sample.counts, sample.size()); };
    const double estimate = evaluate();
    if (!std::isfinite(estimate))
        return std::nullopt;
    Sample *const samples[] = {&sample};
    return intervalOf(draw(samples, estimate, options, evaluate), estimate, options);
}

std::optional<BootstrapInterval> bootstrapQuantile(std::span<const double> values, double q,
                                                   const BootstrapOptions &options) {
    const std::vector<double> x = sorted(values);
    if (x.size() < 2 || !(q >= 0 && q <= 1) || !areValid(options) || !std::isfinite(x.front()) ||
        !std::isfinite(x.back()))
        return std::nullopt;
    const QuantileDistribution distribution(x, q);
    const double estimate = *quantile(x, q);
    const double tail = (1 - options.level) / 2;
    BootstrapInterval answer{estimate, {distribution.end(tail), distribution.end(1 - tail)}, {}};
    const double bias = dist::normalQuantile(distribution.below(estimate));
    const double a = acceleration(distribution.influence());
    if (!std::isfinite(bias) || !std::isfinite(a))
        return answer;
    const double finest = 1 / (1.0 + options.resamples);
    const auto corrected = [&](double p) {
        return distribution.end(std::clamp(correctedShare(p, bias, a), finest, 1 - finest));
    };
    answer.bca = Interval{corrected(tail), corrected(1 - tail)};
    return answer;
}

std::optional<BootstrapInterval> bootstrapMedianRatio(std::span<const double> a, std::span<const double> b,
                                                      const BootstrapOptions &options) {
    Sample above(a);
    Sample under(b);
    if (!canDraw(above) || !canDraw(under) || !areValid(options))
        return std::nullopt;
    const auto evaluate = [&] {
        const double divisor = quantileOf(under.ascending, under.counts, under.size(), 0.5);
        return divisor > 0 ? quantileOf(above.ascending, above.counts, above.size(), 0.5) / divisor
                           : std::numeric_limits<double>::quiet_NaN();
    };
    const double estimate = evaluate();
    if (!std::isfinite(estimate))
        return std::nullopt;
    Sample *const samples[] = {&above, &under};
    return intervalOf(draw(samples, estimate, options, evaluate), estimate, options);
}

} // namespace ra::stats
