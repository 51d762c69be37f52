// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timelineview.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/timelineaccessible.h"
#include "ui/widgets/timelinepainter.h"

#include <QHelpEvent>
#include <QScrollBar>
#include <QToolTip>

namespace ra::ui {

using timeline::Range;

namespace {
constexpr double kMinimapHeight = 14;
constexpr double kAxisHeight = 22;
constexpr double kSide = measure::gapM;
} // namespace

TimelineView::TimelineView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_data(std::make_shared<timeline::Data>()) {
    installTimelineAccessibility();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Timeline"));
    setAccessibleDescription(
        tr("Bars over time. W and S zoom, A and D move, arrows select, Enter opens, T shows a table."));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&DisplayZone::instance(), &DisplayZone::changed, this, [this] {
        m_key = {};
        viewport()->update();
    });
    updateMetrics();
}

TimelineView::~TimelineView() = default;

QSize TimelineView::sizeHint() const {
    const double rows = std::clamp(static_cast<double>(m_data->rows.size()), 4.0, 14.0);
    return {640, static_cast<int>(kMinimapHeight + kAxisHeight + 2 * kSide + rows * naturalRowHeight())};
}

void TimelineView::setData(std::shared_ptr<const timeline::Data> data) {
    Q_ASSERT(data);
    const bool showedAll = m_range == m_data->extent || m_range.isEmpty();
    m_data = std::move(data);
    const int rows = static_cast<int>(m_data->rows.size());
    if (m_current.row >= rows || m_current.bar >= static_cast<int>(m_data->bars.size()))
        m_current = {};
    m_hover = {};
    updateMetrics();
    m_range = showedAll ? m_data->extent : timeline::clampRange(m_range, m_data->extent, minSpan());
    updateScrollBar();
    viewport()->update();
}

void TimelineView::setWallClock(bool wallClock) {
    m_wallClock = wallClock;
    m_key = {};
    viewport()->update();
}

// --- where things are
// -------------------------------------------------------------------------------------------------

double TimelineView::naturalRowHeight() const {
    return std::max(20.0, std::ceil(QFontMetricsF(timeline::labelFont()).height() + 7));
}

double TimelineView::currentRowHeight(const Range &range) const {
    const double natural = naturalRowHeight();
    const double height = plotRect().height();
    const auto rows = static_cast<double>(m_data->rows.size());
    // Few rows use the room there is, within reason.
    if (rows > 0 && rows * natural <= height)
        return std::clamp(std::floor(height / rows), natural, natural + 10);
    // Lanes, and steps that fill no more than some screens, are scrolled; only long cascades are squeezed.
    if (!m_data->cascade || rows * natural <= 8 * height)
        return natural;
    return timeline::rowHeight(range, m_data->extent, m_data->rows.size(), height, natural);
}

QRectF TimelineView::minimapRect() const {
    const QRectF plot = plotRect();
    return {plot.left(), 8, plot.width(), kMinimapHeight};
}

QRectF TimelineView::axisRect() const {
    const QRectF plot = plotRect();
    return {plot.left(), plot.top() - kAxisHeight, viewport()->width() - plot.left(), kAxisHeight};
}

QRectF TimelineView::plotRect() const {
    const double left = kSide + m_namesWidth + measure::gapS;
    const double top = 8 + kMinimapHeight + kAxisHeight;
    return {left, top, std::max(0.0, viewport()->width() - left - kSide),
            std::max(0.0, viewport()->height() - top - measure::gapS)};
}

QRectF TimelineView::namesRect() const {
    const QRectF plot = plotRect();
    return {kSide, plot.top(), m_namesWidth, plot.height()};
}

timeline::Request TimelineView::request() const {
    timeline::Request request;
    request.range = m_range;
    request.plot = plotRect();
    request.rowHeight = currentRowHeight(m_range);
    request.scroll = verticalScrollBar()->value();
    request.pixelRatio = devicePixelRatioF();
    request.characterWidth = m_characterWidth;
    return request;
}

TimelineView::Current TimelineView::at(const QPointF &position) const {
    const timeline::Request where = request();
    const auto row = timeline::rowAt(position.y(), *m_data, where);
    if (!row)
        return {};
    Current found{static_cast<int>(*row), -1};
    if (position.x() >= where.plot.left()) {
        if (const auto bar = timeline::barAt(position.x(), *row, *m_data, where, 4))
            found.bar = static_cast<int>(*bar);
    }
    return found;
}

std::int64_t TimelineView::minSpan() const {
    // A thousand times what is known about the times is deep enough; times known to the nanosecond go to the
    // microsecond.
    return std::clamp<std::int64_t>(m_data->resolution.count() / 10, timeline::kMicro, 100 * timeline::kMilli);
}

