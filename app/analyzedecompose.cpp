// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/series/gaps.h"
#include "core/series/stl.h"

#include <algorithm>
#include <charconv>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::vector<std::size_t> periods;
    std::string window;
    bool robust = false;
};

int run(const Options &options, const Common &common) {
    series::MstlOptions how{
        .periods = options.periods, .periodic = options.window == "periodic", .robust = options.robust};
    if (!options.window.empty() && !how.periodic) {
        std::size_t window = 0;
        const char *const end = options.window.data() + options.window.size();
        const auto [stop, error] = std::from_chars(options.window.data(), end, window);
        if (error != std::errc() || stop != end || window < 3)
            return complain({.kind = ErrorKind::Invalid,
                             .what = "decompose",
                             .where = "--seasonal-window " + options.window,
                             .why = "a window is a number of cycles from 3 on, or the word periodic"});
        how.windows.assign(how.periods.size(), window);
    }
    return analyzeSeries(
        options.input, common,
        [&](const table::Series &series, const table::Table &, table::JsonWriter &out) -> Result<void> {
            const std::vector<double> values = series::filledGaps(series.values(), how.periods.front());
            if (values.size() <= 2 * how.periods.front())
                return fail({.what = "decompose", .where = series.name, .why = "more than two full cycles are needed"});
            const series::Decomposition parts = series::mstl(values, how);
            out.field("trend", std::span(parts.trend));
            out.key("seasonal").beginArray();
            for (const std::vector<double> &part : parts.seasonal)
                out.value(std::span(part));
            out.endArray();
            out.field("remainder", std::span(parts.remainder));
            out.key("strength").beginObject();
            out.field("trend", series::strength(parts.trend, parts.remainder));
            out.key("seasonal").beginArray();
            for (const std::vector<double> &part : parts.seasonal)
                out.value(series::strength(part, parts.remainder));
            out.endArray().endObject();
            return {};
        });
}

} // namespace

void addAnalyzeDecompose(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command =
        analyze.add_subcommand("decompose", "Take series apart into trend, seasons and remainder (STL)");
    addTableOptions(*command, options->input);
    command->add_option("--period", options->periods, "Samples a cycle; several for several seasons: 24,168")
        ->delimiter(',')
        ->required()
        ->check(CLI::Range(2, 1 << 24));
    command->add_option(
        "--seasonal-window", options->window,
        "Cycles over which a seasonal figure may change, or the word periodic (default: 11, 15, ... by the "
        "rank of the period)");
    command->add_flag("--robust", options->robust, "Outliers get little weight");
    command->footer("Example: recipe-analytics analyze decompose --input load.csv --period 24,168 --robust");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
