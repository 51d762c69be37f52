// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runsummary.h"

#include "core/report/notetext.h"
#include "ui/models/stepsmodel.h"
#include "ui/theme/format.h"

#include <QCoreApplication>
#include <QLocale>

namespace ra::ui {

namespace {

/// Where the words of this file are looked up.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(RunSummary)
};

/// A duration with its last unit apart, so that the figures stand out.
Figure figureOf(std::optional<Duration> d) {
    const QString text = duration(d);
    const qsizetype blank = text.lastIndexOf(QLatin1Char(' '));
    if (blank < 0)
        return {.figure = text, .unit = {}, .comparison = {}};
    return {.figure = text.left(blank), .unit = text.mid(blank + 1), .comparison = {}};
}

QString stepsText(const Run &run) {
    const int total = run.totalSteps.value_or(static_cast<int>(run.steps.size()));
    QStringList parts;
    if (total == 0)
        parts << Words::tr("no steps");
    else
        parts << withCount(Words::tr("%1 of %n step(s)", nullptr, total), total).arg(count(run.completedSteps));
    if (run.failedSteps > 0)
        parts << Words::tr("%1 failed").arg(count(run.failedSteps));
    if (run.skippedSteps > 0)
        parts << Words::tr("%1 skipped").arg(count(run.skippedSteps));
    return parts.join(QStringLiteral(" · "));
}

Figure durationFigure(const Run &run, const std::optional<query::RecipeHistory> &history, Time now) {
    const std::optional<Duration> took = durationOf(run, now);
    Figure figure = figureOf(took);
    if (!took) {
        figure.comparison = Words::tr("no source tells it");
        return figure;
    }
    // The difference of two times known to the second only is known no better.
    if (!run.duration && run.resolution >= std::chrono::seconds(1) && run.status != RunStatus::Running)
        figure.unit += QLatin1Char(' ') + plusMinus(run.resolution);
    if (*took < Duration::zero()) {
        figure.comparison = Words::tr("the clock was set back");
        figure.tone = PlainLabel::Tone::Warning;
        return figure;
    }
    if (!history || history->runs < leastCompared || history->median <= Duration::zero()) {
        figure.comparison =
            !history || history->runs == 0
                ? Words::tr("first runs: nothing to compare with")
                : Words::tr("%1 of %2 runs needed to compare").arg(count(history->runs), count(leastCompared));
        return figure;
    }
    const double change = toSeconds(*took) / toSeconds(history->median) - 1;
    const QString basis = Words::tr("vs median of %1").arg(count(history->runs));
    if (run.status != RunStatus::Completed && change <= 0) {
        // Shorter because steps failed, were not reached or still run: no praise.
        figure.comparison = Words::tr("median of %1: %2").arg(count(history->runs), duration(history->median));
        return figure;
    }
    const QString arrow = change > 0.0005 ? QStringLiteral("▲ ") : change < -0.0005 ? QStringLiteral("▼ ") : QString();
    figure.comparison = arrow + signedPercent(change) + QStringLiteral(" · ") + basis;
    if (change > std::max(history->spread, 0.05))
        figure.tone = PlainLabel::Tone::Failed;
    return figure;
}

Figure longestFigure(const Run &run, Time now) {
    const Step *longest = nullptr;
    Duration length{};
    for (const Step &step : run.steps) {
        const std::optional<Duration> took = StepsModel::durationOf(step, now);
        if (took && (!longest || *took > length)) {
            longest = &step;
            length = *took;
        }
    }
    if (!longest)
        return {.figure = QStringLiteral("–"), .unit = {}, .comparison = Words::tr("no step has a known time")};
    Figure figure = figureOf(length);
    const std::optional<Duration> total = durationOf(run, now);
    // A step that the log's seconds make longer than its run is no share of it.
    if (total && *total > Duration::zero() && length <= *total)
        figure.unit += QStringLiteral(" · ") +
                       Words::tr("%1 %").arg(QLocale().toString(toSeconds(length) / toSeconds(*total) * 100, 'f', 0));
    figure.comparison = shownName(*longest);
    return figure;
}

Figure retriesFigure(const Run &run) {
    const RetryLoss loss = retryLossOf(run);
    if (loss.attempts == 0)
        return {.figure = QStringLiteral("0"), .unit = Words::tr("s"), .comparison = Words::tr("no step was repeated")};
    Figure figure = figureOf(loss.lost);
    if (!loss.complete)
        figure.figure = (loss.lost > Duration::zero() ? QStringLiteral("≥ ") : QString()) +
                        (loss.lost > Duration::zero() ? figure.figure : QStringLiteral("–"));
    if (figure.figure == QStringLiteral("–"))
        figure.unit.clear();
    figure.comparison = Words::tr("%n failed attempt(s)", nullptr, loss.attempts) + QLatin1Char(' ') +
                        Words::tr("in %n steps", nullptr, loss.steps);
    return figure;
}

Figure failuresFigure(const Run &run) {
    Figure figure;
    figure.figure = count(run.failedSteps);
    const int total = run.totalSteps.value_or(static_cast<int>(run.steps.size()));
    figure.unit = withCount(Words::tr("of %n step(s)", nullptr, total), total);
    const std::vector<RunError> errors = errorsOf(run);
    // What made a step fail says more than what a later attempt made good again.
    const auto decisive = [&](const RunError &error) {
        return error.step >= 0 && run.steps[static_cast<std::size_t>(error.step)].status == StepStatus::Failed;
    };
    auto named =
        std::ranges::find_if(errors, [&](const RunError &error) { return !error.type.empty() && decisive(error); });
    if (named == errors.end() && run.failedSteps == 0)
        named = std::ranges::find_if(errors, [](const RunError &error) { return !error.type.empty(); });
    if (named != errors.end()) {
        figure.comparison = plain(named->type.substr(named->type.rfind('.') + 1)); // the module is in the errors' card
        if (!named->name.empty())
            figure.comparison += Words::tr(" in %1").arg(plain(named->name));
    } else if (!errors.empty()) {
        figure.comparison = plain(errors.front().message.substr(0, 120));
    } else {
        figure.comparison = Words::tr("nothing failed");
    }
    if (run.failedSteps > 0 || run.status == RunStatus::Failed || run.status == RunStatus::Rejected)
        figure.tone = PlainLabel::Tone::Failed;
    return figure;
}

} // namespace

