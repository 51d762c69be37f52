// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/bootstrap.h"

#include "core/stats/distributions.h"
#include "core/stats/quantile.h"
#include "core/stats/quantiledistribution.h"
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

/// `evaluate` gives the statistic for the present counts.
template <typename Evaluate>
Resamples draw(Sample &sample, double estimate, const BootstrapOptions &options, Evaluate evaluate) {
    Resamples drawn;
    drawn.influence.assign(sample.size(), 0.0);
    Random random(options.seed);
    drawn.statistics.reserve(options.resamples);
    for (std::uint32_t r = 0; r < options.resamples; ++r) {
        sample.draw(random);
        const double statistic = evaluate();
        if (!std::isfinite(statistic))
            continue;
        drawn.statistics.push_back(statistic);
        // The estimate in the place of the mean keeps the sums small; what that shifts is centred below.
        const double deviation = statistic - estimate;
        for (std::size_t i = 0; i < sample.counts.size(); ++i)
            drawn.influence[i] += deviation * (static_cast<double>(sample.counts[i]) - 1);
    }
    double mean = 0; // influences sum to zero
    for (const double value : drawn.influence)
        mean += value / sample.size();
    for (double &value : drawn.influence)
        value -= mean;
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

/// `ties`: the share of resamples that are just the estimate which counts as below it.
std::optional<BootstrapInterval> intervalOf(Resamples drawn, double estimate, const BootstrapOptions &options,
                                            double ties = 0) {
    std::vector<double> &t = drawn.statistics;
    if (t.size() * 20 < std::size_t{options.resamples} * 19)
        return std::nullopt;
    std::ranges::sort(t);
    const double tail = (1 - options.level) / 2;
    BootstrapInterval answer{estimate, {endAt(t, tail), endAt(t, 1 - tail)}, {}};
    const auto [equal, above] = std::equal_range(t.begin(), t.end(), estimate);
    const double below = static_cast<double>(equal - t.begin()) + ties * static_cast<double>(above - equal);
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

bool canDrawQuantiles(std::span<const double> ascending) {
    return ascending.size() >= 2 && std::isfinite(ascending.front()) && std::isfinite(ascending.back());
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
    return intervalOf(draw(sample, estimate, options, evaluate), estimate, options);
}

std::optional<BootstrapInterval> bootstrapQuantile(std::span<const double> values, double q,
                                                   const BootstrapOptions &options) {
    const std::vector<double> x = sorted(values);
    if (!canDrawQuantiles(x) || !(q >= 0 && q <= 1) || !areValid(options))
        return std::nullopt;
    const QuantileDistribution distribution(x, q);
    const double estimate = *quantile(x, q);
    const double tail = (1 - options.level) / 2;
    BootstrapInterval answer{estimate, {distribution.at(tail), distribution.at(1 - tail)}, {}};
    const double bias = dist::normalQuantile(distribution.below(estimate));
    const double a = acceleration(distribution.influence());
    if (!std::isfinite(bias) || !std::isfinite(a))
        return answer;
    const double finest = 1 / (1.0 + options.resamples);
    const auto corrected = [&](double p) {
        return distribution.at(std::clamp(correctedShare(p, bias, a), finest, 1 - finest));
    };
    answer.bca = Interval{corrected(tail), corrected(1 - tail)};
    return answer;
}

std::optional<BootstrapInterval> bootstrapMedianRatio(std::span<const double> a, std::span<const double> b,
                                                      const BootstrapOptions &options) {
    const std::vector<double> above = sorted(a);
    const std::vector<double> under = sorted(b);
    if (!canDrawQuantiles(above) || !canDrawQuantiles(under) || !areValid(options))
        return std::nullopt;
    const double dividend = *quantile(above, 0.5);
    const double divisor = *quantile(under, 0.5);
    const double estimate = dividend / divisor;
    if (!(divisor > 0) || !std::isfinite(estimate))
        return std::nullopt;
    const QuantileDistribution dividends(above, 0.5);
    const QuantileDistribution divisors(under, 0.5);
    Resamples drawn;
    drawn.statistics.reserve(options.resamples);
    Random random(options.seed);
    for (std::uint32_t r = 0; r < options.resamples; ++r) {
        const double over = dividends.at(random.uniform());
        const double by = divisors.at(random.uniform());
        if (by > 0 && std::isfinite(over / by))
            drawn.statistics.push_back(over / by);
    }
    // Of a function of two samples each value counts by its share of its own sample (Davison and Hinkley, 5.3.2).
    for (const double value : dividends.influence())
        drawn.influence.push_back(value / divisor / static_cast<double>(above.size()));
    for (const double value : divisors.influence())
        drawn.influence.push_back(-estimate * value / divisor / static_cast<double>(under.size()));
    // Medians of whole numbers are mostly the estimate itself: were none of these below it, that would pass for bias.
    return intervalOf(std::move(drawn), estimate, options, 0.5);
}

} // namespace ra::stats
