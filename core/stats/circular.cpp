// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/circular.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ra::stats {

std::optional<Circular> circular(std::span<const double> values, double period, std::span<const double> weights) {
    if (!(period > 0) || !std::isfinite(period) || (!weights.empty() && weights.size() != values.size()))
        return std::nullopt;
    const double toAngle = 2 * std::numbers::pi / period;
    double sines = 0;
    double cosines = 0;
    Circular answer;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double weight = weights.empty() ? 1 : weights[i];
        if (!std::isfinite(values[i]) || std::isnan(weight) || weight == 0)
            continue;
        if (weight < 0 || std::isinf(weight))
            return std::nullopt;
        const double angle = std::fmod(values[i], period) * toAngle;
        sines += weight * std::sin(angle);
        cosines += weight * std::cos(angle);
        answer.n += weight;
    }
    if (!(answer.n > 0))
        return std::nullopt;
    const double r = std::min(1.0, std::hypot(sines, cosines) / answer.n);
    answer.concentration = r;
    if (r > 1e-12) { // below, the direction is rounding
        const double mean = std::atan2(sines, cosines) / toAngle;
        answer.mean = mean < 0 ? mean + period : mean;
        if (*answer.mean >= period) // a tiny negative one, rounded
            answer.mean = 0;
        answer.sd = std::sqrt(std::max(0.0, -2 * std::log(r))) / toAngle;
    }
    const double n = answer.n;
    const double length = n * r;
    answer.rayleighP = std::min(1.0, std::exp(std::sqrt(1 + 4 * n + 4 * (n * n - length * length)) - (1 + 2 * n)));
    return answer;
}

} // namespace ra::stats
