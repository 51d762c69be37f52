// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/kpi.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace ra::ui {

namespace {

double lineHeight(const QFont &font) {
    return QFontMetricsF(font).height();
}

} // namespace

Kpi::Kpi(QWidget *parent)
    : QFrame(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

Kpi::Kpi(const QString &label, QWidget *parent)
    : Kpi(parent) {
    setLabel(label);
}

void Kpi::setLabel(const QString &label) {
    m_label = label;
    describe();
}

void Kpi::setFigure(const QString &figure, const QString &unit) {
    m_figure = figure;
    m_unit = unit;
    describe();
}

void Kpi::setComparison(const QString &text, PlainLabel::Tone tone) {
    m_comparison = text;
    m_tone = tone;
    describe();
}

void Kpi::setStatus(std::optional<RunStatus> status) {
    m_status = status;
    if (status)
        m_figure = displayName(*status);
    describe();
}

void Kpi::describe() {
    setAccessibleName(m_label);
    setAccessibleDescription(QStringLiteral("%1 %2. %3").arg(m_figure, m_unit, m_comparison).simplified());
    updateGeometry();
    update();
}

QRectF Kpi::contentRect() const {
    return QRectF(rect()).adjusted(measure::cardPadding, 10, -measure::cardPadding, -10);
}

QSize Kpi::sizeHint() const {
    const double height =
        lineHeight(captionFont()) + lineHeight(headlineFont()) + lineHeight(captionFont()) + 2 * measure::gapXs + 20;
    const double width = QFontMetricsF(headlineFont()).horizontalAdvance(m_figure) +
                         QFontMetricsF(bodyFont()).horizontalAdvance(m_unit) + 2 * measure::cardPadding + 24;
    return {std::max(150, int(std::ceil(width))), int(std::ceil(height))};
}

QSize Kpi::minimumSizeHint() const {
    return {110, sizeHint().height()};
}

void Kpi::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    paint::box(painter, rect(), t.surface, t.border, measure::cardRadius);
    const QRectF content = contentRect();
    const auto line = [&](const QFont &font, double top, double left, const QColor &color, const QString &text) {
        const QFontMetricsF metrics(font);
        painter.setFont(font);
        painter.setPen(color);
        painter.drawText(QPointF(content.left() + left, top + metrics.ascent()),
                         metrics.elidedText(text, Qt::ElideRight, std::max(0.0, content.width() - left)));
        return metrics.horizontalAdvance(text);
    };

    double top = content.top();
    line(captionFont(), top, 0, t.textSecondary, m_label);
    top += lineHeight(captionFont()) + measure::gapXs;

    const QFont figureFont = m_status ? pageTitleFont() : headlineFont();
    const double figureHeight = lineHeight(headlineFont());
    double left = 0;
    if (m_status) {
        paintStatusShape(painter, QRectF(content.left(), top + (figureHeight - 20) / 2, 20, 20), *m_status);
        left = 26;
    }
    const double figureTop = top + (figureHeight - lineHeight(figureFont)) / 2;
    left += line(figureFont, figureTop, left, m_status ? colorsOf(*m_status).line : t.text, m_figure);
    if (!m_unit.isEmpty()) {
        const double unitTop = figureTop + QFontMetricsF(figureFont).ascent() - QFontMetricsF(bodyFont()).ascent();
        line(bodyFont(), unitTop, left + 5, t.textSecondary, m_unit);
    }
    top += figureHeight + measure::gapXs;
    line(captionFont(), top, 0, PlainLabel::colorOf(m_tone), m_comparison);
}

void Kpi::changeEvent(QEvent *event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        updateGeometry();
}

bool Kpi::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        const bool cut = QFontMetricsF(captionFont()).horizontalAdvance(m_comparison) > contentRect().width();
        if (cut)
            QToolTip::showText(static_cast<QHelpEvent *>(event)->globalPos(), plainToolTip(m_comparison), this);
        else
            event->ignore();
        return true;
    }
    return QFrame::event(event);
}

} // namespace ra::ui
