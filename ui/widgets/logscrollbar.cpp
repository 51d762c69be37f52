// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logscrollbar.h"

#include "ui/theme/tokens.h"

#include <QPainter>

namespace ra::ui {

LogScrollBar::LogScrollBar(QWidget *parent)
    : QScrollBar(Qt::Vertical, parent) {}

void LogScrollBar::setTicks(std::vector<float> errors, std::vector<float> matches) {
    m_errors = std::move(errors);
    m_matches = std::move(matches);
    update();
}

void LogScrollBar::paintEvent(QPaintEvent *event) {
    QScrollBar::paintEvent(event);
    QPainter painter(this);
    const double height = this->height() - 4;
    const auto paint = [&](const std::vector<float> &places, const QColor &color, double left, double width) {
        double last = -10;
        for (const float place : places) {
            const double y = 1 + static_cast<double>(place) * height;
            if (y - last < 2) // one tick a pixel row tells as much as a thousand
                continue;
            painter.fillRect(QRectF(left, y, width, 2), color);
            last = y;
        }
    };
    paint(m_matches, warningColors().line, 1, width() * 0.4);
    paint(m_errors, colorsOf(RunStatus::Failed).line, width() * 0.5, width() * 0.5 - 1);
}

} // namespace ra::ui
