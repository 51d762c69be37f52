// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/stats/regression.h"
#include "core/stats/robust.h"
#include "core/stats/trend.h"

#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::string y;
    std::vector<std::string> x;
    int degree = 1;
    bool noIntercept = false;
    std::string method = "ols";
    double quantile = 0.5;
    double level = 0.95;
};

tl::unexpected<Error> noAnswer(stats::NoRegression why) {
    return fail({.what = "fit the regression", .where = {}, .why = stats::reasonText(why)});
}

std::vector<stats::DoubleDouble> precise(const table::Series &series, std::size_t column) {
    std::vector<stats::DoubleDouble> values;
    values.reserve(series.columns[column].size());
    for (std::size_t i = 0; i < series.columns[column].size(); ++i)
        values.emplace_back(series.columns[column][i], series.remainders[column][i]);
    return values;
}

/// Column 0 of the table is y, the others are x.
stats::Design designOf(const table::Series &series, const Options &options) {
    const std::vector<stats::DoubleDouble> y = precise(series, 0);
    if (options.degree > 1)
        return stats::Design::polynomial(precise(series, 1), y, options.degree, !options.noIntercept);
    stats::Design design;
    design.intercept = !options.noIntercept;
    design.y = y;
    for (std::size_t i = 1; i < series.columns.size(); ++i)
        design.x.push_back(precise(series, i));
    return design;
}

void writeIntervals(table::JsonWriter &out, std::size_t count, const std::function<stats::Interval(std::size_t)> &of) {
    out.key("ci").beginArray();
    for (std::size_t i = 0; i < count; ++i) {
        const stats::Interval interval = of(i);
        out.beginArray().value(interval.low).value(interval.high).endArray();
    }
    out.endArray();
}

Result<void> leastSquares(const stats::Design &design, const Options &options, table::JsonWriter &out) {
    const auto fit = stats::leastSquares(design);
    if (!fit)
        return noAnswer(fit.error());
    out.field("coef", std::span<const double>(fit->coefficients));
    out.field("se", std::span<const double>(fit->standardErrors));
    out.field("t", std::span<const double>(fit->t)).field("p", std::span<const double>(fit->p));
    out.field("r2", fit->r2).field("residual_sd", fit->residualSd).field("df", fit->df).field("n", fit->rows);
    writeIntervals(out, fit->coefficients.size(),
                   [&](std::size_t i) { return fit->coefficientInterval(i, options.level); });
    return {};
}

Result<void> logistic(const stats::Design &design, const Options &options, table::JsonWriter &out) {
    const auto fit = stats::logisticRegression(design, options.level);
    if (!fit)
        return noAnswer(fit.error());
    out.field("coef", std::span<const double>(fit->coefficients));
    out.field("se", std::span<const double>(fit->standardErrors));
    out.field("z", std::span<const double>(fit->z)).field("p", std::span<const double>(fit->p));
    out.field("loglik", fit->logLikelihood).field("null_loglik", fit->nullLogLikelihood).field("n", fit->rows);
    writeIntervals(out, fit->coefficients.size(), [&](std::size_t i) { return fit->intervals[i]; });
    return {};
}

Result<void> robust(const stats::Fitted<stats::RobustRegression> &fit, double level, table::JsonWriter &out) {
    if (!fit)
        return noAnswer(fit.error());
    out.field("coef", std::span<const double>(fit->coefficients));
    out.field("se", std::span<const double>(fit->standardErrors));
    out.field("scale", fit->scale).field("n", fit->rows);
    writeIntervals(out, fit->coefficients.size(), [&](std::size_t i) { return fit->coefficientInterval(i, level); });
    return {};
}

Result<void> theilSen(const table::Series &series, const Options &options, table::JsonWriter &out) {
    const auto fit = stats::theilSen(series.columns[1], series.columns[0], options.level);
    if (!fit)
        return noAnswer(stats::NoRegression::TooFewRows);
    out.key("coef").beginArray().value(fit->intercept).value(fit->slope).endArray();
    return out.range("ci", fit->interval.low, fit->interval.high), Result<void>();
}

Result<void> fit(const table::Series &series, const Options &options, table::JsonWriter &out) {
    if (options.method == "theil-sen")
        return theilSen(series, options, out);
    const stats::Design design = designOf(series, options);
    if (options.method == "huber")
        return robust(stats::huberRegression(design), options.level, out);
    if (options.method == "quantile")
        return robust(stats::quantileRegression(design, options.quantile), options.level, out);
    if (options.method == "logistic")
        return logistic(design, options, out);
    return leastSquares(design, options, out);
}

int run(const Options &options, const Common &common) {
    const bool isLine = options.x.size() == 1 && options.degree == 1 && !options.noIntercept;
    if (options.degree > 1 && options.x.size() > 1) {
        return complain({.kind = ErrorKind::Invalid,
                         .what = "fit the regression",
                         .where = {},
                         .why = "--poly goes with one column only"});
    }
    if (options.method == "quantile" && !(options.quantile > 0 && options.quantile < 1)) {
        return complain({.kind = ErrorKind::Invalid,
                         .what = "fit the regression",
                         .where = {},
                         .why = "--quantile lies between 0 and 1, and is neither"});
    }
    if (options.method == "theil-sen" && !isLine) {
        return complain({.kind = ErrorKind::Invalid,
                         .what = "fit the regression",
                         .where = {},
                         .why = "the method theil-sen is a line over one column"});
    }
    std::vector<std::string> columns = {options.y};
    columns.insert(columns.end(), options.x.begin(), options.x.end());
    const Result<table::Table> table = readTable(options.input, columns, Digits::All);
    if (!table)
        return complain(table.error());
    return analyzeSeries(*table, common,
                         [&](const table::Series &series, const table::Table &, table::JsonWriter &out) {
                             return fit(series, options, out);
                         });
}

} // namespace

void addAnalyzeRegress(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("regress", "One column as a function of others");
    command->add_option("--input", options->input.path, "A CSV file with a header, or - for standard input")
        ->required();
    command->add_option("--y", options->y, "The column to explain")->required();
    command->add_option("--x", options->x, "The columns that explain it, separated by commas")
        ->delimiter(',')
        ->required();
    command->add_option("--series", options->input.series, "The column that tells series apart");
    command->add_option("--poly", options->degree, "Powers of the one column up to this")->check(CLI::Range(1, 30));
    command->add_flag("--no-intercept", options->noIntercept, "Through the origin");
    command->add_option("--method", options->method, "How to fit")
        ->check(CLI::IsMember({"ols", "huber", "theil-sen", "quantile", "logistic"}))
        ->capture_default_str();
    command->add_option("--quantile", options->quantile, "Which quantile, for --method quantile")
        ->check(numberBetween(0, 1))
        ->capture_default_str();
    addLevelOption(*command, options->level);
    command->footer("Example: recipe-analytics analyze regress --input runs.csv --y seconds --x rows,files");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
