// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

enum class CapacityVerdict {
    Insufficient, ///< fewer than 20 known values
    None,         ///< no growth towards the limit beyond chance, or not within the time that can be foreseen
    Crossing,
    Already ///< at the end, or within the last season
};

struct CapacityOptions {
    double limit = 0;
    bool below = false;                    ///< whether the limit is one that must not be fallen below
    std::vector<std::size_t> periods = {}; ///< of seasons, in samples, the shortest first
    double level = 0.95;
    std::vector<double> within = {}; ///< steps ahead for which the probability of a crossing is asked
    std::size_t paths = 2000;
    std::uint64_t seed = 1;
};

/// When a series first crosses its limit. Steps are counted from the last value; infinity stands for what lies beyond
/// the time that can be foreseen.
struct CapacityReport {
    CapacityVerdict verdict = CapacityVerdict::Insufficient;
    double now = std::numeric_limits<double>::quiet_NaN();    ///< level without season and noise at the last value
    double growth = std::numeric_limits<double>::quiet_NaN(); ///< a step, at the last value
    double growthLow = std::numeric_limits<double>::quiet_NaN();
    double growthHigh = std::numeric_limits<double>::quiet_NaN();
    double steps = std::numeric_limits<double>::quiet_NaN(); ///< until the crossing: the median
    double stepsLow = std::numeric_limits<double>::quiet_NaN();
    double stepsHigh = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> probabilities; ///< one for each of `within`; NaN beyond the time that can be foreseen
    double foreseen = 0;               ///< steps ahead that were looked at
    std::string method;                ///< "line, AR(1) noise, season 24; 2000 paths"
};

/// The first value at or beyond the limit, with seasons and noise: where the daily peak crosses, that is the crossing.
/// Paths are drawn from the model of capacitymodel.h with errors of its line drawn along (t distributed), noise out of
/// the surprises that were seen, with tails beyond them (surprises.h); time and interval are quantiles of their first
/// crossings. Where all values and the limit are positive and their logarithms follow a line far better (by ten units
/// of likelihood), growth is taken for exponential. What cannot be told apart, line or random walk, linear or
/// exponential, shares the paths, and the interval of growth holds that of either. Looked at are 20 times the observed
/// time, at most 200,000 steps, and at least a thousand.
///
/// A crossing is said where growth towards the limit is beyond chance and at least half of the paths cross, or where
/// half of the paths cross within the time that was observed. Series of more than 4,000 values are taken as the maxima
/// of blocks. The same seed gives the same answer. O(paths · steps until crossing) after the fit. Source: Monte Carlo
/// first passage with the parametric bootstrap: A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application"
/// (1997), sections 8.2 and 8.3.
[[nodiscard]] CapacityReport timeToLimit(std::span<const double> values, const CapacityOptions &options);

} // namespace ra::series
