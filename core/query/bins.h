// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/question.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ra::query {

/// The bin of a value by an aggregate that is a histogram, as the SQL function histogram() has it; those below and
/// above are behind the bins.
[[nodiscard]] std::size_t binOf(const Aggregate &aggregate, double x);

/// A histogram as JSON, its edges divided by `divisor`. `counts`: of bins, below, above; empty: of nothing.
[[nodiscard]] std::string histogramText(const Aggregate &aggregate, const std::vector<std::uint64_t> &counts,
                                        double divisor);

} // namespace ra::query
