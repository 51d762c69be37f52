// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/lineformat.h"

#include <cstdlib>

using namespace ra::ingest;

/// One line of any bytes to the decoder named RA_FORMAT: its views must lie inside the line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char *>(data), size);
    for (const LineFormat &format : lineFormats()) {
        if (format.name != RA_FORMAT)
            continue;
        Record record;
        std::string_view reason;
        const Decoded decoded = format.decode(line, record, reason);
        if ((decoded == Decoded::Rejected) == reason.empty())
            std::abort();
        if (decoded != Decoded::Record)
            return 0;
        for (std::string_view view : {record.logger, record.message, record.thread, record.text, record.rest}) {
            if (!view.empty() && (view.data() < line.data() || view.data() + view.size() > line.data() + line.size()))
                std::abort();
        }
        return 0;
    }
    std::abort();
}
