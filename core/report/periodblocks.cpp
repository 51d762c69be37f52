// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/periodblocks.h"

#include "core/report/pieces.h"
#include "core/report/statistics.h"

#include <QDate>

#include <algorithm>

namespace ra::report {

using namespace Qt::StringLiterals;
using std::chrono::days;
using std::chrono::local_days;

namespace {

local_days dayOf(Time t, const Zone &zone) {
    return std::chrono::floor<days>(zone.toLocal(t));
}

QDate dateOf(local_days day) {
    const std::chrono::year_month_day ymd(day);
    return {int(ymd.year()), int(unsigned(ymd.month())), int(unsigned(ymd.day()))};
}

/// Days that share a bar: so many that at most about 31 bars stand side by side.
int daysPerBar(int periodDays) {
    if (periodDays <= 31)
        return 1;
    return periodDays <= 31 * 7 ? 7 : 28;
}

void addTo(Outcome &outcome, RunStatus status) {
    switch (status) {
    case RunStatus::Completed:
        ++outcome.completed;
        break;
    case RunStatus::Partial:
        ++outcome.partial;
        break;
    case RunStatus::Failed:
    case RunStatus::Timeout:
    case RunStatus::Rejected:
        ++outcome.failed;
        break;
    case RunStatus::Running:
    case RunStatus::Cancelled:
    case RunStatus::Interrupted:
    case RunStatus::Killed:
    case RunStatus::Abandoned:
        ++outcome.other;
        break;
    }
}

Cell quantileCell(const std::vector<double> &durations, double q, int needed, const Style &style) {
    const auto value = int(durations.size()) >= needed ? quantile(durations, q) : std::nullopt;
    return durationCell(value ? std::optional(Duration(std::llround(*value))) : std::nullopt, style);
}

Cell rateCell(const Tally &tally, const Style &style) {
    Cell cell = textCell(rateText(tally.succeeded, tally.counted, style));
    if (tally.counted > 0)
        cell.number = 100 * double(tally.succeeded) / double(tally.counted);
    return cell;
}

QString moreRows(qsizetype missing, const QString &one, const QString &many, const Style &style) {
    return missing > 0 ? plural(missing, one, many, style) : QString();
}

} // namespace

QString rateText(qint64 succeeded, qint64 counted, const Style &style) {
    if (counted >= runsForFigures)
        return Words::tr("%1 %").arg(decimalText(100 * double(succeeded) / double(counted), 1, style));
    if (counted == 0)
        return dashText();
    return Words::tr("%1 of %2").arg(countText(succeeded, style), countText(counted, style));
}

Outcomes outcomesOf(const Tally &all, const Period &period, const Style &style) {
    const int step = daysPerBar(period.days);
    Outcomes outcomes{.title = step == 1   ? Words::tr("Runs a day")
                               : step == 7 ? Words::tr("Runs a week")
                                           : Words::tr("Runs in four weeks"),
                      .note = Words::tr("by how they ended"),
                      .items = {}};
    const local_days first = dayOf(period.begin, style.zone);
    const qint64 bars = (qint64(period.days) + step - 1) / step;
    for (qint64 i = 0; i < bars; ++i) {
        const local_days day = first + days(i * step);
        const QDate date = dateOf(day);
        const QString label =
            period.days <= 14 ? style.locale.toString(date, u"ddd d"_s) : style.locale.toString(date, u"d MMM"_s);
        outcomes.items.push_back({.label = label, .startNs = toNs(style.zone.toUtc(day))});
    }
    for (const Run *run : all.runs) {
        const auto bar = (dayOf(*run->start, style.zone) - first).count() / step;
        if (bar >= 0 && bar < bars)
            addTo(outcomes.items[std::size_t(bar)], run->status);
    }
    return outcomes;
}

Table recipeTable(const Tally &all, bool onlyTroubled, qsizetype maxRows, Time reference, const Style &style) {
    Table table{.key = onlyTroubled ? u"troubled_recipes"_s : u"recipes"_s,
                .title = onlyTroubled ? Words::tr("Recipes that need attention") : Words::tr("Recipes"),
                .note = onlyTroubled ? QString() : Words::tr("most failures first; durations of completed runs"),
                .columns = {},
                .rows = {},
                .leftOut = {}};
    table.columns = {{u"recipe"_s, Words::tr("Recipe"), ColumnType::Text, Align::Left, 1},
                     {u"runs"_s, Words::tr("Runs"), ColumnType::Count, Align::Right, 0},
                     {u"failures"_s, Words::tr("Failures"), ColumnType::Count, Align::Right, 0},
                     {u"success_rate"_s, Words::tr("Success"), ColumnType::Percent, Align::Right, 0}};
    if (!onlyTroubled) {
        table.columns.push_back({u"median"_s, Words::tr("Median"), ColumnType::Duration, Align::Right, 0});
        table.columns.push_back({u"p95"_s, Words::tr("95 % under"), ColumnType::Duration, Align::Right, 0});
    }
    table.columns.push_back({u"lost"_s, Words::tr("Lost"), ColumnType::Duration, Align::Right, 0});
    if (!onlyTroubled)
        table.columns.push_back({u"last_start"_s, Words::tr("Last run"), ColumnType::Moment, Align::Left, 0});
    table.columns.push_back({u"last_status"_s, Words::tr("Last state"), ColumnType::Status, Align::Left, 0});

    const auto tallies = byRecipe(all);
    std::vector<std::pair<std::string_view, const Tally *>> order;
    for (const auto &[name, tally] : tallies) {
        if (!onlyTroubled || tally.failures() > 0)
            order.emplace_back(name, &tally);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) {
        return std::pair(a.second->failures(), a.second->runs.size()) >
               std::pair(b.second->failures(), b.second->runs.size());
    });
    for (const auto &[name, tally] : order) {
        if (qsizetype(table.rows.size()) == maxRows)
            break;
        const Run &last = *tally->runs.front();
        std::vector<Cell> row = {textCell(visible(name, 120)), countCell(qint64(tally->runs.size()), style),
                                 countCell(tally->failures(), style), rateCell(*tally, style)};
        if (!onlyTroubled) {
            row.push_back(quantileCell(tally->durations, 0.5, runsForFigures, style));
            row.push_back(quantileCell(tally->durations, 0.95, runsForP95, style));
        }
        const bool unknown = !tally->lost.complete && tally->lost.total() == Duration::zero();
        row.push_back(durationCell(unknown ? std::nullopt : std::optional(tally->lost.total()), style));
        if (!onlyTroubled)
            row.push_back(momentCell(last.start, reference, style));
        row.push_back(stateCell(last.status));
        table.rows.push_back(std::move(row));
    }
    table.leftOut = moreRows(qsizetype(order.size()) - qsizetype(table.rows.size()), Words::tr("%1 recipe more"),
                             Words::tr("%1 recipes more"), style);
    return table;
}

