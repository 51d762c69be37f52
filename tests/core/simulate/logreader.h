// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

/// A plain reader of runner logs, written from the format's description alone: it shares nothing with the simulator or
/// with core/ingest, so that agreement means something. Takes facts from the runner's own lines only.
namespace logreader {

struct LoggedStep {
    std::string name;
    bool completed = false;
    std::string duration; ///< as printed; empty for failed steps
    std::string errors;   ///< the list as printed; empty for completed steps
    int attempts = 1;
};

struct LoggedRun {
    std::string runner; ///< "runner.140..."
    std::string path;
    std::string begun;    ///< "2026-11-23 16:59:24" of its first line
    std::string thread;   ///< suffix of its first line without brackets
    std::string ended;    ///< the status word, "rejected", or empty without a final line
    std::string counts;   ///< "4/5"
    std::string duration; ///< as printed
    std::string rate;     ///< "80.0"
    std::string refusal;
    bool cancelRequested = false;
    std::vector<LoggedStep> steps;
};

struct Logs {
    std::vector<LoggedRun> runs;
    std::size_t records = 0;
    std::size_t attempts = 0;   ///< "Starting execution of"
    std::size_t tracebacks = 0; ///< records that hold one
    std::map<std::string, std::size_t> levels;
};

/// Reads the text of runner logs, oldest first.
[[nodiscard]] Logs read(const std::string &text, bool threads);

/// The bytes of a file, decompressed if its name ends in ".gz".
[[nodiscard]] std::string contents(const std::string &path);

} // namespace logreader
