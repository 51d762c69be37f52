// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/storecommands.h"
#include "app/terminal.h"
#include "core/engine/engine.h"
#include "core/store/verify.h"

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

int verify(const Common &common) {
    const auto report = store::verify(common.store, common.stop, terminalProgress());
    if (!report)
        return complain(report.error());
    const int status = report->isSound() ? Done : Failed;
    if (common.json) {
        nlohmann::json damage = nlohmann::json::array();
        for (const store::Damage &one : report->damage)
            damage.push_back({{"where", one.where}, {"what", one.what}});
        print({{"path", common.store},
               {"sound", report->isSound()},
               {"bytes", report->bytes},
               {"runs", report->runs},
               {"blocks", report->blocks},
               {"log_bytes", report->logBytes},
               {"segments", report->segments},
               {"samples", report->samples},
               {"rollups", report->rollups},
               {"damages", report->damages},
               {"damage", damage}});
        return status;
    }
    const report::Style style = terminalStyle();
    const auto count = [&](std::uint64_t n) { return report::countText(static_cast<qint64>(n), style).toStdString(); };
    std::cout << table(std::vector<Column>{{"STORE"}, {report->isSound() ? "sound" : "DAMAGED"}},
                       {{"file", bytesText(report->bytes)},
                        {"runs", count(report->runs)},
                        {"raw lines", bytesText(report->logBytes) + " in " + count(report->blocks) + " blocks"},
                        {"samples", count(report->samples) + " in " + count(report->segments) + " segments"},
                        {"rollups", count(report->rollups)}});
    if (report->isSound())
        return status;
    std::vector<std::vector<std::string>> rows;
    for (const store::Damage &one : report->damage)
        rows.push_back({one.where, one.what});
    std::cout << '\n' << table(std::vector<Column>{{"WHERE"}, {"WHAT", false, 200}}, rows);
    if (report->damages > report->damage.size())
        std::cout << "... and " << count(report->damages - report->damage.size()) << " more\n";
    return status;
}

} // namespace

void addStore(CLI::App &program, Action &action) {
    CLI::App *command = program.add_subcommand("store", "Look after the store");
    command->require_subcommand(1);
    CLI::App *infoCommand = command->add_subcommand("info", "Size and growth");
    infoCommand->footer("Example: recipe-analytics store info --json");
    infoCommand->fallthrough();
    infoCommand->callback([&action] { action = info; });
    CLI::App *verifyCommand =
        command->add_subcommand("verify", "Hold everything in it against its checksums; 1 if something is damaged");
    verifyCommand->footer("Example: recipe-analytics store verify");
    verifyCommand->fallthrough();
    verifyCommand->callback([&action] { action = verify; });
    addStoreCare(*command, action);
}

} // namespace ra::app
