// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QString>

namespace ra::ui {

/// The font that applyTheme() gives the application: the desktop's, or Inter where the desktop names none.
[[nodiscard]] QFont chooseBodyFont();

/// Draws one line of text with tabular figures: every digit takes the room of the widest one. Qt 6.4 offers no font
/// features, and several good fonts have proportional figures by default, so the digits are placed one by one there.
/// Only horizontal alignment flags are looked at; the text is centred vertically. Text that does not fit is elided.
void drawFigures(QPainter &painter, const QRectF &rect, Qt::Alignment alignment, const QString &text);
/// The width that drawFigures() needs.
[[nodiscard]] qreal figuresWidth(const QFont &font, const QString &text);

} // namespace ra::ui
