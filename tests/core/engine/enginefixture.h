// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the engine say again and again: a folder with logs in the runner's format, and an engine over it.
#pragma once

#include "core/engine/engine.h"
#include "tests/support/fulldisk.h"
#include "tests/support/soon.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>
#include <zlib.h>

namespace ra::test {

/// The value of a Result that must be one.
template <typename T>
T need(Result<T> result) {
    if (!result)
        qFatal("%s", result.error().sentence().c_str());
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

/// A folder of logs, gone with the object.
class LogFolder {
public:
    [[nodiscard]] std::string path(const std::string &name = {}) const {
        const std::filesystem::path folder = m_folder.path().toStdString() + "/logs";
        const std::filesystem::path path = name.empty() ? folder : folder / name;
        std::filesystem::create_directories(name.empty() ? path : path.parent_path());
        return path.string();
    }
    /// Beside the logs, so that nothing looks into it.
    [[nodiscard]] std::string store() const { return m_folder.path().toStdString() + "/a.store"; }
    void write(const std::string &name, const std::string &bytes) const { put(name, bytes, "wb"); }
    void append(const std::string &name, const std::string &bytes) const { put(name, bytes, "ab"); }
    void writeGzip(const std::string &name, const std::string &bytes) const {
        gzFile file = gzopen(path(name).c_str(), "wb");
        if (!file || gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) <= 0 || gzclose(file) != Z_OK)
            qFatal("cannot write %s", name.c_str());
    }

    /// Writes over a file's middle without a trace in its size or time of change.
    void damageUnseen(const std::string &name) const {
        const std::filesystem::path file = path(name);
        const auto time = std::filesystem::last_write_time(file);
        const auto middle = static_cast<long>(std::filesystem::file_size(file) / 2);
        std::FILE *bytes = std::fopen(file.c_str(), "r+b");
        if (!bytes || std::fseek(bytes, middle, SEEK_SET) != 0 || std::fwrite("damaged", 1, 7, bytes) != 7 ||
            std::fclose(bytes) != 0)
            qFatal("cannot write %s", name.c_str());
        std::filesystem::last_write_time(file, time);
    }
    /// Writes a file's first byte once more.
    void rewrite(const std::string &name) const {
        std::FILE *bytes = std::fopen(path(name).c_str(), "r+b");
        const int first = bytes ? std::fgetc(bytes) : EOF;
        if (first == EOF || std::fseek(bytes, 0, SEEK_SET) != 0 || std::fputc(first, bytes) == EOF ||
            std::fclose(bytes) != 0)
            qFatal("cannot write %s", name.c_str());
    }

private:
    void put(const std::string &name, const std::string &bytes, const char *mode) const {
        std::FILE *file = std::fopen(path(name).c_str(), mode);
        if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() || std::fclose(file) != 0)
            qFatal("cannot write %s", name.c_str());
    }
    QTemporaryDir m_folder;
};

/// Holds a file open for writing as the program does that writes a log: its runs are alive meanwhile.
class HeldOpen {
public:
    explicit HeldOpen(const std::string &path)
        : m_file(std::fopen(path.c_str(), "ab")) {
        if (!m_file)
            qFatal("cannot open %s", path.c_str());
    }
    ~HeldOpen() { letGo(); }
    HeldOpen(const HeldOpen &) = delete;
    HeldOpen &operator=(const HeldOpen &) = delete;
    void letGo() {
        if (m_file)
            std::fclose(m_file);
        m_file = nullptr;
    }

private:
    std::FILE *m_file;
};

/// 2026-11-23 16:00:00 UTC.
inline constexpr Time firstSecond = fromNs(1'795'449'600'000'000'000);

