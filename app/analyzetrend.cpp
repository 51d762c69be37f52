// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/stats/memorytrend.h"
#include "core/stats/trend.h"

#include <limits>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    double level = 0.95;
};

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

void writeTrend(const table::Series &series, double level, table::JsonWriter &out) {
    const auto [values, rows] = inOrderOfTime(series);
    std::vector<double> times;
    if (!series.times.empty()) {
        for (const std::size_t row : rows)
            times.push_back(series.times[row]);
    }
    const auto test = stats::mannKendall(values);
    const auto corrected = stats::correctedMannKendall(values);
    const auto underMemory = stats::memoryTrend(values);
    const auto line = times.empty() ? stats::theilSen(values, level) : stats::theilSen(times, values, level);
    out.key("mann_kendall").beginObject();
    out.field("s", test ? test->s : unknown).field("var_s", test ? test->variance : unknown);
    out.field("z", test ? test->z : unknown).field("p", test ? test->p : unknown);
    out.field("tau", test ? test->tau : unknown).endObject();
    out.key("mann_kendall_corrected").beginObject();
    out.field("correction", corrected ? corrected->correction : unknown);
    out.field("z", corrected ? corrected->z : unknown).field("p", corrected ? corrected->p : unknown).endObject();
    out.key("theil_sen").beginObject();
    out.field("slope", line ? line->slope : unknown).field("intercept", line ? line->intercept : unknown);
    out.range("ci", line ? line->interval.low : unknown, line ? line->interval.high : unknown).endObject();
    out.key("memory_trend").beginObject();
    out.field("t", underMemory ? underMemory->t : unknown).field("p", underMemory ? underMemory->p : unknown);
    out.field("memory", underMemory ? underMemory->memory : unknown).endObject();
    // Neighbours that resemble each other make trends out of nothing. Of the three tests only the last one holds its
    // level then, and says whether there is one; few values tell nothing about their memory.
    const double p = underMemory ? underMemory->p : test ? test->p : 1;
    const double sign = underMemory ? underMemory->t : test ? test->s : 0;
    out.field("direction", p < 1 - level ? (sign > 0 ? "rising" : "falling") : "none");
}

int run(const Options &options, const Common &common) {
    return analyzeSeries(
        options.input, common,
        [&](const table::Series &series, const table::Table &, table::JsonWriter &out) -> Result<void> {
            writeTrend(series, options.level, out);
            return {};
        });
}

} // namespace

void addAnalyzeTrend(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("trend", "Whether a series rises or falls, and how steeply");
    addTableOptions(*command, options->input);
    addLevelOption(*command, options->level);
    command->footer("Example: recipe-analytics analyze trend --input nightly.csv --column seconds --time finished");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
