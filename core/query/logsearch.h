// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/query/blockscan.h"
#include "core/query/reader.h"
#include "core/store/blocks.h"
#include "core/store/statement.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ra::query {

/// What to look for in the stored lines.
struct LogQuery {
    std::string text;                   ///< in any case; empty = all lines
    std::optional<std::int64_t> source; ///< only of that one
    std::optional<Time> from;           ///< lines with from <= time; lines without a time are left out then
    std::optional<Time> to;             ///< lines with time < to
};

/// Finds lines in the stored bytes of all sources, also after their files are gone. Unpacks and searches on all
/// processors, a few megabytes at a time, so that memory stays bounded and the first lines come at once; of times from
/// or to which lines are asked for, only blocks that may hold such lines. A line has the time, level and logger of the
/// record that it begins or continues. Of lines longer than 1 MiB the first 1 MiB counts. Throws SQLite::Exception
/// (SQLITE_INTERRUPT if it was told to stop) and std::runtime_error for a damaged store.
class LogSearch {
public:
    /// `mustStop` is asked every few milliseconds; may be empty.
    LogSearch(const SQLite::Database &db, LogQuery query, std::function<bool()> mustStop = {});
    LogSearch(const LogSearch &) = delete;
    LogSearch &operator=(const LogSearch &) = delete;

    /// The next line by source and offset; none: there is no more.
    [[nodiscard]] std::optional<LogLine> next();
    /// Blocks that were unpacked to be searched.
    [[nodiscard]] std::uint64_t unpacked() const { return m_scan.unpacked(); }

private:
    /// A line that contains the text and is not decoded yet.
    struct Hit {
        std::int64_t source = 0;
        std::uint64_t offset = 0;
        std::string text;
    };
    struct Source {
        Zone zone;
        std::optional<Time> near; ///< of the record read last: tells the two hours apart when clocks are set back
    };
    [[nodiscard]] bool mayMatch(std::int64_t source, const store::BlockTimes &times);
    void fill();
    void take(const ScannedBlock &block);
    void endCarried();
    void add(std::uint64_t offset, std::string_view line);
    [[nodiscard]] LogLine decoded(const Hit &hit);
    [[nodiscard]] bool readRecord(std::string_view text, std::uint64_t offset, std::int64_t source);
    void findRecordBefore(std::int64_t source, std::uint64_t offset);
    [[nodiscard]] Source &sourceOf(std::int64_t id);

    LogQuery m_query;
    Needle m_needle;
    BlockScan m_scan;
    std::function<bool()> m_mustStop;
    store::BlockReader m_blocks;
    store::Statement m_sources;
    std::unordered_map<std::int64_t, Source> m_known;
    std::deque<Hit> m_hits;
    bool m_atEnd = false;
    std::int64_t m_source = 0; ///< of the block taken last
    std::uint64_t m_end = 0;   ///< of it
    std::uint64_t m_begun = 0; ///< offset of the line that reaches out of it
    std::string m_carried;     ///< the beginning of that line
    bool m_isCarrying = false;
    bool m_isDropping = false;      ///< up to the end of a line whose beginning was left out
    LogLine m_record;               ///< the last one before m_lookedUpTo, without its text
    std::int64_t m_lookedAt = 0;    ///< source in which records have been looked for
    std::uint64_t m_lookedUpTo = 0; ///< a line begins there
};

} // namespace ra::query
