// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/celldelegate.h"

#include "ui/theme/fonts.h"
#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

namespace ra::ui {

void CellDelegate::paintSurface(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    Q_UNUSED(index)
    const Tokens &t = tokens();
    if (option.state & QStyle::State_Selected)
        painter.fillRect(option.rect, t.selection);
    else if (option.state & QStyle::State_MouseOver)
        painter.fillRect(option.rect, t.raised);
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.grid);
}

void CellDelegate::paintFocus(QPainter &painter, const QStyleOptionViewItem &option) const {
    if (option.state & QStyle::State_HasFocus)
        paint::box(painter, QRectF(option.rect).adjusted(1, 1, -1, -2), {}, tokens().accent, 3);
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    paintSurface(*painter, option, index);
    const Tokens &t = tokens();
    const QString text = index.data().toString();
    const QRect rect = option.rect.adjusted(padding, 0, -padding, 0);
    QFont font = option.font;
    QColor color = t.text;
    Qt::Alignment alignment = Qt::AlignLeft;
    switch (m_tone) {
    case Tone::Text:
        break;
    case Tone::Strong:
        font.setWeight(QFont::Medium);
        break;
    case Tone::Secondary:
        color = t.textSecondary;
        break;
    case Tone::Figures:
        alignment = Qt::AlignRight;
        break;
    case Tone::QuietFigures:
        color = t.textSecondary;
        break;
    case Tone::Alarm:
        color = colorsOf(RunStatus::Failed).line;
        alignment = Qt::AlignRight;
        break;
    case Tone::Code:
        font = logFont();
        color = t.textSecondary;
        break;
    }
    painter->setFont(font);
    painter->setPen(color);
    if (m_tone == Tone::Figures || m_tone == Tone::QuietFigures || m_tone == Tone::Alarm)
        drawFigures(*painter, rect, alignment, text);
    else
        painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()));
    paintFocus(*painter, option);
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const {
    const QString text = index.data().toString();
    return {int(std::ceil(figuresWidth(option.font, text))) + 2 * padding, measure::row};
}

void StateDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    paintSurface(*painter, option, index);
    const auto status = RunStatus(index.data(m_statusRole).toInt());
    const QRect rect = option.rect.adjusted(padding, 0, -padding, 0);
    paintStatusShape(*painter, QRectF(rect.left(), rect.center().y() - 7, 15, 15), status);
    painter->setFont(option.font);
    painter->setPen(colorsOf(status).line);
    const QRect textRect = rect.adjusted(21, 0, 0, 0);
    painter->drawText(textRect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      QFontMetrics(option.font).elidedText(index.data().toString(), Qt::ElideRight, textRect.width()));
    paintFocus(*painter, option);
}

void DurationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    CellDelegate::paint(painter, option, index);
    const QVariant value = index.data(m_ratioRole);
    constexpr int barWidth = 44, barHeight = 4;
    const double textWidth = figuresWidth(option.font, index.data().toString());
    // The bars stand in one line below each other; where a long duration needs the room, it gives way.
    if (!value.isValid() || option.rect.width() < textWidth + barWidth + 3 * padding)
        return;
    const Tokens &t = tokens();
    const double ratio = value.toDouble();
    const QRectF track(option.rect.left() + padding, option.rect.center().y() - barHeight / 2 + 1, barWidth, barHeight);
    paint::box(*painter, track, t.dark ? t.border : t.grid, {}, barHeight / 2.0);
    QRectF part = track;
    part.setWidth(std::max(double(barHeight), barWidth * std::min(ratio, 2.0) / 2));
    paint::box(*painter, part, ratio > 1.5 ? warningColors().line : t.borderStrong, {}, barHeight / 2.0);
    painter->fillRect(QRectF(track.center().x() - 0.5, track.top() - 2, 1, barHeight + 4), t.textFaint);
}

void StatusSquareDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const {
    const QVariant value = index.data(m_statusRole);
    const bool current = option.state & QStyle::State_HasFocus;
    const double side = std::min({14.0, option.rect.width() - 3.0, option.rect.height() - 4.0});
    QRectF square(0, 0, side, side);
    square.moveCenter(QRectF(option.rect).center());
    // On whole pixels, so that all squares are equally sharp.
    square.moveTopLeft({std::floor(square.left()), std::floor(square.top())});
    if (!value.isValid()) {
        paint::box(*painter, square, {}, tokens().grid, 3);
        return;
    }
    const auto status = RunStatus(value.toInt());
    const RoleColors colors = colorsOf(status);
    QColor border = colors.line;
    if (status == RunStatus::Completed)
        border.setAlphaF(0.45F); // the usual is quiet, so that the rest stands out
    paint::box(*painter, square, colors.fill, border, 3);
    if (status != RunStatus::Completed)
        paintStatusShape(*painter, square.adjusted(2, 2, -2, -2), status);
    if (current)
        paint::focusFrame(*painter, square.adjusted(-2, -2, 2, 2), 4);
    else if (option.state & QStyle::State_MouseOver)
        paint::box(*painter, square.adjusted(-1, -1, 1, 1), {}, tokens().text, 4);
}

void styleTable(QTableView &table) {
    table.setFrameShape(QFrame::NoFrame);
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setCornerButtonEnabled(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::ExtendedSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setMouseTracking(true);
    table.setTabKeyNavigation(false); // Tab leaves the table, as everywhere else in the window
    table.verticalHeader()->hide();
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    // The least first: it bounds the default, and the style's own is more than a row.
    table.verticalHeader()->setMinimumSectionSize(measure::row);
    table.verticalHeader()->setDefaultSectionSize(measure::row);
    QHeaderView *header = table.horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setFixedHeight(measure::row + 2);
    header->setMinimumSectionSize(40);
    header->setStretchLastSection(true);
}

} // namespace ra::ui
