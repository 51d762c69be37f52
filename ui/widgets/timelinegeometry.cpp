// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timelinegeometry.h"

#include "ui/theme/format.h"

#include <QCoreApplication>
#include <QLocale>

namespace ra::ui::timeline {

namespace {

/// What layOut() works with all the time.
struct Frame {
    const Data &data;
    const Request &request;
    Axis axis;
    double right;
};

[[nodiscard]] std::size_t stateIndex(BarState state) {
    return static_cast<std::size_t>(state);
}

/// The bars of a row that may touch the range: all of a few; of many those found by bisection and one before, which is
/// enough as they do not overlap.
[[nodiscard]] std::span<const Bar> barsInRange(const Data &data, std::size_t row, const Range &range) {
    const std::span<const Bar> bars = data.barsOf(row);
    constexpr std::size_t few = 64;
    if (bars.size() <= few)
        return bars;
    const auto firstAfter = std::ranges::lower_bound(bars, range.to, {}, &Bar::start);
    auto first = std::ranges::lower_bound(bars.begin(), firstAfter, range.from, {}, &Bar::start);
    if (first != bars.begin())
        --first;
    return {first, firstAfter};
}

/// Collects neighbouring narrow bars of one row into clusters, so that each pixel is painted once and the most severe
/// bar names the cluster's state.
class Clusters {
public:
    explicit Clusters(Geometry &geometry)
        : m_geometry(geometry) {}

    void add(const PlacedBar &placed, BarState state) {
        if (m_open && m_state == state && placed.rect.left() <= m_cluster.rect.right()) {
            m_cluster.rect.setRight(std::max(m_cluster.rect.right(), placed.rect.right()));
            m_cluster.hatched |= placed.hatched;
            ++m_cluster.count;
            return;
        }
        flush();
        m_cluster = placed;
        m_state = state;
        m_open = true;
    }

