// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// A cycle that was found in a series.
struct Season {
    std::size_t period = 0; ///< samples
    double strength = 0;    ///< share of the variance (beside trend and the seasons before) that the figure explains
    double p = 1;           ///< of the hypothesis that all phases have one mean
};

struct SeasonOptions {
    /// Periods that the calendar suggests (a day, a week, a year in samples). They need less evidence than those that
    /// only the data suggest.
    std::vector<std::size_t> hints = {};
    double hintLevel = 0.05;  ///< significance at which a suggested period is taken
    double foundLevel = 1e-4; ///< significance at which another one is taken, times its number of rivals
    std::size_t most = 3;
};

/// The periods of a series, the strongest first. Candidates are the hints and the peaks of the spectrum whose period is
/// also a peak of the autocorrelation. Each is judged by F tests (the means of its phases, and its first two harmonics;
/// the better p counts twice), on what an autoregression of order one leaves of the detrended series (so that slow
/// noise is no season; for period 2, which looks like neighbours that shun each other, the one of what that season
/// leaves) and the seasons already found leave of that; periods are judged from short to long, so that a multiple is
/// taken only for what it explains beyond. There must be three cycles. NaN is missing; empty where there are fewer than
/// 8 values, or nothing to be found. O(n log n + n · candidates). Sources: M. Vlachos, P. Yu, V. Castelli, "On
/// periodicity detection and structural periodic similarity", SDM 2005; F test: e.g. M. B. Priestley, "Spectral
/// Analysis and Time Series", 1981, section 6.1.
[[nodiscard]] std::vector<Season> findSeasons(std::span<const double> values, const SeasonOptions &options = {});

} // namespace ra::series
