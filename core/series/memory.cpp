// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/memory.h"

#include "core/series/arma.h"
#include "core/series/autocorrelation.h"
#include "core/series/baseline.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr std::size_t longestMemory = 10;
constexpr std::size_t farAhead = 100; ///< steps after which nothing is expected from the past any more
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

} // namespace

std::vector<double> robustMemory(std::span<const double> values, double coefficients) {
    const std::vector<double> drawn = drawnInTo(values, baselineOf(values));
    const auto n = static_cast<double>(knownOf(values).size());
    const std::size_t most = std::min(longestMemory, static_cast<std::size_t>(n / 10));
    const std::vector<double> partials = partialAutocorrelations(drawn, most);
    double logVariance = 0;
    double best = 0;
    std::size_t order = 0;
    for (std::size_t p = 1; p <= partials.size(); ++p) {
        logVariance += std::log(std::max(1 - partials[p - 1] * partials[p - 1], 1e-12));
        const double criterion = n * logVariance + std::log(n) * static_cast<double>(p);
        if (criterion < best) {
            best = criterion;
            order = p;
        }
    }
    if (order == 0)
        return {};
    std::vector<double> ar = yuleWalker(drawn, order);
    if (order == 1)
        ar[0] = std::clamp(ar[0] + (coefficients + (2 + coefficients) * ar[0]) / n, -0.98, 0.98);
    return ar;
}

std::vector<double> innovationsOf(std::span<const double> deviations, std::span<const double> memory) {
    std::vector<double> result(deviations.begin(), deviations.end());
    if (memory.empty())
        return result;
    std::vector<double> variance; // of the forecast i + 1 steps ahead, in innovations
    double sum = 0;
    for (const double weight : psiWeights(memory, {}, farAhead))
        variance.push_back(sum += weight * weight);
    std::vector<double> past(memory.size(), 0.0); // the newest first
    std::size_t unknown = farAhead - 1;           // nothing is known before the first value
    for (double &v : result) {
        double expected = 0;
        for (std::size_t j = 0; j < memory.size(); ++j)
            expected += memory[j] * past[j];
        const double observed = v;
        if (std::isfinite(v)) {
            v = (v - expected) / std::sqrt(variance[unknown]);
            unknown = 0;
        } else {
            v = missing;
            unknown = std::min(unknown + 1, farAhead - 1);
        }
        std::rotate(past.rbegin(), past.rbegin() + 1, past.rend());
        past.front() = std::isfinite(observed) ? observed : expected;
    }
    return result;
}

} // namespace ra::series
