// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// Sudden events in a memory curve.
struct Teeth {
    std::vector<std::size_t> drops; ///< first samples after sudden falls that recur (a collector, a restart)
    std::vector<std::size_t> rises; ///< first samples after sudden rises that recur and stay
    std::vector<bool> spike;        ///< samples within short excursions; as long as the series
    double noise = 0;               ///< standard deviation of the noise between neighbouring samples
};

/// Falls and spikes stand out of the noise between neighbours by four deviations; at least three falls, or four rises,
/// of about one size recur. Values must be finite. O(n).
[[nodiscard]] Teeth findTeeth(std::span<const double> values);

/// How far within its tooth each sample is, from 0 after a drop to 1 before the next. The last tooth is measured by the
/// median length of the others, as its end is not known.
[[nodiscard]] std::vector<double> toothPhase(const Teeth &teeth, std::size_t n);

} // namespace ra::series
