// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/series/autocorrelation.h"
#include "core/series/regular.h"
#include "core/series/season.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::app {

namespace {

/// Whether two finite values differ: what does not vary has no correlation with itself either.
bool varies(const std::vector<double> &values) {
    const auto isFinite = [](double v) { return std::isfinite(v); };
    const auto first = std::find_if(values.begin(), values.end(), isFinite);
    return std::any_of(first, values.end(), [&](double v) { return isFinite(v) && v != *first; });
}

Result<void> find(const table::Series &series, const table::Table &table, table::JsonWriter &out) {
    const SeriesInput input = regularInput(series, table);
    series::SeasonOptions options;
    if (input.isCalendar)
        options.hints = series::calendarPeriods(input.step);
    out.key("periods").beginArray();
    for (const series::Season &season : series::findSeasons(input.values, options)) {
        out.beginObject().field("period", season.period).field("strength", season.strength).field("p", season.p);
        if (input.isCalendar)
            out.field("period_s", static_cast<double>(season.period) * input.step);
        out.endObject();
    }
    out.endArray();
    // As many lags as R's acf would give, and two weeks of hours for everything shorter.
    constexpr std::size_t most = 400;
    std::vector<double> acf = series::autocorrelations(input.values, std::min(most, input.values.size() / 2));
    if (!varies(input.values))
        std::fill(acf.begin(), acf.end(), std::numeric_limits<double>::quiet_NaN());
    out.field("acf", std::span(acf)).field("n", input.values.size());
    return {};
}

int run(const TableInput &input, const Common &common) {
    return analyzeSeries(input, common, find);
}

} // namespace

void addAnalyzeSeason(CLI::App &analyze, Action &action) {
    auto input = std::make_shared<TableInput>();
    CLI::App *command = analyze.add_subcommand("season", "The periods in which series repeat, from calendar and data");
    addTableOptions(*command, *input);
    command->footer("Example: recipe-analytics analyze season --input starts.csv --column runs");
    onChosen(*command, action, input, run);
}

} // namespace ra::app
