// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/simulate.h"

#include "core/simulate/estimate.h"
#include "core/simulate/execution.h"
#include "core/simulate/logfile.h"
#include "core/simulate/truth.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <queue>
#include <sys/resource.h>
#include <unistd.h>

namespace ra::simulate {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t flushAt = 1 << 20;

/// One of the executions that go on at the same time, and what it leaves to the next one in its place.
struct Lane {
    std::optional<Execution> execution;
    std::shared_ptr<LogFile> log;
    std::size_t truthIndex = 0;
    std::uint64_t runner = 0; ///< of the runner object that is free again; 0: none
    Time last{};              ///< of its last record
    bool begun = false;
};

struct Due {
    Time time;
    std::uint64_t order; ///< of its planning, so that equal times have one order
    std::size_t lane;
    bool operator>(const Due &other) const { return time != other.time ? time > other.time : order > other.order; }
};

class Simulation {
public:
    Simulation(const SimulateConfig &config, Zone zone, std::stop_token stop, const ProgressSink &progress)
        : m_config(config)
        , m_stop(std::move(stop))
        , m_progress(progress)
        , m_stamp(std::move(zone))
        , m_lanes(static_cast<std::size_t>(std::max(1, config.concurrent)))
        , m_pid(config.live ? ::getpid() : 4711) {
        m_truth.config = config;
    }

    Result<SimulationTruth> run() {
        if (auto ready = prepare(); !ready)
            return fail(ready.error());
        for (std::size_t lane = 0; lane < m_lanes.size(); ++lane) {
            if (auto planned = plan(lane, m_truth.begin + stagger(lane)); !planned)
                return fail(planned.error());
        }
        while (!m_due.empty()) {
            if (m_stop.stop_requested() && !m_config.live)
                return fail(
                    {.kind = ErrorKind::Cancelled, .what = "simulate", .where = "", .why = "stopped", .hint = ""});
            const Due due = m_due.top();
            if (!waitFor(due.time))
                break;
            m_due.pop();
            if (auto stepped = step(due); !stepped)
                return fail(stepped.error());
        }
        return conclude();
    }

private:
    // --- before ---
    [[nodiscard]] std::string below(const std::string &relative) const { return m_config.outDir + '/' + relative; }

    Result<void> prepare() {
        m_truth.begin = m_config.live ? now() : m_config.begin ? *m_config.begin : now() - expectedLength(m_config);
        m_truth.end = m_truth.begin;
        if (m_config.live && m_config.liveFor)
            m_deadline = m_truth.begin + *m_config.liveFor;
        if (m_config.days > 0 && !m_config.live) {
            const Time local = m_truth.begin + m_stamp.zone().offsetAt(m_truth.begin);
            m_starts = planStarts(m_config.executions, m_config.days, local, Random(m_config.seed, 1));
        }
        if (m_config.layout == Layout::FilePerProcess) {
            // A thousand files at a time are more than many sessions allow at first.
            rlimit limit = {};
            if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
                limit.rlim_cur = limit.rlim_max;
                ::setrlimit(RLIMIT_NOFILE, &limit);
            }
        }
        auto structured = LogFile::open(below("framework0/logs/structured.log"));
        if (!structured)
            return fail(structured.error());
        m_structured = std::move(*structured);
        return writeRecipes();
    }

    Result<void> writeRecipes() {
        for (const RecipeSpec &recipe : recipes()) {
            if (recipe.path.starts_with('/'))
                continue; // belongs to another folder of the imagined machine
            const fs::path path = fs::path(below("framework0")) / recipe.path;
            std::error_code problem;
            fs::create_directories(path.parent_path(), problem);
            if (auto written = writeFile(path.string(), recipeYaml(recipe)); !written)
                return written;
        }
        return {};
    }

    static Result<void> writeFile(const std::string &path, const std::string &text) {
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        out << text;
        out.close();
        if (!out)
            return fail({.what = "write", .where = path, .why = "the file system refused it", .hint = ""});
        return {};
    }

