// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/textsearch.h"
#include "core/store/codec.h"
#include "core/store/statement.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ra::query {

/// A block of a source's bytes, unpacked, and the lines in it that contain what is searched for; of lines that reach
/// out of the block (before its first and after its last "\n") nothing is said.
struct ScannedBlock {
    std::int64_t source = 0;
    std::uint64_t offset = 0;
    std::string bytes;
    std::size_t firstEnd = std::string::npos; ///< of the first "\n"; npos: there is none
    std::size_t lastEnd = 0;                  ///< just behind the last "\n"
    std::vector<Needle::Line> lines;
};

/// Unpacks and searches the stored bytes of all sources, or of one, on all processors, some megabytes at a time. Throws
/// SQLite::Exception and std::runtime_error for a damaged block.
class BlockScan {
public:
    /// `source`: only of that one.
    BlockScan(const SQLite::Database &db, Needle needle, std::optional<std::int64_t> source);

    /// The next blocks by source and offset; empty at the end. Takes some milliseconds.
    [[nodiscard]] std::vector<ScannedBlock> next();

private:
    struct Job {
        store::Codec codec = store::Codec::Raw;
        std::size_t length = 0;
        std::string packed;
        ScannedBlock block;
    };
    void scan(Job &job, std::string &scratch) const;

    Needle m_needle;
    store::Statement m_blocks;
    bool m_atEnd = false;
};

} // namespace ra::query
