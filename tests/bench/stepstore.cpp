// SPDX-License-Identifier: GPL-3.0-or-later
#include "stepstore.h"

#include "core/query/answer.h"
#include "core/query/question.h"
#include "core/query/questiontext.h"
#include "core/query/reader.h"
#include "core/query/sqlaggregates.h"
#include "core/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

namespace ra::bench {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t begin = 1'795'392'000'000'000'000; ///< a midnight
constexpr std::int64_t span = 30LL * 86'400 * 1'000'000'000;

double secondsSince(Clock::time_point at) {
    return std::chrono::duration<double>(Clock::now() - at).count();
}

/// Of all threads.
double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Throws std::runtime_error.
template <typename T>
T need(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().sentence());
    return std::move(*result);
}

/// A recipe's runs, one after the other, and the memory of its process meanwhile: round by round of all recipes.
class Source {
public:
    explicit Source(const StepStoreOptions &options)
        : m_options(options)
        , m_random(options.seed)
        , m_memory(options.recipes, 2e8)
        , m_rounds(
              std::max<std::size_t>(1, options.samples / (options.recipes * options.stepsARun * options.samplesAStep)))
        , m_period(span / static_cast<std::int64_t>(m_rounds)) {}

    [[nodiscard]] std::size_t rounds() const { return m_rounds; }

    /// The run of a recipe in a round: its steps fill a half to nine tenths of the time, one of fifty fails in some
    /// step.
    Run run(std::size_t recipe, std::size_t round) {
        Run run;
        const std::uint64_t number = round * m_options.recipes + recipe + 1;
        run.id = id(number);
        run.recipe = recipeName(recipe);
        run.recipePath = "jobs/" + run.recipe + ".yaml";
        run.runner = number;
        run.executionId = "runner." + std::to_string(number);
        run.pid = pidOf(recipe);
        run.resolution = std::chrono::microseconds(1);
        run.status = RunStatus::Completed;
        std::int64_t time = begin + static_cast<std::int64_t>(round) * m_period + static_cast<std::int64_t>(recipe);
        run.start = fromNs(time);
        const bool fails = m_random() % 50 == 0;
        const std::size_t failing = fails ? m_random() % m_options.stepsARun : m_options.stepsARun;
        std::vector<double> shares(m_options.stepsARun);
        for (double &share : shares)
            share = std::exp(0.5 * m_normal(m_random));
        const double whole = (0.5 + 0.4 * static_cast<double>(m_random() % 1'000'000) / 1e6) *
                             static_cast<double>(m_period) / std::accumulate(shares.begin(), shares.end(), 0.0);
        for (std::size_t s = 0; s < m_options.stepsARun; ++s) {
            Step step;
            step.index = static_cast<int>(s);
            step.name = stepName(s);
            step.className = "Task";
            step.status = s < failing ? StepStatus::Completed : StepStatus::Failed;
            const auto took = static_cast<std::int64_t>(std::round(whole * shares[s] / 1e3) * 1e3);
            step.start = fromNs(time);
            time += took;
            step.end = fromNs(time);
            step.duration = Duration(took);
            run.steps.push_back(std::move(step));
            if (s == failing)
                break;
        }
        run.end = fromNs(time);
        run.duration = *run.end - *run.start;
        run.totalSteps = static_cast<int>(m_options.stepsARun);
        run.completedSteps = static_cast<int>(failing);
        run.failedSteps = fails ? 1 : 0;
        if (fails)
            run.status = RunStatus::Failed;
        return run;
    }

    /// The memory of all processes in a round, in bytes.
    void fill(std::size_t round, std::vector<Sample> &out) {
        out.clear();
        const std::size_t many = m_options.stepsARun * m_options.samplesAStep;
        for (std::size_t i = 0; i < many; ++i) {
            const std::int64_t at = begin + static_cast<std::int64_t>(round) * m_period +
                                    m_period / static_cast<std::int64_t>(many) * static_cast<std::int64_t>(i);
            for (std::size_t recipe = 0; recipe < m_options.recipes; ++recipe) {
                const auto late = static_cast<std::int64_t>(m_random() % 1'000'000);
                double &memory = m_memory[recipe];
                memory = std::max(4096.0, memory + std::round(50 * m_normal(m_random)) * 4096);
                out.push_back({static_cast<std::uint32_t>(recipe), (at + late) / 1'000 * 1'000, memory});
            }
        }
    }

