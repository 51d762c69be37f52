// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/runblocks.h"

#include "core/query/usualsteps.h"
#include "core/report/facts.h"
#include "core/report/notetext.h"
#include "core/report/pieces.h"
#include "core/report/runreport.h"
#include "core/report/statistics.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

int urgency(const Step &step) {
    switch (step.status) {
    case StepStatus::Failed:
        return 0;
    case StepStatus::Running:
    case StepStatus::Interrupted:
        return 1;
    default:
        return step.attemptCount > 1 ? 2 : 3;
    }
}

/// Where the picture begins: at the run's start, or at its first step where that lies after the start by less than the
/// start is known to. A start cut off to whole seconds would else show a second of nothing before steps of a tenth.
std::optional<Time> originOf(const Run &run) {
    std::optional<Time> first;
    for (const Step &step : run.steps) {
        if (step.start && (!first || *step.start < *first))
            first = step.start;
    }
    if (run.start && (!first || *first < *run.start || *first - *run.start >= run.resolution))
        return run.start;
    return first;
}

/// Every attempt's bar, where the times of all of them are known; else one bar for the step, else none.
std::vector<TimelineBar> barsOf(const Step &step, Time origin, Time generatedAt) {
    std::vector<TimelineBar> bars;
    const auto since = [&](Time t) { return std::max<qint64>(0, (t - origin).count()); };
    const bool everyAttempt = !step.attempts.empty() && int(step.attempts.size()) == std::max(1, step.attemptCount) &&
                              std::all_of(step.attempts.begin(), step.attempts.end(), [](const Attempt &a) {
                                  return a.start && a.duration && *a.duration >= Duration::zero();
                              });
    if (everyAttempt) {
        for (const Attempt &attempt : step.attempts) {
            const bool last = attempt.number == step.attemptCount;
            bars.push_back({.startNs = since(*attempt.start),
                            .endNs = since(*attempt.start + *attempt.duration),
                            .state = last ? step.status : StepStatus::Failed,
                            .repeated = !last});
        }
        return bars;
    }
    if (!step.start || step.status == StepStatus::Skipped || step.status == StepStatus::NotReached)
        return bars;
    const auto duration = durationOf(step);
    const Time end = step.end                             ? *step.end
                     : duration                           ? *step.start + *duration
                     : step.status == StepStatus::Running ? generatedAt
                                                          : *step.start;
    bars.push_back(
        {.startNs = since(*step.start), .endNs = std::max(since(*step.start), since(end)), .state = step.status});
    return bars;
}

QString rowNote(const Step &step, const Style &style) {
    const auto duration = durationOf(step);
    const bool untimed = !duration && (step.status == StepStatus::Skipped || step.status == StepStatus::NotReached ||
                                       step.status == StepStatus::Interrupted || step.status == StepStatus::Running);
    return dotted(
        {untimed ? stateName(step.status).toLower() : durationText(duration, style),
         step.attemptCount > 1 ? Words::tr("%1 attempts").arg(countText(step.attemptCount, style)) : QString()});
}

/// `median`: what the step usually takes; null where the table does not compare.
std::vector<Cell> stepRow(const Step &step, const std::optional<Duration> *median, Duration whole, const Style &style) {
    const auto duration = durationOf(step);
    std::vector<Cell> row = {countCell(step.index + 1, style), textCell(stepName(step, 120)), stateCell(step.status),
                             countCell(std::max(1, step.attemptCount), style), durationCell(duration, style)};
    if (median) {
        row.push_back(durationCell(*median, style));
        row.push_back(step.status == StepStatus::Completed ? changeCell(duration, *median, style)
                                                           : textCell(dashText()));
    }
    row.push_back(duration ? shareCell(*duration, whole, style) : textCell(dashText()));
    return row;
}

/// What a source, or what it told, is called; text that is not known as it is.
QString provenanceWord(std::string_view word) {
    if (word == "text")
        return Words::tr("log");
    if (word == "document")
        return Words::tr("result or metrics file");
    if (word == "times")
        return Words::tr("times");
    if (word == "status")
        return Words::tr("outcome");
    return visible(word, 40);
}

