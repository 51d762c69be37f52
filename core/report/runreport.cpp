// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/runreport.h"

#include "core/report/facts.h"
#include "core/report/pieces.h"
#include "core/report/runblocks.h"
#include "core/report/statistics.h"

#include <algorithm>
#include <cmath>

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

/// How a completed run's duration stands beside the usual one; nothing where that cannot be said.
struct Comparison {
    double ratio = 0;   ///< 0.112 is 11.2 % longer
    bool usual = false; ///< within the spread of the earlier runs
};

std::optional<Comparison> compare(const Run &run, const query::RecipeHistory &history) {
    const auto duration = durationOf(run);
    if (!duration || run.status != RunStatus::Completed || history.runs < runsForFigures ||
        history.median <= Duration::zero())
        return std::nullopt;
    const double ratio = double(duration->count()) / double(history.median.count()) - 1;
    return Comparison{.ratio = ratio, .usual = std::abs(ratio) <= std::max(history.spread, 0.01)};
}

int stepsOf(const Run &run) {
    return std::max(
        {run.totalSteps.value_or(0), int(run.steps.size()), run.completedSteps + run.failedSteps + run.skippedSteps});
}

QString stepsDone(const Run &run, const Style &style) {
    return Words::tr("%1 of %2 steps done").arg(countText(run.completedSteps, style), countText(stepsOf(run), style));
}

QString unfinishedStep(const Run &run) {
    for (auto step = run.steps.rbegin(); step != run.steps.rend(); ++step) {
        if (step->status == StepStatus::Running || step->status == StepStatus::Interrupted)
            return stepName(*step, 60);
    }
    return {};
}

/// A reason as a part of a sentence, which brings its own full stop: messages of several lines often end the first in a
/// colon.
QString clause(const FailureFact &fact, qsizetype maxChars) {
    QString reason = reasonText(fact, maxChars);
    while (reason.endsWith(u'.') || reason.endsWith(u':') || reason.endsWith(u',') || reason.endsWith(u' '))
        reason.chop(1);
    return reason;
}

QString failureSentence(const Run &run, const std::vector<FailureFact> &facts, const Style &style) {
    const FailureFact &first = facts.front();
    const QString name = stepName(*first.step, 60);
    const QString reason = clause(first, 160);
    const QString attempts = countText(first.attempts, style);
    if (facts.size() == 1) {
        return first.attempts > 1 ? Words::tr("%1; %2 failed after %3 attempts: %4.")
                                        .arg(stepsDone(run, style), name, attempts, reason)
                                  : Words::tr("%1; %2 failed: %3.").arg(stepsDone(run, style), name, reason);
    }
    return Words::tr("%1, %2 failed; the first, %3: %4.")
        .arg(stepsDone(run, style), countText(qint64(facts.size()), style), name, reason);
}

QString successSentence(const Run &run, const query::RecipeHistory &history, const Style &style) {
    const QString took = durationText(durationOf(run), style);
    const int steps = stepsOf(run);
    QString done = Words::tr("%1 in %2, none failed.").arg(stepsDone(run, style), took);
    if (run.completedSteps == steps && steps > 0) {
        done = steps == 1 ? Words::tr("The one step was done in %1.").arg(took)
                          : Words::tr("All %1 steps done in %2.").arg(countText(steps, style), took);
    } else if (steps == 0) {
        done = Words::tr("The recipe has no steps; there was nothing to do.");
    }
    const auto comparison = compare(run, history);
    if (!comparison)
        return done;
    const QString runs = countText(history.runs, style);
    if (comparison->usual)
        return done + u' ' + Words::tr("That is as long as usual (%1 runs).").arg(runs);
    const QString percent = decimalText(std::abs(comparison->ratio) * 100, 1, style);
    return done + u' ' +
           (comparison->ratio > 0 ? Words::tr("That is %1 % longer than usual (median of %2 runs).")
                                  : Words::tr("That is %1 % shorter than usual (median of %2 runs)."))
               .arg(percent, runs);
}

