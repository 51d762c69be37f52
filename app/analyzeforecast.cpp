// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/series/forecast.h"

#include <map>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::size_t horizon = 0;
    std::vector<std::size_t> periods;
    std::vector<double> levels = {80, 95};
    std::string method = "auto";
};

const std::map<std::string, series::ForecastMethod> &methods() {
    using Method = series::ForecastMethod;
    static const std::map<std::string, Method> names{
        {"auto", Method::Auto}, {"arima", Method::Arima},       {"ets", Method::Ets},    {"theta", Method::Theta},
        {"lags", Method::Lags}, {"harmonic", Method::Harmonic}, {"naive", Method::Naive}};
    return names;
}

/// 95 as "95", 99.5 as "99.5".
std::string levelName(double level) {
    std::string text = std::to_string(level);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.')
        text.pop_back();
    return text;
}

void write(const series::Forecast &forecast, const Options &options, table::JsonWriter &out) {
    out.field("method", forecast.method).field("model", forecast.model);
    out.key("periods").beginArray();
    for (const std::size_t period : forecast.periods)
        out.value(period);
    out.endArray();
    out.field("mean", std::span(forecast.mean));
    for (const auto &[name, bounds] : {std::pair{"lower", &forecast.lower}, std::pair{"upper", &forecast.upper}}) {
        out.key(name).beginObject();
        for (std::size_t i = 0; i < options.levels.size(); ++i)
            out.field(levelName(options.levels[i]), std::span((*bounds)[i]));
        out.endObject();
    }
    out.field("aicc", forecast.aicc);
    const series::BackTest &test = forecast.backtest;
    out.key("backtest").beginObject();
    out.field("origins", test.origins).field("points", test.points).field("mae", test.mae).field("rmse", test.rmse);
    out.field("smape", test.smape).field("naive_mae", test.naiveMae);
    out.key("coverage").beginObject();
    for (std::size_t i = 0; i < test.coverage.size(); ++i)
        out.field(levelName(options.levels[i]), test.coverage[i]);
    out.endObject().endObject();
    out.key("weights").beginArray();
    for (const series::ForecastWeight &weight : forecast.weights) {
        out.beginObject().field("method", weight.method).field("model", weight.model);
        out.field("weight", weight.weight).field("mae", weight.mae).endObject();
    }
    out.endArray();
}

int run(const Options &given, const Common &common) {
    Options options = given;
    options.levels = withoutRepeats(given.levels);
    return analyzeSeries(
        options.input, common,
        [&](const table::Series &series, const table::Table &table, table::JsonWriter &out) -> Result<void> {
            const SeriesInput input = regularInput(series, table);
            series::ForecastOptions how{.horizon = options.horizon,
                                        .periods = options.periods,
                                        .levels = {},
                                        .method = methods().at(options.method)};
            if (how.periods.empty())
                how.periods = seasonsFor(input);
            for (const double level : options.levels)
                how.levels.push_back(level / 100);
            const auto forecast = series::forecastSeries(input.values, how);
            if (!forecast)
                return fail({.what = "forecast", .where = series.name, .why = "at least four values are needed"});
            write(*forecast, options, out);
            return {};
        });
}

} // namespace

void addAnalyzeForecast(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("forecast", "Expected values with prediction intervals and a back-test");
    addTableOptions(*command, options->input);
    command->add_option("--horizon", options->horizon, "How many samples ahead")
        ->required()
        ->check(CLI::Range(1, 100'000));
    command
        ->add_option("--period", options->periods,
                     "Samples a cycle, several: 24,168 (default: found from times and data)")
        ->delimiter(',')
        ->check(CLI::Range(2, 1 << 24));
    command->add_option("--level", options->levels, "Levels of the intervals in per cent")
        ->delimiter(',')
        ->check(numberBetween(1, 99.99))
        ->capture_default_str();
    std::vector<std::string> names;
    for (const auto &[name, method] : methods())
        names.push_back(name);
    command->add_option("--method", options->method, "auto combines all that apply")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    command->footer("Example: recipe-analytics analyze forecast --input load.csv --horizon 48 --level 80,95");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
