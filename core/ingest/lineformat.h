// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/record.h"

#include <span>
#include <string_view>

namespace ra::ingest {

class SampleCollector;

/// What a decoder makes of one line.
enum class Decoded : std::uint8_t {
    No,       ///< not this format: try the next
    Record,   ///< `record` is filled
    Rejected, ///< it claims to be this format but cannot be read; `reason` says why
};

/// A format whose records begin on lines that it recognises by themselves, so that a file may mix several.
///
/// To add a format: write one file with these two functions and add one line to `lineFormats()` in lineformat.cpp.
struct LineFormat {
    std::string_view name; ///< as shown to users and kept with a source: "runner-text"

    /// Decodes one line (without its "\n"; a "\r" before it may be there). Allocates nothing on the usual path. Fills
    /// everything of `record` but offset and length. `reason` is set to a static text on Decoded::Rejected.
    Decoded (*decode)(std::string_view line, Record &record, std::string_view &reason);

    /// Whether `line`, which does not begin a record of any format, is the continuation of a record of this format; the
    /// default (null) is yes.
    bool (*continues)(std::string_view line) = nullptr;

    /// Adds the samples that a line which it decoded into `record` tells; the default is none. A reason where the line
    /// should tell one that cannot be read: the record stands all the same.
    std::string_view (*samples)(std::string_view line, const Record &record, SampleCollector &samples) = nullptr;
};

/// All line formats, the most frequent first.
[[nodiscard]] std::span<const LineFormat> lineFormats();

} // namespace ra::ingest
