// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/storecommands.h"
#include "app/terminal.h"
#include "core/engine/engine.h"
#include "core/engine/storecare.h"

#include <iostream>
#include <optional>

namespace ra::app {

namespace {

int info(const Common &common) {
    const auto info = engine::Engine::storeInfo(common.store);
    if (!info)
        return complain(info.error());
    const std::optional<double> daysLeft = daysUntilDiskIsFull(*info);
    const nlohmann::json document = {
        {"path", info->path},
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
        {"growth_bytes_per_day", info->growthBytesPerDay},
        {"forecast_bytes", {{"30", bytesIn(*info, 30)}, {"90", bytesIn(*info, 90)}, {"365", bytesIn(*info, 365)}}},
        {"disk_free_bytes", info->diskFreeBytes},
        {"disk_full_in_days", daysLeft ? nlohmann::json(*daysLeft) : nullptr}};
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
    std::cout << table(
        std::vector<Column>{{"STORE"}, {info->path, false, 4'000}},
        {{"size", bytesText(info->bytes)},
         {"schema", std::to_string(info->schema)},
         {"runs", count(info->runs)},
         {"steps", count(info->steps)},
         {"samples", samples},
         {"raw lines", logs},
         {"rejected lines", count(info->rejected)},
         {"growth", growth},
         {"in a year", info->growthBytesPerDay > 0 ? bytesText(static_cast<std::uint64_t>(bytesIn(*info, 365)))
                                                   : std::string("not known")},
         {"disk",
          bytesText(info->diskFreeBytes) + " free" +
              (daysLeft && *daysLeft < 3'650 ? ", full in " + count(static_cast<std::uint64_t>(*daysLeft)) + " days"
                                             : std::string())}});
    return Done;
}

int verify(const Common &common) {
    const auto report = engine::verifyStore(common.store, common.stop, terminalProgress());
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

int repair(const Common &common) {
    const auto report = engine::repairStore(common.store, common.stop, terminalProgress());
    if (!report)
        return complain(report.error());
    if (common.json) {
        nlohmann::json tables = nlohmann::json::object();
        for (const store::SavedTable &table : report->tables)
            tables[table.name] = {{"saved", table.saved}, {"damaged", table.damaged}, {"made", table.made}};
        print({{"path", common.store},
               {"was_sound", report->wasSound},
               {"aside", report->aside},
               {"pages", report->pages},
               {"damaged_pages", report->damagedPages},
               {"stray_pages", report->strayPages},
               {"lost_pages", report->lostPages},
               {"damaged_rows", report->damagedRows},
               {"read_again", report->readAgain},
               {"tables", tables}});
        return Done;
    }
    if (report->wasSound) {
        std::cout << "The store is sound; nothing was done\n";
        return Done;
    }
    const report::Style style = terminalStyle();
    const auto count = [&](std::uint64_t n) { return report::countText(static_cast<qint64>(n), style).toStdString(); };
    std::vector<std::vector<std::string>> rows;
    for (const store::SavedTable &table : report->tables) {
        if (table.saved + table.damaged + table.made > 0)
            rows.push_back({table.name, count(table.saved), count(table.damaged), count(table.made)});
    }
    std::cout << table(std::vector<Column>{{"TABLE"}, {"SAVED", true}, {"DAMAGED", true}, {"STAND IN FOR LOST", true}},
                       rows)
              << "\nThe store is repaired and sound. Of " << count(report->pages) << " pages "
              << count(report->damagedPages) << " could not be read, with whatever rows they held.\n"
              << "The damaged file is kept: " << oneLine(report->aside, 4'000) << '\n';
    if (report->readAgain)
        std::cout
            << "Read the logs again (ingest, or open their folder): what is missing comes back as far as they go\n";
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
    CLI::App *verifyCommand =
        command->add_subcommand("verify", "Hold everything in it against its checksums; 1 if something is damaged");
    verifyCommand->footer("Example: recipe-analytics store verify");
    verifyCommand->fallthrough();
    verifyCommand->callback([&action] { action = verify; });
    addStoreCare(*command, action);
    addStoreArchive(*command, action);
    CLI::App *repairCommand = command->add_subcommand(
        "repair", "Save what is intact of a damaged store into a new one; the damaged file is kept beside it");
    repairCommand->footer("Example: recipe-analytics store repair --store FILE");
    repairCommand->fallthrough();
    repairCommand->callback([&action] { action = repair; });
}

} // namespace ra::app
