// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the store and of its readers say again and again: a store in a folder of its own, runs and batches.
#pragma once

#include "core/ingest/batch.h"
#include "core/query/reader.h"
#include "core/store/store.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>
#include <string>
#include <vector>

namespace ra::test {

using namespace std::chrono_literals;

/// 2026-01-05 08:00:00 UTC: a Monday, far from any change of clocks.
inline constexpr Time monday = fromNs(1'767'600'000'000'000'000);

inline std::string describe(const Error &error) {
    return error.sentence();
}

/// The value of a Result that must be one.
template <typename T>
T need(Result<T> result) {
    if (!result)
        qFatal("%s", describe(result.error()).c_str());
    return std::move(*result);
}

inline void need(const Result<void> &result) {
    if (!result)
        qFatal("%s", describe(result.error()).c_str());
}

inline std::string idOf(std::uint64_t number) {
    return QString::number(number, 16).rightJustified(16, QLatin1Char('0')).toStdString();
}

inline Step completedStep(int index, std::string name, Time start, Duration duration) {
    Step step;
    step.index = index;
    step.name = std::move(name);
    step.className = "Class" + std::to_string(index);
    step.status = StepStatus::Completed;
    step.start = start;
    step.end = start + duration;
    step.duration = duration;
    step.exitCode = 0;
    Attempt attempt;
    attempt.start = start;
    attempt.duration = duration;
    attempt.success = true;
    attempt.exitCode = 0;
    step.attempts = {attempt};
    return step;
}

inline Step failedStep(int index, std::string name, Time start) {
    Step step;
    step.index = index;
    step.name = std::move(name);
    step.className = "Broken";
    step.status = StepStatus::Failed;
    step.start = start;
    step.end = start + 2s;
    step.attemptCount = 2;
    Attempt first;
    first.start = start;
    first.duration = 500ms;
    first.success = false;
    first.exitCode = 1;
    first.errorType = "ConnectionError";
    first.errorMessage = "no answer from 'db'\nsecond line";
    first.traceback = "Traceback (most recent call last):\n  File \"x.py\"\nConnectionError: no answer";
    Attempt second = first;
    second.number = 2;
    second.start = start + 1s;
    second.errorMessage = "no answer again";
    step.attempts = {first, second};
    step.errors = {"no answer from 'db'\nsecond line", "no answer again"};
    return step;
}

/// A completed run of a text log with `steps` steps of a second each.
inline Run textRun(std::uint64_t id, Time start, int steps = 3, std::uint64_t runner = 0) {
    Run run;
    run.id = idOf(id);
    run.recipe = "daily";
    run.recipePath = "jobs/daily.yaml";
    run.runner = runner ? runner : 1000 + id;
    run.executionId = "runner." + std::to_string(run.runner);
    run.status = RunStatus::Completed;
    run.start = start;
    run.duration = Duration(1s) * steps;
    run.end = start + *run.duration;
    run.totalSteps = steps;
    run.completedSteps = steps;
    run.provenance = {"status=text", "times=text"};
    for (int i = 0; i < steps; ++i)
        run.steps.push_back(completedStep(i, "step_" + std::to_string(i), start + Duration(1s) * i, 1s));
    return run;
}

inline ingest::RunChange changeOf(Run run, std::uint64_t offset) {
    ingest::RunChange change;
    change.firstOffset = offset;
    change.run = std::move(run);
    return change;
}

/// A batch of the source number `source`, read up to `end`.
inline ingest::Batch batchOf(int source, std::uint64_t end, std::vector<ingest::RunChange> runs = {}) {
    ingest::Batch batch;
    batch.path = "/nowhere/log" + std::to_string(source);
    batch.identity = {7, 100 + static_cast<std::uint64_t>(source), 0xabc0 + static_cast<std::uint64_t>(source), 1024};
    batch.format = "runner-text";
    batch.zone = "UTC";
    batch.runs = std::move(runs);
    batch.records = batch.runs.size();
    batch.checkpoint = {end, end / 100, "state at " + std::to_string(end)};
    return batch;
}

/// A store file in a folder of its own.
class StoreFile {
public:
    [[nodiscard]] std::string path() const { return m_folder.filePath(QStringLiteral("a.store")).toStdString(); }
    [[nodiscard]] std::string folder() const { return m_folder.path().toStdString(); }
    std::unique_ptr<store::Store> open() const { return need(store::Store::open(path())); }
    std::unique_ptr<query::Reader> reader() const { return need(query::Reader::open(path())); }

private:
    QTemporaryDir m_folder;
};

inline QByteArray contentOf(const std::string &path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline void put(const std::string &path, const QByteArray &bytes) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write");
}

inline std::string toText(const query::Cell &cell) {
    struct Visitor {
        std::string operator()(std::monostate) const { return "NULL"; }
        std::string operator()(std::int64_t value) const { return std::to_string(value); }
        std::string operator()(double value) const { return QString::number(value, 'g', 12).toStdString(); }
        std::string operator()(const std::string &value) const { return value; }
    };
    return std::visit(Visitor(), cell);
}

/// The rows of a statement as text: cells joined by '|', rows by '\n'.
inline std::string ask(query::Reader &reader, std::string_view sql) {
    std::string text;
    const query::Table table = need(reader.sql(sql));
    for (const std::vector<query::Cell> &row : table.rows) {
        if (!text.empty())
            text += '\n';
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i ? "|" : "") + toText(row[i]);
    }
    return text;
}

} // namespace ra::test
