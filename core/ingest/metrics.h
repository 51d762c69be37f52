// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/document.h"
#include "core/ingest/lineformat.h"
#include "core/ingest/samplecollector.h"
#include "core/ingest/units.h"

#include <string>
#include <string_view>

namespace ra::ingest {

/// One `PerformanceMetric.to_dict()` a line (FORMATS.md 7). The record is a text of the metric's name, its logger the
/// collector.
extern const LineFormat metricLineFormat;

/// The series of such a metric: what the system's collector measures is of the whole machine.
[[nodiscard]] Series metricSeries(std::string name, std::string kind, std::string_view unit, std::string_view source,
                                  Tags tags);

/// An array of them, indented or not.
extern const DocumentFormat metricArrayFormat;

/// What the data manager's queries and its chart exports hold: metrics by name, each a list of times, values and tags,
/// without units (8).
extern const DocumentFormat metricQueryFormat;

} // namespace ra::ingest
