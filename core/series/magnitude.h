// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace ra::series {

/// The power of two by which values have to be divided so that sums of their squares are numbers, and not 0: 0 where
/// the largest is between 2^-500 and 2^500 (3e150) in size. NaN and infinities are left out. O(n).
[[nodiscard]] int excessPower(std::span<const double> values);

/// The values divided by 2^power, which loses no digit of one that is not tiny beside the others. O(n).
[[nodiscard]] std::vector<double> scaledDown(std::span<const double> values, int power);

/// The value times 2^power; the largest number where that is none. NaN stays NaN.
[[nodiscard]] double scaledUp(double value, int power);

} // namespace ra::series
