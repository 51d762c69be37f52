// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/statement.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace ra::query {

/// Tells whose lines are. Asked in the order of source and offset it is fast. Throws SQLite::Exception and
/// std::runtime_error for a damaged store.
class LineOwners {
public:
    explicit LineOwners(const SQLite::Database &db);

    /// The id of the shown run that the byte of a source belongs to, if any. What runs do not claim line by line (the
    /// foundation's logs) belongs to none.
    [[nodiscard]] std::optional<std::string> runIdAt(std::int64_t source, std::uint64_t offset);

private:
    /// What one source says about one run.
    struct Sighting {
        std::int64_t source = 0;
        std::uint64_t first = 0;
        std::int64_t row = 0;
        bool operator<(const Sighting &other) const {
            return std::tie(source, first, row) < std::tie(other.source, other.first, other.row);
        }
    };
    /// A sighting that has begun before the place asked for and not ended.
    struct Open {
        std::int64_t row = 0;
        std::uint64_t end = 0;
        std::vector<ingest::LineSpan> spans; ///< read when they are needed
    };
    void load();
    void moveTo(std::int64_t source, std::uint64_t offset);
    [[nodiscard]] std::string idOf(std::int64_t row);

    store::Statement m_sightings;
    store::Statement m_end;
    store::Statement m_spans;
    store::Statement m_run;
    std::vector<Sighting> m_all; ///< by source and first offset
    bool m_loaded = false;
    std::int64_t m_source = 0;
    std::uint64_t m_offset = 0;
    std::size_t m_next = 0; ///< the first of m_all that has not begun
    std::vector<Open> m_open;
};

} // namespace ra::query
