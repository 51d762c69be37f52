// SPDX-License-Identifier: GPL-3.0-or-later
// How samples go: what is still in rows is sealed first, so that minutes and hours are summed up before.
#include "core/base/crashpoint.h"
#include "core/store/pins.h"
#include "core/store/retention.h"

#include <algorithm>
#include <chrono>

namespace ra::store {

namespace {

/// Of a piece: some milliseconds.
using Clock = std::chrono::steady_clock;
constexpr auto pieceTakes = std::chrono::milliseconds(10);
constexpr std::size_t segmentsAtATime = 50;
constexpr int tailsAtATime = 200;
constexpr std::size_t tailRowsAtATime = 5'000;
constexpr std::size_t splitAtATime = 2'000; // rows

} // namespace

/// What is still in rows is sealed, and with that summed up, before it may go.
bool Retention::sealTails(std::int64_t before) {
    Statement next(m_db, "SELECT min(series) FROM tail_samples WHERE series > ?");
    Statement origins(m_db, "SELECT DISTINCT origin FROM tail_samples WHERE series = ? AND t_ns < ?");
    std::size_t sealed = 0;
    const auto end = Clock::now() + pieceTakes;
    for (int tails = 0; tails < tailsAtATime && sealed < tailRowsAtATime && Clock::now() < end; ++tails) {
        next.bind(m_tail);
        std::int64_t series = 0;
        {
            const ResetAtEnd reset(next);
            if (!next.step() || next.isNull(0))
                return false;
            series = next.integer(0);
        }
        std::vector<std::int64_t> found;
        origins.bind(series, before);
        while (origins.step())
            found.push_back(origins.integer(0));
        bool isAll = true;
        for (const std::int64_t origin : found) {
            const TailSealer::Sealed some = m_tails.seal(series, origin, before, 1);
            sealed += some.rows;
            isAll = isAll && some.isAll;
            crashPoint("retain.sealed");
        }
        if (isAll)
            m_tail = series;
    }
    return true;
}

bool Retention::removeSamples(const Cutoffs &cutoffs, Retained &gone) {
    const std::int64_t before = cutoffs.samples;
    if (m_segment == 0) {
        Statement claims(m_db, "DELETE FROM sample_claims WHERE t_ns < ?");
        claims.bind(before);
        claims.run();
    }
    const std::vector<PinnedRange> windows = pinnedTimes(m_db);
    std::vector<SegmentRow> rows;
    Statement select(m_db, "SELECT id, series, origin, t_min, t_max, count FROM segments WHERE id > ? AND t_min < ? "
                           "ORDER BY id LIMIT ?");
    select.bind(m_segment, before, segmentsAtATime);
    while (select.step())
        rows.push_back({select.integer(0), select.integer(1), select.integer(2), select.integer(3), select.integer(4),
                        static_cast<std::size_t>(select.integer(5))});
    const auto end = Clock::now() + pieceTakes;
    bool isAll = rows.size() < segmentsAtATime;
    for (const SegmentRow &row : rows) {
        if (Clock::now() > end) { // those of which some samples stay take some milliseconds each
            isAll = false;
            break;
        }
        // What only these samples tell of minutes and hours.
        if (cutoffs.keepParts && !m_rollups.split(row.series, row.tMin, std::min(row.tMax, before - 1), splitAtATime)) {
            crashPoint("retain.split");
            return true;
        }
        m_segment = row.id;
        const auto isKept = [&](std::int64_t time) {
            return time >= before || std::any_of(windows.begin(), windows.end(), [&](const PinnedRange &window) {
                       return window.first <= time && time <= window.second;
                   });
        };
        const bool touchesPinned = std::any_of(windows.begin(), windows.end(), [&](const PinnedRange &window) {
            return window.first <= row.tMax && row.tMin <= window.second;
        });
        if (row.tMax < before && !touchesPinned) {
            m_sealer.segments().remove(row);
            gone.samples += row.count;
            continue;
        }
        SampleColumns samples;
        m_sealer.segments().readAll(row, samples);
        std::vector<SampleSealer::Edit> edits;
        for (const std::int64_t time : samples.times) {
            if (!isKept(time))
                edits.push_back({time, std::nullopt});
        }
        if (edits.empty())
            continue;
        gone.samples += edits.size();
        m_sealer.edit(row, std::move(edits)); // what is left is new, and behind: looked at once more, in vain
    }
    crashPoint("retain.samples");
    return !isAll;
}

} // namespace ra::store
