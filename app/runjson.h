// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"

#include <nlohmann/json.hpp>

namespace ra::app {

/// A run as `runs --json` gives it (CLI.md).
[[nodiscard]] nlohmann::json toJson(const Run &run);
/// {"columns": [...], "rows": [[...]]}
[[nodiscard]] nlohmann::json toJson(const query::Table &table);
/// {"path", "line", "reason"}
[[nodiscard]] nlohmann::json toJson(const query::RejectedRow &row);
/// {"t_ns", "level", "logger", "text", ...}
[[nodiscard]] nlohmann::json toJson(const query::LogLine &line);

} // namespace ra::app
