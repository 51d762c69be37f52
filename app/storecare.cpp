// SPDX-License-Identifier: GPL-3.0-or-later
// store retain, pin, unpin, compact: what is kept, and for how long.
#include "core/engine/storecare.h"
#include "app/command.h"
#include "app/storecommands.h"
#include "app/terminal.h"

#include <charconv>
#include <iostream>
#include <memory>

namespace ra::app {

namespace {

/// "90d", "12w", "5y" as a period; "" is none.
Result<std::optional<Duration>> parsePeriod(const std::string &text) {
    if (text.empty() || text == "forever")
        return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string unit(static_cast<const char *>(end), text.data() + text.size());
    const int days = unit == "d" ? 1 : unit == "w" ? 7 : unit == "y" ? 365 : 0;
    constexpr std::int64_t mostDays = 36'500;
    if (error != std::errc() || number < 1 || number > mostDays || days == 0 || number * days > mostDays) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the period",
                     .where = text,
                     .why = "it is not a number of days, weeks or years, of a day to a hundred years",
                     .hint = "Write 90d, 12w, 5y or forever"});
    }
    return std::chrono::hours(24) * number * days;
}

/// "5GB", "500MB", "1.5 TB" in bytes.
Result<std::uint64_t> parseBytes(const std::string &text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string unit(static_cast<const char *>(end), text.data() + text.size());
    std::erase(unit, ' ');
    const double factor = unit == "MB" ? 1e6 : unit == "GB" ? 1e9 : unit == "TB" ? 1e12 : 0;
    if (error != std::errc() || !(number >= 0) || factor == 0 || number * factor > 1e18) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the size",
                     .where = text,
                     .why = "it is not a number of MB, GB or TB",
                     .hint = "Write 500MB or 5GB"});
    }
    return static_cast<std::uint64_t>(number * factor);
}

struct RetainWords {
    std::string samples;
    std::string log;
    std::string rollups;
    std::string runs;
    std::string keepFree;
    bool preview = false;
    bool save = false;

    [[nodiscard]] bool says() const {
        return !(samples.empty() && log.empty() && rollups.empty() && runs.empty() && keepFree.empty());
    }
};

/// What is said on top of what is saved.
Result<RetentionPolicy> policyOf(const RetainWords &options, RetentionPolicy policy) {
    for (const auto &[text, period] :
         {std::pair(&options.samples, &policy.samples), std::pair(&options.log, &policy.log),
          std::pair(&options.rollups, &policy.rollups), std::pair(&options.runs, &policy.runs)}) {
        if (text->empty())
            continue;
        auto parsed = parsePeriod(*text);
        if (!parsed)
            return tl::unexpected(parsed.error());
        *period = *parsed;
    }
    if (!options.keepFree.empty()) {
        const auto bytes = parseBytes(options.keepFree);
        if (!bytes)
            return tl::unexpected(bytes.error());
        policy.keepFreeBytes = *bytes;
    }
    return policy;
}

nlohmann::json secondsOf(const std::optional<Duration> &period) {
    return period ? nlohmann::json(static_cast<double>(period->count()) / 1e9) : nlohmann::json(nullptr);
}

nlohmann::json toJson(const RetentionPolicy &policy) {
    return {{"samples_s", secondsOf(policy.samples)},
            {"log_s", secondsOf(policy.log)},
            {"rollups_s", secondsOf(policy.rollups)},
            {"runs_s", secondsOf(policy.runs)},
            {"keep_free_bytes", policy.keepFreeBytes}};
}

std::string periodText(const std::optional<Duration> &period, const report::Style &style) {
    if (!period)
        return "for ever";
    const auto days = std::chrono::duration_cast<std::chrono::hours>(*period).count() / 24;
    return report::countText(days, style).toStdString() + (days == 1 ? " day" : " days");
}

