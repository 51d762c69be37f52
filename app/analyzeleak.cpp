// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/series/leak.h"

#include <limits>

namespace ra::app {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

const char *nameOf(series::LeakVerdict verdict) {
    switch (verdict) {
    case series::LeakVerdict::Leak:
        return "leak";
    case series::LeakVerdict::None:
        return "none";
    case series::LeakVerdict::Insufficient:
        break;
    }
    return "insufficient";
}

Result<void> judge(const table::Series &series, const table::Table &table, table::JsonWriter &out) {
    const SeriesInput input = regularInput(series, table);
    const series::LeakReport report = series::findLeak(input.values);
    out.field("verdict", nameOf(report.verdict));
    if (report.verdict == series::LeakVerdict::Insufficient) { // a slope of nought would be a finding
        out.key("slope_bytes_per_s").null().range("ci", unknown, unknown).key("p").null().key("confidence").null();
        out.key("baseline_bytes").null().key("onset_index").null().key("shape").null();
        return {};
    }
    out.field("slope_bytes_per_s", report.slope / input.step);
    out.range("ci", report.slopeLow / input.step, report.slopeHigh / input.step);
    out.field("p", report.p).field("confidence", report.confidence).field("baseline_bytes", report.baseline);
    out.field("onset_index", rowOf(series, input, report.onset)).field("shape", report.shape);
    return {};
}

int run(const TableInput &input, const Common &common) {
    return analyzeSeries(input, common, judge);
}

} // namespace

void addAnalyzeLeak(CLI::App &analyze, Action &action) {
    auto input = std::make_shared<TableInput>();
    CLI::App *command = analyze.add_subcommand("leak", "Whether the memory of a process (in bytes) grows without end");
    addTableOptions(*command, *input);
    command->footer("Example: recipe-analytics analyze leak --input rss.csv --column rss_bytes --series pid");
    onChosen(*command, action, input, run);
}

} // namespace ra::app