void TimelineView::updateMetrics() {
    const QFontMetricsF metrics(timeline::labelFont());
    m_characterWidth = metrics.averageCharWidth() * 1.1;
    // The longest names by their bytes are the widest ones closely enough, without measuring 100,000 of them.
    std::array<const std::string *, 8> longest{};
    for (const timeline::Row &row : m_data->rows) {
        const auto shortest = std::ranges::min_element(longest, {}, [](auto *name) { return name ? name->size() : 0; });
        if (*shortest && (*shortest)->size() >= row.name.size())
            continue;
        // Lanes of one recipe must not crowd out another name of that length, which may be wider.
        if (std::ranges::none_of(longest, [&](auto *name) { return name && *name == row.name; }))
            *shortest = &row.name;
    }
    double width = 40;
    for (const std::string *name : longest) {
        if (name)
            width = std::max(width, metrics.horizontalAdvance(plain(name->substr(0, 80))) + 2);
    }
    m_namesWidth = std::ceil(std::min({width, 220.0, std::max(40.0, viewport()->width() * 0.28)}));
    m_key = {};
    m_minimapKey = {};
}

void TimelineView::updateScrollBar() {
    const double height = plotRect().height();
    const double content = currentRowHeight(m_range) * static_cast<double>(m_data->rows.size());
    QScrollBar *bar = verticalScrollBar();
    bar->setRange(0, std::max(0, static_cast<int>(std::ceil(content - height))));
    bar->setPageStep(std::max(1, static_cast<int>(height)));
    bar->setSingleStep(std::max(1, static_cast<int>(currentRowHeight(m_range))));
}

// --- moving
// -----------------------------------------------------------------------------------------------------------

void TimelineView::applyRange(const Range &wanted, std::int64_t anchorBefore, std::int64_t anchorAfter) {
    const Range range = timeline::clampRange(wanted, m_data->extent, minSpan());
    if (range == m_range)
        return;
    // In a cascade that does not fit, rows follow the time: the row that ran at the anchor keeps its place on the
    // screen.
    std::optional<double> scroll;
    if (m_data->cascade) {
        const auto before = timeline::rowsIn({anchorBefore, anchorBefore}, *m_data);
        const auto after = anchorAfter == anchorBefore ? before : timeline::rowsIn({anchorAfter, anchorAfter}, *m_data);
        if (before && after) {
            const double height = plotRect().height();
            const double place = std::clamp(static_cast<double>(before->first) * currentRowHeight(m_range) -
                                                verticalScrollBar()->value(),
                                            0.0, std::max(0.0, height - naturalRowHeight()));
            scroll = static_cast<double>(after->first) * currentRowHeight(range) - place;
        }
    }
    m_range = range;
    updateScrollBar();
    if (scroll)
        verticalScrollBar()->setValue(static_cast<int>(std::lround(*scroll)));
    viewport()->update();
    Q_EMIT rangeChanged(m_range);
}

void TimelineView::setRange(const Range &range) {
    const std::int64_t centre = range.from + range.span() / 2;
    applyRange(range, m_range.from + m_range.span() / 2, centre);
}

void TimelineView::fitAll() {
    const std::int64_t centre = m_range.from + m_range.span() / 2;
    applyRange(m_data->extent, centre, centre);
}

void TimelineView::zoomAt(double factor, double fraction) {
    const auto anchor =
        m_range.from + std::llround(static_cast<double>(m_range.span()) * std::clamp(fraction, 0.0, 1.0));
    applyRange(timeline::zoomed(m_range, factor, fraction), anchor, anchor);
}

void TimelineView::panBy(double fraction) {
    const Range wanted = timeline::panned(m_range, std::llround(static_cast<double>(m_range.span()) * fraction));
    const Range range = timeline::clampRange(wanted, m_data->extent, minSpan());
    applyRange(range, m_range.from + m_range.span() / 2, range.from + range.span() / 2);
}

void TimelineView::centreOrFit() {
    if (m_current.row < 0 || m_data->barsOf(static_cast<std::size_t>(m_current.row)).empty()) {
        fitAll();
        return;
    }
    const auto bars = m_data->barsOf(static_cast<std::size_t>(m_current.row));
    Range target{bars.front().start, bars.back().end};
    if (m_current.bar >= 0) {
        const timeline::Bar &bar = m_data->bars[static_cast<std::size_t>(m_current.bar)];
        target = {bar.start, bar.end};
    }
    const std::int64_t margin = std::max<std::int64_t>(target.span() / 4, minSpan() / 2);
    const Range before = m_range;
    setRange({target.from - margin, target.to + margin});
    if (m_range == before) // it was centred already: the second press shows everything
        fitAll();
    ensureVisible({m_current.row, -1});
}

