// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// How a series goes on: a straight line or a drift, seasons that never change, and noise with a memory.
struct CapacityModel {
    bool wanders = false;   ///< whether noise adds up (a random walk with drift) or keeps to the line
    double now = 0;         ///< level without season at the last value
    double growth = 0;      ///< a step
    double growthError = 0; ///< standard deviation of the estimate, as of the line's level in its middle
    double levelError = 0;
    double freedom = 1;            ///< degrees of freedom of these errors
    std::vector<double> memory;    ///< coefficients of the noise, or of what is added to it at each step
    std::vector<double> recent;    ///< the last noise (or additions), the newest first, as many as coefficients
    std::vector<double> surprises; ///< of the noise, scaled to its true scatter
    std::vector<std::vector<double>> seasons; ///< one a period: the figure, from the first step after the last value on
    std::size_t count = 0;                    ///< values of the fit

    [[nodiscard]] double seasonAt(std::size_t step) const; ///< steps ahead, from 1
    [[nodiscard]] double peak() const;                     ///< the most that the seasons add
};

/// Fits the model: seasons by STL with figures that never change; the slope of Theil and Sen; noise wanders
/// where KPSS finds that it does not keep to the line and Dickey and Fuller's test does not exclude a unit root. Where
/// neither test refutes anything both models stay possible, the line first: with little data a random walk looks like a
/// line with noise of long memory, whose intervals are far narrower, and a choice would hide that it is one. The memory
/// is an autoregression of the noise (its differences), by the criterion of Schwarz, and the errors of line and drift
/// grow with it. NaN is a gap. None for fewer than 20 known values. O(n²) up to 2,000 values for the slopes. Sources:
/// P. K. Sen, JASA 63 (1968) 1379-1389; tests: see unitroot.h; keeping both: D. Draper, "Assessment and propagation of
/// model uncertainty", J. Royal Statistical Society B 57 (1995) 45-97.
[[nodiscard]] std::vector<CapacityModel> fitCapacity(std::span<const double> values,
                                                     std::span<const std::size_t> periods);

} // namespace ra::series
