// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"
#include "ui/widgets/timelinegeometry.h"

#include <QPainter>

namespace ra::ui::timeline {

/// The look's colours of a bar.
[[nodiscard]] RoleColors colorsOf(BarState state);

/// Replays a geometry: grid lines, waiting gaps, bars with their durations, notes. `axis` is the band above the plot
/// for the ticks' labels, `names` the band left of it for the rows' names; ticks tell the time of day if `wallClock`,
/// else the time since the origin.
void paintTimeline(QPainter &painter, const Data &data, const Geometry &geometry, const Request &request,
                   const QRectF &axis, const QRectF &names, bool wallClock);

/// The whole timeline as a strip, and the window that shows of it.
void paintMinimap(QPainter &painter, const Data &data, const QRectF &strip, double pixelRatio);
void paintMinimapWindow(QPainter &painter, const Data &data, const QRectF &strip, const Range &range);

/// The raster of a geometry as a picture in device pixels, states in their colours; `calm` tones down what went well.
[[nodiscard]] QImage imageOf(const Raster &raster, double pixelRatio, bool calm = false);

/// The font of names and labels.
[[nodiscard]] QFont labelFont();

} // namespace ra::ui::timeline
