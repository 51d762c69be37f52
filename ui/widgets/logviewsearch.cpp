// SPDX-License-Identifier: GPL-3.0-or-later
// LogView's filter, matches and errors.
#include "ui/widgets/logview.h"

#include "ui/models/whenfinished.h"
#include "ui/widgets/logscrollbar.h"

#include <algorithm>

namespace ra::ui {

namespace {

/// Searching this many lines takes a few milliseconds; more of them are searched on another thread.
constexpr std::size_t kSearchHere = 20'000;

} // namespace

void LogView::setFilter(const LogFilter &filter) {
    if (filter == m_filter)
        return;
    m_filter = filter;
    rescan();
}

void LogView::setNeedle(const QString &needle) {
    std::string text = needle.toStdString();
    if (text == m_needle)
        return;
    m_needle = std::move(text);
    rescan();
}

void LogView::rescan() {
    m_stop.request_stop();
    m_stop = {};
    if (m_document.size() <= kSearchHere) {
        m_scanning = false;
        take(scanLog(m_document, m_filter, m_needle, 0), true);
        return;
    }
    m_scanning = true;
    const std::stop_token stop = m_stop.get_token();
    auto scan = inBackground([document = m_document, filter = m_filter, needle = m_needle, stop] {
        return scanLog(document, filter, needle, 0, stop);
    });
    whenFinished(scan, this, [this, stop](LogScan found) {
        if (stop.stop_requested())
            return; // a newer search has stopped this one
        m_scanning = false;
        take(std::move(found), true);
    });
    Q_EMIT scanChanged();
}

void LogView::scanAppended(std::size_t from) {
    take(scanLog(m_document, m_filter, m_needle, from), false);
}

void LogView::take(LogScan scan, bool replace) {
    const bool rest = replace && scan.scannedTo < m_document.size();
    if (replace) {
        const int topBefore = topLine();
        // What is read stays there as far as the filter lets it.
        Place place = placeNow();
        if (place.line < 0 || (m_wantedPlace && m_filtered))
            place = m_wantedPlace.value_or(place);
        m_wantedPlace.reset();
        m_scan = std::move(scan);
        m_filtered = !m_filter.isEmpty();
        if (m_filtered && lineAtRow(rowOf(place.line)) != place.line && place.line == m_current) // hidden now
            place = {topBefore, 0};
        updateScrollBars(m_following);
        restore(place);
    } else {
        const auto add = [](std::vector<std::uint32_t> &to, const std::vector<std::uint32_t> &more) {
            to.insert(to.end(), more.begin(), more.end());
        };
        add(m_scan.admitted, scan.admitted);
        add(m_scan.matches, scan.matches);
        add(m_scan.errors, scan.errors);
        m_scan.scannedTo = scan.scannedTo;
        return;
    }
    if (rest)
        scanAppended(m_scan.scannedTo);
    updateScrollBars(m_following);
    updateTicks();
    viewport()->update();
    Q_EMIT scanChanged();
}

void LogView::updateTicks() {
    const double rows = std::max(1, rowCount());
    const auto places = [&](const std::vector<std::uint32_t> &lines) {
        std::vector<float> result;
        // More ticks than the bar has pixels would only cost time.
        const std::size_t stride = std::max<std::size_t>(1, lines.size() / 4000);
        for (std::size_t i = 0; i < lines.size(); i += stride)
            result.push_back(static_cast<float>(rowOf(static_cast<int>(lines[i])) / rows));
        return result;
    };
    m_scrollBar->setTicks(places(m_scan.errors), places(m_scan.matches));
}

void LogView::goTo(const std::vector<std::uint32_t> &lines, bool backwards) {
    if (lines.empty())
        return;
    const int from = m_current >= 0 ? m_current : backwards ? topLine() : topLine() - 1;
    std::vector<std::uint32_t>::const_iterator found;
    if (backwards) {
        found = std::ranges::lower_bound(lines, static_cast<std::uint32_t>(std::max(from, 0)));
        found = found == lines.begin() ? lines.end() - 1 : found - 1; // past the first: the last one
    } else {
        found = std::ranges::upper_bound(lines, from, {}, [](std::uint32_t line) { return static_cast<int>(line); });
        if (found == lines.end())
            found = lines.begin();
    }
    select(static_cast<int>(*found), false, true);
}

void LogView::findNext(bool backwards) {
    goTo(m_scan.matches, backwards);
}

void LogView::errorNext(bool backwards) {
    goTo(m_scan.errors, backwards);
}

} // namespace ra::ui
