// SPDX-License-Identifier: GPL-3.0-or-later
// store archive, attach: what is old to a file of its own, and back.
#include "app/command.h"
#include "app/storecommands.h"
#include "app/terminal.h"
#include "core/engine/storecare.h"

#include <iostream>
#include <memory>
#include <string_view>

namespace ra::app {

namespace {

nlohmann::json toJson(const Archived &content, const std::string &file) {
    return {{"path", file},           {"bytes", content.bytes},     {"runs", content.runs},
            {"steps", content.steps}, {"samples", content.samples}, {"log_bytes", content.logBytes}};
}

void printArchived(std::string_view done, const Archived &content) {
    const report::Style style = terminalStyle();
    const auto count = [&](std::uint64_t n) { return report::countText(static_cast<qint64>(n), style).toStdString(); };
    std::cout << done << count(content.runs) << " runs with " << count(content.steps) << " steps, "
              << count(content.samples) << " samples, " << bytesText(content.logBytes)
              << " of raw lines; the archive has " << bytesText(content.bytes) << '\n';
}

struct ArchiveOptions {
    std::string file;
    std::string before;
    bool copy = false;
};

int archive(const ArchiveOptions &options, const Common &common) {
    const auto before = parseMoment(options.before);
    if (!before) {
        complain(before.error());
        return WrongUsage;
    }
    const auto content = engine::archiveStore(common.store, options.file, *before,
                                              options.copy ? engine::Archiving::Copy : engine::Archiving::Move,
                                              common.stop, terminalProgress());
    if (!content)
        return complain(content.error());
    if (common.json)
        print(toJson(*content, options.file));
    else
        printArchived(options.copy ? "Copied " : "Moved ", *content);
    return Done;
}

int attach(const std::string &file, const Common &common) {
    const auto content = engine::attachArchive(common.store, file, common.stop, terminalProgress());
    if (!content)
        return complain(content.error());
    if (common.json)
        print(toJson(*content, file));
    else
        printArchived("Brought back ", *content);
    if (const auto policy = engine::retentionOf(common.store); policy && !policy->isEmpty()) {
        std::cerr
            << "recipe-analytics: what the saved policy lets go, goes again within the hour: store retain --dry-run "
               "tells what; store pin keeps runs, and --save a longer period\n";
    }
    return Done;
}

} // namespace

void addStoreArchive(CLI::App &store, Action &action) {
    const auto archived = std::make_shared<ArchiveOptions>();
    CLI::App *archiveCommand = store.add_subcommand("archive", "Move old runs, their lines and samples into a file");
    archiveCommand->footer("Example: recipe-analytics store archive --before 365d --out 2025.store.zst");
    archiveCommand->fallthrough();
    archiveCommand->add_option("--before", archived->before, "What ended before this day of UTC")->required();
    archiveCommand->add_option("--out", archived->file, "The archive; never overwritten")->required();
    archiveCommand->add_flag("--copy", archived->copy, "Leave everything in the store, too");
    archiveCommand->callback(
        [&action, archived] { action = [archived](const Common &common) { return archive(*archived, common); }; });
    const auto attached = std::make_shared<std::string>();
    CLI::App *attachCommand = store.add_subcommand("attach", "Bring back what is in an archive");
    attachCommand->footer("Example: recipe-analytics store attach 2025.store.zst");
    attachCommand->fallthrough();
    attachCommand->add_option("FILE", *attached, "The archive")->required();
    attachCommand->callback(
        [&action, attached] { action = [attached](const Common &common) { return attach(*attached, common); }; });
}

} // namespace ra::app
