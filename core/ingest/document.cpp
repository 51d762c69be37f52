// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/document.h"

#include "core/ingest/documentformats.h"
#include "core/ingest/metrics.h"

#include <array>

namespace ra::ingest {

std::span<const DocumentFormat> documentFormats() {
    // Local, because the order in which the formats' own files are initialised is not defined. The recipe is last: it
    // is told by the least.
    static const std::array formats = {runnerResultFormat, executionMetricsFormat, executionTimelineFormat,
                                       metricArrayFormat,  metricQueryFormat,      runnerJsonOutputFormat,
                                       recipeFormat};
    return formats;
}

} // namespace ra::ingest
