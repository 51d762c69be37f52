// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/lineformat.h"

#include <string_view>

namespace ra::ingest {

/// JSON lines of the foundation's loggers, audit and performance lines included (FORMATS.md 5.1). `message`, `logger`,
/// `text` (recipe_name) and `rest` (step_name) are views of the JSON strings' insides: escapes stay as they are
/// written. A line is accepted when its own fields can be read and its brackets and quotes close; what stands inside
/// extra_data is not judged, so NaN, Infinity, huge numbers and deep nesting pass.
extern const LineFormat foundationJsonFormat;

/// Header line of the foundation's detailed text (5.2). The message is on the lines after it, which are its
/// continuation; `text` and `rest` are the recipe and the step where the header names them.
extern const LineFormat foundationDetailedFormat;

/// `2026-11-23T17:00:27.397903+00:00 [INFO    ] logger: message` (5.3).
extern const LineFormat foundationSimpleFormat;

/// `[LOGGING ERROR] time - message (Format Error: reason)`: what the foundation writes when its own formatting failed.
/// The record has no level and no logger.
extern const LineFormat loggingErrorFormat;

namespace detail {

/// The way for JSON lines that the scan of the usual shape gave up on: other order or spacing of the keys, escapes in
/// keys, broken lines. Works on a padded copy with simdjson; allocates only while its thread's buffers grow.
[[nodiscard]] Decoded decodeUnusualFoundationJson(std::string_view line, Record &record, std::string_view &reason);

/// The common beginning of simple and detailed text.
struct TextHead {
    std::string_view after; ///< what follows "] "
    bool isTime = false;    ///< whether the line begins with a UTC time and a bracket at all
    bool ok = false;        ///< whether time and level could be read; `record` has them then
};
[[nodiscard]] TextHead readTextHead(std::string_view line, Record &record);

/// LineFormat::samples of the JSON lines: what the performance logger measured, in the time that it states, else that
/// of writing. A series is named by the metric, or by the category where no metric is named; its tags are the texts of
/// extra_data, the recipe and the step; its subject is the process.
[[nodiscard]] std::string_view performanceSamples(std::string_view line, const Record &record,
                                                  SampleCollector &samples);

} // namespace detail

} // namespace ra::ingest