/// A line of the runner's text log, so many seconds after the first, in UTC.
inline std::string line(int second, int runner, const std::string &message, const char *level = "    INFO") {
    const std::time_t moment = toNs(firstSecond) / 1'000'000'000 + second;
    std::tm parts = {};
    char time[32];
    std::strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", ::gmtime_r(&moment, &parts));
    return std::string(time) + " [" + level + "] runner." + std::to_string(runner) + ": " + message + "\n";
}
inline std::string starts(int second, int runner, const std::string &recipe) {
    return line(second, runner, "Starting enhanced recipe execution: jobs/" + recipe + ".yaml");
}
inline std::string stepDone(int second, int runner, const std::string &step) {
    return line(second, runner, "Step '" + step + "' completed successfully (1.000s)");
}
inline std::string ends(int second, int runner, int steps, int took) {
    const std::string count = std::to_string(steps);
    return line(second, runner,
                "Recipe execution completed - Status: completed, Steps: " + count + "/" + count +
                    ", Duration: " + std::to_string(took) + ".000s, Success Rate: 100.0%");
}
/// A completed run of two steps of a second each.
inline std::string wholeRun(int second, int runner, const std::string &recipe) {
    return starts(second, runner, recipe) + stepDone(second + 1, runner, "load") +
           stepDone(second + 2, runner, "save") + ends(second + 2, runner, 2, 2);
}
/// `runs` completed runs one after another.
inline std::string manyRuns(int runs, int firstRunner = 1000, const std::string &recipe = "daily") {
    std::string text;
    for (int i = 0; i < runs; ++i)
        text += wholeRun(i * 3, firstRunner + i, recipe);
    return text;
}

/// A result object of the run that wholeRun(0, 7, "daily") logs: what the runner's library leaves beside the log.
inline std::string resultOfDaily() {
    const std::string start = std::to_string(toNs(firstSecond) / 1'000'000'000);
    return R"({"recipe_path": "jobs/daily.yaml", "status": "completed", "overall_success": true, )"
           R"("execution_time_seconds": 2.0004, "start_time": )" +
           start + R"(.25, "end_time": )" + std::to_string(toNs(firstSecond) / 1'000'000'000 + 2) +
           R"(.2504, "total_steps": 2, "completed_steps": 2, "failed_steps": 0, "skipped_steps": 0, )"
           R"("global_errors": [], "global_warnings": [], "step_results": []})";
}

/// The answer of the engine's pool; waits for it.
template <typename T>
T ask(engine::Engine &engine, std::function<Result<T>(query::Reader &, std::stop_token)> question) {
    auto future = engine.ask<T>(std::move(question));
    future.waitForFinished();
    return need(future.result());
}

inline std::vector<Run> runsOf(engine::Engine &engine, const query::RunFilter &filter = {}) {
    return ask<std::vector<Run>>(
        engine, [&](query::Reader &reader, const std::stop_token &stop) { return reader.runs(filter, 10'000, stop); });
}

/// The runs as "RECIPE STATUS COMPLETED/TOTAL", the oldest first, a line each.
inline std::string told(engine::Engine &engine) {
    std::string text;
    std::vector<Run> runs = runsOf(engine);
    std::reverse(runs.begin(), runs.end());
    for (const Run &run : runs) {
        text += run.recipe + " " + std::string(toString(run.status)) + " " + std::to_string(run.completedSteps) + "/" +
                (run.totalSteps ? std::to_string(*run.totalSteps) : "?") + "\n";
    }
    return text;
}

/// The text of a run's log as the store has it.
inline std::string logOf(engine::Engine &engine, const std::string &runId) {
    const auto lines = ask<std::vector<query::LogLine>>(
        engine, [&](query::Reader &reader, const std::stop_token &) { return reader.log(runId); });
    std::string text;
    for (const query::LogLine &one : lines)
        text += one.text + "\n";
    return text;
}

inline std::unique_ptr<engine::Engine> openEngine(const LogFolder &folder, const std::string &zone = "UTC") {
    return need(engine::Engine::open({folder.store(), zone, {}}));
}

} // namespace ra::test
