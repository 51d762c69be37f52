// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace ra::series {

/// The sum of the two middle values (twice the middle one where their number is odd) in the way of R's stl, which
/// partly sorts `values` and then looks at the places n/2 + 1 and n - n/2. It asks for these places in falling order
/// though its sorting wants them rising, so that now and then a value near the middle is taken for it. The weights of a
/// robust STL hang on that number; to be equal to the reference, so does this. Values must be finite, and there must be
/// one. O(n). Source: J. M. Chambers, "Algorithm 410: Partial sorting", CACM 14 (1971) 357-358; stl of R 4.2.
[[nodiscard]] double sumOfMiddle(std::span<double> values);

} // namespace ra::series
