// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/segmenttable.h"

#include "core/store/segmenttotals.h"

#include <limits>
#include <stdexcept>

namespace ra::store {

namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

SegmentRow rowAt(const Statement &statement) {
    return {statement.integer(0), statement.integer(1), statement.integer(2),
            statement.integer(3), statement.integer(4), static_cast<std::size_t>(statement.integer(5))};
}

std::optional<SegmentRow> first(Statement &statement) {
    const ResetAtEnd reset(statement);
    return statement.step() ? std::optional(rowAt(statement)) : std::nullopt;
}

std::vector<SegmentRow> all(Statement &statement) {
    const ResetAtEnd reset(statement);
    std::vector<SegmentRow> rows;
    while (statement.step())
        rows.push_back(rowAt(statement));
    return rows;
}

std::string select(const std::string &table, const char *rest) {
    return "SELECT id, series, origin, t_min, t_max, count FROM " + table + " WHERE " + rest;
}

} // namespace

SegmentTable::SegmentTable(const SQLite::Database &db, const std::string &table)
    : m_overlapping(db, select(table, "series = ? AND t_min <= ? AND t_max >= ? ORDER BY t_min"))
    , m_before(db, select(table, "series = ? AND origin = ? AND t_min < ? ORDER BY t_min DESC LIMIT 1"))
    , m_after(db, select(table, "series = ? AND origin = ? AND t_min > ? ORDER BY t_min LIMIT 1"))
    , m_ofOrigin(db, select(table, "origin = ? AND origin <> 0"))
    , m_data(db, "SELECT data FROM " + table + " WHERE id = ?")
    , m_insert(db, "INSERT INTO " + table +
                       "(series, origin, t_min, t_max, count, min, max, sum, first, last, sum_squares, data) "
                       "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    , m_remove(db, "DELETE FROM " + table + " WHERE id = ?")
    , m_db(db) {}

std::vector<SegmentRow> SegmentTable::overlapping(std::int64_t series, std::int64_t firstTime, std::int64_t lastTime) {
    m_overlapping.bind(series, lastTime, firstTime);
    return all(m_overlapping);
}

std::optional<SegmentRow> SegmentTable::before(std::int64_t series, std::int64_t origin, std::int64_t time) {
    m_before.bind(series, origin, time);
    return first(m_before);
}

std::optional<SegmentRow> SegmentTable::after(std::int64_t series, std::int64_t origin, std::int64_t time) {
    m_after.bind(series, origin, time);
    return first(m_after);
}

std::vector<SegmentRow> SegmentTable::ofOrigin(std::int64_t origin) {
    m_ofOrigin.bind(origin);
    return all(m_ofOrigin);
}

void SegmentTable::read(const SegmentRow &row, std::int64_t firstTime, std::int64_t lastTime, SampleColumns &out) {
    m_data.bind(row.id);
    const ResetAtEnd reset(m_data);
    if (!m_data.step())
        throw std::runtime_error("a segment of samples is missing");
    const std::string_view bytes = m_data.text(0);
    const auto header = samples::readHeader(bytes);
    if (!header)
        throw std::runtime_error(header.error().sentence());
    const bool whole = firstTime <= header->firstNs && lastTime >= header->lastNs;
    const auto decoded =
        whole || lastTime == latest
            ? samples::decodeSegment(bytes, m_workspace, m_read.times, m_read.values)
            : samples::decodeRange(*header, bytes, firstTime, lastTime + 1, m_workspace, m_read.times, m_read.values);
    if (!decoded)
        throw std::runtime_error(decoded.error().sentence());
    out.times.insert(out.times.end(), m_read.times.begin(), m_read.times.end());
    out.values.insert(out.values.end(), m_read.values.begin(), m_read.values.end());
}

SegmentRow SegmentTable::insert(std::int64_t series, std::int64_t origin, std::span<const std::int64_t> times,
                                std::span<const double> values) {
    if (const auto sealed = samples::encodeSegment(times, values, {}, m_workspace, m_bytes); !sealed)
        throw std::runtime_error(sealed.error().sentence());
    const auto header = samples::readHeader(m_bytes);
    if (!header)
        throw std::runtime_error(header.error().sentence());
    const SegmentTotals totals = totalsOf(*header);
    m_insert.bind(series, origin, totals.firstNs, totals.lastNs, totals.count, totals.min, totals.max, totals.sum,
                  totals.first, totals.last, totals.sumSquares, Blob{m_bytes});
    m_insert.run();
    return {
        sqlite3_last_insert_rowid(m_db.getHandle()), series, origin, header->firstNs, header->lastNs, header->count};
}

void SegmentTable::remove(const SegmentRow &row) {
    m_remove.bind(row.id);
    m_remove.run();
}

} // namespace ra::store
