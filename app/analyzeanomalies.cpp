// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/series/anomalies.h"

#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    bool causal = false;
};

Result<void> find(const table::Series &series, const table::Table &table, const Options &options,
                  table::JsonWriter &out) {
    const series::AnomalyInput input{
        .values = series.values(), .times = series.times, .isCalendar = table.hasTimes && table.timesAreText};
    const series::Anomalies found = options.causal ? series::causalAnomalies(input) : series::wholeAnomalies(input);
    out.field("scores", std::span(found.scores));
    out.key("anomalies").beginArray();
    for (const series::Anomaly &anomaly : found.anomalies) {
        out.beginObject().field("index", anomaly.index);
        if (anomaly.index < series.times.size())
            out.field("t", series.times[anomaly.index]);
        out.field("value", series.values()[anomaly.index]).field("expected", anomaly.expected);
        out.field("lower", anomaly.lower).field("upper", anomaly.upper).field("score", anomaly.score);
        out.key("detectors").beginArray();
        for (int i = 0; i < series::detectorCount; ++i)
            if (const auto detector = static_cast<series::Detector>(i); anomaly.detectors.contains(detector))
                out.value(series::detectorName(detector));
        out.endArray().endObject();
    }
    out.endArray().field("n", series.values().size());
    return {};
}

int run(const Options &options, const Common &common) {
    return analyzeSeries(options.input, common,
                         [&](const table::Series &series, const table::Table &table, table::JsonWriter &out) {
                             return find(series, table, options, out);
                         });
}

} // namespace

void addAnalyzeAnomalies(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("anomalies", "Which rows are out of order, how much and why");
    addTableOptions(*command, options->input);
    command->add_flag("--causal", options->causal, "Judge each row by itself and the rows before only, as in a stream");
    command->footer("Example: recipe-analytics analyze anomalies --input cpu.csv --time timestamp --causal");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
