// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace ra::series {

/// One side of a distribution as a stretched normal one: x = scale z exp(shape z² / 2) for normal z.
struct HeavyTail {
    double scale = 1;
    double shape = 0; ///< 0: a normal tail

    /// z of a distance x >= 0. O(1).
    [[nodiscard]] double normal(double x) const;
    /// x of z.
    [[nodiscard]] double distance(double z) const;
};

struct HeavyTails {
    HeavyTail low;
    HeavyTail high;
};

/// The tails of deviations from a middle, from their quantiles up to the 90th per cent, so that anomalies of up to a
/// tenth have no say. Both sides are taken for one where they do not differ by more than chance. The shape is 0 unless
/// the tail is heavier than normal by more than chance (one in twenty), and then larger than it seems by one standard
/// error: what is extrapolated from few values must not cry wolf. Deviations of zero do not count: a running median
/// goes through some of its values. Normal for fewer than 50. O(n log n). Source: J. W. Tukey's h distribution; G. M.
/// Goerg, "The Lambert way to Gaussianize heavy-tailed data", The Scientific World Journal 2015, 909231.
[[nodiscard]] HeavyTails heavyTailsOf(std::span<const double> deviations);

} // namespace ra::series
