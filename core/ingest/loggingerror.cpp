// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/foundation.h"

#include "core/ingest/isotime.h"

namespace ra::ingest {

namespace {

Decoded decodeLoggingError(std::string_view line, Record &record, std::string_view &reason) {
    constexpr std::string_view mark = "[LOGGING ERROR] ";
    if (!line.starts_with(mark))
        return Decoded::No;
    const std::string_view after = line.substr(mark.size());
    const std::optional<IsoTime> time = isoTime(after);
    if (!time || !after.substr(time->length).starts_with(" - ")) {
        reason = "no time after [LOGGING ERROR]";
        return Decoded::Rejected;
    }
    record.utc = true;
    record.timeNs = time->ns;
    record.resolutionNs = time->resolutionNs;
    // The reason in brackets stays: it is what there is to know about the mishap, and may stand lines further down.
    record.message = after.substr(time->length + 3);
    if (record.message.ends_with('\r'))
        record.message.remove_suffix(1);
    return Decoded::Record;
}

} // namespace

const LineFormat loggingErrorFormat = {.name = "logging-error", .decode = decodeLoggingError};

} // namespace ra::ingest
