// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace ra::store {

/// When the records of a block of raw lines are, as their lines say it. None may be missing; there may be more.
struct BlockTimes {
    /// From the first to the last, in nanoseconds since 1970.
    struct Range {
        std::int64_t first = std::numeric_limits<std::int64_t>::max();
        std::int64_t last = std::numeric_limits<std::int64_t>::min();

        [[nodiscard]] bool isEmpty() const { return first > last; }
        void add(std::int64_t time) { add({time, time}); }
        void add(const Range &other) {
            first = std::min(first, other.first);
            last = std::max(last, other.last);
        }
        [[nodiscard]] bool contains(const Range &other) const {
            return other.isEmpty() || (first <= other.first && other.last <= last);
        }
        bool operator==(const Range &) const = default;
    };
    Range local;               ///< readings of a wall clock
    Range utc;                 ///< moments
    bool beginsRecord = false; ///< a record begins in it, beyond doubt on a line's beginning
    bool endsLine = false;     ///< it ends with the end of a line
    bool isOpen = false;       ///< its last line does not end, nor, as far as is known, behind it

    bool operator==(const BlockTimes &) const = default;
};

/// The times in `bytes` of a source; `following` is what lies behind them there, as far as it is known. A line of which
/// only the end is in `bytes` is taken for a whole one, which may add a time. About 1 GB/s. Any thread.
[[nodiscard]] BlockTimes timesOf(std::string_view bytes, std::string_view following);

/// The columns state, local_first, local_last, utc_first, utc_last of a row of block_times, from `column` on; nothing
/// if it does not tell.
[[nodiscard]] std::optional<BlockTimes> readBlockTimes(const Statement &row, int column);

/// The table block_times, for the writer. Throws SQLite::Exception, and std::runtime_error for a damaged block.
class BlockTimesTable {
public:
    explicit BlockTimesTable(const SQLite::Database &db);

    /// Of a block that is stored; nothing: it may hold any.
    void put(std::int64_t block, const std::optional<BlockTimes> &times);
    /// If a block of a source ends at `offset` and its last line does not: tells of that line, which goes on with
    /// `following`.
    void completeBefore(std::int64_t sourceId, std::uint64_t offset, std::string_view following);

    /// Makes the rows of a few blocks that have none: of an earlier schema, or repaired. False if there are no more.
    /// Part of a transaction of the caller's.
    bool fillSome();
    [[nodiscard]] bool mayFill() const { return m_mayFill; }
    /// After a rollback.
    void forget() {
        m_mayFill = true;
        m_isFilling = false;
        m_filled = 0;
    }

private:
    void make(std::int64_t block);

    const SQLite::Database &m_db;
    Statement m_put;
    Statement m_block;
    Statement m_before;
    bool m_mayFill = true;
    bool m_isFilling = false;
    std::int64_t m_filled = 0; ///< blocks up to this one have their rows
};

} // namespace ra::store
