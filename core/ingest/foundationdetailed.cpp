// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/foundation.h"

#include <charconv>

namespace ra::ingest {

namespace {

constexpr std::string_view pidMark = " | PID:";

/// The text of a part such as " | Recipe:daily_orders", up to the next part.
std::string_view part(std::string_view parts, std::string_view mark, std::string_view next) {
    const auto at = parts.find(mark);
    if (at == std::string_view::npos)
        return {};
    const std::string_view value = parts.substr(at + mark.size());
    return value.substr(0, value.find(next));
}

Decoded decodeDetailed(std::string_view line, Record &record, std::string_view &reason) {
    const detail::TextHead head = detail::readTextHead(line, record);
    if (!head.ok)
        return Decoded::No;
    const auto mark = head.after.find(pidMark);
    // A simple line whose message holds the mark has the end of its logger name before it.
    if (mark == std::string_view::npos || mark == 0 || head.after.substr(0, mark).find(": ") != std::string_view::npos)
        return Decoded::No;
    std::string_view parts = head.after.substr(mark + pidMark.size());
    if (parts.ends_with('\r'))
        parts.remove_suffix(1);
    const auto [end, error] = std::from_chars(parts.data(), parts.data() + parts.size(), record.pid);
    if (error != std::errc()) {
        reason = "no process number after PID:";
        return Decoded::Rejected;
    }
    if (!std::string_view(end, static_cast<std::size_t>(parts.data() + parts.size() - end)).starts_with(" TID:")) {
        reason = "the header ends early, after PID:";
        return Decoded::Rejected;
    }
    record.logger = head.after.substr(0, mark);
    record.message = {};
    record.text = part(parts, " | Recipe:", " | Step:");
    record.rest = part(parts, " | Step:", " | Exec:");
    if (parts.find(" | Step:") == std::string_view::npos)
        record.text = record.text.substr(0, record.text.find(" | Exec:"));
    return Decoded::Record;
}

} // namespace

const LineFormat foundationDetailedFormat = {.name = "foundation-detailed", .decode = decodeDetailed};

} // namespace ra::ingest
