// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logview.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/keyhintbutton.h"
#include "ui/widgets/logscrollbar.h"

#include <QAccessible>
#include <QAction>

#include <algorithm>

namespace ra::ui {

namespace {

[[nodiscard]] bool isSameLine(const query::LogLine &a, const query::LogLine &b) {
    return a.sourceId == b.sourceId && a.offset == b.offset && a.text == b.text;
}

/// Whether `longer` begins with the lines of `document`: a log that only grew. Lines know their place in the source, so
/// that the first and the last one tell.
[[nodiscard]] bool continues(const LogDocument &document, const LogDocument::Lines &longer) {
    if (document.size() == 0 || longer.size() < document.size())
        return false;
    return isSameLine(document.at(0), longer.front()) &&
           isSameLine(document.at(document.size() - 1), longer[document.size() - 1]);
}

/// Where a line of `document` stands among other lines; -1 if it does not.
[[nodiscard]] int lineAmong(const LogDocument::Lines &lines, const LogDocument &document, int line) {
    if (line < 0)
        return -1;
    const query::LogLine &wanted = document.at(static_cast<std::size_t>(line));
    const auto found =
        std::ranges::find_if(lines, [&](const query::LogLine &other) { return isSameLine(wanted, other); });
    return found == lines.end() ? -1 : static_cast<int>(found - lines.begin());
}

/// About how many characters the longest line shows: a guess is enough for the range of a scroll bar, and cheap.
[[nodiscard]] std::size_t longestOf(const LogDocument::Lines &lines) {
    std::size_t longest = 0;
    for (const query::LogLine &line : lines) {
        std::size_t size = line.text.size();
        // Time, level and logger of runner logs stand in columns of their own.
        if (line.startsRecord && !line.logger.empty() && size > 33 && line.text[0] != '{')
            size -= std::min(33 + line.logger.size() - shortLogger(line.logger).size(), size);
        longest = std::max(longest, size);
    }
    return longest;
}

} // namespace

LogView::LogView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_scrollBar(new LogScrollBar(this))
    , m_toNewest(new QAction(this))
    , m_pill(nullptr) {
    setVerticalScrollBar(m_scrollBar);
    m_toNewest->setShortcut(Qt::Key_End); // shown on the button; the key itself comes with keyPressEvent()
    m_toNewest->setShortcutContext(Qt::WidgetShortcut);
    m_toNewest->setToolTip(tr("Go to the newest line and follow"));
    m_pill = new KeyHintButton(m_toNewest, this);
    setFrameShape(QFrame::NoFrame);
    setCornerWidget(new QWidget(this)); // else the style paints a panel where the scroll bars meet
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Log"));
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    viewport()->setCursor(Qt::IBeamCursor);
    m_pill->setObjectName(QStringLiteral("newLines"));
    m_pill->setPrimary(true);
    m_pill->setFocusPolicy(Qt::NoFocus); // End does the same
    m_pill->setCursor(Qt::PointingHandCursor);
    m_pill->hide();
    connect(m_toNewest, &QAction::triggered, this, [this] { setFollowing(true); });
    connect(&DisplayZone::instance(), &DisplayZone::changed, viewport(), qOverload<>(&QWidget::update));
    updateMetrics();
}

LogView::~LogView() {
    m_stop.request_stop();
}

// --- lines
// ------------------------------------------------------------------------------------------------------------

void LogView::setLines(std::shared_ptr<const LogDocument::Lines> lines) {
    Q_ASSERT(lines);
    if (continues(m_document, *lines)) {
        if (lines->size() > m_document.size())
            appendLines({lines->begin() + static_cast<std::ptrdiff_t>(m_document.size()), lines->end()});
        return;
    }
    replaceKeepingPlace(std::move(lines));
}

void LogView::replaceKeepingPlace(std::shared_ptr<const LogDocument::Lines> lines) {
    Place place = placeNow();
    if (place.line < 0 && m_wantedPlace)
        place = *m_wantedPlace; // the lines before had no rows yet
    place.line = lineAmong(*lines, m_document, place.line);
    m_current = lineAmong(*lines, m_document, m_current);
    m_anchor = m_current < 0 ? -1 : lineAmong(*lines, m_document, m_anchor);
    if (m_anchor < 0)
        m_anchor = m_current;
    // Lines came between those that were there, or it is another log.
    const bool grew =
        m_document.size() > 0 && lines->size() > m_document.size() && lineAmong(*lines, m_document, 0) >= 0;
    m_unseen = grew && !m_following ? m_unseen + lines->size() - m_document.size() : 0;

    m_document.clear();
    m_longest = longestOf(*lines);
    m_document.append(std::move(lines));
    m_steps.clear();
    m_scan = {};
    m_filtered = !m_filter.isEmpty();
    m_wantedPlace = place;
    updateScrollBars(m_following);
    restore(place);
    rescan();
    updatePill();
    viewport()->update();
}

LogView::Place LogView::placeNow() const {
    const int top = m_scrollBar->value();
    if (m_current >= 0) {
        const int row = rowOf(m_current);
        const bool hidden = lineAtRow(row) != m_current;
        if (hidden)
            return {m_current, m_scrollBar->pageStep() / 4};
        if (row >= top && row < top + m_scrollBar->pageStep())
            return {m_current, row - top};
    }
    return {topLine(), 0};
}

void LogView::restore(const Place &place) {
    if (m_following || place.line < 0)
        return;
    m_adjusting = true;
    m_scrollBar->setValue(rowOf(place.line) - place.below);
    m_adjusting = false;
}

void LogView::appendLines(LogDocument::Lines lines) {
    if (lines.empty())
        return;
    const std::size_t before = m_document.size();
    const int top = m_scrollBar->value();
    const int rowsBefore = rowCount();
    m_longest = std::max(m_longest, longestOf(lines));
    m_document.append(std::make_shared<const LogDocument::Lines>(std::move(lines)));
    if (!m_scanning) // else the running scan catches up when it ends
        scanAppended(before);
    const int added = rowCount() - rowsBefore;

    int droppedRows = 0;
    if (const std::size_t dropped = m_capacity > 0 ? m_document.dropFront(m_capacity) : 0; dropped > 0) {
        const auto shift = [dropped](std::vector<std::uint32_t> &numbers) {
            const auto kept = std::ranges::lower_bound(numbers, dropped);
            const auto gone = static_cast<int>(kept - numbers.begin());
            numbers.erase(numbers.begin(), kept);
            for (std::uint32_t &number : numbers)
                number -= static_cast<std::uint32_t>(dropped);
            return gone;
        };
        const int admittedGone = shift(m_scan.admitted);
        droppedRows = m_filtered ? admittedGone : static_cast<int>(dropped);
        shift(m_scan.matches);
        shift(m_scan.errors);
        const auto moved = [&](int line) {
            return line < static_cast<int>(dropped) ? -1 : line - static_cast<int>(dropped);
        };
        m_current = moved(m_current);
        m_anchor = m_current < 0 ? -1 : std::max(moved(m_anchor), 0);
        if (m_scanning)
            rescan();
    }

    if (!m_following)
        m_unseen += static_cast<std::size_t>(std::max(added, 0));
    updateScrollBars(m_following);
    if (!m_following) {
        // What is being read stays where it is, also when old lines go.
        m_adjusting = true;
        m_scrollBar->setValue(top - droppedRows);
        m_adjusting = false;
    }
    updatePill();
    updateTicks();
    viewport()->update();
    Q_EMIT scanChanged();
}

void LogView::setEmptyText(const QString &reason, const QString &help) {
    m_emptyReason = reason;
    m_emptyHelp = help;
    if (m_document.size() == 0)
        viewport()->update();
}

void LogView::setResolution(Duration resolution) {
    m_resolution = resolution;
    updateMetrics();
    viewport()->update();
}

void LogView::setSteps(std::vector<int> stepOfLine) {
    m_steps = std::move(stepOfLine);
    viewport()->update();
}

void LogView::markStep(int step) {
    m_markedStep = step;
    viewport()->update();
}

int LogView::stepOf(int line) const {
    return line >= 0 && line < static_cast<int>(m_steps.size()) ? m_steps[static_cast<std::size_t>(line)] : -1;
}

int LogView::firstLineOf(int step) const {
    const auto found = std::ranges::find(m_steps, step);
    return step < 0 || found == m_steps.end() ? -1 : static_cast<int>(found - m_steps.begin());
}

// --- rows and lines
// ---------------------------------------------------------------------------------------------------

int LogView::rowCount() const {
    return static_cast<int>(m_filtered ? m_scan.admitted.size() : m_document.size());
}

int LogView::lineAtRow(int row) const {
    if (row < 0 || row >= rowCount())
        return -1;
    return m_filtered ? static_cast<int>(m_scan.admitted[static_cast<std::size_t>(row)]) : row;
}

int LogView::rowOf(int line) const {
    if (!m_filtered)
        return line;
    const auto found = std::ranges::lower_bound(m_scan.admitted, static_cast<std::uint32_t>(std::max(line, 0)));
    return static_cast<int>(found - m_scan.admitted.begin());
}

int LogView::topLine() const {
    return lineAtRow(m_scrollBar->value());
}

int LogView::rowAtY(double y) const {
    return m_scrollBar->value() + static_cast<int>(std::floor((y - measure::gapXs) / m_lineHeight));
}

// --- place
// ------------------------------------------------------------------------------------------------------------

void LogView::updateScrollBars(bool keepEnd) {
    m_adjusting = true;
    const int visible = static_cast<int>((viewport()->height() - measure::gapXs) / m_lineHeight);
    m_scrollBar->setRange(0, std::max(0, rowCount() - std::max(1, visible)));
    m_scrollBar->setPageStep(std::max(1, visible));
    m_scrollBar->setSingleStep(1);
    if (keepEnd)
        m_scrollBar->setValue(m_scrollBar->maximum());
    // Beyond this a line is cut on the screen; copying gives all of it.
    const double width =
        40 + m_timeWidth + m_levelWidth + static_cast<double>(std::min<std::size_t>(m_longest, 4000)) * m_digit;
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(width) - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(static_cast<int>(m_digit * 4));
    m_adjusting = false;
}

void LogView::setFollowing(bool follow) {
    if (follow) {
        m_adjusting = true;
        m_scrollBar->setValue(m_scrollBar->maximum());
        m_adjusting = false;
        m_unseen = 0;
    }
    const bool changed = m_following != follow;
    m_following = follow;
    updatePill();
    viewport()->update();
    if (changed)
        Q_EMIT followingChanged(follow);
}

void LogView::leaveOrEnterFollow() {
    const bool atEnd = m_scrollBar->value() >= m_scrollBar->maximum();
    if (atEnd != m_following)
        setFollowing(atEnd);
}

void LogView::scrollContentsBy(int, int dy) {
    if (!m_adjusting && dy != 0)
        leaveOrEnterFollow();
    viewport()->update();
}

void LogView::updatePill() {
    m_pill->setVisible(!m_following && m_unseen > 0);
    if (!m_pill->isVisibleTo(this))
        return;
    m_toNewest->setText(QStringLiteral("↓ ") + tr("%1 new").arg(count(static_cast<qint64>(m_unseen))));
    m_pill->setAccessibleName(tr("%n new lines", nullptr, static_cast<int>(m_unseen)));
    m_pill->adjustSize();
    m_pill->move((viewport()->width() - m_pill->width()) / 2, viewport()->height() - m_pill->height() - measure::gapS);
    m_pill->raise();
}

void LogView::ensureRowVisible(int row) {
    m_adjusting = true;
    const int last = m_scrollBar->value() + m_scrollBar->pageStep() - 1;
    // A jump lands with some lines of context above; a step beyond the edge moves by as much as is needed.
    if (row < m_scrollBar->value() - 1 || row > last + 1)
        m_scrollBar->setValue(row - m_scrollBar->pageStep() / 4);
    else if (row < m_scrollBar->value())
        m_scrollBar->setValue(row);
    else if (row > last)
        m_scrollBar->setValue(row - m_scrollBar->pageStep() + 1);
    m_adjusting = false;
}

void LogView::showLine(int line) {
    if (line < 0 || line >= static_cast<int>(m_document.size()))
        return;
    ensureRowVisible(rowOf(line));
    leaveOrEnterFollow();
}

void LogView::setCurrentLine(int line) {
    if (line >= static_cast<int>(m_document.size()))
        line = -1;
    select(line, false, false);
}

void LogView::select(int line, bool extend, bool byReader) {
    m_current = line;
    if (!extend || m_anchor < 0)
        m_anchor = line;
    if (line >= 0) {
        ensureRowVisible(rowOf(line));
        setFollowing(false); // else the next line that comes pushes it away
        if (QAccessible::isActive())
            setAccessibleDescription(plain(m_document.at(static_cast<std::size_t>(line)).text.substr(0, 500)));
    }
    viewport()->update();
    if (byReader)
        Q_EMIT lineSelected(line);
}

void LogView::moveCurrent(int rows, bool extend) {
    if (rowCount() == 0)
        return;
    const int from = m_current >= 0 ? rowOf(m_current) : rows > 0 ? m_scrollBar->value() - 1 : m_scrollBar->value() + 1;
    select(lineAtRow(std::clamp(from + rows, 0, rowCount() - 1)), extend, true);
}

QString LogView::selectedText() const {
    if (m_current < 0)
        return {};
    const int first = rowOf(std::min(m_current, m_anchor));
    const int last = rowOf(std::max(m_current, m_anchor));
    QStringList lines;
    for (int row = first; row <= last && row < rowCount(); ++row)
        lines << QString::fromStdString(m_document.at(static_cast<std::size_t>(lineAtRow(row))).text);
    return lines.join(QLatin1Char('\n'));
}

} // namespace ra::ui
