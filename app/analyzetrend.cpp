// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/stats/trend.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    double level = 0.95;
};

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Brings the rows into the order of time.
void sortByTime(std::vector<double> &times, std::vector<double> &values) {
    if (std::ranges::is_sorted(times))
        return;
    std::vector<std::size_t> order(times.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return times[i] < times[j]; });
    const std::vector<double> oldTimes = times;
    const std::vector<double> oldValues = values;
    for (std::size_t i = 0; i < order.size(); ++i) {
        times[i] = oldTimes[order[i]];
        values[i] = oldValues[order[i]];
    }
}

void writeTrend(const table::Series &series, double level, table::JsonWriter &out) {
    std::vector<double> times = series.times;
    std::vector<double> values = series.values();
    if (!times.empty())
        sortByTime(times, values);
    const auto test = stats::mannKendall(values);
    const auto corrected = stats::correctedMannKendall(values);
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
    // Neighbours that resemble each other make trends out of nothing: the corrected test decides where there is one.
    const double p = corrected ? corrected->p : test ? test->p : 1;
    out.field("direction", p < 1 - level ? (test->s > 0 ? "rising" : "falling") : "none");
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
