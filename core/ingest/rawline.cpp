// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/rawline.h"

#include "core/ingest/lineformat.h"
#include "core/ingest/sourcereader.h"

namespace ra::ingest {

namespace {
/// Lines of this length are decoded by their beginning only, as they were when they were read first.
constexpr std::size_t longestDecoded = SourceReader::maxLine;
} // namespace

bool decodeLine(std::string_view line, Record &record) {
    std::string_view reason;
    for (const LineFormat &format : lineFormats()) {
        record = {};
        if (format.decode(line.substr(0, longestDecoded), record, reason) == Decoded::Record)
            return true;
    }
    return false;
}

std::string_view withoutEnd(std::string_view line) {
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

} // namespace ra::ingest