Table slowStepTable(const Tally &all, const Style &style) {
    Table table{.key = u"slow_steps"_s,
                .title = Words::tr("Where the time goes"),
                .note = Words::tr("steps by the time that all their executions took together"),
                .columns = {},
                .rows = {},
                .leftOut = {}};
    table.columns = {{u"recipe"_s, Words::tr("Recipe"), ColumnType::Text, Align::Left, 1},
                     {u"step"_s, Words::tr("Step"), ColumnType::Text, Align::Left, 1},
                     {u"times"_s, Words::tr("Times"), ColumnType::Count, Align::Right, 0},
                     {u"median"_s, Words::tr("Median"), ColumnType::Duration, Align::Right, 0},
                     {u"p95"_s, Words::tr("95 % under"), ColumnType::Duration, Align::Right, 0},
                     {u"total"_s, Words::tr("Total"), ColumnType::Duration, Align::Right, 0},
                     {u"share"_s, Words::tr("Share"), ColumnType::Share, Align::Right, 0}};
    const Duration whole = timeInSteps(all);
    for (const StepTally &step : costliestSteps(all, std::size_t(maxSlowSteps))) {
        table.rows.push_back({textCell(visible(step.recipe, 80)), textCell(visible(step.step, 80)),
                              countCell(qint64(step.durations.size()), style),
                              quantileCell(step.durations, 0.5, runsForFigures, style),
                              quantileCell(step.durations, 0.95, runsForP95, style), durationCell(step.total, style),
                              shareCell(step.total, whole, style)});
    }
    return table;
}

