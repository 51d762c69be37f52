// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/storemeter.h"

#include "ui/theme/format.h"
#include "ui/theme/palettes.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>

namespace ra::ui {

namespace {

constexpr int barHeight = 12;
constexpr int swatch = 10;
constexpr int leastWidth = 2; ///< of a part that is there

/// Of the palette of states, whose hues stay apart for the colour-blind; those that mean no failure.
RoleColors colorsOfPart(qsizetype part) {
    static constexpr std::array roles{StateRole::Running, StateRole::Partial, StateRole::Completed, StateRole::Unknown};
    return theme().role(roles[std::size_t(part) % roles.size()]);
}

} // namespace

StoreMeter::StoreMeter(QWidget *parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QString StoreMeter::legendOf(const Part &part) const {
    return part.name + QLatin1Char(' ') + bytes(part.bytes);
}

void StoreMeter::setParts(const QList<Part> &parts) {
    m_parts = parts;
    QStringList legend;
    for (const Part &part : parts) {
        if (part.bytes > 0)
            legend << legendOf(part);
    }
    setAccessibleName(tr("What takes room in the store"));
    setAccessibleDescription(legend.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize StoreMeter::sizeHint() const {
    return {360, barHeight + measure::gapS + fontMetrics().height()};
}

QSize StoreMeter::minimumSizeHint() const {
    return {120, sizeHint().height()};
}

void StoreMeter::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = tokens();
    const QRectF bar(0.5, 0.5, width() - 1, barHeight - 1);
    double total = 0;
    for (const Part &part : m_parts)
        total += double(part.bytes);
    QPainterPath outline;
    outline.addRoundedRect(bar, 4, 4);
    painter.fillPath(outline, t.grid);
    if (total <= 0)
        return;

    painter.save();
    painter.setClipPath(outline);
    double left = bar.left();
    for (qsizetype i = 0; i < m_parts.size(); ++i) {
        if (m_parts[i].bytes == 0)
            continue;
        const double width = std::max<double>(leastWidth, bar.width() * double(m_parts[i].bytes) / total);
        painter.fillRect(QRectF(left, bar.top(), width, bar.height()), colorsOfPart(i).line);
        painter.fillRect(QRectF(left + width - 1, bar.top(), 1, bar.height()), t.surface); // parts stay apart
        left += width;
    }
    painter.restore();

    painter.setFont(font());
    const int top = barHeight + measure::gapS;
    const int height = fontMetrics().height();
    int x = 0;
    for (qsizetype i = 0; i < m_parts.size(); ++i) {
        if (m_parts[i].bytes == 0)
            continue;
        const QString text = legendOf(m_parts[i]);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colorsOfPart(i).line);
        painter.drawRoundedRect(QRectF(x, top + (height - swatch) / 2.0, swatch, swatch), 2, 2);
        painter.setPen(t.textSecondary);
        const int from = x + swatch + measure::gapXs + 2;
        const int room = width() - from;
        if (room <= 0)
            break;
        painter.drawText(QRect(from, top, room, height), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                         fontMetrics().elidedText(text, Qt::ElideRight, room));
        x = from + fontMetrics().horizontalAdvance(text) + measure::gapL;
    }
}

} // namespace ra::ui