QString endSentence(const Run &run, const query::RecipeHistory &history, const std::vector<FailureFact> &facts,
                    const Style &style) {
    const QString done = stepsDone(run, style);
    switch (run.status) {
    case RunStatus::Completed:
        return successSentence(run, history, style);
    case RunStatus::Running:
        return Words::tr("Still running: %1 so far.").arg(done);
    case RunStatus::Rejected:
        return Words::tr("The recipe was refused before any step ran: %1.").arg(clause(facts.front(), 200));
    case RunStatus::Cancelled:
        return Words::tr("Cancelled on request: %1.").arg(done);
    case RunStatus::Interrupted:
        return Words::tr("Interrupted from the keyboard: %1.").arg(done);
    case RunStatus::Killed:
        return Words::tr("Killed by a signal: %1.").arg(done);
    case RunStatus::Timeout:
        return Words::tr("Stopped because it took longer than allowed: %1.").arg(done);
    case RunStatus::Abandoned:
        return Words::tr("The log just ends and the process is gone: %1; what became of the rest is not known.")
            .arg(done);
    case RunStatus::Partial:
    case RunStatus::Failed:
        break;
    }
    if (!facts.empty() && facts.front().step)
        return failureSentence(run, facts, style);
    return Words::tr("The run failed: %1; %2.").arg(done, clause(facts.front(), 200));
}

int repeatedSteps(const Run &run) {
    return int(std::count_if(run.steps.begin(), run.steps.end(),
                             [](const Step &s) { return s.attemptCount > 1 || s.status == StepStatus::Failed; }));
}

std::vector<QString> conclusions(const Run &run, const query::RecipeHistory &history,
                                 const std::vector<FailureFact> &facts, const Style &style) {
    std::vector<QString> sentences = {endSentence(run, history, facts, style)};
    const QString open = unfinishedStep(run);
    if (!open.isEmpty()) {
        sentences.push_back(run.status == RunStatus::Running ? Words::tr("%1 is running.").arg(open)
                                                             : Words::tr("%1 had not ended.").arg(open));
    }
    const int notReached =
        stepsOf(run) - run.completedSteps - run.failedSteps - run.skippedSteps - (open.isEmpty() ? 0 : 1);
    if (notReached > 0 && isFinal(run.status) && run.status != RunStatus::Rejected) {
        sentences.push_back(
            plural(notReached, Words::tr("%1 step was not reached."), Words::tr("%1 steps were not reached."), style));
    }
    const LostTime lost = lostTime(run);
    if (run.status == RunStatus::Completed && lost.retries > Duration::zero()) {
        sentences.push_back(Words::tr("Repeated attempts cost %1.").arg(durationText(lost.retries, style)));
    }
    return sentences;
}

Figure durationFigure(const Run &run, const query::RecipeHistory &history, Time generatedAt, const Style &style) {
    Figure figure{.key = u"duration_s"_s, .label = Words::tr("Duration")};
    auto duration = durationOf(run);
    if (!duration && run.status == RunStatus::Running && run.start && generatedAt >= *run.start) {
        duration = generatedAt - *run.start;
        figure.note = Words::tr("so far");
    }
    figure.value = durationText(duration, style);
    if (!duration)
        figure.note = run.duration ? Words::tr("the clock was set back") : Words::tr("not known");
    else
        figure.number = toSeconds(*duration);
    if (const auto comparison = compare(run, history)) {
        figure.change = percentChangeText(comparison->ratio, style);
        figure.direction = comparison->ratio > 0 ? 1 : comparison->ratio < 0 ? -1 : 0;
        if (!comparison->usual)
            figure.tone = comparison->ratio > 0 ? Tone::Bad : Tone::Good;
        figure.note = Words::tr("vs %1 [%2 runs, ±%3 %]", "median duration")
                          .arg(durationText(history.median, style), countText(history.runs, style),
                               decimalText(history.spread * 100, 0, style));
    } else if (run.status == RunStatus::Completed && duration) {
        figure.note = history.runs >= runsForFigures
                          ? QString()
                          : Words::tr("%1 to compare").arg(neededText(history.runs, runsForFigures, style));
    } else if (duration && figure.note.isEmpty()) {
        figure.note = Words::tr("not compared: not completed");
    }
    return figure;
}

