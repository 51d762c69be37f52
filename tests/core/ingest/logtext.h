// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/recipebook.h"
#include "core/ingest/sourcereader.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ra::ingest::test {

inline constexpr const char *day = "2026-11-23 ";

/// "16:59:24 R1 Starting ..." -> a runner line; the log in a notation made for reading.
inline std::string line(const char *time, const std::string &logger, const std::string &message,
                        const char *level = "   INFO") {
    return day + std::string(time) + " [ " + level + "] " + logger + ": " + message + "\n";
}
inline std::string start(const char *time, int runner, const std::string &path, const std::string &thread = {}) {
    return line(time, "runner." + std::to_string(runner), "Starting enhanced recipe execution: " + path + thread);
}
inline std::string done(const char *time, int runner, const std::string &step, const char *seconds,
                        const std::string &thread = {}) {
    return line(time, "runner." + std::to_string(runner),
                "Step '" + step + "' completed successfully (" + seconds + "s)" + thread);
}
inline std::string failed(const char *time, int runner, const std::string &step, const std::string &list) {
    return line(time, "runner." + std::to_string(runner), "Step '" + step + "' failed: " + list, "  ERROR");
}
inline std::string end(const char *time, int runner, const char *status, const char *steps, const char *seconds,
                       const std::string &thread = {}) {
    return line(time, "runner." + std::to_string(runner),
                std::string("Recipe execution completed - Status: ") + status + ", Steps: " + steps +
                    ", Duration: " + seconds + "s, Success Rate: 100.0%" + thread);
}

/// What a store would hold after applying every batch.
struct Kept {
    std::map<std::uint64_t, Run> runs;
    std::map<std::uint64_t, std::vector<LineSpan>> spans;
    std::vector<RejectedLine> rejected;

    void apply(const Batch &batch) {
        for (const RunChange &change : batch.runs) {
            Run &run = runs[change.firstOffset];
            std::vector<Step> steps = std::move(run.steps);
            steps.resize(std::min<std::size_t>(steps.size(), change.firstStep));
            steps.insert(steps.end(), change.run.steps.begin(), change.run.steps.end());
            run = change.run;
            run.steps = std::move(steps);
            auto &kept = spans[change.firstOffset];
            if (change.replaceSpans)
                kept.clear();
            for (const LineSpan &span : change.spans) {
                if (!kept.empty() && kept.back().offset + kept.back().length == span.offset &&
                    kept.back().certainty == span.certainty)
                    kept.back().length += span.length;
                else
                    kept.push_back(span);
            }
        }
        rejected.insert(rejected.end(), batch.rejected.begin(), batch.rejected.end());
    }
    bool operator==(const Kept &) const = default;
    [[nodiscard]] const Run &only() const { return runs.begin()->second; }
};

inline Zone utc() {
    return *Zone::fromName("UTC");
}

inline Kept readAll(const std::string &text, std::shared_ptr<const RecipeBook> book = nullptr,
                    const Zone &zone = utc()) {
    SourceReader reader(zone, std::move(book));
    reader.feed(text);
    reader.finish();
    Kept kept;
    kept.apply(reader.takeBatch(false));
    return kept;
}

inline std::string retryingRun() {
    return start("16:59:24", 7, "jobs/flaky.yaml") +
           line("16:59:24", "scriptlets.framework", "Starting execution of Flaky") +
           line("16:59:24", "scriptlets.framework", "Execution failed for Flaky: no answer (call 1)", "  ERROR") +
           "Traceback (most recent call last):\n"
           "  File \"/srv/x.py\", line 55, in run\n"
           "    raise ConnectionError(\"no answer\")\n"
           "ConnectionError: no answer (call 1)\n" +
           line("16:59:24", "scriptlets.framework", "Completed Flaky in 0.05s (success: False, exit_code: 1)") +
           line("16:59:24", "runner.7", "Step 'connect' failed, will retry in 0.3s", "WARNING") +
           line("16:59:24", "runner.7", "Retrying step 'connect' (attempt 2/3)") +
           line("16:59:25", "scriptlets.framework", "Starting execution of Flaky") +
           line("16:59:25", "Flaky", "answered on call 2") +
           line("16:59:25", "scriptlets.framework", "Completed Flaky in 0.05s (success: True, exit_code: 0)") +
           done("16:59:25", 7, "connect", "0.405") + end("16:59:25", 7, "completed", "1/1", "0.410");
}

inline std::string threadsLog() {
    const std::string a = " [job-1]";
    const std::string b = " [Thread-1 (work)]";
    return start("10:00:00", 11, "a.yaml", a) + start("10:00:00", 12, "b.yaml", b) +
           line("10:00:00", "scriptlets.framework", "Starting execution of Load" + a) +
           line("10:00:00", "scriptlets.framework", "Starting execution of Boom" + b) +
           line("10:00:00", "Load", "half way" + a) +
           line("10:00:00", "scriptlets.framework", "Execution failed for Boom: bad", "  ERROR") +
           "Traceback (most recent call last):\n  File \"/srv/b.py\", line 1, in run\nValueError: bad" + b + "\n" +
           line("10:00:00", "scriptlets.framework", "Completed Boom in 0.10s (success: False, exit_code: 1)" + b) +
           line("10:00:00", "scriptlets.framework", "Completed Load in 0.20s (success: True, exit_code: 0)" + a) +
           done("10:00:00", 11, "load", "0.200", a) + failed("10:00:00", 12, "boom", "['bad']" + b) +
           end("10:00:00", 11, "completed", "1/1", "0.201", a) + end("10:00:00", 12, "failed", "0/1", "0.105", b);
}

inline std::string forkedLog() {
    // Two children of one process share runner.9; "read" and "compute" of both end in the same second.
    return start("10:00:00", 9, "w.yaml") + start("10:00:00", 9, "w.yaml") + done("10:00:01", 9, "read", "0.449") +
           done("10:00:01", 9, "read", "0.547") + done("10:00:01", 9, "compute", "0.402") +
           done("10:00:01", 9, "compute", "0.311") + end("10:00:01", 9, "completed", "2/2", "0.852") +
           end("10:00:01", 9, "completed", "2/2", "0.859");
}

} // namespace ra::ingest::test
