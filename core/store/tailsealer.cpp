// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/tailsealer.h"

#include "core/base/crashpoint.h"

#include <span>

namespace ra::store {

namespace {

/// Rows that are sealed at a time, and segments that are rewritten for them at most.
constexpr std::size_t mostSealed = 16'384;
constexpr std::size_t mostRewritten = 4;

} // namespace

TailSealer::TailSealer(const SQLite::Database &db, SampleSealer &sealer, RollupWriter &rollups)
    : m_sealer(sealer)
    , m_rollups(rollups)
    , m_oldest(db, "SELECT t_ns, value FROM tail_samples WHERE series = ? AND origin = ? AND t_ns < ? ORDER BY t_ns "
                   "LIMIT ?")
    , m_drop(db, "DELETE FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ? AND origin = ?") {}

TailSealer::Sealed TailSealer::seal(std::int64_t series, std::int64_t origin, std::int64_t before, std::size_t fewest) {
    SampleColumns rows;
    m_oldest.bind(series, origin, before, mostSealed);
    while (m_oldest.step())
        rows.add(m_oldest.integer(0), m_oldest.real(1));
    if (rows.isEmpty() || rows.size() < fewest)
        return {};
    const std::size_t sealed = m_sealer.seal(series, origin, rows, mostRewritten);
    crashPoint("seal.sealed");
    m_drop.bind(series, rows.times.front(), rows.times[sealed - 1], origin);
    m_drop.run();
    crashPoint("seal.tail-removed");
    m_rollups.touch(series, std::span(rows.times).first(sealed));
    m_sealer.noteDamaged(m_rollups.flush());
    crashPoint("seal.rolled-up");
    return {.rows = sealed, .isAll = sealed == rows.size() && rows.size() < mostSealed};
}

} // namespace ra::store
