// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"

#include <QStyleOption>

/// The painting half of Style, and the same strokes for widgets of our own that want to look alike.
namespace ra::ui::paint {

/// A rounded box whose 1 px border lies sharply inside the rectangle at any device pixel ratio.
void box(QPainter &painter, const QRectF &rect, const QColor &fill, const QColor &border, double radius);
/// The frame of what has the keyboard focus: 2 px of accent along the inside of the rectangle.
void focusFrame(QPainter &painter, const QRectF &rect, double radius);
/// A chevron in a square of at most 16 px in the middle of the rectangle.
void chevron(QPainter &painter, const QRectF &rect, Qt::ArrowType direction, const QColor &color);

void button(QPainter &painter, const QStyleOptionButton &option);
/// The colour of text on a default (primary) button.
[[nodiscard]] QColor onAccent();
void toolButton(QPainter &painter, const QStyleOption &option);
void lineEdit(QPainter &painter, const QStyleOptionFrame &option);
void checkMark(QPainter &painter, const QStyleOption &option, bool round);
/// Room that an icon takes beside a mark.
inline constexpr int menuIconStep = 22;
[[nodiscard]] bool hasMarkAndIcon(const QStyleOptionMenuItem &option);
void menuItem(QPainter &painter, const QStyleOptionMenuItem &option);
void headerSection(QPainter &painter, const QStyleOptionHeader &option);
/// Text and, in the sorted column, a chevron beside it: up for ascending.
void headerLabel(QPainter &painter, const QStyleOptionHeader &option);
void scrollBar(QPainter &painter, const QStyleOptionSlider &option, const QRect &slider);
void progressBar(QPainter &painter, const QStyleOptionProgressBar &option);

} // namespace ra::ui::paint