void TimelineView::setCurrent(const Current &current) {
    if (current == m_current)
        return;
    m_current = current;
    ensureVisible(current);
    viewport()->update();
    announceTimelineCurrent(this);
    Q_EMIT currentChanged(m_current);
}

void TimelineView::moveCurrent(const Current &current) {
    if (current == m_current)
        return;
    m_current = current;
    viewport()->update();
}

void TimelineView::ensureVisible(const Current &what) {
    if (what.row < 0)
        return;
    const double height = currentRowHeight(m_range);
    const double top = what.row * height;
    QScrollBar *bar = verticalScrollBar();
    if (top < bar->value())
        bar->setValue(static_cast<int>(top));
    else if (top + height > bar->value() + plotRect().height())
        bar->setValue(static_cast<int>(std::ceil(top + height - plotRect().height())));
    const auto bars = m_data->barsOf(static_cast<std::size_t>(what.row));
    if (bars.empty())
        return;
    const timeline::Bar &shown = what.bar >= 0 ? m_data->bars[static_cast<std::size_t>(what.bar)] : bars.front();
    if (shown.start > m_range.to || (what.bar >= 0 ? shown.end : bars.back().end) < m_range.from) {
        const std::int64_t centre = shown.start + (shown.end - shown.start) / 2;
        m_range = timeline::clampRange(timeline::panned(m_range, centre - (m_range.from + m_range.span() / 2)),
                                       m_data->extent, minSpan());
        updateScrollBar();
        viewport()->update();
        Q_EMIT rangeChanged(m_range);
    }
}

void TimelineView::moveRow(int by) {
    const int rows = static_cast<int>(m_data->rows.size());
    if (rows == 0)
        return;
    const int row = m_current.row < 0 ? (by > 0 ? 0 : rows - 1) : std::clamp(m_current.row + by, 0, rows - 1);
    setCurrent({row, -1});
}

void TimelineView::moveBar(int by) {
    const int bars = static_cast<int>(m_data->bars.size());
    if (bars == 0)
        return;
    int bar = m_current.bar;
    if (bar >= 0) {
        bar = std::clamp(bar + by, 0, bars - 1);
    } else if (m_current.row >= 0) {
        const timeline::Row &row = m_data->rows[static_cast<std::size_t>(m_current.row)];
        const int first = static_cast<int>(row.firstBar);
        bar = std::clamp(by > 0 ? first : first - 1, 0, bars - 1);
    } else {
        bar = by > 0 ? 0 : bars - 1;
    }
    // Rows hold consecutive bars: the one with the last firstBar not above it, and not empty, owns it.
    const auto after =
        std::ranges::upper_bound(m_data->rows, static_cast<std::uint32_t>(bar), {}, &timeline::Row::firstBar);
    auto row = static_cast<int>(after - m_data->rows.begin()) - 1;
    while (row > 0 && m_data->rows[static_cast<std::size_t>(row)].barCount == 0)
        --row;
    setCurrent({row, bar});
}

void TimelineView::dragMinimapTo(double x) {
    const QRectF strip = minimapRect();
    const std::int64_t centre = timeline::timeAt(x, m_data->extent, {strip.left(), strip.width()});
    setRange({centre - m_range.span() / 2, centre - m_range.span() / 2 + m_range.span()});
}

// --- words
// ------------------------------------------------------------------------------------------------------------

QString TimelineView::describe(const Current &what) const {
    if (what.row < 0 || what.row >= static_cast<int>(m_data->rows.size()))
        return {};
    if (m_describer)
        return m_describer(what.row, what.bar);
    const timeline::Row &row = m_data->rows[static_cast<std::size_t>(what.row)];
    QStringList parts{plain(row.name), row.status.toLower()};
    if (row.duration) {
        parts << duration(Duration(*row.duration));
        const auto longer = std::ranges::count_if(m_data->rows, [&](const timeline::Row &other) {
            return other.duration && *other.duration > *row.duration;
        });
        const auto known =
            std::ranges::count_if(m_data->rows, [](const timeline::Row &other) { return other.duration.has_value(); });
        parts << tr("rank %1 of %2").arg(count(longer + 1), count(known));
    }
    if (!row.note.isEmpty())
        parts << row.note;
    if (what.bar >= 0 && row.barCount > 1) {
        const timeline::Bar &bar = m_data->bars[static_cast<std::size_t>(what.bar)];
        parts << tr("attempt %1: %2").arg(count(bar.key), duration(Duration(bar.end - bar.start)));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace ra::ui