    static std::string recipeName(std::size_t recipe) { return "recipe_" + std::to_string(recipe); }
    static std::string stepName(std::size_t step) { return "step_" + std::to_string(step); }
    static std::int64_t pidOf(std::size_t recipe) { return 1'000 + static_cast<std::int64_t>(recipe); }

private:
    static std::string id(std::uint64_t number) {
        constexpr const char *digits = "0123456789abcdef";
        std::string text(16, '0');
        for (std::size_t i = text.size(); number > 0; number /= 16)
            text[--i] = digits[number % 16];
        return text;
    }

    const StepStoreOptions &m_options;
    std::mt19937_64 m_random;
    std::normal_distribution<double> m_normal;
    std::vector<double> m_memory;
    std::size_t m_rounds;
    std::int64_t m_period;
};

struct Written {
    double seconds = 0;
    std::uintmax_t bytes = 0;
    std::size_t steps = 0;
    std::size_t samples = 0;
};

constexpr std::size_t roundsACommit = 5;

Written writeStore(const StepStoreOptions &options, const std::string &path) {
    Written written;
    auto store = need(store::Store::open(path));
    Source source(options);
    ingest::Batch runs;
    runs.path = "/bench/runs.log";
    runs.identity = {1, 1, 1, 1'024};
    runs.format = "runner-text";
    runs.zone = "UTC";
    ingest::Batch memory = runs;
    memory.path = "/bench/memory";
    memory.identity.inode = 2;
    for (std::size_t i = 0; i < options.recipes; ++i)
        memory.samples.series.push_back({.name = "rss",
                                         .unit = "bytes",
                                         .kind = "gauge",
                                         .subjectKind = SubjectKind::Process,
                                         .subject = Source::pidOf(i)});
    std::vector<Sample> round;
    for (std::size_t at = 0; at < source.rounds(); at += roundsACommit) {
        runs.runs.clear();
        memory.samples.samples.clear();
        for (std::size_t r = at; r < std::min(source.rounds(), at + roundsACommit); ++r) {
            for (std::size_t recipe = 0; recipe < options.recipes; ++recipe) {
                ingest::RunChange change;
                change.firstOffset = runs.checkpoint.offset++;
                change.run = source.run(recipe, r);
                written.steps += change.run.steps.size();
                runs.runs.push_back(std::move(change));
            }
            source.fill(r, round);
            memory.samples.samples.insert(memory.samples.samples.end(), round.begin(), round.end());
        }
        written.samples += memory.samples.samples.size();
        ++memory.checkpoint.offset;
        const auto began = Clock::now();
        need(store->apply({{runs, memory}}));
        need(store->tidy());
        written.seconds += secondsSince(began);
    }
    // Opened anew, what was changing a minute ago is summed up like all the rest.
    const auto began = Clock::now();
    store.reset();
    store = need(store::Store::open(path));
    while (need(store->tidy())) {
    }
    written.seconds += secondsSince(began);
    store.reset();
    written.bytes = std::filesystem::file_size(path);
    return written;
}

Written writeRows(const StepStoreOptions &options, const std::string &path) {
    Written written;
    {
        SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        db.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                "PRAGMA cache_size = -65536; CREATE TABLE samples(series INTEGER, t_ns INTEGER, value REAL, "
                "PRIMARY KEY(series, t_ns)) WITHOUT ROWID; CREATE TABLE steps(recipe TEXT, step TEXT, series INTEGER, "
                "run_start_ns INTEGER, start_ns INTEGER, end_ns INTEGER, failed INTEGER, duration_ns INTEGER)");
        SQLite::Statement sample(db, "INSERT INTO samples VALUES(?, ?, ?)");
        SQLite::Statement step(db, "INSERT INTO steps VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
        Source source(options);
        std::vector<Sample> round;
        for (std::size_t r = 0; r < source.rounds(); ++r) {
            std::vector<Run> runs;
            for (std::size_t recipe = 0; recipe < options.recipes; ++recipe)
                runs.push_back(source.run(recipe, r));
            source.fill(r, round);
            const auto began = Clock::now();
            SQLite::Transaction transaction(db);
            for (const Run &run : runs) {
                for (const Step &one : run.steps) {
                    step.bind(1, run.recipe);
                    step.bind(2, one.name);
                    step.bind(3, run.pid);
                    step.bind(4, toNs(*run.start));
                    step.bind(5, toNs(*one.start));
                    step.bind(6, toNs(*one.end));
                    step.bind(7, one.status == StepStatus::Failed ? 1 : 0);
                    step.bind(8, static_cast<std::int64_t>(one.duration->count()));
                    step.exec();
                    step.reset();
                }
            }
            for (const Sample &one : round) {
                sample.bind(1, Source::pidOf(one.series));
                sample.bind(2, one.timeNs);
                sample.bind(3, one.value);
                sample.exec();
                sample.reset();
            }
            transaction.commit();
            written.seconds += secondsSince(began);
        }
    }
    written.bytes = std::filesystem::file_size(path);
    return written;
}

struct Asked {
    const char *name;
    std::string question; ///< to the store
    std::string sql;      ///< the same to the tables of rows
};

std::vector<Asked> allAsked() {
    const std::string first = std::to_string(Source::pidOf(0));
    return {
        {"quantiles_by_recipe_step_hour",
         "steps | by recipe, step, bucket(hour) | p50(duration), p95(duration), p99(duration) | zone UTC",
         "SELECT recipe, step, run_start_ns / 3600000000000, quantile(duration_ns, 0.5), quantile(duration_ns, 0.95), "
         "quantile(duration_ns, 0.99) FROM steps WHERE failed = 0 GROUP BY 1, 2, 3"},
        {"quantiles_by_recipe_step_hour_of_day",
         "steps | by recipe, step, hour | p50(duration), p95(duration), p99(duration) | zone Europe/Berlin",
         "SELECT recipe, step, run_start_ns / 3600000000000 % 24, quantile(duration_ns, 0.5), quantile(duration_ns, "
         "0.95), quantile(duration_ns, 0.99) FROM steps WHERE failed = 0 GROUP BY 1, 2, 3"},
        {"top_20_slow_steps", "steps | select run_id, recipe, step, duration | order duration desc | limit 20",
         "SELECT rowid, recipe, step, duration_ns FROM steps WHERE failed = 0 ORDER BY duration_ns DESC LIMIT 20"},
        {"error_rate_by_day", "steps | by bucket(day) | error_rate() | zone UTC",
         "SELECT run_start_ns / 86400000000000, avg(failed) FROM steps GROUP BY 1"},
        {"mean_memory_by_recipe_step", "steps | by recipe, step | mean(rss)",
         "SELECT recipe, step, avg(value) FROM steps JOIN samples s ON s.series = steps.series AND t_ns >= start_ns "
         "AND t_ns < end_ns GROUP BY 1, 2"},
        {"thousand_points_of_one_series",
         "rss | where pid = " + first + " | by points(1000) | min(value), mean(value), max(value)",
         "SELECT (t_ns - " + std::to_string(begin) + ") / " + std::to_string(span / 1000) +
             ", min(value), avg(value), max(value) FROM samples WHERE series = " + first + " GROUP BY 1"},
    };
}

Json ask(const StepStoreOptions &options, const std::string &storePath, const std::string &rowsPath) {
    Json answers;
    const auto reader = need(query::Reader::open(storePath));
    std::optional<SQLite::Database> rows;
    if (options.askRows) {
        rows.emplace(rowsPath, SQLite::OPEN_READONLY);
        rows->exec("PRAGMA cache_size = -65536");
        query::addStatisticalFunctions(rows->getHandle());
    }
    for (const Asked &asked : allAsked()) {
        if (!options.only.empty() && options.only != asked.name)
            continue;
        const query::Question question = need(query::parseQuestion(asked.question, now()));
        std::vector<double> times;
        double cpu = 0;
        query::Answer answer;
        for (int round = 0; round < options.repeat; ++round) {
            const double before = cpuSeconds();
            const auto at = Clock::now();
            answer = need(reader->ask(question, {}));
            times.push_back(secondsSince(at));
            const double used = cpuSeconds() - before;
            cpu = round == 0 ? used : std::min(cpu, used);
        }
        std::size_t count = 0;
        const auto at = Clock::now();
        if (rows) {
            SQLite::Statement statement(*rows, asked.sql);
            while (statement.executeStep())
                ++count;
        }
        const double ofRows = secondsSince(at);
        const auto [least, most] = std::minmax_element(times.begin(), times.end());
        const auto ms = [](double seconds) { return std::round(seconds * 1e5) / 100; };
        answers[asked.name] = {{"question", asked.question},         {"store_ms", ms(*least)},
                               {"store_slowest_ms", ms(*most)},      {"store_cpu_ms", ms(cpu)},
                               {"answer_rows", answer.frame.rows()}, {"explain", answer.explanation.text()}};
        if (rows) {
            answers[asked.name]["rows_ms"] = ms(ofRows);
            answers[asked.name]["times_faster"] = std::round(ofRows / *least * 10) / 10;
            answers[asked.name]["rows_answer_rows"] = count;
        }
    }
    return answers;
}

} // namespace

Json measureStepStore(const StepStoreOptions &options) {
    try {
        const std::string storePath = options.folder + "/steps.store";
        const std::string rowsPath = options.folder + "/steps.db";
        if (std::filesystem::exists(storePath) && (!options.askRows || std::filesystem::exists(rowsPath)))
            return {{"reused", options.folder}, {"queries", ask(options, storePath, rowsPath)}};
        const Written store = writeStore(options, storePath);
        const Written rows = options.askRows ? writeRows(options, rowsPath) : Written();
        const StoreInfo info = need(need(query::Reader::open(storePath))->info());
        return {{"runs", info.runs},
                {"steps", store.steps},
                {"samples", store.samples},
                {"store", {{"bytes", store.bytes}, {"written_in_s", std::round(store.seconds * 10) / 10}}},
                {"rows", {{"bytes", rows.bytes}, {"written_in_s", std::round(rows.seconds * 10) / 10}}},
                {"queries", ask(options, storePath, rowsPath)}};
    } catch (const std::exception &exception) {
        return {{"error", exception.what()}};
    }
}

} // namespace ra::bench
