// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/series/control.h"

#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::size_t baseline = 0;
    std::string method = "cusum";
    double runLength = 500;
    std::string better = "lower";
};

const char *nameOf(series::ControlVerdict verdict, bool lowerIsBetter) {
    switch (verdict) {
    case series::ControlVerdict::Stable:
        return "stable";
    case series::ControlVerdict::Rising:
        return lowerIsBetter ? "degrading" : "improving";
    case series::ControlVerdict::Falling:
        return lowerIsBetter ? "improving" : "degrading";
    case series::ControlVerdict::Insufficient:
        break;
    }
    return "insufficient";
}

void write(const series::ControlAlarm &alarm, const table::Series &series, const TimeOrder &order,
           table::JsonWriter &out) {
    const std::size_t index = order.rows[alarm.index];
    const std::size_t onset = order.rows[alarm.onset];
    out.beginObject().field("index", index);
    if (index < series.times.size())
        out.field("t", series.times[index]);
    out.field("side", alarm.rising ? "high" : "low").field("onset_index", onset);
    if (onset < series.times.size())
        out.field("onset_t", series.times[onset]);
    out.key("end_index");
    if (alarm.end < order.rows.size())
        out.value(order.rows[alarm.end]);
    else
        out.null();
    out.field("statistic", alarm.statistic).field("limit", alarm.limit);
    out.key("shift_estimate").beginObject().field("value", alarm.shift.value);
    out.range("ci", alarm.shift.low, alarm.shift.high);
    out.field("ratio", alarm.shift.ratio).field("sigmas", alarm.shift.sigmas).endObject().endObject();
}

Result<void> chart(const table::Series &series, const Options &options, table::JsonWriter &out) {
    const TimeOrder order = inOrderOfTime(series);
    const series::ControlReport report = series::controlChart(
        order.values, {.method = options.method == "ewma" ? series::ControlMethod::Ewma : series::ControlMethod::Cusum,
                       .baseline = options.baseline,
                       .runLength = options.runLength});
    out.field("verdict", nameOf(report.verdict, options.better == "lower")).field("method", options.method);
    out.field("baseline", options.baseline > 0 ? "rows" : "self-starting");
    out.field("scale", report.logarithms ? "log" : "plain").field("target", report.target).field("sigma", report.sigma);
    out.field("memory", report.memory).field("arl0", options.runLength).field("limit", report.limit);
    out.key("alarms").beginArray();
    for (const series::ControlAlarm &alarm : report.alarms)
        write(alarm, series, order, out);
    std::vector<double> statistic(report.statistic.size());
    for (std::size_t i = 0; i < statistic.size(); ++i)
        statistic[order.rows[i]] = report.statistic[i];
    out.endArray().field("statistic", std::span(statistic));
    return {};
}

int run(const Options &options, const Common &common) {
    return analyzeSeries(options.input, common,
                         [&](const table::Series &series, const table::Table &, table::JsonWriter &out) {
                             return chart(series, options, out);
                         });
}

} // namespace

void addAnalyzeControl(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command =
        analyze.add_subcommand("control", "Whether the level of a series has left its target, as early as can be told");
    addTableOptions(*command, options->input);
    command
        ->add_option("--baseline", options->baseline,
                     "So many rows at the beginning are known to be good (default: the chart starts itself)")
        ->check(CLI::Range(20, 1 << 30));
    command->add_option("--method", options->method, "cusum, or ewma: an exponentially weighted mean")
        ->check(CLI::IsMember({"cusum", "ewma"}))
        ->capture_default_str();
    command->add_option("--arl0", options->runLength, "Values until a false alarm, on average")
        ->check(numberBetween(10, 1e6))
        ->capture_default_str();
    command
        ->add_option("--better", options->better, "Which values are good ones: what rises is degrading, or improving")
        ->check(CLI::IsMember({"lower", "higher"}))
        ->capture_default_str();
    command->footer("Example: recipe-analytics analyze control --input durations.csv --column seconds --baseline 100");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
