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

/// Tests of hypotheses, with effect sizes, corrections for many of them and the runs that they need.
[[nodiscard]] const CaseFunctions &testFunctions();
/// What a sample is like: description, quantiles, intervals, distributions, association, lines through it.
[[nodiscard]] const CaseFunctions &estimateFunctions();

} // namespace ra::app
