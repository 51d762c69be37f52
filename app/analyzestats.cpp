// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/stats/describe.h"
#include "core/stats/intervals.h"
#include "core/stats/quantile.h"
#include "core/stats/randomness.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::vector<double> quantiles = {0.9, 0.95, 0.99, 0.999};
    double level = 0.95;
};

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::string numberText(double number) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
    return {buffer, end};
}

void writeInterval(table::JsonWriter &out, std::string_view name, const std::optional<stats::Interval> &interval) {
    out.range(name, interval ? interval->low : unknown, interval ? interval->high : unknown);
}

void writeQuantileInterval(table::JsonWriter &out, std::string_view name, std::span<const double> ascending, double q,
                           double level) {
    const auto interval = stats::quantileInterval(ascending, q, level);
    out.range(name, interval ? interval->low.value_or(unknown) : unknown,
              interval ? interval->high.value_or(unknown) : unknown);
}

void describe(const std::vector<double> &values, const Options &options, table::JsonWriter &out) {
    const stats::Description d = stats::describe(values);
    const stats::Moments &m = d.moments;
    const auto field = [&](std::string_view name, std::optional<double> value) {
        out.field(name, value.value_or(unknown));
    };
    out.field("n", m.count()).field("missing", m.missing());
    field("mean", m.mean());
    field("sd", m.sd());
    field("variance", m.variance());
    field("min", m.min());
    field("max", m.max());
    field("median", d.median);
    out.key("quantiles").beginObject();
    for (const double q : withoutRepeats(options.quantiles))
        field(numberText(q), stats::quantile(d.ascending, q));
    out.endObject();
    field("mad", d.medianDeviation);
    field("skewness", m.skewness());
    field("kurtosis", m.kurtosis());
    const std::vector<double> r = stats::autocorrelation(values, 1);
    field("autocorrelation_lag1", r.empty() ? std::nullopt : std::optional(r.front()));
    out.key("ci").beginObject().field("level", options.level);
    writeInterval(out, "mean",
                  m.sd() ? stats::meanInterval(m.count(), *m.mean(), *m.sd(), options.level) : std::nullopt);
    writeQuantileInterval(out, "median", d.ascending, 0.5, options.level);
    writeQuantileInterval(out, "p95", d.ascending, 0.95, options.level);
    writeInterval(out, "sd", m.sd() ? stats::sdInterval(m.count(), *m.sd(), options.level) : std::nullopt);
    out.endObject();
}

int run(const Options &options, const Common &common) {
    return analyzeSeries(
        options.input, common,
        [&](const table::Series &series, const table::Table &, table::JsonWriter &out) -> Result<void> {
            describe(inOrderOfTime(series).values, options, out);
            return {};
        });
}

} // namespace

void addAnalyzeStats(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("stats", "What a column of numbers is like");
    addTableOptions(*command, options->input);
    command->add_option("--quantiles", options->quantiles, "Quantiles to give, separated by commas")
        ->delimiter(',')
        ->check(numberBetween(0, 1))
        ->capture_default_str();
    addLevelOption(*command, options->level);
    command->footer("Example: recipe-analytics analyze stats --input durations.csv --column seconds");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