int retain(const RetainWords &options, const Common &common) {
    const auto saved = engine::retentionOf(common.store);
    if (!saved)
        return complain(saved.error());
    const auto policy = policyOf(options, *saved);
    if (!policy) {
        complain(policy.error());
        return WrongUsage;
    }
    const auto gone = engine::retain(common.store, *policy, {.preview = options.preview, .save = options.save},
                                     common.stop, terminalProgress());
    if (!gone)
        return complain(gone.error());
    if (common.json) {
        print({{"preview", options.preview},
               {"policy", toJson(*policy)},
               {"samples", gone->samples},
               {"log_bytes", gone->logBytes},
               {"rollups", gone->rollups},
               {"runs", gone->runs},
               {"steps", gone->steps},
               {"freed_bytes", gone->freedBytes},
               {"taken_bytes", gone->takenBytes}});
        return Done;
    }
    const report::Style style = terminalStyle();
    const auto count = [&](std::uint64_t n) { return report::countText(static_cast<qint64>(n), style).toStdString(); };
    std::cout << table(
        std::vector<Column>{{"KIND"}, {"KEPT"}, {options.preview ? "WOULD GO" : "GONE", true}},
        {{"samples", periodText(policy->samples, style), count(gone->samples)},
         {"raw lines", periodText(policy->log, style), bytesText(gone->logBytes)},
         {"runs", periodText(policy->runs, style), count(gone->runs) + " with " + count(gone->steps) + " steps"},
         {"rollups", periodText(policy->rollups, style), count(gone->rollups)}});
    if (policy->keepFreeBytes > 0)
        std::cout << "At least " << bytesText(policy->keepFreeBytes) << " of the disk stay free.\n";
    if (gone->takenBytes > 0) {
        std::cout << (options.preview ? "Would take " : "Took ") << bytesText(gone->takenBytes)
                  << " more: what sums up so few samples, and stays, is larger than they were.\n";
    } else {
        std::cout << (options.preview ? "Would free " : "Freed ") << bytesText(gone->freedBytes) << " in the file"
                  << (options.preview ? ".\n" : "; store compact gives them back to the disk.\n");
    }
    if (policy->isEmpty())
        std::cerr << "Nothing limits what is kept. Say for how long, e.g. --samples 90d --log 1y\n";
    return Done;
}

int pin(const std::vector<std::string> &runs, bool on, const Common &common) {
    const auto ids = engine::pinRuns(common.store, runs, on);
    if (!ids)
        return complain(ids.error());
    if (common.json) {
        print({{"pinned", *ids}});
        return Done;
    }
    for (const std::string &id : *ids)
        std::cout << id << '\n';
    return Done;
}

int compact(const Common &common) {
    const auto compacted = engine::compactStore(common.store, common.stop, terminalProgress());
    if (!compacted)
        return complain(compacted.error());
    if (common.json)
        print({{"bytes_before", compacted->bytesBefore}, {"bytes", compacted->bytes}});
    else
        std::cout << bytesText(compacted->bytesBefore) << " before, " << bytesText(compacted->bytes) << " now\n";
    return Done;
}

} // namespace

void addStoreCare(CLI::App &store, Action &action) {
    const auto options = std::make_shared<RetainWords>();
    CLI::App *retainCommand = store.add_subcommand("retain", "Remove what need not be kept any longer");
    retainCommand->footer("Example: recipe-analytics store retain --samples 90d --log 1y --keep-free 5GB --save\n"
                          "Periods: 90d, 12w, 5y, forever; what is not said is as it was saved, else for ever.\n"
                          "--keep-free works day by day (of UTC): the oldest day goes as a whole, then it looks again; "
                          "samples and raw lines go first, runs only where these did not suffice. Today and what is "
                          "pinned stay, however little is free. What is freed in the file counts as free: the store "
                          "uses it before it grows.");
    retainCommand->fallthrough();
    retainCommand->add_option("--samples", options->samples, "Samples as they were measured");
    retainCommand->add_option("--log", options->log, "Raw lines");
    retainCommand->add_option("--runs", options->runs, "Runs with their steps and errors");
    retainCommand->add_option("--rollups", options->rollups, "What sums up samples and steps by minute, hour and day");
    retainCommand->add_option("--keep-free", options->keepFree,
                              "Of the disk: where less is free, the oldest samples, raw lines and runs go earlier");
    retainCommand->add_flag("--dry-run", options->preview, "Only tell what would go");
    retainCommand->add_flag("--save", options->save, "From now on, where nothing else is said");
    retainCommand->callback(
        [&action, options] { action = [options](const Common &common) { return retain(*options, common); }; });
    for (const bool on : {true, false}) {
        const auto runs = std::make_shared<std::vector<std::string>>();
        CLI::App *command = store.add_subcommand(
            on ? "pin" : "unpin", on ? "Runs that never go, nor their raw lines and samples; without runs: lists them"
                                     : "Take the pin off runs");
        command->footer(on ? "Example: recipe-analytics store pin 00f3a6e0c2b49d11"
                           : "Example: recipe-analytics store unpin "
                             "00f3a6e0c2b49d11");
        command->fallthrough();
        CLI::Option *option = command->add_option("RUN", *runs, "Ids of runs");
        option->required(!on);
        command->callback(
            [&action, runs, on] { action = [runs, on](const Common &common) { return pin(*runs, on, common); }; });
    }
    CLI::App *compactCommand = store.add_subcommand("compact", "Give what is free in the file back to the disk");
    compactCommand->footer("Example: recipe-analytics store compact");
    compactCommand->fallthrough();
    compactCommand->callback([&action] { action = compact; });
}

} // namespace ra::app
