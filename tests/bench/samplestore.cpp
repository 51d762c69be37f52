// SPDX-License-Identifier: GPL-3.0-or-later
#include "samplestore.h"

#include "core/query/reader.h"
#include "core/query/sqlaggregates.h"
#include "core/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <random>
#include <vector>

namespace ra::bench {

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t begin = 1'795'392'000'000'000'000; ///< a midnight
constexpr std::int64_t tick = 100'000'000;

double secondsSince(Clock::time_point at) {
    return std::chrono::duration<double>(Clock::now() - at).count();
}

/// The samples of all series, one moment after the other.
class Source {
public:
    explicit Source(const SampleStoreOptions &options)
        : m_options(options)
        , m_random(options.seed)
        , m_state(options.series, 50) {}

    /// The next ones; fewer at the end.
    void fill(std::vector<Sample> &out, std::size_t most) {
        out.clear();
        for (; out.size() < most && m_done < m_options.samples; ++m_done) {
            const std::size_t series = m_done % m_options.series;
            if (series == 0)
                m_tick += tick;
            const std::int64_t late = static_cast<std::int64_t>(m_random() % 1'000'000);
            out.push_back({static_cast<std::uint32_t>(series),
                           (begin + m_tick + late) / m_options.unitNs * m_options.unitNs, value(series)});
        }
    }

private:
    double value(std::size_t series) {
        double &state = m_state[series];
        switch (series % 4) {
        case 0: // a random walk with two decimals
            state += 0.1 * m_normal(m_random);
            return std::round(state * 100) / 100;
        case 1: // a counter
            return state += static_cast<double>(m_random() % 100);
        case 2: // log-normal around 20 ms, in whole microseconds
            return std::round(0.02 * std::exp(m_normal(m_random)) * 1e6) / 1e6;
        default: // a random walk with all bits
            return state += m_normal(m_random);
        }
    }

    const SampleStoreOptions &m_options;
    std::mt19937_64 m_random;
    std::normal_distribution<double> m_normal;
    std::vector<double> m_state;
    std::size_t m_done = 0;
    std::int64_t m_tick = 0;
};

double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::uintmax_t sizeOf(const std::string &path) {
    return std::filesystem::file_size(path);
}

struct Written {
    double seconds = 0; ///< until all is committed
    double cpuS = 0;    ///< of both
    double tidyS = 0;   ///< beyond that, until all is sealed
    double slowestMs = 0;
    double slowestTidyMs = 0;
    std::uintmax_t bytes = 0;
};

/// Throws std::runtime_error.
template <typename T>
T need(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().sentence());
    return std::move(*result);
}

Written writeStore(const SampleStoreOptions &options, const std::string &path) {
    Written written;
    auto store = need(store::Store::open(path));
    Source source(options);
    ingest::Batch batch;
    batch.path = "/bench/metrics";
    batch.identity = {1, 1, 1, 1'024};
    batch.format = "metric-json";
    batch.zone = "UTC";
    for (std::size_t i = 0; i < options.series; ++i)
        batch.samples.series.push_back({.name = "series_" + std::to_string(i), .unit = "count", .kind = "gauge"});
    const auto tidy = [&] {
        const auto at = Clock::now();
        const bool any = need(store->tidy());
        written.slowestTidyMs = std::max(written.slowestTidyMs, secondsSince(at) * 1e3);
        return any;
    };
    for (;;) {
        source.fill(batch.samples.samples, options.batch);
        if (batch.samples.samples.empty())
            break;
        ++batch.checkpoint.offset;
        const double cpu = cpuSeconds();
        const auto at = Clock::now();
        need(store->apply({{batch}}));
        written.slowestMs = std::max(written.slowestMs, secondsSince(at) * 1e3);
        tidy(); // as the writer does: a piece after each commit, all of it in the end
        written.seconds += secondsSince(at);
        written.cpuS += cpuSeconds() - cpu;
    }
    const double cpu = cpuSeconds();
    const auto at = Clock::now();
    while (tidy()) {
    }
    written.cpuS += cpuSeconds() - cpu;
    written.tidyS = secondsSince(at);
    store.reset();
    written.bytes = sizeOf(path);
    return written;
}

Written writeRows(const SampleStoreOptions &options, const std::string &path) {
    Written written;
    {
        SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        db.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                "PRAGMA cache_size = -65536; CREATE TABLE samples(series INTEGER, t_ns INTEGER, value REAL, "
                "PRIMARY KEY(series, t_ns)) WITHOUT ROWID");
        SQLite::Statement insert(db, "INSERT INTO samples VALUES(?, ?, ?)");
        Source source(options);
        std::vector<Sample> samples;
        for (;;) {
            source.fill(samples, options.batch);
            if (samples.empty())
                break;
            const double cpu = cpuSeconds();
            const auto at = Clock::now();
            SQLite::Transaction transaction(db);
            for (const Sample &sample : samples) {
                insert.bind(1, static_cast<std::int64_t>(sample.series) + 1);
                insert.bind(2, sample.timeNs);
                insert.bind(3, sample.value);
                insert.exec();
                insert.reset();
            }
            transaction.commit();
            written.seconds += secondsSince(at);
            written.cpuS += cpuSeconds() - cpu;
        }
    }
    written.bytes = sizeOf(path);
    return written;
}

struct Question {
    const char *name;
    std::string store; ///< SQL to the store
    std::string rows;  ///< the same to the table of rows
};

