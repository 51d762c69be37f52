// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/remainder.h"

#include "core/series/heavytails.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace ra::series {

namespace {

constexpr double visible = 0.002; ///< of the spread of the values: less is no scatter to anybody

double scaleOf(const std::vector<double> &sortedSizes, double spread) {
    // The median's word, unless the tails are heavier than normal: then that of the 95th per cent.
    return std::max(
        {1.4826 * quantileOf(sortedSizes, 0.5), quantileOf(sortedSizes, 0.95) / normalInterval, 2 * visible * spread});
}

/// Each side for itself: what is left of durations has one heavy tail.
void drawIn(Remainder &left) {
    const auto [down, up] = heavyTailsOf(left.values);
    for (double &v : left.values) {
        const HeavyTail &tail = v >= 0 ? up : down;
        if (tail.shape > 0)
            v = std::copysign(tail.normal(std::abs(v)), v);
    }
    if (up.shape > 0)
        left.high = up.distance(normalInterval) * left.scale;
    if (down.shape > 0)
        left.low = -down.distance(normalInterval) * left.scale;
}

Remainder remainderOf(std::span<const double> values, const std::vector<double> &expected) {
    Remainder left;
    std::vector<double> known;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i]))
            continue;
        left.rows.push_back(i);
        left.values.push_back(std::clamp(values[i] - expected[i], -1e300, 1e300));
        known.push_back(values[i]);
    }
    if (left.values.size() < fewestJudged)
        return left;
    std::vector<double> sizes;
    sizes.reserve(left.values.size());
    for (const double value : left.values)
        sizes.push_back(std::abs(value));
    std::sort(sizes.begin(), sizes.end());
    std::sort(known.begin(), known.end());
    const double spread = std::min(quantileOf(known, 0.95) / 2 - quantileOf(known, 0.05) / 2, 1e300);
    left.scale = scaleOf(sizes, spread);
    if (!(left.scale > 0))
        return left;
    for (double &value : left.values)
        value = std::clamp(value / left.scale, -1e12, 1e12);
    left.high = normalInterval * left.scale;
    left.low = -left.high;
    for (const double size : sizes)
        left.logLoss += std::log(std::max(size / left.scale, 1.0)) / static_cast<double>(sizes.size());
    left.logLoss += std::log(left.scale);
    drawIn(left);
    return left;
}

constexpr double anscombe = 0.375;

double scaled(double value, JudgedAs as) {
    if (as == JudgedAs::Logarithms)
        return std::log(value);
    return as == JudgedAs::Roots ? 2 * std::sqrt(value + anscombe) : value;
}

double unscaled(double value, JudgedAs as) {
    if (as == JudgedAs::Logarithms)
        return std::exp(value);
    return as == JudgedAs::Roots ? std::max(0.0, std::max(0.0, value) * value / 4 - anscombe) : value;
}

/// The logarithm of the derivative of unscaled() there.
double logSlope(double value, JudgedAs as) {
    if (as == JudgedAs::Logarithms)
        return value;
    return as == JudgedAs::Roots ? std::log(std::max(value, 2 * std::sqrt(anscombe)) / 2) : 0;
}

Judgement judgedBy(const AnomalyInput &input, JudgedAs as) {
    std::vector<double> values(input.values.begin(), input.values.end());
    for (double &value : values) {
        if (std::isfinite(value))
            value = scaled(value, as);
    }
    Judgement result{.expectation = expectedRows(values, input.times, input.isCalendar), .as = as};
    if (!result.expectation.values.empty())
        result.left = remainderOf(values, result.expectation.values);
    return result;
}

/// In what else they may be judged.
std::vector<JudgedAs> otherWays(const AnomalyInput &input, const Judgement &plain) {
    std::vector<double> known;
    for (const std::size_t row : plain.left.rows)
        known.push_back(input.values[row]);
    std::sort(known.begin(), known.end());
    constexpr double far = 2;
    const bool isFar = quantileOf(known, 0.95) >= far * quantileOf(known, 0.05);
    if (!isFar || known.front() < 0)
        return {};
    std::vector<JudgedAs> ways;
    constexpr double exact = 9e15; // whole numbers beyond may have been rounded
    if (known.back() < exact && std::all_of(known.begin(), known.end(), [](double v) { return v == std::floor(v); }))
        ways.push_back(JudgedAs::Roots);
    if (known.front() > 0)
        ways.push_back(JudgedAs::Logarithms);
    return ways;
}

/// Whether the variance is the mean, by a factor of two: small counts take too few values for more to be told.
bool isDispersedAsPoisson(const Judgement &plain) {
    double mean = 0;
    for (const std::size_t row : plain.left.rows)
        mean += plain.expectation.values[row] / static_cast<double>(plain.left.rows.size());
    const double variance = plain.left.scale * plain.left.scale;
    return variance > mean / 2 && variance < 2 * mean;
}

} // namespace

double quantileOf(const std::vector<double> &sorted, double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

double Judgement::value(std::size_t row, double off) const {
    return unscaled(expectation.values[row] + off, as);
}

Judgement judged(const AnomalyInput &input) {
    Judgement best = judgedBy(input, JudgedAs::Values);
    if (!(best.left.scale > 0))
        return best;
    constexpr double clearly = 0.02;
    double least = best.left.logLoss - clearly;
    const bool isPoisson = isDispersedAsPoisson(best);
    for (const JudgedAs as : otherWays(input, best)) {
        Judgement other = judgedBy(input, as);
        if (!(other.left.scale > 0))
            continue;
        if (as == JudgedAs::Roots && isPoisson)
            return other;
        // By what was expected rather than by the values themselves, so that no anomaly has a say.
        double loss = other.left.logLoss;
        for (const std::size_t row : other.left.rows)
            loss += logSlope(other.expectation.values[row], as) / static_cast<double>(other.left.rows.size());
        if (loss < least) {
            least = loss;
            best = std::move(other);
        }
    }
    return best;
}

} // namespace ra::series
