// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/samplewriter.h"

#include "core/base/crashpoint.h"
#include "core/store/segmenttotals.h"

#include <SQLiteCpp/Savepoint.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace ra::store {

namespace {

/// Rows of a tail that are worth sealing.
constexpr std::uint64_t fullTail = 1'024;
/// As many new samples of a series in one batch are sealed at once: that is ten times faster than rows, which only pay
/// where few samples come at a time.
constexpr std::size_t directly = 512;
constexpr std::int64_t seriesSweptAtATime = 2'000;
/// Copies of a record are written within this time of each other. FORMATS.md 5.1.
constexpr std::int64_t copiesApart = 1'000'000;
constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

bool isGreater(double a, double b) {
    return !std::isnan(a) && (std::isnan(b) || a > b);
}

std::int64_t minus(std::int64_t time, std::int64_t by) {
    return time < earliest + by ? earliest : time - by;
}
std::int64_t plus(std::int64_t time, std::int64_t by) {
    return time > latest - by ? latest : time + by;
}

} // namespace

SampleWriter::SampleWriter(SQLite::Database &db)
    : m_db(db)
    , m_series(db)
    , m_sealer(db)
    , m_rollups(db, m_sealer.segments())
    , m_tails(db, m_sealer, m_rollups)
    , m_insert(db, "INSERT INTO tail_samples(series, t_ns, value, origin) VALUES(?, ?, ?, ?)")
    , m_update(db, "UPDATE tail_samples SET value = ?, origin = ? WHERE series = ? AND t_ns = ?")
    , m_delete(db, "DELETE FROM tail_samples WHERE series = ? AND t_ns = ?")
    , m_range(db, "SELECT t_ns, value, origin FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ?")
    , m_one(db, "SELECT value, origin FROM tail_samples WHERE series = ? AND t_ns = ?")
    , m_ofOrigin(db, "SELECT series, t_ns, value FROM tail_samples WHERE origin = ? AND origin <> 0")
    , m_putClaim(db, "INSERT OR REPLACE INTO sample_claims(series, t_ns, origin, value) VALUES(?, ?, ?, ?)")
    , m_dropClaim(db, "DELETE FROM sample_claims WHERE series = ? AND t_ns = ? AND origin = ?")
    , m_bestClaim(db, "SELECT origin, value FROM sample_claims WHERE series = ? AND t_ns = ? "
                      "ORDER BY value DESC NULLS LAST, origin LIMIT 1")
    , m_claim(db, "SELECT value FROM sample_claims WHERE series = ? AND t_ns = ? AND origin = ?")
    , m_claimsOf(db, "SELECT series, t_ns, value FROM sample_claims WHERE origin = ? AND origin <> 0")
    , m_counts(db, "SELECT series, origin, count(*) FROM tail_samples WHERE series > ? AND series <= ? "
                   "GROUP BY series, origin HAVING count(*) >= ?") {}

void SampleWriter::forget() {
    m_series.forget();
    m_held.rolledBack();
    m_edits.clear();
    m_rollups.forget();
    // Counted anew: what was sealed and rolled back waits again.
    m_swept = 0;
    m_sweeping = true;
}

/// One a moment, by series and time.
void SampleWriter::sortOnce(Entries &entries) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
        return std::tie(a.series, a.time) < std::tie(b.series, b.time);
    });
    std::size_t kept = 0;
    for (const Entry &entry : entries) {
        if (kept > 0 && entries[kept - 1].series == entry.series && entries[kept - 1].time == entry.time) {
            Entry &before = entries[kept - 1];
            before.value = isGreater(entry.value, before.value) ? entry.value : before.value;
            before.ofWriting = before.ofWriting && entry.ofWriting;
        } else {
            entries[kept++] = entry;
        }
    }
    entries.resize(kept);
}

void SampleWriter::append(const SampleSet &set, Entries &entries) {
    if (set.isEmpty())
        return;
    m_series.begin();
    std::vector<std::int64_t> ids;
    ids.reserve(set.series.size());
    for (const Series &series : set.series)
        ids.push_back(m_series.idOf(series));
    for (const Sample &sample : set.samples) {
        if (sample.timeNs < m_horizon) {
            ++m_tooOld;
            continue;
        }
        entries.push_back({ids.at(sample.series), sample.timeNs, sample.value, sample.timeIsOfWriting});
    }
}

