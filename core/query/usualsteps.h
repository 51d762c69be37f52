// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"

#include <optional>
#include <vector>

namespace ra::query {

/// What each step of the run usually takes, by index; nothing for steps that the history does not know. Of several
/// steps of one name the first is compared with the first.
[[nodiscard]] std::vector<std::optional<Duration>> usualSteps(const Run &run, const RecipeHistory &history);

} // namespace ra::query
