// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/evaluatecase.h"
#include "core/base/error.h"
#include "core/table/jsonwriter.h"

#include <nlohmann/json.hpp>

namespace ra::app {

/// Evaluates one case {"fn", "input"} and writes the field "output". What is not defined for the data is null. Fails,
/// with nothing written, for a function or a sample that is not known and for an input that is missing.
[[nodiscard]] Result<void> evaluate(const nlohmann::json &given, const Samples &samples, table::JsonWriter &out);

} // namespace ra::app
