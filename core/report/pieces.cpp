// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pieces.h"

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

/// What a run that ended without an error text of its own died of.
QString endText(RunStatus status) {
    switch (status) {
    case RunStatus::Abandoned:
        return Words::tr("the log ends here and the process is gone");
    case RunStatus::Killed:
        return Words::tr("killed by a signal");
    case RunStatus::Interrupted:
        return Words::tr("interrupted from the keyboard");
    case RunStatus::Timeout:
        return Words::tr("took longer than allowed");
    case RunStatus::Rejected:
        return Words::tr("the recipe was refused");
    default:
        return Words::tr("no reason in the log");
    }
}

std::optional<int> exitCodeOf(const Step &step) {
    if (step.exitCode)
        return step.exitCode;
    for (auto attempt = step.attempts.rbegin(); attempt != step.attempts.rend(); ++attempt) {
        if (attempt->exitCode)
            return attempt->exitCode;
    }
    return std::nullopt;
}

QString messageText(const FailureFact &fact, qsizetype maxChars) {
    const std::string_view message = withoutType(fact.message, fact.type);
    if (!message.empty())
        return visible(message, maxChars);
    if (!fact.step)
        return endText(fact.run->status);
    // Exit codes of 0 and 1 are what every failed step ends with and tell nothing.
    if (const auto code = exitCodeOf(*fact.step); fact.type.empty() && code && *code != 0)
        return Words::tr("exit code %1, without a message").arg(*code);
    return fact.type.empty() ? Words::tr("no reason in the log") : QString();
}

} // namespace

Cell textCell(const QString &text) {
    return {.text = text, .number = {}, .state = {}};
}

Cell countCell(qint64 n, const Style &style) {
    return {.text = countText(n, style), .number = n, .state = {}};
}

Cell durationCell(std::optional<Duration> d, const Style &style) {
    Cell cell{.text = durationText(d, style), .number = {}, .state = {}};
    if (d)
        cell.number = qint64(d->count());
    return cell;
}

Cell momentCell(std::optional<Time> t, Time reference, const Style &style) {
    Cell cell{.text = shortMomentText(t, reference, style), .number = {}, .state = {}};
    if (t)
        cell.number = qint64(toNs(*t));
    return cell;
}

Cell stateCell(const State &state) {
    return {.text = stateName(state), .number = {}, .state = state};
}

Cell shareCell(Duration part, Duration whole, const Style &style) {
    if (whole <= Duration::zero())
        return textCell(dashText());
    const double share = double(part.count()) / double(whole.count());
    return {.text = Words::tr("%1 %").arg(decimalText(share * 100, 1, style)), .number = share, .state = {}};
}

Cell changeCell(std::optional<Duration> now, std::optional<Duration> usual, const Style &style) {
    if (!now || !usual || *usual <= Duration::zero())
        return textCell(dashText());
    const double ratio = double(now->count()) / double(usual->count()) - 1;
    Cell cell{.text = percentChangeText(ratio, style), .number = ratio * 100, .state = {}};
    if (ratio >= 0.25)
        cell.tone = Tone::Bad;
    else if (ratio <= -0.25)
        cell.tone = Tone::Good;
    return cell;
}

QString dashText() {
    return QChar(0x2013);
}

QString neededText(qint64 have, qint64 needed, const Style &style) {
    return Words::tr("%1 of %2 runs needed").arg(countText(have, style), countText(needed, style));
}

QString dotted(const std::vector<QString> &texts) {
    QString joined;
    for (const QString &text : texts) {
        if (!joined.isEmpty() && !text.isEmpty())
            joined += u" \u00b7 "_s;
        joined += text;
    }
    return joined;
}

QString stepName(const Step &step, qsizetype maxChars) {
    if (!step.name.empty())
        return visible(step.name, maxChars);
    return step.className.empty() ? Words::tr("unnamed step")
                                  : Words::tr("unnamed step (%1)").arg(visible(step.className, maxChars));
}

QString reasonText(const FailureFact &fact, qsizetype maxChars) {
    QString message = messageText(fact, maxChars);
    if (fact.type.empty())
        return message;
    const QString type = visible(fact.type, 80);
    return message.isEmpty() ? type : type + u": "_s + message;
}

Failure failureItem(const FailureFact &fact, qsizetype traceLines, const Style &style) {
    Failure item;
    const QString recipe = visible(fact.run->recipe, 60);
    if (fact.step) {
        item.state = fact.step->status;
        item.place = stepName(*fact.step, 60);
    } else {
        item.state = fact.run->status;
        item.place = recipe;
    }
    item.type = visible(fact.type, 80);
    item.message = messageText(fact, 400);
    const std::optional<Time> when = fact.step && fact.step->end ? fact.step->end : fact.run->end;
    item.detail =
        dotted({fact.attempts > 1 ? Words::tr("after %1 attempts").arg(countText(fact.attempts, style)) : QString(),
                when ? momentText(when, fact.run->resolution, style) : QString()});
    Tail end = tail(fact.traceback, traceLines);
    item.traceback = std::move(end.lines);
    item.leftOut = dotted({end.earlierLines == 0 ? QString()
                                                 : plural(end.earlierLines, Words::tr("%1 earlier line left out"),
                                                          Words::tr("%1 earlier lines left out"), style),
                           end.clipped ? Words::tr("long lines cut") : QString()});
    return item;
}

QString resolutionText(Duration resolution, const Style &style) {
    using namespace std::chrono;
    if (resolution >= seconds(1) && resolution % seconds(1) == Duration::zero())
        return Words::tr("±%1 s").arg(countText(resolution / seconds(1), style));
    for (const auto &[unit, text] :
         {std::pair(Duration(milliseconds(1)), Words::tr("±%1 ms")),
          std::pair(Duration(microseconds(1)), Words::tr("±%1 µs")), std::pair(nanoseconds(1), Words::tr("±%1 ns"))}) {
        if (resolution >= unit && resolution % unit == Duration::zero())
            return text.arg(countText(resolution / unit, style));
    }
    return Words::tr("±%1 s").arg(0);
}

} // namespace ra::report
