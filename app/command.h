// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/base/time.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>

namespace ra::app {

/// Exit statuses of the program (CLI.md).
enum ExitStatus : int { Done = 0, Failed = 1, WrongUsage = 2, DoneInPart = 3 };

/// What every subcommand knows.
struct Common {
    std::string store;    ///< path of the store file
    bool json = false;    ///< one JSON document on standard output
    std::stop_token stop; ///< Ctrl-C or SIGTERM asks for an orderly end
    int *argc = nullptr;  ///< for the Qt application object, which each command makes as it needs it
    char **argv = nullptr;
};

/// Adds a subcommand to the program: `program.add_subcommand(...)` with its options, and sets `action` when it is
/// chosen. One file a subcommand; main.cpp lists them.
using Action = std::function<int(const Common &)>;
using AddCommand = void (*)(CLI::App &program, Action &action);

void addIngest(CLI::App &program, Action &action);
void addTail(CLI::App &program, Action &action);
void addRuns(CLI::App &program, Action &action);
void addLog(CLI::App &program, Action &action);
void addSql(CLI::App &program, Action &action);
void addQuery(CLI::App &program, Action &action);
void addStore(CLI::App &program, Action &action);
void addSimulate(CLI::App &program, Action &action);
void addReport(CLI::App &program, Action &action);
void addDemo(CLI::App &program, Action &action);
void addAnalyze(CLI::App &program, Action &action);

/// Opens the window, at the place that the link names unless it is empty; its exit status.
int showWindow(const Common &common, const std::string &folder, const std::string &link);

/// An error where no window can be shown. Qt would end the program with a core dump.
[[nodiscard]] Result<void> needDisplay();

/// Where the store is unless --store says otherwise; its folder is made if missing.
[[nodiscard]] std::string defaultStorePath();

/// Prints the error on standard error and gives the exit status for it.
int complain(const Error &error);

/// Prints one JSON document; bytes that are no UTF-8 are replaced.
void print(const nlohmann::json &document);

/// Progress on standard error, only on a terminal and at most ten times a second.
[[nodiscard]] ProgressSink terminalProgress();

/// "2026-11-23", "2026-11-23T17:00:00Z", "7d", "12h" (before now) as a moment.
[[nodiscard]] Result<Time> parseMoment(const std::string &text);

} // namespace ra::app
