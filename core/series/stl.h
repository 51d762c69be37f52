// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// How a series is taken apart by STL. A window is a number of neighbours (odd; even ones are made odd by adding one);
/// 0 stands for what R's stl chooses.
struct StlOptions {
    std::size_t period = 0;         ///< samples a cycle, at least 2
    std::size_t seasonalWindow = 7; ///< cycles over which the seasonal figure may change; ignored where periodic
    bool periodic = false;          ///< the seasonal figure never changes
    std::size_t trendWindow = 0;    ///< 0: the odd number at or above 1.5 period / (1 - 1.5 / seasonal window)
    std::size_t lowPassWindow = 0;  ///< 0: the odd number at or above the period
    bool robust = false;            ///< rounds of bisquare weights (one inner pass each) rather than two inner passes
    int robustRounds = 15;          ///< R's number; five are safe in the words of the paper
};

/// A series taken apart: value = trend + all seasonal parts + remainder, each of the length of the series.
struct Decomposition {
    std::vector<double> trend;
    std::vector<std::vector<double>> seasonal; ///< one a period, in the order of the periods that were asked for
    std::vector<double> remainder;
    std::vector<double> weights; ///< robustness weights in [0, 1]; all 1 unless robust

    bool operator==(const Decomposition &) const = default;
};

/// STL by repeated loess, number for number what R's stl gives (steps of a tenth of each window with straight lines in
/// between; for a periodic figure the mean of each phase at the end). Values must be finite; empty unless there are
/// more than two full cycles and the period is at least 2. O(n (windows / 10 + rounds)). Source: R. B. Cleveland, W. S.
/// Cleveland, J. E. McRae, I. Terpenning, "STL: A seasonal-trend decomposition procedure based on loess", J. Official
/// Statistics 6 (1990) 3-73; defaults of stl in R 4.2.
[[nodiscard]] Decomposition stl(std::span<const double> values, const StlOptions &options);

/// Several seasons at once: STL for each period from the shortest on, each on what the others leave, twice round.
/// Periods of which there are not more than two cycles are left out (their seasonal part is zero); with none left the
/// trend is a loess line. windows: the seasonal window of each period, 0 for 7 + 4 i of the i-th (from 1) as in R's
/// mstl. Source: K. Bandara, R. J. Hyndman, C. Bergmeir, "MSTL: A seasonal-trend decomposition algorithm for time
/// series with multiple seasonal patterns", arXiv:2107.13462 (2021).
struct MstlOptions {
    std::vector<std::size_t> periods = {};
    std::vector<std::size_t> windows = {}; ///< empty, or one a period
    bool periodic = false;
    bool robust = false;
    int robustRounds = 15;
    int rounds = 2;
};
[[nodiscard]] Decomposition mstl(std::span<const double> values, const MstlOptions &options);

/// How much of what is left after the other parts a part explains: max(0, 1 - var(remainder) / var(part + remainder)),
/// in [0, 1]; 0 where there is nothing to explain. Source: X. Wang, K. Smith, R. J. Hyndman, "Characteristic-based
/// clustering for time series data", Data Mining and Knowledge Discovery 13 (2006), section 3.
[[nodiscard]] double strength(std::span<const double> part, std::span<const double> remainder);

} // namespace ra::series