    /// Live executions begin within the first seconds rather than all at once.
    [[nodiscard]] Duration stagger(std::size_t lane) const {
        if (!m_config.live)
            return {};
        const double seconds = std::min(2.0, 0.002 * static_cast<double>(m_lanes.size()));
        return durationFromSeconds(seconds * static_cast<double>(lane) / static_cast<double>(m_lanes.size()));
    }

    // --- one execution ---
    /// Plans the lane's next execution, to start not before `earliest`. Plans nothing when there are enough.
    Result<void> plan(std::size_t laneIndex, Time earliest) {
        const bool enough = (m_config.executions > 0 && m_planned >= m_config.executions) ||
                            (m_config.targetBytes > 0 && m_truth.bytes >= m_config.targetBytes) ||
                            (m_config.executions == 0 && m_config.targetBytes == 0 && !m_config.live);
        if (enough)
            return {};
        const std::uint64_t index = m_planned++;
        Time start = earliest;
        if (index < m_starts.size())
            start = std::max(earliest, m_truth.begin + Duration(m_starts[index]));

        const Time local = start + m_stamp.zone().offsetAt(start);
        const Time localBegin = m_truth.begin + m_stamp.zone().offsetAt(m_truth.begin);
        PlannedRun planned =
            planRun(m_config, momentAt(local, localBegin, m_config.days), Random(m_config.seed, index + 16));

        Lane &lane = m_lanes[laneIndex];
        lane.execution.emplace(std::move(planned), marksFor(lane, laneIndex, index), m_config.debugLines);
        lane.begun = false;
        if (m_config.live && m_config.linesPerSecond > 0) {
            const Execution &execution = *lane.execution;
            const double wanted =
                static_cast<double>(execution.recordCount() * m_lanes.size()) / m_config.linesPerSecond;
            lane.execution->stretch(wanted / std::max(toSeconds(execution.plannedDuration()), 1e-6));
        }
        if (auto opened = openLog(lane, index); !opened)
            return opened;
        m_due.push({start + (m_config.live ? lane.execution->nextDelay() : Duration{}), m_order++, laneIndex});
        return {};
    }