    void flush() {
        if (m_open)
            m_geometry.bars[stateIndex(m_state)].push_back(m_cluster);
        m_open = false;
    }

private:
    Geometry &m_geometry;
    PlacedBar m_cluster;
    BarState m_state = BarState::Skipped;
    bool m_open = false;
};

void addWait(Geometry &geometry, const Frame &f, std::int64_t from, std::int64_t to, double middle) {
    const double left = std::max(xOf(from, f.request.range, f.axis), f.axis.left);
    const double right = std::min(xOf(to, f.request.range, f.axis), f.right);
    if (right - left >= 1.5)
        geometry.waits.emplace_back(left, middle - 0.5, right - left, 1.0);
}

/// The end of what ran before a step: the latest bar's end of the row above (skipped rows have none).
[[nodiscard]] std::optional<std::int64_t> endBefore(const Data &data, std::size_t row) {
    for (std::size_t above = row; above-- > 0 && row - above < 32;) {
        std::optional<std::int64_t> end;
        for (const Bar &bar : data.barsOf(above))
            end = std::max(end.value_or(bar.end), bar.end);
        if (end)
            return end;
    }
    return std::nullopt;
}

void placeRow(Geometry &geometry, const Frame &f, std::size_t row, double top) {
    const std::span<const Bar> all = f.data.barsOf(row);
    if (all.empty())
        return;
    const double inset = std::max(2.0, std::floor(f.request.rowHeight * 0.16));
    const double barHeight = std::max(3.0, f.request.rowHeight - 2 * inset);
    const double middle = std::floor(top + f.request.rowHeight / 2) + 0.5;

    if (f.data.cascade) {
        if (const auto before = endBefore(f.data, row); before && *before < all.front().start)
            addWait(geometry, f, *before, all.front().start, middle);
    }

    std::array<Clusters, barStateCount> clusters{Clusters(geometry), Clusters(geometry), Clusters(geometry),
                                                 Clusters(geometry), Clusters(geometry), Clusters(geometry),
                                                 Clusters(geometry)};
    const std::span<const Bar> bars = barsInRange(f.data, row, f.request.range);
    const Bar *previous = nullptr;
    for (const Bar &bar : bars) {
        if (previous && f.data.cascade && previous->end < bar.start)
            addWait(geometry, f, previous->end, bar.start, middle);
        previous = &bar;
        if (bar.end < f.request.range.from || bar.start > f.request.range.to)
            continue;
        const double left = xOf(bar.start, f.request.range, f.axis);
        const double right = xOf(bar.end, f.request.range, f.axis);
        PlacedBar placed;
        placed.row = static_cast<std::uint32_t>(row);
        placed.bar = static_cast<std::uint32_t>(&bar - f.data.bars.data());
        placed.open = bar.open;
        placed.hatched = bar.hatched;
        placed.narrow = right - left < narrowBar;
        // Bars that begin or end outside are cut a little outside, so that their rounded ends do not show.
        const double shownLeft = std::clamp(left, f.axis.left - 8, f.right - (placed.narrow ? narrowBar : 0));
        const double shownRight = std::clamp(right, shownLeft + narrowBar, f.right + 8 + narrowBar);
        placed.rect = QRectF(shownLeft, top + inset, shownRight - shownLeft, barHeight);
        if (placed.narrow) {
            clusters[stateIndex(bar.state)].add(placed, bar.state);
            continue;
        }
        const QString text = duration(Duration(bar.end - bar.start));
        const double inside = std::min(shownRight, f.right) - std::max(shownLeft, f.axis.left);
        placed.label = inside >= static_cast<double>(text.size()) * f.request.characterWidth + 10;
        geometry.bars[stateIndex(bar.state)].push_back(placed);
    }
    for (Clusters &cluster : clusters)
        cluster.flush();
}

/// Marks the cells of one bar. What failed covers at least 3 × 2 pixels: one of 100,000 must be seen, not only be
/// there.
void mark(Raster &raster, int top, int bottom, int left, int right, BarState state, double ratio) {
    if (state == BarState::Failed) {
        const int least = static_cast<int>(4 * ratio);
        right = std::max(right, left + least);
        bottom = std::max(bottom, top + least);
        top = std::min(top, raster.lines - least);
        left = std::min(left, raster.columns - least);
    }
    top = std::max(top, 0);
    left = std::max(left, 0);
    bottom = std::min(bottom, raster.lines);
    right = std::min(right, raster.columns);
    const auto value = static_cast<std::uint8_t>(stateIndex(state) + 1);
    for (int y = top; y < bottom; ++y) {
        std::uint8_t *line =
            raster.cells.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(raster.columns);
        for (int x = left; x < right; ++x)
            line[x] = std::max(line[x], value);
    }
}

[[nodiscard]] Raster rasterise(const Frame &f, std::size_t first, std::size_t end) {
    const double ratio = f.request.pixelRatio;
    Raster raster;
    raster.columns = std::max(0, static_cast<int>(std::floor(f.axis.width * ratio)));
    raster.lines = std::max(0, static_cast<int>(std::floor(f.request.plot.height() * ratio)));
    raster.cells.assign(static_cast<std::size_t>(raster.columns) * static_cast<std::size_t>(raster.lines), 0);
    if (raster.cells.empty())
        return raster;
    const Axis axis{0, static_cast<double>(raster.columns)};
    const double height = f.request.rowHeight * ratio;
    const double gap = height >= 3 ? 1 : 0;
    for (std::size_t row = first; row < end; ++row) {
        const double y = static_cast<double>(row) * height - f.request.scroll * ratio;
        const int top = static_cast<int>(std::floor(y));
        const int bottom = std::max(top + 1, static_cast<int>(std::ceil(y + height - gap)));
        for (const Bar &bar : barsInRange(f.data, row, f.request.range)) {
            if (bar.end < f.request.range.from || bar.start > f.request.range.to)
                continue;
            const double left = std::clamp(xOf(bar.start, f.request.range, axis), 0.0, axis.width - 1);
            const double right = std::clamp(xOf(bar.end, f.request.range, axis), 0.0, axis.width);
            const int from = static_cast<int>(left);
            mark(raster, top, bottom, from, std::max(from + 1, static_cast<int>(std::ceil(right))), bar.state, ratio);
        }
    }
    return raster;
}

} // namespace

Geometry layOut(const Data &data, const Request &request) {
    Geometry geometry;
    if (data.rows.empty() || request.range.isEmpty() || request.plot.isEmpty() || request.rowHeight <= 0)
        return geometry;
    const Frame frame{data, request, {request.plot.left(), request.plot.width()}, request.plot.right()};
    const auto rowOf = [&](double y) {
        const double row = std::floor((y + request.scroll) / request.rowHeight);
        return static_cast<std::size_t>(std::clamp(row, 0.0, static_cast<double>(data.rows.size())));
    };
    geometry.firstRow = std::min(rowOf(0), data.rows.size() - 1);
    geometry.endRow = std::min(rowOf(request.plot.height()) + 1, data.rows.size());
    if (request.rowHeight < denseRow) {
        geometry.raster = rasterise(frame, geometry.firstRow, geometry.endRow);
        return geometry;
    }
    for (std::size_t row = geometry.firstRow; row < geometry.endRow; ++row)
        placeRow(geometry, frame, row,
                 request.plot.top() + static_cast<double>(row) * request.rowHeight - request.scroll);
    return geometry;
}

std::optional<std::size_t> rowAt(double y, const Data &data, const Request &request) {
    if (request.rowHeight <= 0 || y < request.plot.top() || y >= request.plot.bottom())
        return std::nullopt;
    const double row = std::floor((y - request.plot.top() + request.scroll) / request.rowHeight);
    if (row < 0 || row >= static_cast<double>(data.rows.size()))
        return std::nullopt;
    return static_cast<std::size_t>(row);
}

std::optional<std::uint32_t> barAt(double x, std::size_t row, const Data &data, const Request &request, double slack) {
    if (row >= data.rows.size())
        return std::nullopt;
    const Axis axis{request.plot.left(), request.plot.width()};
    std::optional<std::uint32_t> best;
    double bestDistance = slack;
    for (const Bar &bar : barsInRange(data, row, request.range)) {
        const double left = xOf(bar.start, request.range, axis);
        const double right = std::max(xOf(bar.end, request.range, axis), left + narrowBar);
        // Within a pixel all are equally near: then the worst one is meant.
        double distance = x < left ? left - x : x > right ? x - right : 0;
        distance = distance <= 1 ? 0 : distance;
        const bool nearer = distance < bestDistance || (!best && distance <= slack);
        const bool worse = best && distance <= bestDistance && bar.state > data.bars[*best].state;
        if (nearer || worse) {
            best = static_cast<std::uint32_t>(&bar - data.bars.data());
            bestDistance = distance;
        }
    }
    return best;
}

std::optional<std::pair<std::size_t, std::size_t>> rowsIn(const Range &range, const Data &data) {
    const auto touches = [&](std::size_t row) {
        return std::ranges::any_of(data.barsOf(row),
                                   [&](const Bar &bar) { return bar.start <= range.to && bar.end >= range.from; });
    };
    std::size_t first = 0;
    std::size_t end = data.rows.size();
    if (data.cascade && end > 256) {
        // Steps begin one after the other, so that rows away from the range can be left out by halves. Rows without
        // bars (skipped) count with the row before them.
        const auto startOf = [&](std::size_t row) {
            while (row > 0 && data.rows[row].barCount == 0)
                --row;
            return data.rows[row].barCount > 0 ? data.bars[data.rows[row].firstBar].start : INT64_MIN;
        };
        std::size_t low = 0;
        std::size_t high = end;
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            startOf(middle) <= range.to ? low = middle + 1 : high = middle;
        }
        end = low;
        low = 0;
        high = end;
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            startOf(middle) < range.from ? low = middle + 1 : high = middle;
        }
        first = low > 0 ? low - 1 : 0;
    }
    while (first < end && !touches(first))
        ++first;
    while (end > first && !touches(end - 1))
        --end;
    if (first >= end)
        return std::nullopt;
    return std::pair(first, end - 1);
}

