// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/describe.h"

#include "core/stats/quantile.h"

#include <cmath>

namespace ra::stats {

namespace {

/// Geometric mean by logarithms, harmonic by inverses, both compensated.
void positiveMeans(std::span<const double> ascending, Description &answer) {
    if (ascending.empty() || !(ascending.front() > 0) || std::isinf(ascending.back()))
        return;
    const auto n = static_cast<double>(ascending.size());
    DoubleDouble logs;
    DoubleDouble inverses;
    for (const double value : ascending) {
        logs += std::log(value);
        inverses += 1 / value;
    }
    answer.geometricMean = std::exp((logs / n).value());
    if (std::isfinite(inverses.value())) // the inverse of a subnormal number is beyond the range of double
        answer.harmonicMean = n / inverses.value();
}

} // namespace

Description describe(std::span<const double> values) {
    Description answer;
    answer.moments.add(values);
    answer.ascending = sorted(values);
    const std::span<const double> x = answer.ascending;
    answer.median = median(x);
    if (!x.empty())
        answer.interquartileRange = *quantile(x, 0.75) - *quantile(x, 0.25);
    answer.medianDeviation = medianDeviation(x);
    answer.trimmedMean10 = trimmedMean(x, 0.1);
    answer.trimmedMean20 = trimmedMean(x, 0.2);
    positiveMeans(x, answer);
    if (const std::optional<double> sd = answer.moments.sd()) {
        if (const double mean = *answer.moments.mean(); mean != 0)
            answer.variationCoefficient = *sd / mean;
        answer.standardError = *sd / std::sqrt(static_cast<double>(x.size()));
    }
    return answer;
}

} // namespace ra::stats