    Marks marksFor(const Lane &lane, std::size_t laneIndex, std::uint64_t index) {
        Random random(m_config.seed, (index + 16) | (1ULL << 63));
        Marks marks;
        const bool threads = m_config.layout == Layout::Threads;
        // A host that goes through several recipes keeps its runner now and then.
        const bool sameRunner = threads && lane.runner != 0 && random.chance(0.3);
        // An address: unique because the index is part of it.
        marks.runner = sameRunner
                           ? lane.runner
                           : 139'600'000'000'000ULL + (index % 60'000'000'000ULL) * 16'384 + random.below(1024) * 16;
        marks.newRunner = !sameRunner;
        marks.host = threads ? "orchestrator.runner" : "__main__";
        marks.pid = threads || m_config.live ? m_pid : static_cast<std::int64_t>(5'000 + index % 4'000'000);
        if (threads && m_lanes.size() > 1)
            marks.thread = "recipe-" + std::to_string(laneIndex);
        marks.threadId = 139'500'000'000'000ULL + laneIndex * 8'392'704;
        return marks;
    }

    Result<void> openLog(Lane &lane, std::uint64_t index) {
        if (m_config.layout == Layout::FilePerProcess) {
            std::string number = std::to_string(index);
            number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
            auto file = LogFile::open(below("framework0/logs/run_" + number + ".log"));
            if (!file)
                return fail(file.error());
            lane.log = std::move(*file);
            return {};
        }
        const std::string path = below("framework0/logs/framework0.log");
        if (m_shared && m_config.rotateBytes > 0 && m_shared->size() >= m_config.rotateBytes) {
            const bool alone = !m_previous.lock(); // nobody writes to what is path.1 now
            if (auto flushed = m_shared->flush(); !flushed)
                return flushed;
            if (auto rotated = rotate(path, alone); !rotated)
                return rotated;
            m_previous = m_shared;
            m_shared.reset();
        }
        if (!m_shared) {
            auto file = LogFile::open(path);
            if (!file)
                return fail(file.error());
            m_shared = std::move(*file);
        }
        lane.log = m_shared;
        return {};
    }

    /// Writes the lane's next record, and plans what comes after it.
    Result<void> step(const Due &due) {
        Lane &lane = m_lanes[due.lane];
        Execution &execution = *lane.execution;
        // In a live simulation the true time counts; it never runs backwards within an execution.
        const Time at = m_config.live ? std::max(now(), lane.last) : due.time;
        std::string &text = lane.log->buffer();
        std::string &structured = m_structured->buffer();
        const std::size_t before = text.size() + structured.size();
        Output out{text, structured, m_stamp, m_config.debugLines};
        execution.perform(at, out);
        lane.begun = true;
        lane.last = at;
        m_truth.end = std::max(m_truth.end, at);
        m_truth.bytes += text.size() + structured.size() - before;
        m_truth.textRecords += out.textRecords;
        m_truth.structuredRecords += out.structuredRecords;
        for (LogFile *file : {lane.log.get(), m_structured.get()}) {
            if ((m_config.live && !file->buffer().empty()) || file->buffer().size() >= flushAt) {
                if (auto flushed = file->flush(); !flushed)
                    return flushed;
            }
        }
        if (!execution.isDone()) {
            const Time from = m_config.live ? due.time : at; // the pace does not suffer from late records
            m_due.push({from + execution.nextDelay(), due.order, due.lane});
            return {};
        }
        if (auto ended = end(lane); !ended)
            return ended;
        return plan(due.lane, at + std::chrono::milliseconds(5));
    }

    Result<void> end(Lane &lane) {
        const Execution &execution = *lane.execution;
        const Run &run = execution.truth();
        const bool ended =
            run.status != RunStatus::Rejected && run.status != RunStatus::Killed && run.status != RunStatus::Abandoned;
        const bool saved = execution.plan().result && ended;
        if (saved) {
            std::error_code problem;
            fs::create_directories(below("framework0/results"), problem);
            const std::string name = "framework0/results/run_" + std::to_string(run.runner) + '_' +
                                     std::to_string(toNs(*run.start) / 1000) + ".json";
            if (auto written = writeFile(below(name), resultJson(run, execution.plan())); !written)
                return written;
        }
        // After a cancellation a runner executes nothing more, so nobody keeps it.
        lane.runner = run.status == RunStatus::Cancelled || !ended ? 0 : run.runner;
        keep(execution, lane, saved);
        if (auto flushed = m_config.layout == Layout::FilePerProcess ? lane.log->flush() : Result<void>{}; !flushed)
            return flushed;
        lane.execution.reset();
        lane.log.reset();
        ++m_truth.executions;
        if (m_progress && (m_truth.executions & 63U) == 0) {
            const bool byBytes = m_config.targetBytes > 0;
            m_progress({.stage = "simulate",
                        .item = m_config.outDir,
                        .done = byBytes ? std::min(m_truth.bytes, m_config.targetBytes) : m_truth.executions,
                        .total = byBytes ? m_config.targetBytes : m_config.executions});
        }
        return {};
    }

    void keep(const Execution &execution, const Lane &lane, bool saved) {
        if (!m_config.keepTruth)
            return;
        m_truth.runs.push_back({.run = execution.truth(),
                                .accepted = execution.acceptedStatuses(),
                                .log = fs::path(lane.log->path()).lexically_relative(m_config.outDir).string(),
                                .structured = execution.plan().structured,
                                .result = saved});
    }

    // --- time and end ---
    /// Sleeps until then in a live simulation; false when that is over.
    bool waitFor(Time time) {
        if (!m_config.live)
            return true;
        const Time until = m_deadline ? std::min(time, *m_deadline) : time;
        std::unique_lock lock(m_mutex);
        m_wake.wait_until(lock, m_stop, until, [] { return false; });
        return !m_stop.stop_requested() && !(m_deadline && now() >= *m_deadline);
    }

    Result<SimulationTruth> conclude() {
        for (Lane &lane : m_lanes) {
            if (!lane.execution)
                continue;
            if (lane.begun) {
                lane.execution->vanish(now());
                keep(*lane.execution, lane, false);
                ++m_truth.executions;
            }
            lane.log.reset();
        }
        for (LogFile *file : {m_shared.get(), m_structured.get()}) {
            if (file) {
                if (auto flushed = file->flush(); !flushed)
                    return fail(flushed.error());
            }
        }
        m_shared.reset();
        m_structured.reset();
        for (const auto &entry : fs::directory_iterator(below("framework0/logs")))
            m_truth.logs.push_back(entry.path().lexically_relative(m_config.outDir).string());
        std::sort(m_truth.logs.begin(), m_truth.logs.end());
        std::stable_sort(m_truth.runs.begin(), m_truth.runs.end(),
                         [](const SimulatedRun &a, const SimulatedRun &b) { return a.run.start < b.run.start; });
        if (!m_config.truthName.empty()) {
            if (auto written = writeFile(below(m_config.truthName), toJson(m_truth)); !written)
                return fail(written.error());
        }
        if (m_progress) {
            const std::uint64_t done = m_config.targetBytes > 0 ? m_config.targetBytes : m_truth.executions;
            m_progress({.stage = "simulate", .item = m_config.outDir, .done = done, .total = done});
        }
        return std::move(m_truth);
    }

    SimulateConfig m_config;
    std::stop_token m_stop;
    const ProgressSink &m_progress;
    Stamp m_stamp;
    std::vector<Lane> m_lanes;
    std::int64_t m_pid;
    std::vector<std::int64_t> m_starts;
    std::optional<Time> m_deadline;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> m_due;
    std::uint64_t m_order = 0;
    std::uint64_t m_planned = 0;
    std::shared_ptr<LogFile> m_shared;
    std::weak_ptr<LogFile> m_previous; ///< the file that became path.1
    std::unique_ptr<LogFile> m_structured;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    SimulationTruth m_truth;
};

/// What an earlier simulation left in the folder, if any. Folders without a byte in them are nothing.
std::optional<std::string> leftIn(const SimulateConfig &config) {
    std::error_code ignored;
    const auto holdsBytes = [&](const fs::path &path) {
        return fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) > 0;
    };
    const fs::path truth = fs::path(config.outDir) / config.truthName;
    if (!config.truthName.empty() && holdsBytes(truth))
        return truth.string();
    for (const char *folder : {"framework0/logs", "framework0/results"}) {
        for (const auto &entry : fs::directory_iterator(fs::path(config.outDir) / folder, ignored)) {
            if (holdsBytes(entry.path()))
                return entry.path().string();
        }
    }
    return std::nullopt;
}

} // namespace

Result<SimulationTruth> simulate(const SimulateConfig &config, std::stop_token stop, const ProgressSink &progress) {
    if (config.outDir.empty())
        return fail(
            {.kind = ErrorKind::Invalid, .what = "simulate", .where = "", .why = "no folder is given", .hint = ""});
    if (config.executions == 0 && config.days > 0)
        return fail({.kind = ErrorKind::Invalid,
                     .what = "simulate a history",
                     .where = config.outDir,
                     .why = "it needs a number of executions",
                     .hint = "Give one, or no days"});
    auto zone = Zone::fromName(config.zone);
    if (!zone)
        return fail(zone.error());
    if (const auto left = leftIn(config)) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "simulate into",
                     .where = config.outDir,
                     .why = "it holds what an earlier simulation left, among it " + *left,
                     .hint = "Choose another folder, or remove that first"});
    }
    return Simulation(config, std::move(*zone), std::move(stop), progress).run();
}

} // namespace ra::simulate
