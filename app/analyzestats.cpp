// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/stats/sketch.h"

#include <memory>

namespace ra::app {

namespace {

Result<void> describe(const table::Series &series, const table::Table &, table::JsonWriter &out) {
    stats::Sketch sketch;
    sketch.add(series.values());
    out.field("n", sketch.count()).field("mean", sketch.mean()).field("min", sketch.min()).field("max", sketch.max());
    return {};
}

int run(const TableInput &input, const Common &common) {
    return analyzeSeries(input, common, describe);
}

} // namespace

void addAnalyzeStats(CLI::App &analyze, Action &action) {
    auto input = std::make_shared<TableInput>();
    CLI::App *command = analyze.add_subcommand("stats", "What a column of numbers is like");
    addTableOptions(*command, *input);
    command->footer("Example: recipe-analytics analyze stats --input durations.csv --column seconds");
    onChosen(*command, action, input, run);
}

} // namespace ra::app
