// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/series/changes.h"

namespace ra::app {

namespace {

Result<void> find(const table::Series &series, const table::Table &, table::JsonWriter &out) {
    out.key("changes").beginArray();
    for (const series::Change &change : series::findChanges(series.values())) {
        out.beginObject().field("index", change.index);
        if (change.index < series.times.size())
            out.field("t", series.times[change.index]);
        out.field("p", change.p).field("confidence", change.confidence);
        out.field("before", change.before).field("after", change.after).field("magnitude", change.magnitude);
        out.field("spread", change.spread).endObject();
    }
    out.endArray().field("n", series.values().size());
    return {};
}

int run(const TableInput &input, const Common &common) {
    return analyzeSeries(input, common, find);
}

} // namespace

void addAnalyzeChanges(CLI::App &analyze, Action &action) {
    auto input = std::make_shared<TableInput>();
    CLI::App *command =
        analyze.add_subcommand("changes", "Where a series changes its level, scatter or slope for good");
    addTableOptions(*command, *input);
    command->footer("Example: recipe-analytics analyze changes --input durations.csv --column seconds --series step");
    onChosen(*command, action, input, run);
}

} // namespace ra::app
