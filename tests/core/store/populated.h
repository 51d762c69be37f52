// SPDX-License-Identifier: GPL-3.0-or-later
// A store that holds something of everything: two months of runs with steps, errors, raw lines and samples.
#pragma once

#include "core/ingest/batch.h"
#include "tests/core/store/storefixture.h"

#include <cmath>
#include <string>

namespace ra::test {

inline constexpr int populatedDays = 60;
inline constexpr int runsADay = 4;

/// Every day four runs of a text log, one of which fails; a line each, all in one log; a sample every ten minutes of
/// two series, some of which are NaN; a sample of a third, so few that they stay rows; every tenth day 75 minutes of
/// four samples a second of another one; and a document that tells of a fifth.
inline void populate(store::Store &store) {
    constexpr Duration day = 24h;
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
    for (int d = 0; d < populatedDays; ++d) {
        const Time morning = monday + d * day;
        std::vector<ingest::RunChange> changes;
        std::string text;
        for (int r = 0; r < runsADay; ++r) {
            ++number;
            Run run = textRun(number, morning + r * 1h, 3);
            if (r == 3) {
                run.status = RunStatus::Failed;
                run.failedSteps = 1;
                run.completedSteps = 2;
                run.steps[2] = failedStep(2, "step_2", *run.start + 2s);
                run.errors = {"no answer from 'db'\nsecond line"};
            }
            std::string line = "2026-01-05 08:00:00 [    INFO] runner." + std::to_string(run.runner) +
                               ": line of run " + std::to_string(number) + "\n";
            line.insert(line.size() - 1, static_cast<std::size_t>(500), static_cast<char>('a' + number % 26));
            ingest::RunChange change = changeOf(std::move(run), offset + text.size());
            change.spans = {
                {offset + text.size(), static_cast<std::uint32_t>(line.size()), ingest::Certainty::Certain}};
            changes.push_back(std::move(change));
            text += line;
        }
        ingest::Batch batch = batchOf(1, offset + text.size(), std::move(changes));
        batch.raw = {{offset, text}};
        offset += text.size();
        batch.samples.series = {{.name = "memory", .unit = "bytes", .kind = "gauge", .tags = R"({"recipe":"daily"})"},
                                {.name = "cpu", .unit = "%", .subjectKind = SubjectKind::Process, .subject = 77},
                                {.name = "rss", .unit = "bytes", .subjectKind = SubjectKind::Process, .subject = 77},
                                {.name = "files", .unit = "1", .kind = "counter"}};
        batch.samples.samples.push_back({3, toNs(morning), 3.0 * d});
        for (int i = 0; i < 144; ++i) {
            const std::int64_t at = toNs(morning + i * Duration(10min));
            batch.samples.samples.push_back({0, at, 1e6 + i * 4096.0});
            batch.samples.samples.push_back({1, at, i % 50 == 7 ? std::nan("") : 12.5 + d});
        }
        if (d % 10 == 0) {
            for (int i = 0; i < 75 * 60 * 4; ++i)
                batch.samples.samples.push_back({2, toNs(morning + i * Duration(250ms)), 2e8 + i % 977 * 4096.0});
        }
        need(store.apply({{std::move(batch)}}));
    }
    ingest::Batch document = batchOf(90, 1);
    document.format = "metrics";
    document.whole = true;
    document.samples.series = {{.name = "score", .unit = "1", .kind = "gauge"}};
    for (int i = 0; i < 2'000; ++i)
        document.samples.samples.push_back({0, toNs(monday + i * Duration(30min)), std::sin(i)});
    document.records = document.samples.samples.size();
    need(store.apply({{std::move(document)}}));
    while (need(store.tidy())) {
    }
}

} // namespace ra::test
