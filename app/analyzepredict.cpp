// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/stats/failuremodel.h"
#include "core/table/mixed.h"
#include "core/table/numbercell.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>

namespace ra::app {

namespace {

constexpr std::size_t mostReasons = 5;

struct Options {
    std::string path;
    std::string later; ///< file of runs whose outcome is not known yet
    std::string y;
    std::vector<std::string> x;
    std::string time;
    std::string positive;
    std::uint64_t seed = 1;
};

Error withPath(Error error, const std::string &path) {
    error.where = (path == "-" ? "on standard input" : path) + (error.where.empty() ? "" : " " + error.where);
    return error;
}

const char *nameOf(stats::FailureVerdict verdict) {
    switch (verdict) {
    case stats::FailureVerdict::Useful:
        return "useful";
    case stats::FailureVerdict::NoBetter:
        return "no better than the base rate";
    case stats::FailureVerdict::Insufficient:
        break;
    }
    return "insufficient";
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

/// As a table would have it: 4, not 4.000000.
std::string shortest(double value) {
    char text[32];
    return {text, std::to_chars(std::begin(text), std::end(text), value).ptr};
}

tl::unexpected<Error> noOutcome(const table::MixedColumn &column, std::string why) {
    return fail({.kind = ErrorKind::Invalid,
                 .what = "take the column \"" + column.name + "\" for the outcome",
                 .where = {},
                 .why = std::move(why),
                 .hint = "It must be 0 or 1, or no or yes, or false or true, or --positive names the cell that is a "
                         "failure"});
}

/// Of a column of numbers.
Result<std::vector<double>> outcomesOf(const table::MixedColumn &column, std::optional<double> positive) {
    std::vector<double> y = column.values;
    for (double &value : y) {
        if (positive && !std::isnan(value))
            value = value == *positive ? 1 : 0;
        else if (value != 0 && value != 1 && !std::isnan(value))
            return noOutcome(column, "it holds " + shortest(value));
    }
    return y;
}

/// 1, 0 or NaN (empty) for each cell of the outcome's column.
Result<std::vector<double>> outcomesOf(const table::MixedColumn &column, const std::string &positive) {
    if (!column.isText && !positive.empty()) {
        const std::optional<double> number = table::numberOf(positive);
        const bool isEmpty = std::ranges::all_of(column.values, [](double value) { return std::isnan(value); });
        if (!number && !isEmpty)
            return noOutcome(column, "all its cells are numbers, and \"" + positive.substr(0, 40) + "\" is none");
        return outcomesOf(column, number);
    }
    if (!column.isText)
        return outcomesOf(column, std::nullopt);
    std::vector<double> y = column.values;
    std::vector<double> meaning;
    for (const std::string &text : column.categories) {
        const std::string word = lowered(text);
        if (!positive.empty())
            meaning.push_back(text == positive ? 1 : 0);
        else if (word == "1" || word == "true" || word == "yes")
            meaning.push_back(1);
        else if (word == "0" || word == "false" || word == "no")
            meaning.push_back(0);
        else
            return noOutcome(column, "it holds \"" + text.substr(0, 40) + "\"");
    }
    for (double &value : y) {
        if (!std::isnan(value))
            value = meaning[static_cast<std::size_t>(value)];
    }
    return y;
}

stats::FeatureColumn featureOf(const table::MixedColumn &column) {
    return {.values = column.values, .categorical = column.isText};
}

std::vector<stats::FeatureColumn> featuresOf(const table::MixedTable &table) {
    std::vector<stats::FeatureColumn> features;
    std::transform(table.columns.begin(), table.columns.end(), std::back_inserter(features), featureOf);
    return features;
}

/// The cell that a value came from.
void writeCell(const table::MixedColumn &column, std::size_t row, table::JsonWriter &out) {
    const double value = column.values[row];
    if (!column.isText)
        out.field("value", value);
    else if (std::isnan(value) || value >= static_cast<double>(column.categories.size()))
        out.key("value").null();
    else
        out.field("value", column.categories[static_cast<std::size_t>(value)]);
}

/// {"feature","value","effect"} of what counts most, as far as it counts.
void writeReasons(const stats::Explanation &why, const table::MixedTable &table, std::size_t row,
                  table::JsonWriter &out) {
    std::vector<std::size_t> order(why.effects.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return std::abs(why.effects[a]) > std::abs(why.effects[b]); });
    out.key("reasons").beginArray();
    for (std::size_t i = 0; i < std::min(order.size(), mostReasons) && why.effects[order[i]] != 0; ++i) {
        const table::MixedColumn &column = table.columns[order[i]];
        out.beginObject().field("feature", column.name);
        writeCell(column, row, out);
        out.field("effect", why.effects[order[i]]).endObject();
    }
    out.endArray();
}

void writeQuality(const stats::FailureModel &model, const table::MixedTable &table, table::JsonWriter &out) {
    out.field("verdict", nameOf(model.verdict)).field("n", model.known).field("positives", model.positives);
    out.field("base_rate", model.baseRate).field("judged", model.judged);
    const bool isJudged = model.judged > 0;
    out.field("auc", isJudged ? model.auc.area : std::nan(""));
    out.range("ci", isJudged ? model.auc.interval.low : std::nan(""),
              isJudged ? model.auc.interval.high : std::nan(""));
    out.field("brier", model.brier).field("log_loss", model.logLoss);
    out.key("base").beginObject().field("brier", model.baseBrier).field("log_loss", model.baseLogLoss).endObject();
    out.field("skill_p", isJudged ? model.skillP : std::nan("")).field("trees", model.trees.trees.size());
    out.key("calibration").beginArray();
    for (const stats::ReliabilityBin &bin : model.calibration) {
        out.beginObject().field("from", bin.low).field("to", bin.high).field("n", bin.count);
        out.field("predicted", bin.predicted).field("observed", bin.observed);
        out.range("ci", bin.interval.low, bin.interval.high).endObject();
    }
    out.endArray().key("importance").beginArray();
    std::vector<std::size_t> order(table.columns.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return model.importance[a].permutation > model.importance[b].permutation;
    });
    for (const std::size_t j : order) {
        out.beginObject().field("feature", table.columns[j].name).field("gain", model.importance[j].gain);
        out.field("permutation", model.importance[j].permutation).endObject();
    }
    out.endArray();
}

/// All rows of the table; those that were judged while learning with the probability they had then.
void writePredictions(const stats::FailureModel &model, const table::MixedTable &table,
                      const std::vector<double> &judged, table::JsonWriter &out) {
    const std::vector<stats::FeatureColumn> features = featuresOf(table);
    const stats::BinnedTable coded = stats::binned(features, model.trees.bins);
    const std::size_t rows = table.columns.empty() ? 0 : table.columns.front().values.size();
    for (std::size_t row = 0; row < rows; ++row) {
        const bool wasJudged = !judged.empty() && std::isfinite(judged[row]);
        const bool isUseful = model.verdict == stats::FailureVerdict::Useful;
        out.beginObject().field("index", row);
        out.field("probability", wasJudged && isUseful ? judged[row] : model.probabilityOf(coded, row));
        out.field("out_of_sample", judged.empty() || wasJudged);
        writeReasons(model.explained(coded, row), table, row, out);
        out.endObject();
    }
}

Result<table::MixedTable> readLater(const Options &options, const table::MixedTable &like) {
    const Result<std::string> bytes = readCsvInput(options.later);
    if (!bytes)
        return tl::unexpected(bytes.error());
    Result<table::MixedTable> later = table::readMixedLike(*bytes, like);
    if (!later)
        return fail(withPath(later.error(), options.later));
    return later;
}

int run(const Options &options, const Common &) {
    const Result<std::string> bytes = readCsvInput(options.path);
    if (!bytes)
        return complain(bytes.error());
    table::MixedRequest request{.columns = options.x, .times = {"t", "timestamp"}};
    if (!options.x.empty())
        request.columns.push_back(options.y);
    if (!options.time.empty()) {
        request.times = {options.time};
        request.timeRequired = true;
    }
    Result<table::MixedTable> table = table::readMixed(*bytes, request);
    if (!table)
        return complain(withPath(table.error(), options.path));
    const auto isOutcome = [&](const table::MixedColumn &column) { return column.name == options.y; };
    const auto outcome = std::find_if(table->columns.begin(), table->columns.end(), isOutcome);
    if (outcome == table->columns.end()) {
        return complain({.kind = ErrorKind::Invalid,
                         .what = "predict",
                         .where = options.path,
                         .why = "it has no column \"" + options.y + "\""});
    }
    const Result<std::vector<double>> y = outcomesOf(*outcome, options.positive);
    if (!y)
        return complain(y.error());
    std::erase_if(table->columns, isOutcome);
    stats::FailureData data{.columns = featuresOf(*table), .y = *y, .times = table->times};
    const stats::FailureModel model = stats::learnFailures(data, options.seed);
    data = {};
    table::JsonWriter out;
    out.beginObject();
    writeQuality(model, *table, out);
    out.key("predictions").beginArray();
    if (model.verdict != stats::FailureVerdict::Insufficient) {
        if (options.later.empty()) {
            writePredictions(model, *table, model.judgedProbabilities, out);
        } else {
            const Result<table::MixedTable> later = readLater(options, *table);
            if (!later)
                return complain(later.error());
            writePredictions(model, *later, {}, out);
        }
    }
    out.endArray().endObject();
    return printLine(out);
}

} // namespace

void addAnalyzePredict(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("predict", "Whether runs will fail, by what is known before they start");
    command->add_option("--input", options->path, "A CSV file of runs with a header, or - for standard input")
        ->required();
    command
        ->add_option("--y", options->y,
                     "The column that says whether a run failed: 0 or 1, no or yes; empty: not known")
        ->required();
    command
        ->add_option(
            "--x", options->x,
            "Columns known before a run starts, separated by commas; texts are categories (default: all others)")
        ->delimiter(',');
    command->add_option(
        "--time", options->time,
        "The column of times: learnt is from earlier runs only (default: t or timestamp, where there is one)");
    command->add_option("--new", options->later, "A CSV file of runs to come (default: the runs of the input)");
    command->add_option("--positive", options->positive, "The text (or number) in the column --y that is a failure");
    command->add_option("--seed", options->seed, "Of what is drawn")->capture_default_str();
    command->footer(
        "Example: recipe-analytics analyze predict --input runs.csv --y failed --x recipe,rows,hour --new today.csv");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