std::uint64_t SampleWriter::put(const SampleSet &set, std::int64_t log) {
    Entries entries = m_held.take(log);
    append(set, entries);
    std::erase_if(entries,
                  [this](const Entry &entry) { return entry.time < m_horizon; }); // held since before it was set
    sortOnce(entries);
    const std::uint64_t added = add(std::move(entries), logs);
    m_sealer.noteDamaged(m_rollups.flush());
    return added;
}

std::uint64_t SampleWriter::hold(const SampleSet &set, std::int64_t log) {
    if (set.isEmpty())
        return 0;
    m_held.hold(log, [&](Entries &entries) { append(set, entries); });
    return m_held.areTooMany() ? putHeld() : 0;
}

std::uint64_t SampleWriter::putHeld() {
    std::uint64_t added = 0;
    while (const auto log = m_held.anyLog())
        added += put({}, *log);
    return added;
}

std::uint64_t SampleWriter::add(Entries entries, std::int64_t origin) {
    std::uint64_t added = 0;
    for (std::size_t begin = 0; begin < entries.size();) {
        std::size_t end = begin + 1;
        while (end < entries.size() && entries[end].series == entries[begin].series)
            ++end;
        added += addToSeries(entries[begin].series, std::span(entries).subspan(begin, end - begin), origin);
        begin = end;
    }
    return added;
}

std::uint64_t SampleWriter::addToSeries(std::int64_t series, std::span<const Entry> entries, std::int64_t origin) {
    SeriesState &state = m_series.state(series);
    // What is later than all that is stored is new without asking.
    const auto isFresh = [&](const Entry &entry) {
        return (entry.ofWriting ? minus(entry.time, copiesApart) : entry.time) > state.lastNs;
    };
    m_stored.clear();
    if (!isFresh(entries.front()))
        findStored(series, entries);
    SampleColumns added;
    for (const Entry &entry : entries) {
        const auto same = std::lower_bound(m_stored.begin(), m_stored.end(), entry.time,
                                           [](const Stored &stored, std::int64_t time) { return stored.time < time; });
        if (same != m_stored.end() && same->time == entry.time) {
            agree(*same, entry, origin);
            continue;
        }
        if (entry.ofWriting) {
            const auto isCopy = [&](std::int64_t time, double value) {
                return time >= minus(entry.time, copiesApart) && time <= plus(entry.time, copiesApart) &&
                       isSame(value, entry.value);
            };
            bool copied = false;
            for (auto it = same; it != m_stored.end() && it->time <= plus(entry.time, copiesApart); ++it)
                copied = copied || isCopy(it->time, it->value);
            for (auto it = same; it != m_stored.begin() && std::prev(it)->time >= minus(entry.time, copiesApart); --it)
                copied = copied || isCopy(std::prev(it)->time, std::prev(it)->value);
            for (std::size_t i = added.size(); i > 0 && added.times[i - 1] >= minus(entry.time, copiesApart); --i)
                copied = copied || isCopy(added.times[i - 1], added.values[i - 1]);
            if (copied)
                continue;
        }
        added.add(entry.time, entry.value);
    }
    applyEdits();
    if (added.isEmpty())
        return 0;
    state.lastNs = std::max(state.lastNs, added.times.back());
    if (added.size() >= directly) {
        m_sealer.seal(series, origin, added);
        m_rollups.touch(series, added.times);
        return added.size();
    }
    for (std::size_t i = 0; i < added.size(); ++i) {
        m_insert.bind(series, added.times[i], added.values[i], origin);
        m_insert.run();
    }
    std::uint64_t tail = added.size();
    if (origin == logs)
        tail = state.tailRows += added.size();
    if (tail >= fullTail)
        m_full.emplace(series, origin);
    return added.size();
}

/// Fills m_stored and m_rows with what is stored at the times of the entries and near them.
void SampleWriter::findStored(std::int64_t series, std::span<const Entry> entries) {
    m_rows = m_sealer.segments().overlapping(series, minus(entries.front().time, copiesApart),
                                             plus(entries.back().time, copiesApart));
    SampleColumns sealed;
    for (const SegmentRow &row : m_rows) {
        const auto first = std::lower_bound(entries.begin(), entries.end(), minus(row.tMin, copiesApart),
                                            [](const Entry &entry, std::int64_t time) { return entry.time < time; });
        const auto end = std::upper_bound(first, entries.end(), plus(row.tMax, copiesApart),
                                          [](std::int64_t time, const Entry &entry) { return time < entry.time; });
        if (first == end)
            continue;
        sealed.clear();
        m_sealer.segments().read(row, minus(first->time, copiesApart), plus(std::prev(end)->time, copiesApart), sealed);
        for (std::size_t i = 0; i < sealed.size(); ++i)
            m_stored.push_back({sealed.times[i], sealed.values[i], row.origin, row.id});
    }
    m_range.bind(series, minus(entries.front().time, copiesApart), plus(entries.back().time, copiesApart));
    while (m_range.step())
        m_stored.push_back({m_range.integer(0), m_range.real(1), m_range.integer(2), 0});
    std::sort(m_stored.begin(), m_stored.end(), [](const Stored &a, const Stored &b) { return a.time < b.time; });
}

