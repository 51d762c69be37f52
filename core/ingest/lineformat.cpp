// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/lineformat.h"

#include "core/ingest/foundation.h"
#include "core/ingest/metrics.h"
#include "core/ingest/runnertext.h"

#include <array>

namespace ra::ingest {

std::span<const LineFormat> lineFormats() {
    // Local, because the order in which the formats' own files are initialised is not defined. Detailed comes before
    // simple: its header line could be taken for a simple one if the recipe's name holds ": ".
    static const std::array formats = {
        runnerTextFormat,         foundationJsonFormat,   runnerTextMsFormat, dashTextFormat,
        foundationDetailedFormat, foundationSimpleFormat, loggingErrorFormat, metricLineFormat,
    };
    return formats;
}

} // namespace ra::ingest
