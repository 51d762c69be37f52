// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/gaps.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

void interpolate(std::vector<double> &values) {
    const std::size_t n = values.size();
    std::size_t last = n; // the last known place, n before there was one
    for (std::size_t t = 0; t <= n; ++t) {
        if (t < n && !std::isfinite(values[t]))
            continue;
        const std::size_t begin = last == n ? 0 : last + 1;
        for (std::size_t g = begin; g < t; ++g) {
            if (last == n)
                values[g] = values[t];
            else if (t == n)
                values[g] = values[last];
            else
                values[g] = values[last] + (values[t] - values[last]) *
                                               (static_cast<double>(g - last) / static_cast<double>(t - last));
        }
        last = t;
    }
}

} // namespace

std::vector<double> filledGaps(std::span<const double> values, std::size_t period) {
    std::vector<double> result(values.begin(), values.end());
    const auto known = [](double v) { return std::isfinite(v); };
    if (std::none_of(values.begin(), values.end(), known))
        return {};
    if (std::all_of(values.begin(), values.end(), known))
        return result;
    const bool seasonal = period >= 2 && values.size() >= 2 * period;
    std::vector<double> figure(seasonal ? period : 1, 0.0);
    if (seasonal) {
        std::vector<double> counts(period, 0.0);
        for (std::size_t t = 0; t < values.size(); ++t) {
            if (known(values[t]))
                figure[t % period] += (values[t] - figure[t % period]) / ++counts[t % period];
        }
        // A phase that was never seen says nothing about its level.
        if (std::find(counts.begin(), counts.end(), 0.0) != counts.end())
            std::fill(figure.begin(), figure.end(), 0.0);
    }
    for (std::size_t t = 0; t < result.size(); ++t)
        result[t] -= figure[t % figure.size()];
    interpolate(result);
    for (std::size_t t = 0; t < result.size(); ++t)
        result[t] = known(values[t]) ? values[t] : result[t] + figure[t % figure.size()];
    return result;
}

} // namespace ra::series
