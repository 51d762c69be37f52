// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/evaluatecase.h"

#include <string>
#include <unordered_map>

namespace ra::app {

/// Evaluates a case; throws BadInput.
using CaseFunction = void (*)(const CaseInput &, CaseOutput &);
/// By their names.
using CaseFunctions = std::unordered_map<std::string, CaseFunction>;

/// Tests of randomness, of tables and of stationarity, sizes of samples, weights and hours of the day.
[[nodiscard]] const CaseFunctions &moreFunctions();

} // namespace ra::app
