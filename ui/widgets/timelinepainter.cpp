// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timelinepainter.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"

#include <QPainterPath>

#include <map>

namespace ra::ui::timeline {

namespace {

/// Diagonal lines over an attempt that did not count. Drawn as lines rather than as a pattern brush, which would be
/// coarse at fractional scaling.
void hatch(QPainter &painter, const QRectF &rect, const QColor &color) {
    const QRectF inside = rect.adjusted(1, 1, -1, -1);
    if (inside.width() < 2)
        return;
    painter.save();
    painter.setClipRect(inside);
    QColor faint = color;
    faint.setAlphaF(0.45F);
    painter.setPen(QPen(faint, 1));
    constexpr double gap = 5;
    const double first = std::floor((inside.left() - inside.height()) / gap) * gap; // one phase for the whole row
    QList<QLineF> lines;
    const int count = std::max(0, static_cast<int>(std::ceil((inside.right() - first) / gap)));
    for (int i = 0; i < count; ++i) {
        const double x = first + i * gap;
        lines.append(QLineF(x, inside.bottom(), x + inside.height(), inside.top()));
    }
    painter.drawLines(lines);
    painter.restore();
}

/// "Zoom in": several bars share these pixels.
void zigzag(QPainter &painter, const QRectF &rect, const QColor &color) {
    QPolygonF line;
    const double middle = rect.center().y();
    const int last = static_cast<int>(rect.width() / 2);
    for (int i = 0; i <= last; ++i)
        line << QPointF(rect.left() + 2 * i, i % 2 == 0 ? middle - 2.5 : middle + 2.5);
    painter.setPen(QPen(color, 1));
    painter.drawPolyline(line);
}

void paintBar(QPainter &painter, const PlacedBar &bar, const RoleColors &colors) {
    const QRectF rect = bar.rect.adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(colors.line, 1));
    painter.setBrush(colors.fill);
    if (bar.narrow) {
        painter.setBrush(bar.hatched ? colors.fill : colors.line);
        painter.drawRoundedRect(rect, 1, 1);
        if (bar.count > 1 && rect.width() > 6) {
            painter.setBrush(colors.fill);
            painter.drawRoundedRect(rect, 1, 1);
            zigzag(painter, rect.adjusted(1, 0, -1, 0), colors.line);
        }
        return;
    }
    if (bar.open) {
        // No line at the open end: it goes on.
        painter.setPen(Qt::NoPen);
        painter.drawRect(rect);
        painter.setPen(QPen(colors.line, 1));
        painter.drawLine(rect.topLeft(), rect.topRight());
        painter.drawLine(rect.bottomLeft(), rect.bottomRight());
        painter.drawLine(rect.topLeft(), rect.bottomLeft());
        const double tip = rect.height() / 3;
        const QPolygonF arrow{
            {{rect.right(), rect.top()}, {rect.right() + tip, rect.center().y()}, {rect.right(), rect.bottom()}}};
        painter.setBrush(colors.line);
        painter.drawPolygon(arrow);
    } else {
        painter.drawRoundedRect(rect, 2.5, 2.5);
    }
    if (bar.hatched)
        hatch(painter, rect, colors.line);
}

/// What fails is told by shape too, where a bar has room for it.
void paintMark(QPainter &painter, const PlacedBar &bar, BarState state, bool alone) {
    if (!alone || state != BarState::Failed || bar.narrow || bar.rect.width() < 16 || bar.hatched)
        return;
    const double size = std::min(10.0, bar.rect.height() - 4);
    paintStatusShape(painter, QRectF(bar.rect.left() + 4, bar.rect.center().y() - size / 2, size, size),
                     RunStatus::Failed);
}

void paintTicks(QPainter &painter, const Data &data, const Request &request, const QRectF &axis, bool wallClock) {
    const Axis horizontal{request.plot.left(), request.plot.width()};
    const QFontMetricsF metrics(painter.font());
    const double widest = metrics.horizontalAdvance(QStringLiteral("00:00:00.000"));
    const std::int64_t step = tickStep(request.range, horizontal, std::max(72.0, widest * (wallClock ? 1.0 : 0.9)));
    std::int64_t phase = 0;
    if (wallClock)
        phase = toNs(data.origin) + displayZone().offsetAt(data.origin + Duration(request.range.from)).count();
    double free = axis.left();
    for (const std::int64_t tick : ticks(request.range, step, phase)) {
        const double x = std::floor(xOf(tick, request.range, horizontal)) + 0.5;
        painter.setPen(QPen(tokens().grid, 0));
        painter.drawLine(QPointF(x, axis.bottom() - 3), QPointF(x, request.plot.bottom()));
        const QString text = wallClock
                                 ? clock(data.origin + Duration(tick), displayZone(), Duration(std::min(step, kSecond)))
                                       .left(step >= kMinute ? 5 : -1)
                                 : tickLabel(tick, step);
        const double width = metrics.horizontalAdvance(text);
        if (x + 3 < free || x + 3 + width > axis.right())
            continue;
        painter.setPen(tokens().textSecondary);
        painter.drawText(QRectF(x + 3, axis.top(), width + 2, axis.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
        free = x + 3 + width + 8;
    }
}

void paintNames(QPainter &painter, const Data &data, const Geometry &geometry, const Request &request,
                const QRectF &names) {
    if (request.rowHeight < 14)
        return;
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setClipRect(
        names.intersected(QRectF(names.left(), request.plot.top(), names.width(), request.plot.height())));
    for (std::size_t i = geometry.firstRow; i < geometry.endRow; ++i) {
        const Row &row = data.rows[i];
        const double top = request.plot.top() + static_cast<double>(i) * request.rowHeight - request.scroll;
        const RowLabel label = labelOf(i, data, request);
        painter.setPen(label.faint || row.state == BarState::Skipped ? tokens().textFaint : tokens().text);
        painter.drawText(QRectF(names.left(), top, names.width(), request.rowHeight), Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(plain(label.text), Qt::ElideMiddle, names.width()));
    }
    painter.restore();
}

/// Notes stand right of the row's last visible bar, or left of its first one where there is no room.
void paintNotes(QPainter &painter, const Data &data, const Geometry &geometry, const Request &request) {
    if (request.rowHeight < 14)
        return;
    struct Extent {
        double left = 1e9;
        double right = -1e9;
        bool labelled = false;
        int bars = 0;
    };
    std::map<std::uint32_t, Extent> extents;
    for (const auto &group : geometry.bars) {
        for (const PlacedBar &bar : group) {
            Extent &extent = extents[bar.row];
            extent.left = std::min(extent.left, bar.rect.left());
            extent.right = std::max(extent.right, bar.rect.right() + (bar.open ? bar.rect.height() / 3 : 0));
            extent.labelled |= bar.label;
            ++extent.bars;
        }
    }
    const QFontMetricsF metrics(painter.font());
    painter.setPen(tokens().textSecondary);
    const double plotRight = request.plot.right() - 4;
    for (std::size_t i = geometry.firstRow; i < geometry.endRow; ++i) {
        const Row &row = data.rows[i];
        const auto found = extents.find(static_cast<std::uint32_t>(i));
        if (found == extents.end() && row.barCount > 0)
            continue; // all of it lies outside the range
        QStringList texts;
        if (found != extents.end() && (!found->second.labelled || row.barCount > 1) && row.duration)
            texts << duration(Duration(*row.duration));
        if (!row.note.isEmpty())
            texts << row.note;
        if (texts.isEmpty())
            continue;
        const QString text = texts.join(QStringLiteral(" · "));
        const double width = metrics.horizontalAdvance(text) + 2;
        const double top = request.plot.top() + static_cast<double>(i) * request.rowHeight - request.scroll;
        double x = found == extents.end() ? request.plot.left() + 6 : found->second.right + 6;
        if (x + width > plotRight && found != extents.end())
            x = found->second.left - 6 - width;
        if (x >= request.plot.left() && x + width <= plotRight + 2)
            painter.drawText(QRectF(x, top, width, request.rowHeight), Qt::AlignLeft | Qt::AlignVCenter, text);
    }
}

} // namespace

RoleColors colorsOf(BarState state) {
    switch (state) {
    case BarState::Skipped:
        return ui::colorsOf(StepStatus::Skipped);
    case BarState::Completed:
        return ui::colorsOf(RunStatus::Completed);
    case BarState::Running:
        return ui::colorsOf(RunStatus::Running);
    case BarState::Unknown:
        return ui::colorsOf(RunStatus::Abandoned);
    case BarState::Rejected:
        return ui::colorsOf(RunStatus::Rejected);
    case BarState::Partial:
        return ui::colorsOf(RunStatus::Partial);
    case BarState::Failed:
        return ui::colorsOf(RunStatus::Failed);
    }
    return ui::colorsOf(RunStatus::Abandoned);
}

QFont labelFont() {
    return captionFont();
}

QImage imageOf(const Raster &raster, double pixelRatio, bool calm) {
    if (raster.cells.empty())
        return {};
    QImage image(raster.columns, raster.lines, QImage::Format_ARGB32_Premultiplied);
    std::array<QRgb, barStateCount + 1> colors{qRgba(0, 0, 0, 0)};
    for (int i = 0; i < barStateCount; ++i) {
        const RoleColors role = colorsOf(static_cast<BarState>(i));
        // There is no outline: only the line's colour keeps its contrast. A calm picture spends it on what needs a
        // look.
        const bool fills = calm && static_cast<BarState>(i) <= BarState::Completed;
        colors[static_cast<std::size_t>(i) + 1] = (fills ? role.fill : role.line).rgb();
    }
    const std::uint8_t *cell = raster.cells.data();
    for (int y = 0; y < raster.lines; ++y) {
        auto *line = reinterpret_cast<QRgb *>(image.scanLine(y));
        for (int x = 0; x < raster.columns; ++x)
            line[x] = colors[*cell++];
    }
    image.setDevicePixelRatio(pixelRatio);
    return image;
}

void paintTimeline(QPainter &painter, const Data &data, const Geometry &geometry, const Request &request,
                   const QRectF &axis, const QRectF &names, bool wallClock) {
    painter.setFont(labelFont());
    paintTicks(painter, data, request, axis, wallClock);
    paintNames(painter, data, geometry, request, names);
    painter.save();
    painter.setClipRect(request.plot);
    if (geometry.raster) {
        painter.drawImage(request.plot.topLeft(), imageOf(*geometry.raster, request.pixelRatio));
        painter.restore();
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens().borderStrong);
    for (const QRectF &wait : geometry.waits)
        painter.drawRect(wait);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < barStateCount; ++i) {
        const auto state = static_cast<BarState>(i);
        const RoleColors colors = colorsOf(state);
        for (const PlacedBar &bar : geometry.bars[static_cast<std::size_t>(i)]) {
            paintBar(painter, bar, colors);
            paintMark(painter, bar, state, !data.cascade);
        }
    }
    painter.setPen(tokens().text);
    for (const auto &group : geometry.bars) {
        for (const PlacedBar &bar : group) {
            if (!bar.label || !data.cascade)
                continue;
            const Bar &source = data.bars[bar.bar];
            const Row &row = data.rows[bar.row];
            // What the step took is known better than where its only bar begins and ends.
            const std::int64_t took = row.barCount == 1 && row.duration ? *row.duration : source.end - source.start;
            const QRectF visible = bar.rect.intersected(request.plot);
            painter.drawText(visible.adjusted(6, 0, -2, 0), Qt::AlignLeft | Qt::AlignVCenter, duration(Duration(took)));
        }
    }
    if (data.cascade)
        paintNotes(painter, data, geometry, request);
    painter.restore();
}

void paintMinimap(QPainter &painter, const Data &data, const QRectF &strip, double pixelRatio) {
    painter.fillRect(strip, tokens().grid);
    if (data.rows.empty())
        return;
    Request request;
    request.range = data.extent;
    request.plot = strip;
    request.pixelRatio = pixelRatio;
    if (!data.cascade) {
        request.rowHeight = std::min(strip.height() / static_cast<double>(data.rows.size()), denseRow - 1);
        if (const Geometry geometry = layOut(data, request); geometry.raster)
            painter.drawImage(strip.topLeft(), imageOf(*geometry.raster, pixelRatio, true));
        return;
    }
    // Steps follow each other: one above the other they are one strip of states, which reads better than a thin
    // diagonal.
    Data flat;
    flat.extent = data.extent;
    flat.bars = data.bars;
    std::ranges::stable_sort(flat.bars, {}, &Bar::start);
    Row row;
    row.barCount = static_cast<std::uint32_t>(flat.bars.size());
    flat.rows.push_back(row);
    request.plot.setHeight(1);
    request.rowHeight = 1;
    if (const Geometry geometry = layOut(flat, request); geometry.raster)
        painter.drawImage(strip, imageOf(*geometry.raster, pixelRatio, true));
}

void paintMinimapWindow(QPainter &painter, const Data &data, const QRectF &strip, const Range &range) {
    if (range == data.extent || data.extent.isEmpty())
        return;
    const Axis axis{strip.left(), strip.width()};
    const double left = std::clamp(xOf(range.from, data.extent, axis), strip.left(), strip.right() - 3);
    const double right = std::clamp(xOf(range.to, data.extent, axis), left + 3, strip.right());
    QColor veil = tokens().surface;
    veil.setAlphaF(0.62F);
    painter.fillRect(QRectF(strip.left(), strip.top(), left - strip.left(), strip.height()), veil);
    painter.fillRect(QRectF(right, strip.top(), strip.right() - right, strip.height()), veil);
    painter.setPen(QPen(tokens().accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(left, strip.top(), right - left, strip.height()).adjusted(0.75, 0.75, -0.75, -0.75));
}

} // namespace ra::ui::timeline
