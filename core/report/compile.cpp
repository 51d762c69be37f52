// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/compile.h"

#include "core/report/runreport.h"

namespace ra::report {

namespace {

Result<std::vector<Run>> runsOf(query::Reader &reader, const Period &period, const std::stop_token &stop) {
    query::RunFilter filter;
    filter.since = period.begin;
    filter.until = period.end;
    return reader.runs(filter, maxPeriodRuns, stop);
}

void sayWhatIsLeftOut(ReportDocument &document, const Style &style) {
    for (Block &block : document.details) {
        if (Notes *notes = std::get_if<Notes>(&block)) {
            notes->items.insert(
                notes->items.begin(),
                {Words::tr("Left out"),
                 Words::tr("runs before the %1 newest ones of a period").arg(countText(qint64(maxPeriodRuns), style))});
        }
    }
}

} // namespace

Result<ReportDocument> compileRunReport(query::Reader &reader, std::string_view runId, Time generatedAt,
                                        const Style &style) {
    const Result<Run> run = reader.run(runId);
    if (!run)
        return tl::unexpected(run.error());
    const Result<query::RecipeHistory> history = reader.history(run->recipe, run->id);
    if (!history)
        return tl::unexpected(history.error());
    return buildRunReport(*run, *history, generatedAt, style);
}

Result<ReportDocument> compilePeriodReport(query::Reader &reader, int days, Time generatedAt, const Style &style,
                                           const std::stop_token &stop) {
    return compilePeriodReport(reader, periodOf(generatedAt, days, style.zone), generatedAt, style, stop);
}

Result<ReportDocument> compilePeriodReport(query::Reader &reader, const Period &period, Time generatedAt,
                                           const Style &style, const std::stop_token &stop) {
    const Result<std::vector<Run>> runs = runsOf(reader, period, stop);
    if (!runs)
        return tl::unexpected(runs.error());
    const Result<std::vector<Run>> previous = runsOf(reader, previousOf(period, style.zone), stop);
    if (!previous)
        return tl::unexpected(previous.error());
    ReportDocument document = buildPeriodReport(*runs, *previous, period, generatedAt, style);
    if (runs->size() == maxPeriodRuns || previous->size() == maxPeriodRuns)
        sayWhatIsLeftOut(document, style);
    return document;
}

} // namespace ra::report
