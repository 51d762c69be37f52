// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/seriesinput.h"
#include "core/series/changes.h"

#include <map>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    TableInput input;
    std::string method = "pelt";
};

const std::map<std::string, series::ChangeMethod> &methods() {
    using Method = series::ChangeMethod;
    static const std::map<std::string, Method> names{
        {"pelt", Method::Pelt}, {"bayes", Method::Bayes}, {"e-divisive", Method::EDivisive}};
    return names;
}

Result<void> find(const table::Series &series, series::ChangeMethod method, table::JsonWriter &out) {
    if (method == series::ChangeMethod::EDivisive && series.values().size() > series::mostForEDivisive)
        return fail({.what = "find changes",
                     .where = series.name,
                     .why = "e-divisive takes at most " + std::to_string(series::mostForEDivisive) +
                            " values; pelt and bayes take any number"});
    out.key("changes").beginArray();
    const TimeOrder order = inOrderOfTime(series);
    for (const series::Change &change : series::findChanges(order.values, method)) {
        const std::size_t row = order.rows[change.index];
        out.beginObject().field("index", row);
        if (row < series.times.size())
            out.field("t", series.times[row]);
        out.field("p", change.p).field("confidence", change.confidence);
        out.field("before", change.before).field("after", change.after).field("magnitude", change.magnitude);
        out.field("spread", change.spread).endObject();
    }
    out.endArray().field("n", series.values().size());
    return {};
}

int run(const Options &options, const Common &common) {
    const series::ChangeMethod method = methods().at(options.method);
    return analyzeSeries(options.input, common,
                         [&](const table::Series &series, const table::Table &, table::JsonWriter &out) {
                             return find(series, method, out);
                         });
}

} // namespace

void addAnalyzeChanges(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command =
        analyze.add_subcommand("changes", "Where a series changes its level, scatter or slope for good");
    addTableOptions(*command, options->input);
    std::vector<std::string> names;
    for (const auto &[name, method] : methods())
        names.push_back(name);
    command
        ->add_option(
            "--method", options->method,
            "pelt: least cost; bayes: as declared while values come in; e-divisive: any change of distribution")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    command->footer("Example: recipe-analytics analyze changes --input durations.csv --column seconds --series step");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
