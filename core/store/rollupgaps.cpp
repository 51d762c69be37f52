// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/rollupgaps.h"

#include <algorithm>

namespace ra::store {

using samples::bucketOf;
using samples::lengthOf;
using samples::RollupLevel;

RollupGaps::RollupGaps(const SQLite::Database &db)
    : m_whole(db, "SELECT w.bucket FROM sealed_rollups w WHERE w.series = ?1 AND w.level = ?2 AND w.bucket BETWEEN ?3 "
                  "AND ?4 AND NOT EXISTS (SELECT 1 FROM sealed_rollups p WHERE p.series = ?1 AND p.level = ?2 - 1 AND "
                  "p.bucket BETWEEN w.bucket * ?5 AND w.bucket * ?5 + ?5 - 1) ORDER BY w.bucket") {}

std::vector<Stretch> RollupGaps::find(std::int64_t series, RollupLevel level, std::int64_t first, std::int64_t last) {
    std::vector<Stretch> gaps;
    for (auto whole = RollupLevel::Day; whole > level; whole = static_cast<RollupLevel>(static_cast<int>(whole) - 1)) {
        const std::int64_t length = lengthOf(whole);
        m_whole.bind(series, static_cast<int>(whole), bucketOf(whole, first), bucketOf(whole, last),
                     samples::partsOf(whole));
        while (m_whole.step()) {
            const std::int64_t bucket = m_whole.integer(0);
            // The first and the last bucket that a time can lie in are cut off.
            gaps.push_back({std::max(first, bucket < INT64_MIN / length ? INT64_MIN : bucket * length),
                            std::min(last, bucket >= INT64_MAX / length ? INT64_MAX : (bucket + 1) * length - 1)});
        }
    }
    std::sort(gaps.begin(), gaps.end(), [](const Stretch &a, const Stretch &b) { return a.first < b.first; });
    std::size_t kept = 0;
    for (const Stretch &gap : gaps) {
        if (kept > 0 && gaps[kept - 1].last + 1 == gap.first)
            gaps[kept - 1].last = gap.last;
        else
            gaps[kept++] = gap;
    }
    gaps.resize(kept);
    return gaps;
}

} // namespace ra::store
