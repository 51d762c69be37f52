// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/runjson.h"
#include "app/terminal.h"
#include "core/query/reader.h"

#include <algorithm>
#include <iostream>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    std::string runId;
    std::string step;
    std::string grep;
};

int run(const Options &options, const Common &common) {
    const auto reader = query::Reader::open(common.store);
    if (!reader)
        return complain(reader.error());
    auto lines = (*reader)->log(options.runId, options.step, options.grep, common.stop);
    if (!lines)
        return complain(lines.error());
    const auto notes = std::ranges::find_if(*lines, [](const query::LogLine &line) { return line.isNote; });
    for (auto note = notes; note != lines->end(); ++note)
        std::cerr << "recipe-analytics: " << note->text << '\n';
    lines->erase(notes, lines->end());
    if (common.json) {
        nlohmann::json list = nlohmann::json::array();
        for (const query::LogLine &line : *lines)
            list.push_back(toJson(line));
        print(list);
        return Done;
    }
    for (const query::LogLine &line : *lines)
        std::cout << rawLine(line.text) << '\n';
    return Done;
}

} // namespace

void addLog(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("log", "Print a run's raw lines, also after the file is gone");
    command->add_option("RUN_ID", options->runId, "The run (16 hex digits)")->required();
    command->add_option("--step", options->step, "Only lines of this step");
    command->add_option("--grep", options->grep, "Only lines that contain this text");
    command->footer("Example: recipe-analytics log 3fa95b0c11d2e4a7 --grep ERROR");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
