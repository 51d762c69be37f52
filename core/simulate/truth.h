// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/simulate/plan.h"

#include <string>

namespace ra::simulate {

/// What the runner's RecipeExecutionResult.to_dict() gives for that execution, as JSON.
[[nodiscard]] std::string resultJson(const Run &run, const PlannedRun &plan);

} // namespace ra::simulate
