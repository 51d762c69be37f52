// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
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
                                     {"samples", 0},
                                     {"sample_bytes", 0},
                                     {"segments", 0},
                                     {"log_bytes_raw", info->logBytesRaw},
                                     {"log_bytes_stored", info->logBytesStored},
                                     {"rejected", info->rejected},
                                     {"growth_bytes_per_day", info->growthBytesPerDay}};
    if (common.json) {
        print(document);
        return Done;
    }
    for (const auto &[key, value] : document.items())
        std::cout << key << ' ' << value << '\n';
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
