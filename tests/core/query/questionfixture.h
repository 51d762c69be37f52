// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of questions share: a store of runs of many kinds, and the answers made of its plain rows.
#pragma once

#include "core/query/answer.h"
#include "core/query/questiontext.h"
#include "tests/core/store/storefixture.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ra::test {

/// A day before the clocks go forward in Berlin: 2026-03-28 00:00:00 UTC.
inline constexpr Time springDay = fromNs(1'774'656'000'000'000'000);

/// Runs of five recipes at random times of three days, within which the clocks of Berlin are set; some fail, some skip
/// steps, some durations are not known. Those of other numbers are others.
inline void fillWithRuns(store::Store &store, int runs, int firstNumber = 0) {
    std::mt19937_64 random(static_cast<std::uint64_t>(42 + firstNumber));
    const auto oneRun = [&](int number) {
        const Time start = springDay + Duration(static_cast<std::int64_t>(random() % (3ULL * 86'400'000'000'000ULL)));
        Run run = textRun(static_cast<std::uint64_t>(number) + 1, start, 0);
        run.recipe = "recipe " + std::to_string(random() % 5);
        run.recipePath = "jobs/" + std::to_string(random() % 2) + "/" + run.recipe + ".yaml";
        run.pid = static_cast<std::int64_t>(1'000 + random() % 3);
        const int steps = 1 + static_cast<int>(random() % 4);
        run.status = RunStatus::Completed;
        Time at = start;
        for (int i = 0; i < steps; ++i) {
            const Duration duration(
                static_cast<std::int64_t>(1'000'000 * std::exp(static_cast<double>(random() % 1'000) / 100)));
            Step step = completedStep(i, "step " + std::to_string(random() % 6), at, duration);
            const auto dice = random() % 10;
            if (dice == 0) {
                step = failedStep(i, step.name, at);
                run.status = RunStatus::Failed;
            } else if (dice == 1) {
                step.status = StepStatus::Skipped;
                step.attempts.clear();
            } else if (dice == 2) { // of which nobody tells how long it took
                step.duration.reset();
                step.end.reset();
                step.attempts.clear();
            }
            at += duration;
            run.steps.push_back(step);
        }
        run.duration = at - start;
        run.end = at;
        run.totalSteps = steps;
        return changeOf(std::move(run), static_cast<std::uint64_t>(number) * 100);
    };
    constexpr int batch = 500;
    for (int from = firstNumber; from < firstNumber + runs; from += batch) {
        std::vector<ingest::RunChange> changes;
        for (int i = from; i < std::min(firstNumber + runs, from + batch); ++i)
            changes.push_back(oneRun(i));
        need(store.apply({{batchOf(1, static_cast<std::uint64_t>(from + batch) * 100, std::move(changes))}}));
    }
}

/// Two stores of runs: one of which all is summed up, and one in which some hours have changed since.
inline void fillTidyAndStale(const StoreFile &tidy, const StoreFile &stale) {
    for (const StoreFile *file : {&tidy, &stale}) {
        fillWithRuns(*file->open(), 2'940);
        // To whom opens it again, nothing is recent: what may be summed up is.
        const auto store = file->open();
        while (need(store->tidy())) {
        }
    }
    fillWithRuns(*stale.open(), 60, 5'000);
}

/// A step as it lies in the store.
struct PlainStep {
    std::string recipe;
    std::string path;
    std::string step;
    std::string status;
    std::string runStatus;
    std::int64_t startNs = 0; ///< of the run
    std::optional<double> durationNs;
};

/// Those that the source `steps` counts.
inline std::vector<PlainStep> plainSteps(query::Reader &reader) {
    std::vector<PlainStep> steps;
    const query::Table table = need(reader.sql(
        "SELECT c.name, c.path, n.text, s.status, r.status, r.start_ns, coalesce(s.duration_ns, s.end_ns - s.start_ns) "
        "FROM runs r JOIN recipes c ON c.id = r.recipe_id JOIN steps s ON s.id >> 24 = r.id JOIN texts n ON n.id = "
        "s.name "
        "WHERE r.shown = 1 AND r.start_ns IS NOT NULL AND s.status IN (1, 2)"));
    for (const auto &row : table.rows) {
        PlainStep &step = steps.emplace_back();
        step.recipe = std::get<std::string>(row[0]);
        step.path = std::get<std::string>(row[1]);
        step.step = std::get<std::string>(row[2]);
        step.status = toString(static_cast<StepStatus>(std::get<std::int64_t>(row[3])));
        step.runStatus = toString(static_cast<RunStatus>(std::get<std::int64_t>(row[4])));
        step.startNs = std::get<std::int64_t>(row[5]);
        const auto *duration = std::get_if<std::int64_t>(&row[6]);
        if (step.status == "completed" && duration)
            step.durationNs = static_cast<double>(*duration);
        else if (step.status == "completed")
            steps.pop_back();
    }
    return steps;
}

/// Reads and asks.
inline query::Answer answer(query::Reader &reader, std::string_view text, const query::AskOptions &options = {}) {
    const auto question = query::parseQuestion(text, springDay);
    if (!question)
        qFatal("%s", describe(question.error()).c_str());
    return need(reader.ask(*question, options));
}

inline Error refusal(query::Reader &reader, std::string_view text, const query::AskOptions &options = {}) {
    const auto question = query::parseQuestion(text, springDay);
    if (!question)
        return question.error();
    const auto result = reader.ask(*question, options);
    if (result)
        qFatal("answered: %s", std::string(text).c_str());
    return result.error();
}

/// The rows as text: cells joined by '|', rows by '\n'.
inline std::string rowsOf(const query::Frame &frame) {
    std::string text;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        text += row ? "\n" : "";
        for (const query::FrameColumn &column : frame.columns()) {
            if (&column != &frame.columns().front())
                text += '|';
            if (!column.has(row))
                text += "NULL";
            else if (column.type == query::ColumnType::Text)
                text += column.text(row);
            else if (column.type == query::ColumnType::Number)
                text += QString::number(column.numbers[row], 'g', 9).toStdString();
            else
                text += std::to_string(column.integers[row]);
        }
    }
    return text;
}

} // namespace ra::test