Table failedRunTable(const Tally &all, Time reference, const Style &style) {
    Table table{.key = u"failed_runs"_s,
                .title = Words::tr("Runs that failed"),
                .note = Words::tr("newest first"),
                .columns = {},
                .rows = {},
                .leftOut = {}};
    table.columns = {{u"start"_s, Words::tr("Start"), ColumnType::Moment, Align::Left, 0},
                     {u"recipe"_s, Words::tr("Recipe"), ColumnType::Text, Align::Left, 1.5},
                     {u"status"_s, Words::tr("State"), ColumnType::Status, Align::Left, 0},
                     {u"duration"_s, Words::tr("Duration"), ColumnType::Duration, Align::Right, 0},
                     {u"reason"_s, Words::tr("Reason"), ColumnType::Text, Align::Left, 3}};
    for (const Run *run : all.runs) {
        if (verdictOf(run->status) != Verdict::Failure)
            continue;
        if (qsizetype(table.rows.size()) == maxFailedRuns)
            break;
        const FailureFact fact = failuresOf(*run).front();
        const QString step = fact.step ? stepName(*fact.step, 40) + u": "_s : QString();
        table.rows.push_back({momentCell(run->start, reference, style), textCell(visible(run->recipe, 80)),
                              stateCell(run->status), durationCell(durationOf(*run), style),
                              textCell(step + reasonText(fact, 160))});
    }
    table.leftOut = moreRows(all.failures() - qsizetype(table.rows.size()), Words::tr("%1 earlier run left out"),
                             Words::tr("%1 earlier runs left out"), style);
    return table;
}

Failures failureKindsBlock(const std::vector<FailureKind> &kinds, qsizetype maxItems, qsizetype lines, Time reference,
                           const Style &style) {
    Failures block{.title = Words::tr("Most frequent failures"),
                   .note = Words::tr("the same step, type and message apart from numbers"),
                   .items = {},
                   .total = qint64(kinds.size())};
    for (const FailureKind &kind : kinds) {
        if (qsizetype(block.items.size()) == maxItems)
            break;
        Failure item = failureItem(kind.newest, lines, style);
        item.place = visible(kind.newest.run->recipe, 60);
        if (kind.newest.step)
            item.place = Words::tr("%1, step %2").arg(item.place, stepName(*kind.newest.step, 60));
        item.count = kind.runs;
        const QString last = shortMomentText(kind.last, reference, style);
        item.detail = dotted(
            {plural(kind.runs, Words::tr("%1 run"), Words::tr("%1 runs"), style),
             kind.runs == 1 ? last : Words::tr("%1 to %2").arg(shortMomentText(kind.first, reference, style), last)});
        block.items.push_back(std::move(item));
    }
    return block;
}

Notes periodNotes(const Tally &all, qint64 withoutStart, const Period &period, const Style &style) {
    Notes notes{.title = Words::tr("About these figures"), .items = {}};
    const auto add = [&](const QString &label, const QString &text) {
        if (!text.isEmpty())
            notes.items.emplace_back(label, text);
    };
    add(Words::tr("Period"),
        Words::tr("%1 to %2, time zone %3; runs that started in it")
            .arg(momentText(period.begin, std::chrono::seconds(1), style),
                 momentText(period.end, std::chrono::seconds(1), style), visible(style.zone.name(), 60)));
    add(Words::tr("Success rate"), Words::tr("completed runs of those that ended by themselves; in brackets the 95 % "
                                             "interval (Wilson). Partial, failed, "
                                             "rejected, timed out, killed and abandoned runs count as failures"));
    add(Words::tr("Not counted"),
        dotted({all.running > 0 ? plural(all.running, Words::tr("%1 run that still goes on"),
                                         Words::tr("%1 runs that still go on"), style)
                                : QString(),
                all.stopped > 0 ? plural(all.stopped, Words::tr("%1 run that a person stopped"),
                                         Words::tr("%1 runs that a person stopped"), style)
                                : QString(),
                withoutStart > 0 ? plural(withoutStart, Words::tr("%1 run without a known start"),
                                          Words::tr("%1 runs without a known start"), style)
                                 : QString()}));
    add(Words::tr("Durations"),
        Words::tr("of completed runs; in brackets the 95 % interval of the median. From %1 runs on, "
                  "the 95th percentile from %2")
            .arg(countText(runsForFigures, style), countText(runsForP95, style)));
    add(Words::tr("Lost time"), Words::tr("all of a run that failed, timed out, was killed or vanished; else failed "
                                          "steps, and of steps that went well in "
                                          "the end what came before the last attempt"));
    Duration coarsest{};
    qint64 suspect = 0;
    for (const Run *run : all.runs) {
        coarsest = std::max(coarsest, run->resolution);
        suspect += run->suspect ? 1 : 0;
    }
    if (!all.runs.empty())
        add(Words::tr("Times"), Words::tr("known to %1 or better").arg(resolutionText(coarsest, style)));
    if (!all.lost.complete)
        add(Words::tr("Gaps"),
            Words::tr("the duration of some failed steps or attempts is not known: the true lost time is larger"));
    if (suspect > 0) {
        add(Words::tr("Contradictions"),
            plural(suspect, Words::tr("%1 run contradicts itself; its page says how"),
                   Words::tr("%1 runs contradict themselves; their pages say how"), style));
    }
    return notes;
}

} // namespace ra::report