std::vector<Question> questions(const SampleStoreOptions &options) {
    const std::int64_t spanNs = static_cast<std::int64_t>(options.samples / options.series + 1) * tick;
    const std::string from = std::to_string(begin + spanNs / 2);
    const std::string to = std::to_string(begin + spanNs / 2 + 600'000'000'000);
    const std::string bucket = "(t_ns - " + std::to_string(begin) + ") / " + std::to_string(spanNs / 1'000 + 1);
    const std::string quantiles = "quantile(value, 0.5), quantile(value, 0.95), quantile(value, 0.99)";
    const std::string sketches =
        "sketch_quantile(sketch, 0.5), sketch_quantile(sketch, 0.95), sketch_quantile(sketch, 0.99)";
    return {
        {"ten_minutes_of_one_series", "SELECT count(*), avg(value) FROM samples(1, " + from + ", " + to + ")",
         "SELECT count(*), avg(value) FROM samples WHERE series = 1 AND t_ns >= " + from + " AND t_ns < " + to},
        {"thousand_points_of_one_series",
         "SELECT " + bucket + ", min(value), max(value), avg(value) FROM samples(1) GROUP BY 1",
         "SELECT " + bucket + ", min(value), max(value), avg(value) FROM samples WHERE series = 1 GROUP BY 1"},
        {"minutes_of_one_series", "SELECT t_ns, min, max, sum / count FROM rollups(1, 'minute')",
         "SELECT t_ns / 60000000000, min(value), max(value), avg(value) FROM samples WHERE series = 1 GROUP BY 1"},
        {"quantiles_by_series_and_hour",
         "SELECT s.series, t_ns, " + sketches + " FROM series_v s, rollups(s.series, 'hour')",
         "SELECT series, t_ns / 3600000000000, " + quantiles + " FROM samples GROUP BY 1, 2"},
        {"mean_by_day", "SELECT t_ns, sum(sum) / sum(count) FROM series_v s, rollups(s.series, 'day') GROUP BY 1",
         "SELECT t_ns / 86400000000000, avg(value) FROM samples GROUP BY 1"},
        {"extremes_of_all", "SELECT min(min), max(max), sum(samples) FROM segments_v",
         "SELECT min(value), max(value), count(*) FROM samples"},
    };
}

Json ask(const SampleStoreOptions &options, const std::string &storePath, const std::string &rowsPath) {
    Json answers;
    const auto reader = need(query::Reader::open(storePath));
    SQLite::Database rows(rowsPath, SQLite::OPEN_READONLY);
    rows.exec("PRAGMA cache_size = -65536");
    query::addStatisticalFunctions(rows.getHandle());
    for (const Question &question : questions(options)) {
        double best = INFINITY;
        double bestOfRows = INFINITY;
        std::size_t count = 0;
        for (int round = 0; round < options.repeat; ++round) {
            auto at = Clock::now();
            count = need(reader->sql(question.store, {.maxRows = 10'000'000, .timeout = std::chrono::minutes(10)}))
                        .rows.size();
            best = std::min(best, secondsSince(at));
            if (round > 0 && bestOfRows > 5)
                continue; // once is enough
            at = Clock::now();
            SQLite::Statement statement(rows, question.rows);
            while (statement.executeStep()) {
            }
            bestOfRows = std::min(bestOfRows, secondsSince(at));
        }
        answers[question.name] = {{"store_ms", std::round(best * 1e5) / 100},
                                  {"rows_ms", std::round(bestOfRows * 1e5) / 100},
                                  {"times_faster", std::round(bestOfRows / best * 10) / 10},
                                  {"answer_rows", count}};
    }
    return answers;
}

} // namespace

Json measureSampleStore(const SampleStoreOptions &options) {
    try {
        const std::string storePath = options.folder + "/samples.store";
        const std::string rowsPath = options.folder + "/rows.db";
        const Written store = writeStore(options, storePath);
        const Written rows = writeRows(options, rowsPath);
        const auto n = static_cast<double>(options.samples);
        const auto round = [](double value) { return std::round(value * 1000) / 1000; };
        const StoreInfo info = need(need(query::Reader::open(storePath))->info());
        Json json{{"samples", options.samples}, {"series", options.series}, {"segments", info.segments}};
        json["store"] = {{"bytes_per_sample", round(static_cast<double>(store.bytes) / n)},
                         {"segment_bytes_per_sample", round(static_cast<double>(info.sampleBytes) / n)},
                         {"ingest_m_per_s", round(n / (store.seconds + store.tidyS) / 1e6)},
                         {"ingest_m_per_cpu_s", round(n / store.cpuS / 1e6)},
                         {"slowest_commit_ms", round(store.slowestMs)},
                         {"slowest_tidying_ms", round(store.slowestTidyMs)}};
        json["rows"] = {{"bytes_per_sample", round(static_cast<double>(rows.bytes) / n)},
                        {"ingest_m_per_s", round(n / rows.seconds / 1e6)},
                        {"ingest_m_per_cpu_s", round(n / rows.cpuS / 1e6)}};
        json["times_smaller"] = round(static_cast<double>(rows.bytes) / static_cast<double>(store.bytes));
        json["queries"] = ask(options, storePath, rowsPath);
        return json;
    } catch (const std::exception &exception) {
        return {{"error", exception.what()}};
    }
}

} // namespace ra::bench
