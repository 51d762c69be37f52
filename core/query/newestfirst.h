// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/logsearch.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace ra::query {

/// The lines that LogSearch finds, newest first, those of one time in any order, those without a time last. Goes back
/// from one stretch of time to the one before, each of a few blocks by the times of the table block_times, so that the
/// first lines come without reading all: memory is that of the lines of a stretch. A block that lies over several is
/// unpacked for each, as is one whose times are not known yet. Throws as LogSearch does.
class NewestFirst {
public:
    NewestFirst(const SQLite::Database &db, LogQuery query, std::function<bool()> mustStop = {});

    /// The next line; none: there is no more.
    [[nodiscard]] std::optional<LogLine> next();
    /// Blocks that were unpacked, each as often as it was.
    [[nodiscard]] std::uint64_t unpacked() const { return m_unpacked; }

private:
    void divide();
    void readStretch();

    const SQLite::Database &m_db;
    LogQuery m_query;
    std::function<bool()> m_mustStop;
    std::vector<Time> m_begins; ///< of stretches, the latest last; before the earliest there is one more
    std::optional<Time> m_end;  ///< of the stretch that is read next; none: what is latest
    bool m_isTimed = true;      ///< lines with a time are still to come
    std::unique_ptr<LogSearch> m_untimed;
    std::deque<LogLine> m_lines;
    std::uint64_t m_unpacked = 0;
};

} // namespace ra::query