RowLabel labelOf(std::size_t row, const Data &data, const Request &request) {
    const Row &what = data.rows[row];
    if (what.lane == 0)
        return {what.name, false};
    // Topmost is the first row of which the label is in sight, which stands in its middle.
    const double topmost = std::ceil(request.scroll / request.rowHeight - 0.5);
    if (static_cast<double>(row) == std::max(topmost, 0.0))
        return {what.name, false};
    return {std::to_string(what.lane + 1), true};
}

namespace {
/// Where the words of this file are looked up.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Timeline)
};
} // namespace

QString tickLabel(std::int64_t t, std::int64_t step) {
    const QLocale locale;
    const std::int64_t ns = t < 0 ? -t : t;
    QStringList parts;
    // Only the first part stands without leading zeros; parts below the step are zero and are left out.
    const auto add = [&](const QString &unit, std::int64_t n) {
        parts << unit.arg(parts.isEmpty() ? locale.toString(n) : QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0')));
    };
    if (ns >= kDay)
        add(Words::tr("%1 d"), ns / kDay);
    if (ns >= kHour && (parts.isEmpty() || ns % kDay != 0))
        add(Words::tr("%1 h"), ns % kDay / kHour);
    if (ns >= kMinute && (parts.isEmpty() || ns % kHour != 0 || step < kMinute))
        add(Words::tr("%1 m"), ns % kHour / kMinute);
    const std::int64_t rest = ns % kMinute;
    if (step >= kSecond) {
        if (parts.isEmpty() || rest != 0)
            add(Words::tr("%1 s"), rest / kSecond);
    } else {
        int decimals = 0;
        for (std::int64_t unit = kSecond; unit > step && decimals < 9; unit /= 10)
            ++decimals;
        parts << Words::tr("%1 s").arg(locale.toString(static_cast<double>(rest) / 1e9, 'f', decimals));
    }
    return (t < 0 ? QStringLiteral("−") : QString()) + parts.join(QLatin1Char(' '));
}

} // namespace ra::ui::timeline
