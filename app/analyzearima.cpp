// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/series/arima.h"

#include <algorithm>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::vector<std::size_t> order;
    std::vector<std::size_t> seasonal;
    bool mean = false;
};

Result<series::ArimaOrder> orderOf(const Options &options) {
    series::ArimaOrder order{.p = options.order[0], .d = options.order[1], .q = options.order[2], .mean = options.mean};
    if (!options.seasonal.empty()) {
        order.seasonalP = options.seasonal[0];
        order.seasonalD = options.seasonal[1];
        order.seasonalQ = options.seasonal[2];
        order.period = options.seasonal[3];
    }
    constexpr std::size_t most = 1000; // the filter's state is as long as the longest lag
    const bool seasonal = order.seasonalP + order.seasonalD + order.seasonalQ > 0;
    if ((seasonal && order.period < 2) || order.p > most || order.q > most || order.d > 3 || order.seasonalD > 2 ||
        (order.seasonalP + order.seasonalQ) * order.period > most)
        return fail({.kind = ErrorKind::Invalid,
                     .what = "fit",
                     .where = order.name(),
                     .why = "a seasonal model needs a period of at least 2, and no lag may exceed 1000"});
    if (order.mean && order.d + order.seasonalD > 1)
        return fail({.kind = ErrorKind::Invalid,
                     .what = "fit",
                     .where = order.name(),
                     .why = "beyond one difference a mean is no longer defined",
                     .hint = "Leave out --mean"});
    return order;
}

void writeNamed(const series::ArimaFit &fit, std::string_view key, const std::vector<double> &values,
                table::JsonWriter &out) {
    out.key(key).beginObject();
    std::size_t at = 0;
    const auto write = [&](const char *name, std::size_t count) {
        for (std::size_t i = 1; i <= count && at < values.size(); ++i)
            out.field(name + std::to_string(i), values[at++]);
    };
    write("ar", fit.ar.size());
    write("ma", fit.ma.size());
    write("sar", fit.seasonalAr.size());
    write("sma", fit.seasonalMa.size());
    if (fit.order.mean && at < values.size())
        out.field(fit.order.lost() > 0 ? "drift" : "intercept", values[at]);
    out.endObject();
}

int run(const Options &options, const Common &common) {
    const Result<series::ArimaOrder> order = orderOf(options);
    if (!order)
        return complain(order.error());
    return analyzeSeries(
        options.input, common,
        [&](const table::Series &series, const table::Table &, table::JsonWriter &out) -> Result<void> {
            const auto fit = series::fitArima(series.values(), *order, {.standardErrors = true});
            if (!fit)
                return fail(
                    {.what = "fit", .where = order->name(), .why = "there are too few values, or they do not vary"});
            std::vector<double> coefficients;
            for (const auto *part : {&fit->ar, &fit->ma, &fit->seasonalAr, &fit->seasonalMa})
                coefficients.insert(coefficients.end(), part->begin(), part->end());
            if (order->mean)
                coefficients.push_back(fit->mean);
            out.field("model", order->name());
            writeNamed(*fit, "coef", coefficients, out);
            writeNamed(*fit, "se", fit->standardErrors, out);
            out.field("sigma2", fit->sigma2).field("loglik", fit->logLikelihood).field("aic", fit->aic);
            out.field("aicc", fit->aicc).field("bic", fit->bic).field("n", fit->used);
            return {};
        });
}

} // namespace

void addAnalyzeArima(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("arima", "Fit an ARIMA model of a given order by maximum likelihood");
    addTableOptions(*command, options->input);
    command->add_option("--order", options->order, "p,d,q")->delimiter(',')->expected(3)->required();
    command->add_option("--seasonal", options->seasonal, "P,D,Q,M: seasonal orders and the period")
        ->delimiter(',')
        ->expected(4);
    command->add_flag("--mean", options->mean, "With a mean, or a drift where once differenced");
    command->footer("Example: recipe-analytics analyze arima --input air.csv --order 0,1,1 --seasonal 0,1,1,12");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