std::optional<Duration> durationOf(const Run &run, Time now) {
    if (run.duration)
        return run.duration;
    if (run.start && run.end)
        return *run.end - *run.start;
    if (run.start && run.status == RunStatus::Running)
        return std::max(now - *run.start, Duration::zero());
    return std::nullopt;
}

RetryLoss retryLossOf(const Run &run) {
    RetryLoss loss;
    for (const Step &step : run.steps) {
        if (step.attemptCount <= 1)
            continue;
        ++loss.steps;
        loss.attempts += step.attemptCount - 1;
        // All of the step's time but its last attempt: that is what a first try would have cost.
        const Attempt *last = step.attempts.empty() ? nullptr : &step.attempts.back();
        const bool lastKnown = last && last->number == step.attemptCount;
        std::optional<Duration> whole = step.duration;
        if (!whole && step.start && step.end)
            whole = *step.end - *step.start;
        if (lastKnown && last->start && step.start)
            loss.lost += std::max(*last->start - *step.start, Duration::zero());
        else if (lastKnown && last->duration && whole)
            loss.lost += std::max(*whole - *last->duration, Duration::zero());
        else
            loss.complete = false;
    }
    return loss;
}

std::vector<RunError> errorsOf(const Run &run) {
    std::vector<RunError> errors;
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
        const Step &step = run.steps[i];
        const std::size_t before = errors.size();
        for (const Attempt &attempt : step.attempts) {
            if (attempt.errorType.empty() && attempt.errorMessage.empty() && attempt.traceback.empty())
                continue;
            errors.push_back({static_cast<int>(i), step.name, attempt.number, step.attemptCount, attempt.errorType,
                              attempt.errorMessage, attempt.traceback});
        }
        if (errors.size() > before)
            continue;
        for (const std::string &text : step.errors)
            errors.push_back({static_cast<int>(i), step.name, 0, step.attemptCount, {}, text, {}});
    }
    for (const std::string &text : run.errors)
        errors.push_back({-1, {}, 0, 0, {}, text, {}});
    return errors;
}

RunSummary summarise(const Run &run, const std::optional<query::RecipeHistory> &history, Time now) {
    RunSummary summary;
    summary.steps = stepsText(run);
    summary.duration = durationFigure(run, history, now);
    summary.longest = longestFigure(run, now);
    summary.retries = retriesFigure(run);
    summary.failures = failuresFigure(run);
    const std::vector<QString> remarks = report::noteSentences(run);
    summary.remarks = QStringList(remarks.begin(), remarks.end()).join(QLatin1Char(' '));
    return summary;
}

} // namespace ra::ui
