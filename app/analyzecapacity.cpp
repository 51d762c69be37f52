// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/series/capacity.h"

#include <memory>

namespace ra::app {

namespace {

constexpr std::pair<const char *, double> horizons[] = {
    {"1d", 86'400.0}, {"7d", 7 * 86'400.0}, {"30d", 30 * 86'400.0}, {"90d", 90 * 86'400.0}, {"365d", 365 * 86'400.0}};

struct Options {
    TableInput input;
    double limit = 0;
    bool below = false;
    double level = 0.95;
    std::uint64_t seed = 1;
};

const char *nameOf(series::CapacityVerdict verdict) {
    switch (verdict) {
    case series::CapacityVerdict::Crossing:
        return "crossing";
    case series::CapacityVerdict::None:
        return "none";
    case series::CapacityVerdict::Already:
        return "already";
    case series::CapacityVerdict::Insufficient:
        break;
    }
    return "insufficient";
}

/// {"estimate","ci"} of steps after the last value.
void writeSpan(const char *name, const series::CapacityReport &report, double begin, double step,
               table::JsonWriter &out) {
    out.key(name).beginObject().field("estimate", begin + report.steps * step);
    out.range("ci", begin + report.stepsLow * step, begin + report.stepsHigh * step).endObject();
}

Result<void> judge(const table::Series &series, const table::Table &table, const Options &options,
                   table::JsonWriter &out) {
    const SeriesInput input = regularInput(series, table);
    series::CapacityOptions how{.limit = options.limit,
                                .below = options.below,
                                .periods = seasonsFor(input),
                                .level = options.level,
                                .within = {},
                                .seed = options.seed};
    for (const auto &[name, seconds] : horizons)
        how.within.push_back(seconds / input.step);
    const series::CapacityReport report = series::timeToLimit(input.values, how);
    out.field("verdict", nameOf(report.verdict)).field("now", report.now).field("limit", options.limit);
    out.field("growth_per_s", report.growth / input.step);
    out.range("growth_ci", report.growthLow / input.step, report.growthHigh / input.step);
    const double last = input.start + (static_cast<double>(input.values.size()) - 1) * input.step;
    writeSpan("crosses_t", report, last, input.step, out);
    writeSpan("crosses_in_s", report, 0, input.step, out);
    out.key("probability_within").beginObject();
    for (std::size_t i = 0; i < report.probabilities.size(); ++i)
        out.field(horizons[i].first, report.probabilities[i]);
    out.endObject().field("foreseen_s", report.foreseen * input.step);
    out.field("level", options.level).field("method", report.method);
    return {};
}

int run(const Options &options, const Common &common) {
    return analyzeSeries(options.input, common,
                         [&](const table::Series &series, const table::Table &table, table::JsonWriter &out) {
                             return judge(series, table, options, out);
                         });
}

} // namespace

void addAnalyzeCapacity(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("capacity", "When a series crosses a limit, with an interval");
    addTableOptions(*command, options->input);
    command->add_option("--limit", options->limit, "The value that must not be reached, in the unit of the column")
        ->required()
        ->check(CLI::Range(-1e300, 1e300));
    command->add_flag("--below", options->below, "The limit is one that must not be fallen below");
    addLevelOption(*command, options->level);
    command->add_option("--seed", options->seed, "Of the paths that are drawn")->capture_default_str();
    command->footer("Example: recipe-analytics analyze capacity --input disk.csv --column used_bytes --limit 5e11");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
