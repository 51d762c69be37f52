// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/htmlpictures.h"

#include "core/report/text.h"

#include <algorithm>

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

/// The role whose colours a state wears, as the style sheet names it.
QString roleOf(RunStatus status) {
    switch (status) {
    case RunStatus::Completed:
        return u"completed"_s;
    case RunStatus::Partial:
        return u"partial"_s;
    case RunStatus::Failed:
    case RunStatus::Timeout:
        return u"failed"_s;
    case RunStatus::Running:
        return u"running"_s;
    case RunStatus::Rejected:
        return u"rejected"_s;
    default:
        return u"unknown"_s;
    }
}

QString roleOf(StepStatus status) {
    switch (status) {
    case StepStatus::Completed:
        return u"completed"_s;
    case StepStatus::Failed:
        return u"failed"_s;
    case StepStatus::Running:
        return u"running"_s;
    case StepStatus::Skipped:
        return u"partial"_s;
    default:
        return u"unknown"_s;
    }
}

QString roleOf(const State &state) {
    return std::visit([](auto status) { return roleOf(status); }, state);
}

/// The inside of a 16 by 16 square.
QString shapeOf(const QString &role) {
    if (role == u"completed")
        return u"<circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"currentColor\"/>"_s;
    if (role == u"failed")
        return u"<path d=\"M3 3 13 13M13 3 3 13\" stroke=\"currentColor\" stroke-width=\"2.5\"/>"_s;
    if (role == u"partial")
        return u"<circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
               "<path d=\"M8 2A6 6 0 0 0 8 14z\" fill=\"currentColor\"/>"_s;
    if (role == u"running")
        return u"<path d=\"M4 2 14 8 4 14z\" fill=\"currentColor\"/>"_s;
    if (role == u"rejected")
        return u"<circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
               "<path d=\"M4 4 12 12\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"_s;
    return u"<circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" "
           "stroke-dasharray=\"2 2\"/>"_s;
}

QString fixed(double x) {
    return QString::number(x, 'f', 2);
}

QString rect(double x, double y, double width, double height, const QString &role) {
    return u"<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" fill=\"var(--%5-fill)\" stroke=\"var(--%5)\"/>"_s.arg(
        fixed(x), fixed(y), fixed(width), fixed(height), role);
}

QString label(double x, double y, const QString &anchor, const QString &text) {
    return u"<text x=\"%1\" y=\"%2\" text-anchor=\"%3\" font-size=\"12\" fill=\"var(--text)\">"_s.arg(
               fixed(x), fixed(y), anchor) +
           text.toHtmlEscaped() + u"</text>"_s;
}

} // namespace

QString stateMark(const State &state) {
    const QString role = roleOf(state);
    return u"<svg role=\"img\" aria-label=\"%1\" viewBox=\"0 0 16 16\" style=\"width:.8em;height:.8em;color:var(--%2)\">"_s
               .arg(stateName(state).toHtmlEscaped(), role) +
           shapeOf(role) + u"</svg>"_s;
}

QString svgOf(const Timeline &timeline) {
    constexpr double width = 900, left = 170, right = 130, rowHeight = 22;
    const double plot = width - left - right;
    const double scale = plot / double(std::max<qint64>(1, timeline.extentNs));
    const double height = rowHeight * double(timeline.rows.size()) + 8;
    QString out = u"<svg role=\"img\" aria-label=\"%1\" viewBox=\"0 0 %2 %3\">"_s.arg(timeline.title.toHtmlEscaped(),
                                                                                      fixed(width), fixed(height));
    double y = 4;
    for (const TimelineRow &row : timeline.rows) {
        out +=
            label(left - 8, y + 15, u"end"_s, row.label.size() > 24 ? row.label.left(23) + QChar(0x2026) : row.label);
        double end = left;
        for (const TimelineBar &bar : row.bars) {
            const double x = left + double(bar.startNs) * scale;
            const double barWidth = std::max(2.0, double(bar.endNs - bar.startNs) * scale);
            out += rect(x, y + 3, barWidth, rowHeight - 6, roleOf(bar.state));
            end = std::max(end, x + barWidth);
        }
        out += label(end + 6, y + 15, u"start"_s, row.note);
        y += rowHeight;
    }
    return out + u"</svg>\n"_s;
}

QString svgOf(const Outcomes &outcomes) {
    constexpr double width = 900, plot = 120;
    qint64 highest = 1;
    for (const Outcome &item : outcomes.items)
        highest = std::max(highest, item.total());
    const double slot = width / double(std::max<std::size_t>(1, outcomes.items.size()));
    const bool everyLabel = outcomes.items.size() <= 14;
    QString out = u"<svg role=\"img\" aria-label=\"%1\" viewBox=\"0 0 %2 %3\">"_s.arg(outcomes.title.toHtmlEscaped(),
                                                                                      fixed(width), fixed(plot + 40));
    for (std::size_t i = 0; i < outcomes.items.size(); ++i) {
        const Outcome &item = outcomes.items[i];
        const double x = double(i) * slot + slot * 0.15;
        double y = plot + 18;
        const std::pair<qint64, QString> parts[] = {{item.completed, u"completed"_s},
                                                    {item.partial, u"partial"_s},
                                                    {item.failed, u"failed"_s},
                                                    {item.other, u"unknown"_s}};
        for (const auto &[count, role] : parts) {
            const double high = plot * double(count) / double(highest);
            y -= high;
            if (count > 0)
                out += rect(x, y, slot * 0.7, high, role);
        }
        const double middle = double(i) * slot + slot / 2;
        out += label(middle, y - 4, u"middle"_s, QString::number(item.total()));
        if (everyLabel || i % 7 == 0)
            out += label(middle, plot + 36, u"middle"_s, item.label);
    }
    return out + u"</svg>\n"_s;
}

} // namespace ra::report
