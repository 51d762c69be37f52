// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/periodreport.h"

#include "core/report/periodblocks.h"
#include "core/report/periodfacts.h"
#include "core/report/pieces.h"
#include "core/report/runreport.h"
#include "core/report/statistics.h"

#include <algorithm>
#include <cmath>

namespace ra::report {

using namespace Qt::StringLiterals;
using std::chrono::days;

namespace {

double rateOf(const Tally &tally) {
    return double(tally.succeeded) / double(tally.counted);
}

bool hasRate(const Tally &tally) {
    return tally.counted >= runsForFigures;
}

QString pointsText(double difference, const Style &style) {
    const QString figure = decimalText(std::abs(difference) * 100, 1, style);
    return Words::tr("%1 points").arg(figure);
}

QString signedText(double difference, const QString &figure) {
    return (difference < 0 ? QChar(0x2212) : QChar(u'+')) + figure;
}

int signOf(double x) {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}

QString daysBefore(const Period &period, const Style &style) {
    return plural(period.days, Words::tr("the day before"), Words::tr("the %1 days before"), style);
}

Figure runsFigure(const Tally &now, const Tally &before, const Style &style) {
    Figure figure{.key = u"runs"_s,
                  .label = Words::tr("Runs"),
                  .value = countText(qint64(now.runs.size()), style),
                  .number = double(now.runs.size())};
    if (!before.runs.empty()) {
        const double ratio = double(now.runs.size()) / double(before.runs.size()) - 1;
        figure.change = percentChangeText(ratio, style);
        figure.direction = signOf(ratio);
        figure.note = Words::tr("vs %1").arg(countText(qint64(before.runs.size()), style));
    } else {
        figure.note = Words::tr("none before");
    }
    return figure;
}

Figure rateFigure(const Tally &now, const Tally &before, const Style &style) {
    Figure figure{.key = u"success_rate"_s, .label = Words::tr("Success rate"), .value = dashText()};
    if (!hasRate(now)) {
        if (now.counted > 0)
            figure.value = rateText(now.succeeded, now.counted, style);
        figure.note = Words::tr("%1 for a rate").arg(neededText(now.counted, runsForFigures, style));
        return figure;
    }
    const auto interval = wilson95(now.succeeded, now.counted);
    figure.value = decimalText(rateOf(now) * 100, 1, style);
    figure.unit = u"%"_s;
    figure.interval =
        u"[%1, %2]"_s.arg(decimalText(interval->lower * 100, 1, style), decimalText(interval->upper * 100, 1, style));
    figure.number = rateOf(now) * 100;
    if (!hasRate(before)) {
        figure.note = Words::tr("before: %1").arg(neededText(before.counted, runsForFigures, style));
        return figure;
    }
    const double difference = rateOf(now) - rateOf(before);
    const auto range = newcombe95(now.succeeded, now.counted, before.succeeded, before.counted);
    const bool clear = range->lower > 0 || range->upper < 0;
    figure.change = signedText(difference, pointsText(difference, style));
    figure.direction = signOf(difference);
    figure.tone = !clear ? Tone::Neutral : difference > 0 ? Tone::Good : Tone::Bad;
    figure.note =
        clear ? Words::tr("vs %1 %").arg(decimalText(rateOf(before) * 100, 1, style)) : Words::tr("may be chance");
    return figure;
}

Figure medianFigure(const Tally &now, const Tally &before, const Style &style) {
    Figure figure{.key = u"median_s"_s, .label = Words::tr("Median duration"), .value = dashText()};
    const qint64 have = qint64(now.durations.size());
    if (have < runsForFigures) {
        figure.note = Words::tr("%1 that completed").arg(neededText(have, runsForFigures, style));
        return figure;
    }
    const auto text = [&](double ns) { return durationText(Duration(std::llround(ns)), style); };
    const double median = *quantile(now.durations, 0.5);
    const auto interval = median95(now.durations);
    figure.value = text(median);
    figure.number = median / 1e9;
    figure.interval = u"[%1, %2]"_s.arg(text(interval->lower), text(interval->upper));
    const QString p95 =
        have >= runsForP95 ? Words::tr("95 % under %1").arg(text(*quantile(now.durations, 0.95))) : QString();
    if (qint64(before.durations.size()) >= runsForFigures) {
        const double ratio = median / std::max(1.0, *quantile(before.durations, 0.5)) - 1;
        const auto earlier = median95(before.durations);
        const bool clear = interval->lower > earlier->upper || interval->upper < earlier->lower;
        figure.change = percentChangeText(ratio, style);
        figure.direction = signOf(ratio);
        figure.tone = !clear ? Tone::Neutral : ratio < 0 ? Tone::Good : Tone::Bad;
    }
    figure.note = p95;
    return figure;
}

Figure lostFigure(const Tally &now, const Tally &before, const Style &style) {
    const bool unknown = !now.lost.complete && now.lost.total() == Duration::zero();
    Figure figure{.key = u"lost_s"_s,
                  .label = Words::tr("Lost to failures and retries"),
                  .value = unknown ? dashText() : durationText(now.lost.total(), style)};
    if (!unknown)
        figure.number = toSeconds(now.lost.total());
    if (before.lost.total() > Duration::zero() && !unknown) {
        const double ratio = double(now.lost.total().count()) / double(before.lost.total().count()) - 1;
        figure.change = percentChangeText(ratio, style);
        figure.direction = signOf(ratio);
    }
    if (now.lost.retries > Duration::zero())
        figure.note = Words::tr("retries of it: %1").arg(durationText(now.lost.retries, style));
    if (!now.lost.complete && !unknown)
        figure.note = dotted({Words::tr("at least"), figure.note});
    return figure;
}

QString rateSentence(const Tally &now, const Tally &before, const Period &period, qsizetype recipes,
                     const Style &style) {
    const QString runs = plural(qint64(now.runs.size()), Words::tr("%1 run"), Words::tr("%1 runs"), style);
    const QString what = Words::tr("%1 of %2", "runs, recipes")
                             .arg(runs, plural(recipes, Words::tr("%1 recipe"), Words::tr("%1 recipes"), style));
    if (!hasRate(now)) {
        return Words::tr("%1: %2 completed. That is too few for a rate: %3.")
            .arg(what, countText(now.succeeded, style), neededText(now.counted, runsForFigures, style));
    }
    const QString rate = decimalText(rateOf(now) * 100, 1, style);
    if (!hasRate(before))
        return Words::tr("%1: %2 % completed.").arg(what, rate);
    const double difference = rateOf(now) - rateOf(before);
    const auto range = newcombe95(now.succeeded, now.counted, before.succeeded, before.counted);
    if (range->lower <= 0 && range->upper >= 0)
        return Words::tr("%1: %2 % completed, no clear change from %3.").arg(what, rate, daysBefore(period, style));
    return (difference > 0 ? Words::tr("%1: %2 % completed, %3 more than in %4.")
                           : Words::tr("%1: %2 % completed, %3 fewer than in %4."))
        .arg(what, rate, pointsText(difference, style), daysBefore(period, style));
}

QString failureSentence(const Tally &now, const std::vector<FailureKind> &kinds, const Style &style) {
    if (now.failures() == 0)
        return now.counted > 0 ? Words::tr("None failed.") : QString();
    const QString failed = plural(now.failures(), Words::tr("%1 run failed"), Words::tr("%1 runs failed"), style);
    if (kinds.empty())
        return failed + u'.';
    const FailureKind &kind = kinds.front();
    QString place = visible(kind.newest.run->recipe, 60);
    if (kind.newest.step)
        place = Words::tr("%1, step %2").arg(place, stepName(*kind.newest.step, 60));
    const QString reason = reasonText(kind.newest, 120);
    QString sentence;
    if (kind.runs == 1)
        sentence = Words::tr("%1, last %2: %3.").arg(failed, place, reason);
    else
        sentence =
            Words::tr("%1, %2 of them the same way: %3: %4.").arg(failed, countText(kind.runs, style), place, reason);
    while (sentence.endsWith(u".."_s))
        sentence.chop(1);
    return sentence;
}

std::vector<QString> conclusions(const Tally &now, const Tally &before, const std::vector<FailureKind> &kinds,
                                 const Period &period, qsizetype recipes, const Style &style) {
    if (now.runs.empty())
        return {Words::tr("No run started in this period."),
                Words::tr("This report fills when logs of runs from this time are read.")};
    std::vector<QString> sentences = {rateSentence(now, before, period, recipes, style)};
    if (const QString failures = failureSentence(now, kinds, style); !failures.isEmpty())
        sentences.push_back(failures);
    return sentences;
}

QString spanText(const Period &period, const Style &style) {
    const QString first = dateText(period.begin, style);
    const QString last = dateText(period.end - Duration(1), style);
    return first == last ? first : Words::tr("%1 to %2").arg(first, last);
}

} // namespace

Period periodOf(Time generatedAt, int dayCount, const Zone &zone) {
    const int count = std::max(1, dayCount);
    const auto today = std::chrono::floor<days>(zone.toLocal(generatedAt));
    return {.begin = zone.toUtc(today - days(count - 1)), .end = generatedAt, .days = count};
}

Period periodOfDays(std::chrono::local_days first, std::chrono::local_days last, Time generatedAt, const Zone &zone) {
    const auto today = std::chrono::floor<days>(zone.toLocal(generatedAt));
    const auto end = std::max(first, std::min(last, today));
    const Time begin = zone.toUtc(first);
    return {.begin = begin,
            .end = std::max(begin, std::min(generatedAt, zone.toUtc(end + days(1)))),
            .days = int((end - first).count()) + 1};
}

QString periodFileStem(const Period &period, const Zone &zone) {
    const std::chrono::year_month_day day(std::chrono::floor<days>(zone.toLocal(period.end - Duration(1))));
    return u"recipes-%1-%2-%3-%4d"_s.arg(int(day.year()), 4, 10, QLatin1Char('0'))
        .arg(unsigned(day.month()), 2, 10, QLatin1Char('0'))
        .arg(unsigned(day.day()), 2, 10, QLatin1Char('0'))
        .arg(period.days);
}

Period previousOf(const Period &period, const Zone &zone) {
    return {.begin = zone.toUtc(zone.toLocal(period.begin) - days(period.days)),
            .end = zone.toUtc(zone.toLocal(period.end) - days(period.days)),
            .days = period.days};
}

ReportDocument buildPeriodReport(std::span<const Run> runs, std::span<const Run> previous, const Period &period,
                                 Time generatedAt, const Style &style) {
    const Period earlier = previousOf(period, style.zone);
    const Tally now = tallyOf(runs, period.begin, period.end);
    const Tally before = tallyOf(previous, earlier.begin, earlier.end);
    const std::vector<FailureKind> kinds = failureKinds(now);
    const Table recipes = recipeTable(now, false, maxRecipeRows, period.end, style);
    const qsizetype recipeCount = qsizetype(byRecipe(now).size());

    ReportDocument document;
    document.kind = u"period"_s;
    document.title =
        plural(period.days, Words::tr("Recipe runs of one day"), Words::tr("Recipe runs of %1 days"), style);
    document.subtitle = dotted({spanText(period, style), Words::tr("compared with %1").arg(daysBefore(period, style))});
    document.conclusions = conclusions(now, before, kinds, period, recipeCount, style);
    document.generatedAt = generatedAt;
    document.generated =
        momentText(generatedAt, std::chrono::seconds(1), style) + u' ' + visible(style.zone.name(), 60);
    document.fileStem = periodFileStem(period, style.zone);

    document.summary.emplace_back(Figures{{runsFigure(now, before, style), rateFigure(now, before, style),
                                           medianFigure(now, before, style), lostFigure(now, before, style)}});
    const qint64 withoutStart = std::count_if(runs.begin(), runs.end(), [](const Run &run) { return !run.start; });
    if (now.runs.empty()) {
        document.summary.emplace_back(periodNotes(now, withoutStart, period, style));
        return document;
    }
    document.summary.emplace_back(outcomesOf(now, period, style));
    if (!kinds.empty()) {
        Failures brief = failureKindsBlock(kinds, maxSummaryFailures, 0, period.end, style);
        for (Failure &item : brief.items)
            item.leftOut.clear();
        document.summary.emplace_back(std::move(brief));
    }
    if (Table troubled = recipeTable(now, true, maxSummaryRecipes, period.end, style); !troubled.rows.empty())
        document.summary.emplace_back(std::move(troubled));

    document.details.emplace_back(recipes);
    if (Table slow = slowStepTable(now, style); !slow.rows.empty())
        document.details.emplace_back(std::move(slow));
    if (!kinds.empty()) {
        Failures full = failureKindsBlock(kinds, maxFailureKinds, traceLines, period.end, style);
        full.title = Words::tr("Failures in detail");
        document.details.emplace_back(std::move(full));
    }
    if (Table failed = failedRunTable(now, period.end, style); !failed.rows.empty())
        document.details.emplace_back(std::move(failed));
    document.details.emplace_back(periodNotes(now, withoutStart, period, style));
    return document;
}

} // namespace ra::report
