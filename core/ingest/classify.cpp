// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/classify.h"

#include <algorithm>

namespace ra::ingest {

namespace {

using namespace std::string_view_literals;

bool isDatabase(std::string_view head) {
    // The database, its write-ahead log in both byte orders, its rollback journal.
    for (std::string_view magic :
         {"SQLite format 3\0"sv, "\x37\x7F\x06\x82"sv, "\x37\x7F\x06\x83"sv, "\xD9\xD5\x05\xF9"sv}) {
        if (head.starts_with(magic))
            return true;
    }
    return false;
}

/// The format of the first line that is a record; empty if there is none.
std::string_view lineFormatOf(std::string_view head) {
    for (std::size_t at = 0; at < head.size();) {
        const std::size_t end = std::min(head.find('\n', at), head.size());
        const std::string_view line = head.substr(at, end - at);
        // A line that the head cuts off cannot be a whole record, but may well claim to be one.
        const bool cut = end == head.size() && head.size() >= classifyHeadSize;
        for (const LineFormat &format : lineFormats()) {
            Record record;
            std::string_view reason;
            const Decoded decoded = format.decode(line, record, reason);
            if (decoded == Decoded::Record || (decoded == Decoded::Rejected && cut))
                return format.name;
            if (decoded == Decoded::Rejected)
                break;
        }
        at = end + 1;
    }
    return {};
}

} // namespace

Classification classify(std::string_view fileName, std::string_view head) {
    if (isDatabase(head))
        return {.kind = Classification::Database, .format = "sqlite"};
    const std::string_view text = head.starts_with("\xEF\xBB\xBF") ? head.substr(3) : head;
    if (const std::string_view format = lineFormatOf(text); !format.empty())
        return {.kind = Classification::Lines, .format = format};
    for (const DocumentFormat &format : documentFormats()) {
        if (format.recognises(fileName, head))
            return {.kind = Classification::Document, .format = format.name, .document = &format};
    }
    return {};
}

} // namespace ra::ingest
