// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/runjson.h"
#include "core/engine/engine.h"

#include <iostream>
#include <memory>
#include <vector>

namespace ra::app {

namespace {

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
    return {{"files", std::move(files)},          {"runs_added", report.runsAdded},
            {"runs_updated", report.runsUpdated}, {"samples_added", report.samplesAdded},
            {"rejected", std::move(rejected)},    {"elapsed_s", toSeconds(report.elapsed)}};
}

void describe(const engine::IngestReport &report) {
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    for (const engine::IngestedFile &file : report.files) {
        bytes += file.bytes;
        lines += file.lines;
    }
    std::cout << report.files.size() << " files, " << lines << " lines, " << bytes << " bytes in "
              << toSeconds(report.elapsed) << " s: " << report.runsAdded << " runs added, " << report.runsUpdated
              << " updated\n";
    for (const query::RejectedRow &row : report.rejected)
        std::cout << "rejected " << row.path << ':' << row.line << ": " << row.reason << '\n';
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
    return report->rejected.empty() ? Done : DoneInPart;
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
