// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// The series without gaps, for methods that need every value: missing (NaN) and infinite values lie on straight lines
/// between their neighbours, at the ends they take the nearest one. With a period of at least 2 and two full cycles,
/// that is done to what is left after the mean of each phase, so that a gap keeps the shape of the cycle. Empty where
/// no value is known. O(n).
[[nodiscard]] std::vector<double> filledGaps(std::span<const double> values, std::size_t period = 1);

} // namespace ra::series
