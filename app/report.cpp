// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/reportfile.h"
#include "core/query/reader.h"
#include "core/report/compile.h"

#include <QGuiApplication>

#include <iostream>
#include <memory>

namespace ra::app {

namespace {

struct Options {
    std::string kind = "run";
    std::string runId;
    std::string out;
    std::string zone;
    std::string paper = "a4";
    int days = 7;
};

Result<report::ReportDocument> runReport(query::Reader &reader, const Options &options, const report::Style &style) {
    std::string id = options.runId;
    if (id.empty()) { // the newest
        const auto newest = reader.runs({}, 1);
        if (!newest)
            return fail(newest.error());
        if (newest->empty()) {
            return fail({.kind = ErrorKind::NotFound,
                         .what = "report on a run",
                         .why = "the store holds no runs",
                         .hint = "Read some logs first: recipe-analytics ingest FOLDER"});
        }
        id = newest->front().id;
    }
    return report::compileRunReport(reader, id, now(), style);
}

int run(const Options &options, const Common &common) {
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"))
        qputenv("QT_QPA_PLATFORM", "offscreen"); // a report needs fonts, not a display
    const QGuiApplication application(*common.argc, common.argv);
    const auto zone = Zone::fromName(options.zone);
    if (!zone)
        return complain(zone.error());
    const auto reader = query::Reader::open(common.store);
    if (!reader)
        return complain(reader.error());
    const report::Style style{.zone = *zone};
    const auto document = options.kind == "run"
                              ? runReport(**reader, options, style)
                              : report::compilePeriodReport(**reader, options.days, now(), style, common.stop);
    if (!document)
        return complain(document.error());
    const auto written =
        writeReport(*document, options.out, options.paper == "letter" ? QPageSize::Letter : QPageSize::A4);
    if (!written)
        return complain(written.error());
    if (common.json)
        print({{"path", options.out}});
    else
        std::cout << options.out << '\n';
    return Done;
}

} // namespace

void addReport(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("report", "Write a report as PDF, HTML or JSON, by the file's ending");
    command->add_option("--template", options->kind, "run: one run; period: the last days")
        ->check(CLI::IsMember({"run", "period"}))
        ->capture_default_str();
    command->add_option("--run", options->runId, "The run (default: the newest)");
    command->add_option("--days", options->days, "Length of the period")
        ->check(CLI::Range(1, 3660))
        ->capture_default_str();
    command->add_option("--out", options->out, "FILE.pdf, FILE.html or FILE.json")->required();
    command->add_option("--paper", options->paper, "a4 or letter")
        ->transform(CLI::IsMember({"a4", "letter"}, CLI::ignore_case))
        ->capture_default_str();
    command->add_option("--zone", options->zone, "IANA zone of the times shown (default: the system's)");
    command->footer("Example: recipe-analytics report --template run --run 3fa95b0c11d2e4a7 --out run.pdf");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
