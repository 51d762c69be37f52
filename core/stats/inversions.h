// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace ra::stats {

/// Sorts the values (no NaN) and counts the pairs i < j with values[i] > values[j]. O(n log n), by merging.
[[nodiscard]] std::uint64_t sortCountingInversions(std::span<double> values);

} // namespace ra::stats
