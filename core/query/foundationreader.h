// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/foundationmatch.h"
#include "core/query/reader.h"
#include "core/store/blocks.h"
#include "core/store/runloader.h"
#include "core/store/statement.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::query {

/// Finds the lines of the foundation's logs (JSON, detailed and simple text) that belong to a run. Throws
/// SQLite::Exception and std::runtime_error for a damaged store.
class FoundationReader {
public:
    FoundationReader(const SQLite::Database &db, store::RunLoader &loader);

    struct Line {
        LogLine line;
        std::string step; ///< as the record says; empty if it does not
    };

    /// In the order of time. `row` speaks for the run, `sightings` are the rows of its sources. None: cancelled.
    [[nodiscard]] std::optional<std::vector<Line>> lines(const store::RunRow &row, const Run &run,
                                                         const std::vector<std::int64_t> &sightings,
                                                         const std::stop_token &stop);

private:
    struct Source {
        std::int64_t id = 0;
        std::string path;
        std::uint64_t bytes = 0;
    };
    struct Found {
        FoundationRecord record;
        std::vector<LogLine> lines;
        std::string step;
    };
    [[nodiscard]] std::vector<Source> sources();
    [[nodiscard]] std::optional<Time> timeAt(const Source &source, std::uint64_t offset);
    /// False: cancelled.
    bool read(const Source &source, Time from, Time to, std::vector<Found> &found, const std::stop_token &stop);
    [[nodiscard]] std::vector<Neighbour> neighbours(const store::RunRow &row, Time from, Time to);
    [[nodiscard]] std::vector<std::string> namesOf(const Run &run);

    store::RunLoader &m_loader;
    store::BlockReader m_blocks;
    store::Statement m_sources;
    store::Statement m_path;
    store::Statement m_neighbours;
    store::Statement m_recipeNames;
};

} // namespace ra::query