/// "log: start, end; result file: steps" from "field=source" entries.
QString provenanceText(const std::vector<std::string> &entries) {
    std::map<std::string_view, std::vector<std::string_view>> fieldsBySource;
    for (const std::string &entry : entries) {
        const std::string_view text = entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            std::vector<std::string_view> &fields = fieldsBySource[text.substr(equals + 1)];
            if (std::ranges::find(fields, text.substr(0, equals)) == fields.end())
                fields.push_back(text.substr(0, equals));
        }
    }
    QString joined;
    for (const auto &[source, fields] : fieldsBySource) {
        if (!joined.isEmpty())
            joined += u"; "_s;
        joined += provenanceWord(source) + u": "_s;
        for (std::size_t i = 0; i < fields.size(); ++i)
            joined += (i == 0 ? QString() : u", "_s) + provenanceWord(fields[i]);
    }
    return joined;
}

} // namespace

std::vector<std::size_t> stepsByImportance(const Run &run) {
    std::vector<std::size_t> order(run.steps.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::vector<Duration> durations;
    durations.reserve(order.size());
    for (const Step &step : run.steps)
        durations.push_back(durationOf(step).value_or(Duration(-1)));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const int ua = urgency(run.steps[a]);
        const int ub = urgency(run.steps[b]);
        return ua != ub ? ua < ub : durations[a] > durations[b];
    });
    return order;
}

Timeline timelineOf(const Run &run, const std::vector<std::size_t> &byImportance, qsizetype maxRows, Time generatedAt,
                    const Style &style) {
    Timeline picture{.title = Words::tr("Timeline"), .note = {}, .totalRows = qint64(run.steps.size())};
    const std::optional<Time> origin = originOf(run);
    if (!origin)
        return picture;
    std::vector<std::pair<std::size_t, int>> chosen; // step, rank
    for (std::size_t i = 0; i < byImportance.size() && qsizetype(i) < maxRows; ++i)
        chosen.emplace_back(byImportance[i], int(i));
    std::sort(chosen.begin(), chosen.end());
    for (const auto &[index, rank] : chosen) {
        const Step &step = run.steps[index];
        picture.rows.push_back({.label = stepName(step, 60),
                                .state = step.status,
                                .note = rowNote(step, style),
                                .bars = barsOf(step, *origin, generatedAt),
                                .rank = rank});
        for (const TimelineBar &bar : picture.rows.back().bars)
            picture.extentNs = std::max(picture.extentNs, bar.endNs);
    }
    if (const auto whole = durationOf(run))
        picture.extentNs = std::max<qint64>(picture.extentNs, whole->count());
    picture.note = dotted(
        {Words::tr("time since the start"), Words::tr("times known to %1").arg(resolutionText(run.resolution, style))});
    return picture;
}

