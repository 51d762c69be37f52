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

/// What is read of the foundation's logs for one run at most. A run that never ended is asked about up to now, which
/// may be gigabytes.
struct FoundationLimits {
    std::uint64_t bytes = std::uint64_t{64} * 1024 * 1024; ///< from where the run's time begins in each log
    std::size_t lines = 100'000;                           ///< that lie in its time, whoever they belong to
};

/// Finds the lines of the foundation's logs (JSON, detailed and simple text) that belong to a run. Throws
/// SQLite::Exception and std::runtime_error for a damaged store.
class FoundationReader {
public:
    FoundationReader(const SQLite::Database &db, store::RunLoader &loader, FoundationLimits limits = {});

    struct Line {
        LogLine line;
        std::string step; ///< as the record says; empty if it does not
    };

    struct Lines {
        std::vector<Line> lines; ///< in the order of time
        bool complete = true;    ///< false: a limit was met, and there may be more
    };

    /// `row` speaks for the run, `sightings` are the rows of its sources. None: cancelled.
    [[nodiscard]] std::optional<Lines> lines(const store::RunRow &row, const Run &run,
                                             const std::vector<std::int64_t> &sightings, const std::stop_token &stop);

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
    enum class Outcome { Read, LimitMet, Cancelled };
    /// Takes what it reads off `left`.
    Outcome read(const Source &source, Time from, Time to, std::vector<Found> &found, FoundationLimits &left,
                 const std::stop_token &stop);
    /// None: cancelled.
    [[nodiscard]] std::optional<std::vector<Neighbour>> neighbours(const store::RunRow &row, Time from, Time to,
                                                                   const std::stop_token &stop);
    [[nodiscard]] std::vector<std::string> namesOf(const Run &run);

    store::RunLoader &m_loader;
    FoundationLimits m_limits;
    store::BlockReader m_blocks;
    store::Statement m_sources;
    store::Statement m_path;
    store::Statement m_neighbours;
    store::Statement m_recipeNames;
};

} // namespace ra::query
