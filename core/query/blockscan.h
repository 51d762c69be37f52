// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/textsearch.h"
#include "core/store/blocktimes.h"
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
    bool isHeadCut = false; ///< up to firstEnd it is the end of a line whose beginning was left out
    bool isTailCut = false; ///< what follows lastEnd is the beginning of a line that is not asked for
};

/// Unpacks and searches the stored bytes of all sources, or of one, on all processors, some megabytes at a time. Throws
/// SQLite::Exception and std::runtime_error for a damaged block.
class BlockScan {
public:
    /// Whether a record of these times in a source is asked for.
    using MayMatch = std::function<bool(std::int64_t source, const store::BlockTimes &times)>;

    /// `source`: only of that one. `mayMatch`: only blocks with lines that have the time of such a record, and those in
    /// which the last of them go on; empty: all.
    BlockScan(const SQLite::Database &db, Needle needle, std::optional<std::int64_t> source, MayMatch mayMatch = {});

    /// The next blocks by source and offset; empty at the end. Takes some milliseconds.
    [[nodiscard]] std::vector<ScannedBlock> next();
    /// How many it has unpacked.
    [[nodiscard]] std::uint64_t unpacked() const { return m_unpacked; }

private:
    struct Job {
        store::Codec codec = store::Codec::Raw;
        std::size_t length = 0;
        std::string packed;
        ScannedBlock block;
    };
    void scan(Job &job, std::string &scratch) const;
    /// What was last seen of the block before.
    struct Before {
        std::int64_t source = 0;
        std::uint64_t end = 0;
        bool goesOn = false; ///< lines that are asked for may go on behind it
        bool endsLine = false;
    };
    [[nodiscard]] bool isAskedFor(ScannedBlock &block);

    Needle m_needle;
    MayMatch m_mayMatch;
    store::Statement m_blocks;
    store::Statement m_data;
    Before m_before;
    std::uint64_t m_unpacked = 0;
    bool m_atEnd = false;
};

} // namespace ra::query
