// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/stylepaint.h"

#include <QFontMetrics>
#include <QStyle>

namespace ra::ui::paint {

namespace {

constexpr double controlRadius = 6;

bool has(const QStyleOption &option, QStyle::State state) {
    return (option.state & state) == state;
}

class Saved {
public:
    explicit Saved(QPainter &painter)
        : m_painter(painter) {
        m_painter.save();
    }
    ~Saved() { m_painter.restore(); }
    Saved(const Saved &) = delete;
    Saved &operator=(const Saved &) = delete;

private:
    QPainter &m_painter;
};

} // namespace

void box(QPainter &painter, const QRectF &rect, const QColor &fill, const QColor &border, double radius) {
    const Saved saved(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(border.isValid() ? QPen(border, 1) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const double inset = border.isValid() ? 0.5 : 0;
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
}

void focusFrame(QPainter &painter, const QRectF &rect, double radius) {
    const Saved saved(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens().accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
}

void chevron(QPainter &painter, const QRectF &rect, Qt::ArrowType direction, const QColor &color) {
    const Saved saved(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.center());
    const double side = std::min({rect.width(), rect.height(), 16.0});
    painter.scale(side / 16, side / 16);
    switch (direction) {
    case Qt::UpArrow:
        painter.rotate(180);
        break;
    case Qt::LeftArrow:
        painter.rotate(90);
        break;
    case Qt::RightArrow:
        painter.rotate(-90);
        break;
    case Qt::DownArrow:
    case Qt::NoArrow:
        break;
    }
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF{{-3.5, -1.75}, {0, 1.75}, {3.5, -1.75}});
}

QColor onAccent() {
    return tokens().dark ? tokens().window : tokens().surface;
}

void button(QPainter &painter, const QStyleOptionButton &option) {
    const Tokens &t = tokens();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool primary = option.features & QStyleOptionButton::DefaultButton && enabled;
    QColor fill = t.surface;
    QColor border = t.border;
    if (primary) {
        fill = has(option, QStyle::State_Sunken) || has(option, QStyle::State_MouseOver)
                   ? (t.dark ? t.accent.lighter(108) : t.accent.darker(112))
                   : t.accent;
        border = fill;
    } else if (has(option, QStyle::State_Sunken) || has(option, QStyle::State_On)) {
        fill = t.selection;
        border = t.borderStrong;
    } else if (enabled && has(option, QStyle::State_MouseOver)) {
        fill = t.dark ? t.raised : t.window;
        border = t.borderStrong;
    }
    const QRectF rect = option.rect;
    box(painter, rect, fill, border, controlRadius);
    if (has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange)) {
        // On the accent itself an accent frame is invisible: there the frame stands off by the surface's colour.
        if (primary)
            box(painter, rect.adjusted(2, 2, -2, -2), {}, onAccent(), controlRadius - 2);
        else
            focusFrame(painter, rect, controlRadius);
    }
}

void toolButton(QPainter &painter, const QStyleOption &option) {
    const Tokens &t = tokens();
    const bool raised = !has(option, QStyle::State_AutoRaise);
    QColor fill = raised ? t.surface : QColor();
    QColor border = raised ? t.border : QColor();
    if (has(option, QStyle::State_Sunken) || has(option, QStyle::State_On))
        fill = t.selection;
    else if (has(option, QStyle::State_Enabled) && has(option, QStyle::State_MouseOver))
        fill = t.dark ? t.raised : t.window;
    box(painter, option.rect, fill, border, controlRadius);
    if (has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange))
        focusFrame(painter, option.rect, controlRadius);
}

void lineEdit(QPainter &painter, const QStyleOptionFrame &option) {
    const Tokens &t = tokens();
    if (option.lineWidth <= 0) // inside a combo box or spin box, which draws the frame
        return;
    const bool focus = has(option, QStyle::State_HasFocus);
    box(painter, option.rect, has(option, QStyle::State_Enabled) ? t.surface : t.window,
        has(option, QStyle::State_MouseOver) && !focus ? t.borderStrong : t.border, controlRadius);
    if (focus)
        focusFrame(painter, option.rect, controlRadius);
}

void checkMark(QPainter &painter, const QStyleOption &option, bool round) {
    const Tokens &t = tokens();
    const double side = std::min(option.rect.width(), option.rect.height());
    QRectF square(0, 0, side, side);
    square.moveCenter(QRectF(option.rect).center());
    const bool on = has(option, QStyle::State_On);
    const bool partly = has(option, QStyle::State_NoChange);
    const bool enabled = has(option, QStyle::State_Enabled);
    const QColor mark = enabled ? t.accent : t.borderStrong;
    box(painter, square, on || partly ? mark : t.surface,
        on || partly ? mark : (has(option, QStyle::State_MouseOver) ? t.textSecondary : t.textFaint),
        round ? side / 2 : 4);
    const Saved saved(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(square.center());
    painter.scale(side / 16, side / 16);
    if (round && on) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(onAccent());
        painter.drawEllipse(QPointF(0, 0), 3, 3);
    } else if (on) {
        painter.setPen(QPen(onAccent(), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF{{-3.6, 0.2}, {-1.1, 2.8}, {3.8, -2.6}});
    } else if (partly) {
        painter.setPen(QPen(onAccent(), 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(-3, 0), QPointF(3, 0));
    }
}

bool hasMarkAndIcon(const QStyleOptionMenuItem &option) {
    return option.checkType != QStyleOptionMenuItem::NotCheckable && !option.icon.isNull();
}

void menuItem(QPainter &painter, const QStyleOptionMenuItem &option) {
    const Tokens &t = tokens();
    const QRect rect = option.rect;
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        if (option.text.isEmpty()) {
            painter.fillRect(QRect(rect.left() + 8, rect.center().y(), rect.width() - 16, 1), t.border);
            return;
        }
        const Saved saved(painter);
        painter.setFont(captionFont());
        painter.setPen(t.textSecondary);
        painter.drawText(rect.adjusted(12, 0, -12, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         option.text);
        return;
    }
    const bool enabled = has(option, QStyle::State_Enabled);
    if (has(option, QStyle::State_Selected) && enabled)
        box(painter, QRectF(rect).adjusted(4, 1, -4, -1), t.selection, {}, 4);

    const Saved saved(painter);
    const QRect mark(rect.left() + 12, rect.center().y() - 7, 16, 16);
    if (option.checkType != QStyleOptionMenuItem::NotCheckable) {
        if (option.checked) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(t.accent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            const QPointF c = QRectF(mark).center();
            painter.drawPolyline(QPolygonF{c + QPointF(-4.5, 0), c + QPointF(-1.4, 3.2), c + QPointF(4.8, -3.6)});
        }
    } else if (!option.icon.isNull()) {
        option.icon.paint(&painter, mark, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    }
    // Beside a mark an icon has a place of its own: the states of a filter are told by their shapes too.
    const bool both = hasMarkAndIcon(option);
    if (both)
        option.icon.paint(&painter, mark.translated(menuIconStep, 0), Qt::AlignCenter,
                          enabled ? QIcon::Normal : QIcon::Disabled);
    const QStringList parts = option.text.split(QLatin1Char('\t'));
    const QRect textRect = rect.adjusted(both ? 36 + menuIconStep : 36, 0, -12, 0);
    painter.setFont(option.font);
    painter.setPen(enabled ? t.text : t.textFaint);
    painter.drawText(textRect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextShowMnemonic,
                     parts.first());
    if (parts.size() > 1) {
        painter.setPen(enabled ? t.textSecondary : t.textFaint);
        painter.drawText(textRect.adjusted(0, 0, -4, 0), Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine,
                         parts.last());
    }
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu)
        chevron(painter, QRectF(rect.right() - 24, rect.top(), 16, rect.height()), Qt::RightArrow, t.textSecondary);
}

void headerSection(QPainter &painter, const QStyleOptionHeader &option) {
    const Tokens &t = tokens();
    const QRect r = option.rect;
    painter.fillRect(r, has(option, QStyle::State_Sunken)
                            ? t.selection
                            : (has(option, QStyle::State_MouseOver) ? t.raised : t.surface));
    if (option.orientation == Qt::Horizontal)
        painter.fillRect(QRect(r.left(), r.bottom(), r.width(), 1), t.border);
}

void headerLabel(QPainter &painter, const QStyleOptionHeader &option) {
    const Tokens &t = tokens();
    constexpr int padding = 10, arrow = 14;
    const bool sorted = option.sortIndicator != QStyleOptionHeader::None;
    const bool right = option.textAlignment & Qt::AlignRight;
    QRect room = option.rect.adjusted(padding, 0, -padding, 0);
    if (sorted && right)
        room.setLeft(room.left() + arrow);
    else if (sorted)
        room.setRight(room.right() - arrow);
    const Saved saved(painter);
    painter.setPen(sorted ? t.text : t.textSecondary);
    const QString text = option.fontMetrics.elidedText(option.text, Qt::ElideRight, room.width());
    painter.drawText(room, int(option.textAlignment & Qt::AlignHorizontal_Mask) | Qt::AlignVCenter | Qt::TextSingleLine,
                     text);
    if (!sorted)
        return;
    const int width = option.fontMetrics.horizontalAdvance(text);
    const double x = right ? room.right() - width - arrow - 1 : room.left() + width + 3;
    chevron(painter, QRectF(x, option.rect.top(), arrow, option.rect.height() - 1),
            option.sortIndicator == QStyleOptionHeader::SortDown ? Qt::UpArrow : Qt::DownArrow, t.accent);
}

void scrollBar(QPainter &painter, const QStyleOptionSlider &option, const QRect &slider) {
    const Tokens &t = tokens();
    const bool active = option.activeSubControls & QStyle::SC_ScrollBarSlider;
    const bool hover = has(option, QStyle::State_MouseOver);
    QRectF bar = slider;
    const double thickness = hover ? 8 : 6;
    if (option.orientation == Qt::Vertical)
        bar.adjust((bar.width() - thickness) / 2, 2, -(bar.width() - thickness) / 2, -2);
    else
        bar.adjust(2, (bar.height() - thickness) / 2, -2, -(bar.height() - thickness) / 2);
    box(painter, bar, active && hover ? t.textFaint : t.borderStrong, {}, thickness / 2);
}

void progressBar(QPainter &painter, const QStyleOptionProgressBar &option) {
    const Tokens &t = tokens();
    constexpr double thickness = 6;
    QRectF bar = option.rect;
    bar.setTop(bar.center().y() - thickness / 2);
    bar.setHeight(thickness);
    box(painter, bar, t.dark ? t.border : t.grid, {}, thickness / 2);
    const double range = double(option.maximum) - option.minimum;
    // Without a known total a quiet middle part says "working"; nothing moves.
    if (range <= 0) {
        bar.adjust(bar.width() * 0.35, 0, -bar.width() * 0.35, 0);
    } else {
        const double part = std::clamp((double(option.progress) - option.minimum) / range, 0.0, 1.0);
        if (part <= 0)
            return;
        bar.setWidth(std::max(thickness, bar.width() * part));
    }
    box(painter, bar, colorsOf(RunStatus::Running).line, {}, thickness / 2);
}

} // namespace ra::ui::paint
