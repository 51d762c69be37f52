// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/query/foundationreader.h"
#include "core/query/reader.h"
#include "core/store/blocks.h"
#include "core/store/runloader.h"

#include <map>

namespace ra::query {

/// Puts together the lines of a run from the stored bytes of its sources. Throws SQLite::Exception and
/// std::runtime_error for a damaged store.
class LogReader {
public:
    LogReader(const SQLite::Database &db, store::RunLoader &loader, FoundationLimits limits = {});

    /// See Reader::log. None: cancelled.
    [[nodiscard]] std::optional<std::vector<LogLine>> lines(const store::RunRow &row, std::string_view step,
                                                            std::string_view grep, const std::stop_token &stop);

private:
    struct Labelled {
        LogLine line;
        std::string step; ///< the step that it belongs to, if any
    };
    struct Telling {
        std::vector<Labelled> lines;
        std::uint64_t bytes = 0;
        std::uint64_t missing = 0; ///< bytes that were told to be the run's and are not in the store
        bool hasRecords = false;
    };
    /// What one source tells of the run. None: cancelled.
    std::optional<Telling> tell(std::int64_t sighting, const Run &run, const std::stop_token &stop);
    const Zone &zoneOf(std::int64_t sourceId);
    /// Says that lines are not there any more, and why.
    [[nodiscard]] std::string wordsForMissing(const store::RunRow &row, bool all);

    /// Adds what the foundation's logs say of the run, where their time puts it. Whether that is all there is; none:
    /// cancelled.
    std::optional<bool> addFoundation(const store::RunRow &row, const Run &run,
                                      const std::vector<std::int64_t> &sightings, std::vector<Labelled> &all,
                                      const std::stop_token &stop);

    const SQLite::Database &m_db;
    store::RunLoader &m_loader;
    FoundationReader m_foundation;
    store::BlockReader m_blocks;
    store::Statement m_spans;
    store::Statement m_zone;
    std::map<std::int64_t, Zone> m_zones; ///< by source
};

} // namespace ra::query
