// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/runjson.h"
#include "app/terminal.h"
#include "core/engine/engine.h"

#include <iostream>
#include <memory>
#include <vector>

namespace ra::app {

namespace {

constexpr std::size_t mostShown = 20; ///< rejected lines on a terminal

struct Options {
    std::vector<std::string> paths;
    std::string zone;
};

nlohmann::json toJson(const engine::IngestReport &report) {
    nlohmann::json files = nlohmann::json::array();
    for (const engine::IngestedFile &file : report.files) {
        files.push_back({{"path", file.path},
                         {"format", file.format},
                         {"bytes", file.bytes},
                         {"lines", file.lines},
                         {"records", file.records},
                         {"rejected", file.rejected}});
    }
    nlohmann::json rejected = nlohmann::json::array();
    for (const query::RejectedRow &row : report.rejected)
        rejected.push_back(app::toJson(row));
    return {{"files", std::move(files)},
            {"runs_added", report.runsAdded},
            {"runs_updated", report.runsUpdated},
            {"samples_added", report.samplesAdded},
            {"samples_too_old", report.samplesTooOld},
            {"rejected", std::move(rejected)},
            {"elapsed_s", toSeconds(report.elapsed)}};
}

void describe(const engine::IngestReport &report) {
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    for (const engine::IngestedFile &file : report.files) {
        bytes += file.bytes;
        lines += file.lines;
    }
    const report::Style style = terminalStyle();
    const auto count = [&](std::uint64_t n, const char *one, const char *many) {
        return report::countText(static_cast<qint64>(n), style).toStdString() + ' ' + (n == 1 ? one : many);
    };
    std::cout << "Read " << count(report.files.size(), "file", "files") << ", " << count(lines, "line", "lines") << ", "
              << bytesText(bytes) << " in " << report::durationText(report.elapsed, style).toStdString() << ": "
              << count(report.runsAdded, "run", "runs") << " added, " << count(report.runsUpdated, "run", "runs")
              << " updated\n";
    if (report.samplesTooOld > 0) {
        std::cout << count(report.samplesTooOld, "sample was", "samples were")
                  << " left out: older than what store retain or store archive has left of the samples\n";
    }
    std::size_t shown = 0;
    for (const query::RejectedRow &row : report.rejected) {
        if (shown++ == mostShown) {
            std::cout << "and " << count(report.rejected.size() - mostShown, "more", "more")
                      << ": recipe-analytics sql \"SELECT * FROM rejected_v\"\n";
            break;
        }
        std::cout << "rejected " << oneLine(row.path);
        if (row.line > 0)
            std::cout << ':' << row.line;
        std::cout << ": " << oneLine(row.reason) << '\n';
    }
}

int run(const Options &options, const Common &common) {
    auto engine = engine::Engine::open({.storePath = common.store, .zone = options.zone, .folders = {}});
    if (!engine)
        return complain(engine.error());
    if ((*engine)->isReadOnly()) {
        return complain({.kind = ErrorKind::Busy,
                         .what = "write to the store",
                         .where = common.store,
                         .why = "another process is writing to it",
                         .hint = "Close the other program, or use another --store"});
    }
    const auto report = (*engine)->ingest(options.paths, common.stop, terminalProgress());
    if (!report)
        return complain(report.error());
    if (common.json)
        print(toJson(*report));
    else
        describe(*report);
    if (report->rejected.empty())
        return Done;
    return report->files.empty() ? Failed : DoneInPart; // nothing that was named could be read
}

} // namespace

void addIngest(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("ingest", "Read log files and folders once");
    command->add_option("PATH", options->paths, "Files and folders to read")->required();
    command->add_option("--zone", options->zone, "IANA zone of times that state none (default: the system's)");
    command->footer("Example: recipe-analytics ingest ~/framework0/logs --zone Europe/Berlin");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