/// Two tell of one moment.
void SampleWriter::agree(const Stored &stored, const Entry &told, std::int64_t origin) {
    if (stored.origin == origin) {
        if (isGreater(told.value, stored.value))
            setEffective(told.series, stored, origin, told.value);
        return;
    }
    double value = told.value;
    m_claim.bind(told.series, told.time, origin);
    bool claimed = false;
    {
        const ResetAtEnd reset(m_claim);
        claimed = m_claim.step();
        if (claimed && isGreater(m_claim.real(0), value))
            value = m_claim.real(0);
        else if (claimed && isSame(m_claim.real(0), value))
            return;
    }
    const bool counts = isGreater(value, stored.value) || (isSame(value, stored.value) && origin < stored.origin);
    if (!counts) {
        m_putClaim.bind(told.series, told.time, origin, value);
        m_putClaim.run();
        return;
    }
    m_putClaim.bind(told.series, told.time, stored.origin, stored.value);
    m_putClaim.run();
    if (claimed) {
        m_dropClaim.bind(told.series, told.time, origin);
        m_dropClaim.run();
    }
    setEffective(told.series, stored, origin, value);
}

/// Gives a moment another value, or another origin. Segments are changed by applyEdits().
void SampleWriter::setEffective(std::int64_t series, const Stored &stored, std::int64_t origin, double value) {
    if (stored.segment == 0) {
        m_update.bind(value, origin, series, stored.time);
        m_update.run();
        return;
    }
    const auto row =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const SegmentRow &one) { return one.id == stored.segment; });
    auto &[segment, edits] = m_edits[stored.segment];
    segment = *row;
    if (stored.origin == origin) {
        edits.push_back({stored.time, value});
        return;
    }
    edits.push_back({stored.time, std::nullopt});
    m_insert.bind(series, stored.time, value, origin);
    m_insert.run();
}

void SampleWriter::applyEdits() {
    std::vector<std::int64_t> times;
    for (auto &[id, change] : m_edits) {
        times.clear();
        for (const SampleSealer::Edit &edit : change.second)
            times.push_back(edit.time);
        m_rollups.touch(change.first.series, times);
        m_sealer.edit(change.first, std::move(change.second));
    }
    m_edits.clear();
}

bool SampleWriter::sealSome() {
    while (m_full.empty() && m_sweeping)
        sweep();
    if (m_full.empty())
        return false;
    const auto [series, origin] = *m_full.begin();
    m_full.erase(m_full.begin());
    if (m_spoilt.contains({series, origin}))
        return true;
    // What a series has been given by half when its damage is met is taken back; what was done before it stays.
    SQLite::Savepoint savepoint(m_db, "seal");
    try {
        if (sealTail(series, origin))
            m_full.emplace(series, origin);
        savepoint.release();
    } catch (const SQLite::Exception &) {
        throw;
    } catch (const std::runtime_error &error) {
        savepoint.rollback();
        m_rollups.forget();
        m_spoilt.emplace(series, origin);
        m_sealer.noteDamaged(series, error.what());
    }
    return true;
}

/// Whether there is more that is worth sealing.
bool SampleWriter::sealTail(std::int64_t series, std::int64_t origin) {
    const TailSealer::Sealed sealed = m_tails.seal(series, origin, latest, fullTail);
    if (origin == logs) {
        SeriesState &state = m_series.state(series);
        state.tailRows -= std::min<std::uint64_t>(state.tailRows, sealed.rows);
    }
    return !sealed.isAll;
}

/// Looks for tails that an earlier session left.
void SampleWriter::sweep() {
    m_counts.bind(m_swept, m_swept + seriesSweptAtATime, fullTail);
    while (m_counts.step())
        m_full.emplace(m_counts.integer(0), m_counts.integer(1));
    m_swept += seriesSweptAtATime;
    m_sweeping = m_swept < m_db.execAndGet("SELECT coalesce(max(id), 0) FROM series").getInt64();
}

} // namespace ra::store
