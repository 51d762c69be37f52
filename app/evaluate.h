// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/table/jsonwriter.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ra::app {

/// Named columns of numbers that cases refer to; null is NaN.
using Samples = std::map<std::string, std::vector<double>, std::less<>>;
/// {"data": {name: [..]}} of a document; what is no array of numbers and nulls is left out.
[[nodiscard]] Samples samplesOf(const nlohmann::json &document);

/// Evaluates one case {"fn", "input"} and writes the field "output". What is not defined for the data is null. Fails,
/// with nothing written, for a function or a sample that is not known and for an input that is missing.
[[nodiscard]] Result<void> evaluate(const nlohmann::json &given, const Samples &samples, table::JsonWriter &out);

} // namespace ra::app