Table stepTable(const Run &run, const query::RecipeHistory &history, const Style &style) {
    Table table{.key = u"steps"_s, .title = Words::tr("Steps"), .note = {}, .columns = {}, .rows = {}, .leftOut = {}};
    const bool compared = history.runs >= runsForFigures;
    table.columns = {
        {u"index"_s, Words::tr("No."), ColumnType::Count, Align::Right, 0},
        {u"name"_s, Words::tr("Step"), ColumnType::Text, Align::Left, 1},
        {u"status"_s, Words::tr("State"), ColumnType::Status, Align::Left, 0},
        {u"attempts"_s, Words::tr("Attempts"), ColumnType::Count, Align::Right, 0},
        {u"duration"_s, Words::tr("Duration"), ColumnType::Duration, Align::Right, 0},
    };
    std::vector<std::optional<Duration>> usual;
    if (compared) {
        table.columns.push_back({u"usual"_s, Words::tr("Usual"), ColumnType::Duration, Align::Right, 0});
        table.columns.push_back({u"change"_s, Words::tr("Change"), ColumnType::Percent, Align::Right, 0});
        usual = query::usualSteps(run, history);
        table.note = Words::tr("usual: median of %1 completed runs").arg(countText(history.runs, style));
    } else {
        table.note = Words::tr("%1 to say what is usual").arg(neededText(history.runs, runsForFigures, style));
    }
    table.columns.push_back({u"share"_s, Words::tr("Share"), ColumnType::Share, Align::Right, 0});

    Duration whole{};
    for (const Step &step : run.steps)
        whole += durationOf(step).value_or(Duration::zero());
    whole = std::max(whole, durationOf(run).value_or(Duration::zero()));

    std::vector<std::size_t> chosen;
    if (qsizetype(run.steps.size()) <= maxStepRows) {
        chosen.resize(run.steps.size());
        std::iota(chosen.begin(), chosen.end(), std::size_t(0));
    } else {
        std::vector<std::pair<Duration, std::size_t>> others; // longest first; the earlier one of equals
        qsizetype failed = 0;
        for (std::size_t i = 0; i < run.steps.size(); ++i) {
            if (run.steps[i].status != StepStatus::Failed)
                others.emplace_back(-durationOf(run.steps[i]).value_or(Duration(-1)), i);
            else if (++failed <= maxFailedSteps)
                chosen.push_back(i);
        }
        const std::size_t longest = std::min(others.size(), std::size_t(maxLongestSteps));
        std::partial_sort(others.begin(), others.begin() + std::ptrdiff_t(longest), others.end());
        for (std::size_t i = 0; i < longest; ++i)
            chosen.push_back(others[i].second);
        std::sort(chosen.begin(), chosen.end());
        const qint64 missing = qint64(run.steps.size() - chosen.size());
        const QString what = failed <= maxFailedSteps
                                 ? Words::tr("the %1 longest and all failed steps are shown").arg(maxLongestSteps)
                                 : Words::tr("the %1 longest and the first %2 of %3 failed steps are shown")
                                       .arg(countText(maxLongestSteps, style), countText(maxFailedSteps, style),
                                            countText(failed, style));
        table.leftOut =
            plural(missing, Words::tr("%1 step left out"), Words::tr("%1 steps left out"), style) + u": "_s + what;
    }
    for (const std::size_t i : chosen)
        table.rows.push_back(stepRow(run.steps[i], compared ? &usual[i] : nullptr, whole, style));
    return table;
}

Failures failuresBlock(const Run &run, qsizetype maxItems, qsizetype lines, const Style &style) {
    const std::vector<FailureFact> facts = failuresOf(run);
    Failures block{.title = Words::tr("Failures"), .note = {}, .items = {}, .total = qint64(facts.size())};
    for (const FailureFact &fact : facts) {
        if (qsizetype(block.items.size()) == maxItems)
            break;
        block.items.push_back(failureItem(fact, lines, style));
    }
    return block;
}

Notes runNotes(const Run &run, const query::RecipeHistory &history, const Style &style) {
    Notes notes{.title = Words::tr("About these figures"), .items = {}};
    const auto add = [&](const QString &label, const QString &text) {
        if (!text.isEmpty())
            notes.items.emplace_back(label, text);
    };
    add(Words::tr("Run"), visible(run.id));
    add(Words::tr("Recipe file"), visible(run.recipePath));
    add(Words::tr("Execution"),
        dotted({visible(run.executionId, 80), run.pid != 0 ? Words::tr("process %1").arg(run.pid) : QString()}));
    add(Words::tr("Times"),
        Words::tr("in %1, known to %2").arg(visible(style.zone.name(), 60), resolutionText(run.resolution, style)));
    add(Words::tr("Sources"), provenanceText(run.provenance));
    add(Words::tr("Comparison"), history.runs >= runsForFigures
                                     ? Words::tr("with the median of the %1 newest completed runs of this recipe")
                                           .arg(countText(history.runs, style))
                                     : Words::tr("none: %1").arg(neededText(history.runs, runsForFigures, style)));
    add(Words::tr("Lost time"),
        Words::tr("of a run that failed as a whole all of it; else failed steps, and of steps that "
                  "went well in the end what came before the last attempt"));
    for (const QString &sentence : noteSentences(run))
        add(run.suspect ? Words::tr("Contradiction") : Words::tr("Remark"), sentence);
    return notes;
}

} // namespace ra::report