Figures headline(const Run &run, const query::RecipeHistory &history, Time generatedAt, const Style &style) {
    Figures figures;
    figures.items.push_back({.key = u"status"_s,
                             .label = Words::tr("State"),
                             .value = stateName(run.status),
                             .note = run.end ? Words::tr("ended %1").arg(momentText(run.end, run.resolution, style))
                                             : Words::tr("end not known"),
                             .state = run.status});
    if (run.status == RunStatus::Running)
        figures.items.back().note = Words::tr("as of this report");
    figures.items.push_back(durationFigure(run, history, generatedAt, style));

    const int steps = stepsOf(run);
    const int notReached = std::max(0, steps - run.completedSteps - run.failedSteps - run.skippedSteps);
    const auto part = [&](int n, const QString &text) { return n > 0 ? text.arg(countText(n, style)) : QString(); };
    figures.items.push_back(
        {.key = u"completed_steps"_s,
         .label = Words::tr("Steps done"),
         .value = steps > 0 ? countText(run.completedSteps, style) : dashText(),
         .unit = steps > 0 ? Words::tr("of %1").arg(countText(steps, style)) : QString(),
         .note = dotted({part(run.failedSteps, Words::tr("%1 failed")), part(run.skippedSteps, Words::tr("%1 skipped")),
                         part(notReached, Words::tr("%1 not reached"))}),
         .number = double(run.completedSteps)});
    if (steps == 0)
        figures.items.back().note = Words::tr("no step began");

    const LostTime lost = lostTime(run);
    const bool nothingKnown = !lost.complete && lost.total() == Duration::zero();
    Figure loss{.key = u"lost_s"_s,
                .label = Words::tr("Lost to failures and retries"),
                .value = nothingKnown ? dashText() : durationText(lost.total(), style),
                .number = toSeconds(lost.total())};
    if (nothingKnown)
        loss.number.reset();
    if (lost.failedAttempts > 0) {
        loss.note = Words::tr("%1 in %2", "failed attempts, steps")
                        .arg(plural(lost.failedAttempts, Words::tr("%1 failed attempt"),
                                    Words::tr("%1 failed attempts"), style),
                             plural(repeatedSteps(run), Words::tr("%1 step"), Words::tr("%1 steps"), style));
    } else if (lost.complete && lost.total() == Duration::zero()) {
        loss.note = Words::tr("no attempt failed");
    }
    if (!lost.complete && !nothingKnown)
        loss.note = dotted({Words::tr("at least"), loss.note});
    figures.items.push_back(loss);
    return figures;
}

QString fileStemOf(const Run &run, const Style &style) {
    QString stem;
    for (const QChar c : QString::fromUtf8(run.recipe.data(), qsizetype(run.recipe.size()))) {
        const bool safe = c.isLetterOrNumber() || c == u'_' || c == u'-';
        if (stem.size() < 80)
            stem += safe ? c : u'_';
    }
    if (stem.isEmpty())
        stem = u"run"_s;
    if (!run.start)
        return stem;
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(style.zone.toLocal(*run.start)));
    return stem + u"-%1-%2-%3"_s.arg(int(day.year()), 4, 10, QLatin1Char('0'))
                      .arg(unsigned(day.month()), 2, 10, QLatin1Char('0'))
                      .arg(unsigned(day.day()), 2, 10, QLatin1Char('0'));
}

} // namespace

ReportDocument buildRunReport(const Run &run, const query::RecipeHistory &history, Time generatedAt,
                              const Style &style) {
    const std::vector<FailureFact> facts = failuresOf(run);
    ReportDocument document;
    document.kind = u"run"_s;
    document.title = visible(run.recipe, 80);
    document.subtitle = dotted({run.start ? Words::tr("Run of %1").arg(momentText(run.start, run.resolution, style))
                                          : Words::tr("Run without a known start"),
                                visible(run.recipePath, 160)});
    document.status = run.status;
    document.conclusions = conclusions(run, history, facts, style);
    document.generatedAt = generatedAt;
    document.generated =
        momentText(generatedAt, std::chrono::seconds(1), style) + u' ' + visible(style.zone.name(), 60);
    document.fileStem = fileStemOf(run, style);

    document.summary.emplace_back(headline(run, history, generatedAt, style));
    const std::vector<std::size_t> byImportance = stepsByImportance(run);
    const Timeline picture = timelineOf(run, byImportance, maxSummaryBars, generatedAt, style);
    if (!picture.rows.empty())
        document.summary.emplace_back(picture);
    if (!facts.empty()) {
        Failures brief = failuresBlock(run, maxSummaryFailures, 0, style);
        for (Failure &item : brief.items)
            item.leftOut.clear(); // the summary shows no tracebacks at all; the details say what they leave out
        document.summary.emplace_back(std::move(brief));
    }

    if (qsizetype(picture.rows.size()) < picture.totalRows && !picture.rows.empty())
        document.details.emplace_back(timelineOf(run, byImportance, maxStepRows, generatedAt, style));
    if (!run.steps.empty())
        document.details.emplace_back(stepTable(run, history, style));
    if (!facts.empty()) {
        Failures full = failuresBlock(run, maxFailureItems, traceLines, style);
        full.title = Words::tr("Failures in detail");
        document.details.emplace_back(std::move(full));
    }
    document.details.emplace_back(runNotes(run, history, style));
    return document;
}

} // namespace ra::report
