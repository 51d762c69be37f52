// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/randomness.h"

#include "core/stats/distributions.h"
#include "core/stats/moments.h"
#include "core/stats/quantile.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ra::stats {

namespace {

constexpr std::uint64_t exactRuns = 1'000;
constexpr double exactChoices = 200'000;

/// How likely so many runs are among `above` and `below` values, by pairs of compositions.
double runsProbability(std::uint64_t runs, double above, double below) {
    const auto logChoose = [](double n, double k) {
        return k < 0 || k > n ? -std::numeric_limits<double>::infinity()
                              : dist::logGamma(n + 1) - dist::logGamma(k + 1) - dist::logGamma(n - k + 1);
    };
    const double all = logChoose(above + below, above);
    const std::uint64_t pairs = runs / 2; // an odd run has one more of one kind
    const auto half = static_cast<double>(pairs);
    if (runs % 2 == 0)
        return 2 * std::exp(logChoose(above - 1, half - 1) + logChoose(below - 1, half - 1) - all);
    return std::exp(logChoose(above - 1, half) + logChoose(below - 1, half - 1) - all) +
           std::exp(logChoose(above - 1, half - 1) + logChoose(below - 1, half) - all);
}

double exactRunsP(std::uint64_t runs, double above, double below) {
    double low = 0;
    double high = 0;
    const auto most = static_cast<std::uint64_t>(above + below);
    for (std::uint64_t r = 2; r <= most; ++r) {
        const double probability = runsProbability(r, above, below);
        low += r <= runs ? probability : 0;
        high += r >= runs ? probability : 0;
    }
    return std::min(1.0, 2 * std::min(low, high));
}

/// Goes through all choices of k of n, each once.
bool nextChoice(std::vector<std::size_t> &chosen, std::size_t n) {
    std::size_t i = chosen.size();
    while (i > 0 && chosen[i - 1] == n - chosen.size() + i - 1)
        --i;
    if (i == 0)
        return false;
    ++chosen[i - 1];
    for (; i < chosen.size(); ++i)
        chosen[i] = chosen[i - 1] + 1;
    return true;
}

} // namespace

std::vector<double> autocorrelation(std::span<const double> values, std::size_t lags) {
    Moments moments;
    moments.add(values);
    const std::optional<DoubleDouble> mean = moments.preciseMean();
    if (!mean || lags >= values.size() || *moments.min() == *moments.max())
        return {};
    // Deviations, scaled so that no square overflows or vanishes.
    const double largest = std::max(std::abs(*moments.max()), std::abs(*moments.min()));
    const int exponent = std::ilogb(largest);
    std::vector<DoubleDouble> deviations;
    deviations.reserve(values.size());
    DoubleDouble squares;
    for (const double value : values) {
        const bool isMissing = std::isnan(value);
        const DoubleDouble scaled = isMissing ? 0.0 : ldexp(DoubleDouble(value), -exponent) - ldexp(*mean, -exponent);
        deviations.push_back(scaled);
        squares += scaled * scaled;
    }
    std::vector<double> answer;
    for (std::size_t lag = 1; lag <= lags; ++lag) {
        DoubleDouble sum;
        for (std::size_t i = lag; i < deviations.size(); ++i)
            sum += deviations[i] * deviations[i - lag];
        answer.push_back((sum / squares).value());
    }
    return answer;
}

std::optional<RunsTest> runsTest(std::span<const double> values) {
    const std::vector<double> x = sorted(values);
    if (x.empty())
        return std::nullopt;
    const double middle = *median(x);
    RunsTest answer;
    int last = 0;
    for (const double value : values) {
        if (std::isnan(value) || value == middle)
            continue;
        const int side = value > middle ? 1 : -1;
        ++(side > 0 ? answer.above : answer.below);
        answer.runs += side != last ? 1 : 0;
        last = side;
    }
    if (answer.above == 0 || answer.below == 0)
        return std::nullopt;
    const auto a = static_cast<double>(answer.above);
    const auto b = static_cast<double>(answer.below);
    const double n = a + b;
    const double product = 2 * a * b;
    const double variance = product / n * ((product - n) / n) / (n - 1);
    if (variance > 0) {
        answer.z = (static_cast<double>(answer.runs) - (product / n + 1)) / std::sqrt(variance);
        answer.pNormal = std::min(1.0, 2 * dist::normalUpper(std::abs(answer.z)));
    }
    if (answer.above + answer.below <= exactRuns)
        answer.pExact = exactRunsP(answer.runs, a, b);
    return answer;
}

std::optional<LjungBox> ljungBox(std::span<const double> values, std::size_t lags, std::size_t fitted) {
    const std::vector<double> r = autocorrelation(values, lags);
    if (r.empty() || fitted >= lags)
        return std::nullopt;
    const auto n = static_cast<double>(present(values).size());
    LjungBox answer;
    for (std::size_t i = 0; i < r.size(); ++i)
        answer.q += r[i] * r[i] / (n - static_cast<double>(i + 1));
    answer.q *= n * (n + 2);
    answer.df = static_cast<double>(lags - fitted);
    answer.p = dist::chiSquaredUpper(answer.q, answer.df);
    return answer;
}

std::optional<PermutationTest> permutationTest(std::span<const double> a, std::span<const double> b, std::uint64_t seed,
                                               std::uint32_t permutations) {
    std::vector<double> all = present(a);
    const std::size_t na = all.size();
    const std::vector<double> others = present(b);
    all.insert(all.end(), others.begin(), others.end());
    Moments first;
    Moments second;
    first.add(std::span(all).first(na));
    second.add(others);
    if (na == 0 || others.empty() || !first.preciseMean() || !second.preciseMean())
        return std::nullopt;
    PermutationTest answer;
    answer.difference = (*first.preciseMean() - *second.preciseMean()).value();
    // The sum of the first sample decides; about the common mean, so that what is compared has no large part in common.
    Moments both = first;
    both.merge(second);
    double spread = 0;
    for (double &value : all) {
        value = (*both.preciseMean() - value).value();
        spread += std::abs(value);
    }
    double mine = 0;
    for (std::size_t i = 0; i < na; ++i)
        mine += all[i];
    const double limit = std::abs(mine) - 1e-12 * spread; // equal choices differ by rounding only
    const auto n = static_cast<double>(all.size());
    const auto k = static_cast<double>(na);
    const double choices = std::exp(dist::logGamma(n + 1) - dist::logGamma(k + 1) - dist::logGamma(n - k + 1));
    answer.isExact = choices <= exactChoices;
    if (answer.isExact) {
        std::vector<std::size_t> chosen(na);
        std::iota(chosen.begin(), chosen.end(), std::size_t{0});
        double extreme = 0;
        double total = 0;
        do {
            double sum = 0;
            for (const std::size_t i : chosen)
                sum += all[i];
            ++total;
            extreme += std::abs(sum) >= limit ? 1 : 0;
        } while (nextChoice(chosen, all.size()));
        answer.p = extreme / total;
        return answer;
    }
    Random random(seed);
    std::uint32_t extreme = 0;
    for (std::uint32_t r = 0; r < permutations; ++r) {
        double sum = 0;
        for (std::size_t i = 0; i < na; ++i) {
            std::swap(all[i], all[i + random.below(static_cast<std::uint32_t>(all.size() - i))]);
            sum += all[i];
        }
        extreme += std::abs(sum) >= limit ? 1U : 0U;
    }
    answer.p = (1.0 + extreme) / (1.0 + permutations);
    return answer;
}

} // namespace ra::stats
