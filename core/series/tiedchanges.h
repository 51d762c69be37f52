// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// How probable it is that two neighbouring segments [begin, middle) and [middle, end) differ like this by chance,
/// `middle` being the best of all places in between, where one value holds a third of all: counts of rare events,
/// states, what is mostly zero. There a stretch without any scatter is nothing rare, and no likelihood of normal noise
/// means anything; what is tested is how frequent that value is on both sides (Fisher) and whether the one side is
/// larger (Mann and Whitney), the smaller p of both times two and the number of places (Bonferroni). Nothing where no
/// value is so frequent. Values must be finite. O(n log n).
[[nodiscard]] std::optional<double> tiedChangeProbability(std::span<const double> values, std::size_t begin,
                                                          std::size_t middle, std::size_t end);

/// The changes but for those that may be chance by the test above: first those that are doubtful more than both their
/// neighbours, then again, as what joins is tested as one. The others are moved to where
/// the frequency or the rank of values changes most, where that is surer. Ascending. O(n log n) a round,
/// O(log(changes)) rounds mostly.
[[nodiscard]] std::vector<std::size_t> withoutChance(std::span<const double> values, std::vector<std::size_t> changes,
                                                     double level);

} // namespace ra::series
