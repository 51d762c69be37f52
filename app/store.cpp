// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/terminal.h"
#include "core/engine/engine.h"

#include <iostream>

namespace ra::app {

namespace {

int info(const Common &common) {
    const auto info = engine::Engine::storeInfo(common.store);
    if (!info)
        return complain(info.error());
    const nlohmann::json document = {{"path", info->path},
                                     {"bytes", info->bytes},
                                     {"schema", info->schema},
                                     {"runs", info->runs},
                                     {"steps", info->steps},
                                     {"samples", info->samples},
                                     {"sample_bytes", info->sampleBytes},
                                     {"segments", info->segments},
                                     {"log_bytes_raw", info->logBytesRaw},
                                     {"log_bytes_stored", info->logBytesStored},
                                     {"rejected", info->rejected},
                                     {"growth_bytes_per_day", info->growthBytesPerDay}};
    if (common.json) {
        print(document);
        return Done;
    }
    const report::Style style = terminalStyle();
    const auto count = [&](std::uint64_t n) { return report::countText(static_cast<qint64>(n), style).toStdString(); };
    std::string logs = bytesText(info->logBytesStored) + " for " + bytesText(info->logBytesRaw) + " of log";
    if (info->logBytesRaw > 0) {
        const double share = 100.0 * static_cast<double>(info->logBytesStored) / static_cast<double>(info->logBytesRaw);
        logs += " (" + report::decimalText(share, 1, style).toStdString() + " %)";
    }
    const std::string samples = count(info->samples) + " in " + bytesText(info->sampleBytes);
    const std::string growth = info->growthBytesPerDay > 0
                                   ? bytesText(static_cast<std::uint64_t>(info->growthBytesPerDay)) + " a day"
                                   : std::string("not known before a day has passed");
    std::cout << table(std::vector<Column>{{"STORE"}, {info->path, false, 4'000}},
                       {{"size", bytesText(info->bytes)},
                        {"schema", std::to_string(info->schema)},
                        {"runs", count(info->runs)},
                        {"steps", count(info->steps)},
                        {"samples", samples},
                        {"raw lines", logs},
                        {"rejected lines", count(info->rejected)},
                        {"growth", growth}});
    return Done;
}

} // namespace

void addStore(CLI::App &program, Action &action) {
    CLI::App *command = program.add_subcommand("store", "Look after the store");
    command->require_subcommand(1);
    CLI::App *infoCommand = command->add_subcommand("info", "Size and growth");
    infoCommand->footer("Example: recipe-analytics store info --json");
    infoCommand->fallthrough();
    infoCommand->callback([&action] { action = info; });
}

} // namespace ra::app
