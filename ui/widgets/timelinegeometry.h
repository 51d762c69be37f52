// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "ui/widgets/timelinecoordinates.h"

#include <QRectF>
#include <QString>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::ui::timeline {

/// What a bar says, the most severe last: where several share a pixel, the most severe one shows.
enum class BarState : std::uint8_t { Skipped, Completed, Running, Unknown, Rejected, Partial, Failed };
inline constexpr int barStateCount = 7;

/// A stretch of time in a row: an attempt at a step, or a run in a lane.
struct Bar {
    std::int64_t start = 0; ///< since the origin
    std::int64_t end = 0;   ///< not before start; of an open bar the time it is known to have reached
    BarState state = BarState::Completed;
    bool open = false;     ///< still going on
    bool hatched = false;  ///< an attempt that did not count: another one followed or its step failed
    std::uint32_t key = 0; ///< the owner's: attempt number, index of a run
};

/// A step or a lane.
struct Row {
    std::string name;           ///< raw
    std::uint32_t firstBar = 0; ///< its bars are [firstBar, firstBar + barCount) of Data::bars
    std::uint32_t barCount = 0;
    std::uint32_t lane = 0; ///< of several rows in a row that bear one name: the how-manieth, from 0
    BarState state = BarState::Completed;
    std::optional<std::int64_t> duration; ///< of the whole row, where it is known
    QString status;                       ///< for people: "Completed"
    QString note;                         ///< short, beside the bars: "3 attempts", "skipped"
};

/// What a timeline shows. Immutable once handed over. Bars of a row stand by start and do not overlap but with the next
/// (times known to the second only may); in a cascade the rows stand by start too.
struct Data {
    std::uint64_t version = 0; ///< differs whenever the content does
    Time origin{};             ///< time 0
    Duration resolution{};     ///< of the times: shown as ± where it matters
    Range extent;              ///< all of it
    std::vector<Row> rows;
    std::vector<Bar> bars;
    std::optional<std::int64_t> now; ///< where the present lies, for pictures of what still runs
    bool cascade = true;             ///< rows follow each other in time (steps), rather than lying side by side (lanes)

    [[nodiscard]] std::span<const Bar> barsOf(std::size_t row) const {
        return std::span(bars).subspan(rows[row].firstBar, rows[row].barCount);
    }
};

/// Which part to lay out, and where.
struct Request {
    Range range;
    QRectF plot; ///< where bars go
    double rowHeight = 22;
    double scroll = 0;         ///< pixels of rows above the plot
    double pixelRatio = 1;     ///< device pixels in a logical one
    double characterWidth = 7; ///< of the labels' font, to see whether a duration fits its bar
};

/// A bar in its place.
struct PlacedBar {
    QRectF rect;
    std::uint32_t row = 0;
    std::uint32_t bar = 0;   ///< index into Data::bars; of a cluster the most severe one
    std::uint32_t count = 1; ///< above 1: a cluster of bars too narrow to tell apart
    bool narrow = false;     ///< widened to be visible at all: its width tells nothing
    bool open = false;
    bool hatched = false;
    bool label = false; ///< there is room for the duration inside
};

/// Rows too low to draw bars in: the most severe state of every device pixel, 0 for none, else state + 1.
struct Raster {
    int columns = 0;
    int lines = 0;
    std::vector<std::uint8_t> cells; ///< line by line
};

/// All that a painter needs, without one.
struct Geometry {
    std::size_t firstRow = 0; ///< rows [firstRow, endRow) are visible
    std::size_t endRow = 0;
    std::array<std::vector<PlacedBar>, barStateCount> bars; ///< by state, the least severe first: paint in this order
    std::vector<QRectF> waits;                              ///< thin: nothing ran between two attempts or two steps
    std::optional<Raster> raster; ///< in place of bars and waits, where rows are lower than denseRow
};

inline constexpr double denseRow = 7;  ///< rows lower than this become a raster
inline constexpr double narrowBar = 3; ///< bars narrower than this are widened to it

/// Lays out the visible part. Empty data, an empty range or plot give an empty geometry.
/// O(visible rows + their bars in the range); a raster costs its cells too.
[[nodiscard]] Geometry layOut(const Data &data, const Request &request);

/// The row at a height, or nothing beside the rows.
[[nodiscard]] std::optional<std::size_t> rowAt(double y, const Data &data, const Request &request);

/// The bar of the row (index into Data::bars) at a pixel, the most severe of several; `slack` pixels beside it count.
[[nodiscard]] std::optional<std::uint32_t> barAt(double x, std::size_t row, const Data &data, const Request &request,
                                                 double slack);

/// Rows [first, last] with a bar in the range; nothing if there is none. For a cascade found by bisection.
[[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> rowsIn(const Range &range, const Data &data);

/// What stands beside a row: its name, beside the further lanes of a name their number ("2"), so that eight equal names
/// are read once. The topmost row in sight is named whatever its lane.
struct RowLabel {
    std::string text; ///< raw
    bool faint = false;

    bool operator==(const RowLabel &) const = default;
};
[[nodiscard]] RowLabel labelOf(std::size_t row, const Data &data, const Request &request);

/// A tick's text: "0 s", "1 m 30 s", "2 h 05 m", "31.25 s" with as many decimals as the step needs.
[[nodiscard]] QString tickLabel(std::int64_t t, std::int64_t step);

} // namespace ra::ui::timeline
