// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/stats/bootstrap.h"
#include "core/stats/distances.h"
#include "core/stats/moments.h"
#include "core/stats/power.h"
#include "core/stats/quantile.h"
#include "core/stats/ranktests.h"
#include "core/stats/twosample.h"

#include <cmath>
#include <limits>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::string baseline;
    double level = 0.95;
    std::uint64_t seed = 1;
};

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// Below this many values a side no test reaches the usual levels with certainty worth a verdict.
constexpr std::size_t fewest = 5;

/// All values of a file, whatever its series.
Result<std::vector<double>> valuesOf(TableInput input, const std::string &path) {
    input.path = path;
    const Result<table::Table> table = readTable(input);
    if (!table)
        return tl::unexpected(table.error());
    std::vector<double> values;
    for (const table::Series &series : table->series)
        values.insert(values.end(), series.values().begin(), series.values().end());
    return stats::present(values);
}

double medianOf(const std::vector<double> &values) {
    return stats::median(stats::sorted(values)).value_or(unknown);
}

double meanOf(const std::vector<double> &values) {
    stats::Moments moments;
    moments.add(values);
    return moments.mean().value_or(unknown);
}

/// Slower or faster only where both the ranks and the interval of the shift of medians say so; larger values are
/// slower.
const char *verdictOf(const std::vector<double> &now, const std::vector<double> &before,
                      const std::optional<stats::MannWhitney> &ranks, const std::optional<double> &delta,
                      double level) {
    if (now.size() < fewest || before.size() < fewest || !ranks || !delta)
        return "insufficient";
    if (ranks->pExact >= 1 - level || *delta == 0)
        return "same";
    return *delta > 0 ? "slower" : "faster";
}

int run(const Options &options, const Common &) {
    const auto now = valuesOf(options.input, options.input.path);
    const auto before = now ? valuesOf(options.input, options.baseline) : now;
    if (!before)
        return complain(before.error());
    const auto ranks = stats::mannWhitney(*now, *before);
    const auto welch = stats::welchTest(*now, *before, options.level);
    const auto distance = stats::kolmogorovSmirnov(*now, *before);
    const auto delta = stats::cliffsDelta(*now, *before);
    const auto deltaInterval = stats::cliffsDeltaInterval(*now, *before, options.level);
    const auto shift = stats::hodgesLehmann(*now, *before, options.level);
    const auto ratio = stats::bootstrapMedianRatio(*now, *before, {.level = options.level, .seed = options.seed});
    // Without BCa, as where nothing varies, the percentile interval is all there is.
    const stats::Interval ratioInterval =
        ratio ? ratio->bca.value_or(ratio->percentile) : stats::Interval{unknown, unknown};

    table::JsonWriter out;
    out.beginObject();
    out.key("n").beginArray().value(now->size()).value(before->size()).endArray();
    out.range("median", medianOf(*now), medianOf(*before)).range("mean", meanOf(*now), meanOf(*before));
    out.key("ratio").beginObject().field("estimate", ratio ? ratio->estimate : unknown);
    out.range("ci", ratioInterval.low, ratioInterval.high).endObject();
    out.key("shift").beginObject().field("estimate", shift ? shift->estimate : unknown);
    out.range("ci", shift ? shift->interval.low : unknown, shift ? shift->interval.high : unknown).endObject();
    out.key("mann_whitney").beginObject().field("u", ranks ? ranks->u : unknown);
    out.field("p", ranks ? ranks->pExact : unknown).endObject();
    out.key("welch").beginObject().field("t", welch ? welch->t : unknown).field("df", welch ? welch->df : unknown);
    out.field("p", welch ? welch->p : unknown).endObject();
    out.key("ks").beginObject().field("d", distance ? distance->d : unknown);
    out.field("p", distance ? distance->pExact.value_or(distance->pAsymptotic) : unknown).endObject();
    out.field("cliffs_delta", delta.value_or(unknown));
    out.range("cliffs_delta_ci", deltaInterval ? deltaInterval->low : unknown,
              deltaInterval ? deltaInterval->high : unknown);
    // How many runs a side would tell a difference of this size, if it is one.
    const auto needed = delta ? stats::mannWhitneyRuns((*delta + 1) / 2) : std::nullopt;
    out.key("runs_needed");
    if (needed)
        out.value(*needed);
    else
        out.null();
    out.field("level", options.level);
    out.field("verdict", verdictOf(*now, *before, ranks, delta, options.level)).endObject();
    return printLine(out);
}

} // namespace

void addAnalyzeCompare(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("compare", "Whether new durations differ from old ones");
    addTableOptions(*command, options->input);
    command->get_option("--series")->description("The column that tells series apart; all are compared together");
    command->add_option("--baseline", options->baseline, "The file of the old values, with the same columns")
        ->required();
    addLevelOption(*command, options->level);
    command->add_option("--seed", options->seed, "Seed of the bootstrap")->capture_default_str();
    command->footer("Example: recipe-analytics analyze compare --input today.csv --baseline lastweek.csv");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
