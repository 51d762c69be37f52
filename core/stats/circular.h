// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

namespace ra::stats {

/// Values that come round again after a period, such as hours of a day: 23 and 1 have the mean 0.
struct Circular {
    double n = 0;                    ///< sum of weights
    std::optional<double> mean;      ///< in [0, period); nothing where the values balance out
    double concentration = 0;        ///< length of the mean vector: 1 if all are equal, 0 if they balance out
    std::optional<double> sd;        ///< sqrt(-2 ln concentration), in the unit of the values
    std::optional<double> rayleighP; ///< of no preferred time
};

/// Values in any unit, of a period in the same unit; weights (counts) are 1 unless given. NaN and infinite values and
/// those of weight zero are left out. Nothing where none is left, a weight is negative, the lengths differ or the
/// period is not positive and finite. O(n). Sources: K. V. Mardia, P. E. Jupp, "Directional Statistics" (2000),
/// section 2.3; p of the Rayleigh test by D. Wilkie, Appl. Statist. 32 (1983) 311-312.
[[nodiscard]] std::optional<Circular> circular(std::span<const double> values, double period,
                                               std::span<const double> weights = {});

} // namespace ra::stats
