// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/base/time.h"
#include "core/model/run.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::simulate {

/// Who writes to which runner log.
enum class Layout : std::uint8_t {
    Threads,       ///< one process runs everything in threads: one file, every line carries its thread
    SharedFile,    ///< a process an execution, all with the same working directory: one file, no mark on most lines
    FilePerProcess ///< a process an execution, each with its own file
};

/// What to simulate. The same values give the same files, byte for byte, unless `live`.
struct SimulateConfig {
    std::string
        outDir; ///< is created; "framework0/" in it gets logs, recipes and results, truth.json stands beside that
    std::uint64_t executions = 100; ///< 0: no end (only with targetBytes, liveFor or a stop request)
    std::uint64_t targetBytes = 0;  ///< starts no more executions once the logs hold so many bytes; 0: no such limit
    int concurrent = 4;             ///< executions at a time, at most
    Layout layout = Layout::Threads;
    std::uint64_t seed = 1;

    /// History: executions are spread over so many days by the hour of the day. 0: one after the other without pause.
    double days = 0;
    std::optional<Time> begin; ///< of the history; absent: so that it ends now (without days: shortly before)

    /// Live: lines are written when their time has come, each in one write() to a file opened for appending.
    bool live = false;
    double linesPerSecond = 0;       ///< of all executions together; 0: recipes take their ordinary time
    std::optional<Duration> liveFor; ///< what still runs then ends without a final line; absent: until all are done

    std::string zone = "UTC";             ///< IANA name for the local times of runner logs; empty: the system's
    bool debugLines = false;              ///< also the DEBUG lines of DEBUG=1
    double chattiness = 1;                ///< factor on the steps' own lines
    double structuredShare = 0.25;        ///< share of executions that also write foundation JSON lines
    double resultShare = 0.2;             ///< share of executions whose result object is saved
    double troubleShare = 0.03;           ///< share that is refused, cancelled, filtered or vanishes
    std::uint64_t rotateBytes = 0;        ///< renames a shared log at this size, compresses older ones; 0: never
    bool keepTruth = true;                ///< false: truth only counts, for gigabytes of logs
    std::string truthName = "truth.json"; ///< in outDir; empty: not written
};

/// The truth about one simulated execution.
struct SimulatedRun {
    Run run; ///< as it really was; `id` is empty. Steps are those that began or were filtered out
    std::vector<RunStatus> accepted; ///< what a reader of the logs may rightly call it
    std::string log;                 ///< the runner log that it began in, below outDir
    bool structured = false;         ///< whether it wrote JSON lines
    bool result = false;             ///< whether its result object was saved
};

/// The truth about a simulation.
struct SimulationTruth {
    SimulateConfig config;
    Time begin{}; ///< of the simulated span
    Time end{};
    std::vector<SimulatedRun> runs; ///< in the order of their starts; empty without keepTruth
    std::uint64_t executions = 0;
    std::uint64_t bytes = 0;       ///< of all logs
    std::uint64_t textRecords = 0; ///< of runner logs
    std::uint64_t structuredRecords = 0;
    std::vector<std::string> logs; ///< runner and JSON logs below outDir as they are named at the end
};

/// Writes logs in Framework0's formats (see the README for the folder). Cancelled: `stop` was requested before the end
/// of a simulation that is not live; a live one ends well, and what still ran is abandoned. Invalid: outDir holds what
/// a simulation leaves, whose truth would not be told any more.
[[nodiscard]] Result<SimulationTruth> simulate(const SimulateConfig &config, std::stop_token stop = {},
                                               const ProgressSink &progress = {});

/// The truth as one JSON document: {"simulation":{...},"runs":[...]} with the field names of the `runs` command.
[[nodiscard]] std::string toJson(const SimulationTruth &truth);

/// Runs without logs, for filling stores: the same recipes, durations and failures as in a history.
class RunGenerator {
public:
    /// `total` runs from `begin` on over `days` days.
    RunGenerator(std::uint64_t seed, std::uint64_t total, Time begin, double days);

    /// The next runs by start time, at most `count`; each with an id. Empty after the last one.
    [[nodiscard]] std::vector<Run> next(std::size_t count);

private:
    std::uint64_t m_seed;
    std::uint64_t m_index = 0;
    Time m_begin;
    double m_days;
    std::vector<std::int64_t> m_starts; ///< ascending, nanoseconds since m_begin
};

/// All runs of a RunGenerator at once; about 3 KB each.
[[nodiscard]] std::vector<Run> generateRuns(std::uint64_t seed, std::uint64_t total, Time begin, double days);

} // namespace ra::simulate
