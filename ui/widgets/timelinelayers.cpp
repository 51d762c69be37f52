// SPDX-License-Identifier: GPL-3.0-or-later
// TimelineView's painting: the cached picture, and what lies below and on top of it.
#include "ui/widgets/timelineview.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/timelinepainter.h"

#include <QElapsedTimer>
#include <QLoggingCategory>
#include <QPainter>
#include <QScrollBar>

Q_LOGGING_CATEGORY(lcTimeline, "ra.ui.timeline", QtWarningMsg)

namespace ra::ui {

const QPixmap &TimelineView::picture() {
    const double ratio = devicePixelRatioF();
    const CacheKey key{
        m_data->version, m_range, viewport()->size(), ratio, palette().cacheKey(), verticalScrollBar()->value()};
    if (key == m_key && !m_picture.isNull())
        return m_picture;
    QElapsedTimer timer;
    timer.start();
    m_key = key;
    m_picture = QPixmap((QSizeF(viewport()->size()) * ratio).toSize());
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(Qt::transparent);
    QPainter painter(&m_picture);
    const timeline::Request where = request();
    timeline::paintTimeline(painter, *m_data, timeline::layOut(*m_data, where), where, axisRect(), namesRect(),
                            m_wallClock);
    qCDebug(lcTimeline) << "frame" << timer.nsecsElapsed() / 1000 << "µs," << m_data->rows.size() << "rows";
    return m_picture;
}

const QPixmap &TimelineView::minimap() {
    const double ratio = devicePixelRatioF();
    const QSize size = minimapRect().size().toSize();
    const CacheKey key{m_data->version, m_data->extent, size, ratio, palette().cacheKey(), 0};
    if (key == m_minimapKey && !m_minimap.isNull())
        return m_minimap;
    m_minimapKey = key;
    m_minimap = QPixmap((QSizeF(size) * ratio).toSize());
    if (m_minimap.isNull())
        return m_minimap;
    m_minimap.setDevicePixelRatio(ratio);
    QPainter painter(&m_minimap);
    timeline::paintMinimap(painter, *m_data, QRectF(QPointF(0, 0), QSizeF(size)), ratio);
    return m_minimap;
}

void TimelineView::paintBackground(QPainter &painter) const {
    painter.fillRect(viewport()->rect(), tokens().surface);
    const timeline::Request where = request();
    const auto band = [&](int row, const QColor &color) {
        const double top = where.plot.top() + row * where.rowHeight - where.scroll;
        const QRectF area(0, top, viewport()->width(), std::max(where.rowHeight, 1.0));
        painter.fillRect(area.intersected(QRectF(0, where.plot.top(), viewport()->width(), where.plot.height())),
                         color);
    };
    if (m_hover.row >= 0 && m_hover.row != m_current.row)
        band(m_hover.row, tokens().raised);
    if (m_current.row >= 0)
        band(m_current.row, tokens().selection);
}

void TimelineView::paintOverlay(QPainter &painter) const {
    const timeline::Request where = request();
    const timeline::Axis axis{where.plot.left(), where.plot.width()};
    if (m_data->now && *m_data->now >= m_range.from && *m_data->now <= m_range.to) {
        const double x = std::floor(timeline::xOf(*m_data->now, m_range, axis)) + 0.5;
        painter.setPen(QPen(tokens().accent, 1.5));
        painter.drawLine(QPointF(x, where.plot.top() - 4), QPointF(x, where.plot.bottom()));
    }
    if (m_current.row >= 0 && m_current.bar >= 0 && where.rowHeight >= timeline::denseRow) {
        const timeline::Bar &bar = m_data->bars[static_cast<std::size_t>(m_current.bar)];
        const double left = timeline::xOf(bar.start, m_range, axis);
        const double right = std::max(timeline::xOf(bar.end, m_range, axis), left + timeline::narrowBar);
        const double top = where.plot.top() + m_current.row * where.rowHeight - where.scroll;
        painter.save();
        painter.setClipRect(where.plot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(tokens().accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(left, top + 2, right - left, where.rowHeight - 4).adjusted(-1, 0, 1, 0), 3, 3);
        painter.restore();
    }
    if (m_cursor) {
        const double x = std::floor(*m_cursor) + 0.5;
        QColor line = tokens().textFaint;
        line.setAlphaF(0.55F);
        painter.setPen(QPen(line, 0));
        painter.drawLine(QPointF(x, where.plot.top() - 3), QPointF(x, where.plot.bottom()));
        const std::int64_t t = timeline::timeAt(*m_cursor, m_range, axis);
        const auto step = timeline::roundStep(std::max<std::int64_t>(m_range.span() / 1000, 1));
        const QString text = m_wallClock ? clock(m_data->origin + Duration(t), displayZone(), Duration(step))
                                         : timeline::tickLabel(t / step * step, step);
        painter.setFont(timeline::labelFont());
        const QFontMetricsF metrics(painter.font());
        const double width = metrics.horizontalAdvance(text) + 12;
        QRectF chip(x - width / 2, axisRect().top() + 2, width, axisRect().height() - 5);
        chip.moveLeft(
            std::clamp(chip.left(), where.plot.left(), std::max(where.plot.left(), where.plot.right() - width)));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(tokens().borderStrong, 1));
        painter.setBrush(tokens().raised);
        painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        painter.setPen(tokens().text);
        painter.drawText(chip, Qt::AlignCenter, text);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(tokens().accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5);
    }
}

void TimelineView::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    paintBackground(painter);
    painter.drawPixmap(QPointF(0, 0), picture());
    const QRectF strip = minimapRect();
    painter.drawPixmap(strip.topLeft(), minimap());
    timeline::paintMinimapWindow(painter, *m_data, strip, m_range);
    paintOverlay(painter);
}

} // namespace ra::ui
