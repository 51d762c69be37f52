// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/simulate.h"
#include "app/command.h"
#include "app/terminal.h"

#include <iostream>
#include <map>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    simulate::SimulateConfig config;
    double forSeconds = 0;
};

int run(const Options &options, const Common &common) {
    simulate::SimulateConfig config = options.config;
    if (options.forSeconds > 0)
        config.liveFor = durationFromSeconds(options.forSeconds);
    const auto truth = simulate::simulate(config, common.stop, terminalProgress());
    if (!truth)
        return complain(truth.error());
    if (common.json)
        std::cout << simulate::toJson(*truth) << std::endl;
    else
        std::cout << report::countText(static_cast<qint64>(truth->executions), terminalStyle()).toStdString()
                  << " executions, " << bytesText(truth->bytes) << " of logs in " << config.outDir << '\n';
    return Done;
}

} // namespace

void addSimulate(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    simulate::SimulateConfig &config = options->config;
    CLI::App *command =
        program.add_subcommand("simulate", "Write logs in Framework0's formats, with the truth beside them");
    command->add_option("--out", config.outDir, "Folder to write to; made if missing")->required();
    command->add_option("--executions", config.executions, "So many runs")->capture_default_str();
    command->add_option("--concurrent", config.concurrent, "So many at a time")->capture_default_str();
    command->add_option("--rate", config.linesPerSecond, "Lines a second of all together (with --live)");
    command->add_option("--seed", config.seed, "The same seed gives the same logs")->capture_default_str();
    command->add_option("--days", config.days, "Spread the history over so many days up to now");
    command->add_option("--bytes", config.targetBytes, "Start no more runs once the logs hold so many bytes");
    command->add_option("--zone", config.zone, "IANA zone of the runner's local times")->capture_default_str();
    command->add_option("--for", options->forSeconds, "End after so many seconds (with --live)");
    command->add_flag("--live", config.live, "Write in real time");
    static const std::map<std::string, simulate::Layout> layouts = {{"threads", simulate::Layout::Threads},
                                                                    {"shared", simulate::Layout::SharedFile},
                                                                    {"separate", simulate::Layout::FilePerProcess}};
    command->add_option("--layout", config.layout, "Who writes to which file: threads, shared, separate")
        ->transform(CLI::CheckedTransformer(layouts, CLI::ignore_case).description(""))
        ->option_text("LAYOUT=threads");
    command->footer("Example: recipe-analytics simulate --out /tmp/f0 --executions 200 --concurrent 20 --days 30");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
