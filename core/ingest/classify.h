// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/document.h"
#include "core/ingest/lineformat.h"

#include <string_view>

namespace ra::ingest {

/// How much of a file's beginning decides what it is.
inline constexpr std::size_t classifyHeadSize = 64U << 10;

/// What a file is, by the bytes that it begins with.
struct Classification {
    enum Kind {
        Unknown,  ///< nothing known: empty, too short yet, or of no interest
        Lines,    ///< some of its first lines are records
        Document, ///< one document
        Database, ///< SQLite's, ours included: never read as a log, whatever text may stand in it
    };
    Kind kind = Unknown;
    std::string_view format;                  ///< of the first line that is a record, or of the document
    const DocumentFormat *document = nullptr; ///< of Document
};

/// Classifies by content; the name only helps where a document format asks for it. `head` holds the first
/// classifyHeadSize (decompressed) bytes, or all of them. Lines come first: a log may quote a document, but a document
/// holds no line that begins a record.
[[nodiscard]] Classification classify(std::string_view fileName, std::string_view head);

} // namespace ra::ingest
