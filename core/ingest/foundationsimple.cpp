// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/foundation.h"

#include "core/ingest/isotime.h"

namespace ra::ingest {

namespace detail {

TextHead readTextHead(std::string_view line, Record &record) {
    TextHead head;
    // "2026-11-23T17:00:27+00:00 [INFO    ] x": nearly every other line is told by its eleventh byte.
    if (line.size() < 37 || line[10] != 'T')
        return head;
    const std::optional<IsoTime> time = isoTime(line);
    if (!time || !line.substr(time->length).starts_with(" ["))
        return head;
    head.isTime = true;
    const std::string_view rest = line.substr(time->length + 2);
    const auto close = rest.find("] ");
    if (close == std::string_view::npos || close < 8 || close > 64)
        return head;
    std::string_view word = rest.substr(0, close);
    while (!word.empty() && word.back() == ' ')
        word.remove_suffix(1);
    for (char c : word) {
        // "Level 25" is how Python prints a level without a name.
        const bool usual =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == '_';
        if (!usual)
            return head;
    }
    record.utc = true;
    record.timeNs = time->ns;
    record.resolutionNs = time->resolutionNs;
    record.level = levelFromString(word);
    head.after = rest.substr(close + 2);
    head.ok = !word.empty();
    return head;
}

} // namespace detail

namespace {

constexpr std::string_view noLogger = "no logger name after the level";

Decoded decodeSimple(std::string_view line, Record &record, std::string_view &reason) {
    const detail::TextHead head = detail::readTextHead(line, record);
    if (!head.ok)
        return Decoded::No;
    const auto colon = head.after.find(": ");
    if (colon == std::string_view::npos || colon == 0) {
        reason = noLogger;
        return Decoded::Rejected;
    }
    record.logger = head.after.substr(0, colon);
    record.message = head.after.substr(colon + 2);
    if (record.message.ends_with('\r'))
        record.message.remove_suffix(1);
    return Decoded::Record;
}

} // namespace

const LineFormat foundationSimpleFormat = {.name = "foundation-simple", .decode = decodeSimple};

} // namespace ra::ingest
