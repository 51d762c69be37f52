// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace ra::ui {

/// How much a line asks for attention. "WARNING" and "WARN" alike; unknown words are Plain.
enum class LineLevel : std::uint8_t { Plain, Debug, Warning, Error };
[[nodiscard]] LineLevel levelOf(const query::LogLine &line);

/// The line's text without the time, level and logger that the view shows in columns of their own: what follows them in
/// a runner's line, the "message" of a JSON line (with its escapes), and the whole text of every other form.
[[nodiscard]] std::string_view messageOf(const query::LogLine &line);

/// "runner" for "runner.140709851237840", "framework" for "scriptlets.framework": what tells loggers apart at a glance.
[[nodiscard]] std::string_view shortLogger(std::string_view logger);

/// A raw line of which only its time is known, with level and logger read from its text where it has the runner's form
/// or is a JSON line.
[[nodiscard]] query::LogLine lineFromText(Time time, std::string text);

} // namespace ra::ui
