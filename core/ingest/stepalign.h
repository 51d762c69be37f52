// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"

#include <string>
#include <string_view>
#include <vector>

namespace ra::ingest {

/// Equal as far as sources can tell: logs round to a millisecond.
[[nodiscard]] bool sameDuration(Duration x, Duration y);

/// Two step facts that cannot be of one execution of the step.
[[nodiscard]] bool contradict(const Step &x, const Step &y);

/// A name as an ASCII host writes it: what is beyond ASCII with a backslash.
[[nodiscard]] std::string escaped(std::string_view name);

/// For each step of `y` the step of `x` that it is, or -1: the longest common subsequence by name among steps that do
/// not contradict each other (sources lose lines, they do not reorder them). O(n m) beyond the beginning that both
/// share; where that is more than 25 million, nothing beyond it matches.
[[nodiscard]] std::vector<int> alignSteps(const std::vector<Step> &x, const std::vector<Step> &y);

} // namespace ra::ingest
