// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace ra::series {

enum class LeakVerdict { Leak, None, Insufficient };

/// What the memory of a process says about a leak.
struct LeakReport {
    LeakVerdict verdict = LeakVerdict::Insufficient;
    /// Growth a sample after the onset, with its 95 % interval; 0 where no growth model fits.
    double slope = 0;
    double slopeLow = 0;
    double slopeHigh = 0;
    double p = 1;            ///< of no growth within the best model of growth that does not end
    double confidence = 0.5; ///< probability of the verdict, from the evidence of the models
    double baseline = 0;     ///< level before the growth
    std::size_t onset = 0;   ///< first sample of the growth
    std::string shape;       ///< the model that describes the series best: "linear", "cache", ...
};

/// Decides between two kinds of memory curves: those that still grow at the end (a line from the beginning, from a
/// later onset, curved upwards, or in bursts) and those that do not (level, saturating, one or two steps, growth up to
/// a ceiling, growth that is given back). Each is fitted beside what says nothing about leaks: a start-up ramp, the
/// teeth of a collector or of restarts, a periodic load, short spikes. The evidence is the Bayesian information
/// criterion on as many independent values as the remaining autocorrelation leaves; a leak is said where a growing
/// model is at least three times as likely, or twenty times where the series has neither teeth nor bursts and could be
/// a random walk without drift: those look like growth in one case of seven, and of twelve then. The interval of the
/// slope counts all growing models by their evidence, as the one was chosen by the same values.
///
/// NaN is a lost sample. Insufficient for fewer than 40 known samples. Values in any unit: scale goes through. Growth
/// of less than 2 % of the level is none. O(n). Sources: evidence: R. E. Kass, A. E. Raftery, "Bayes factors", JASA 90
/// (1995) 773-795; effective number: G. V. Bayley, J. M. Hammersley, J. Royal Statistical Society suppl. 8 (1946)
/// 184-197; walks: D. A. Dickey, W. A. Fuller, JASA 74 (1979) 427-431; interval: S. T. Buckland, K. P. Burnham, N. H.
/// Augustin, Biometrics 53 (1997) 603-618, equation 9.
[[nodiscard]] LeakReport findLeak(std::span<const double> values);

} // namespace ra::series
