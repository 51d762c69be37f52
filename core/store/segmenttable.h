// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/segment.h"
#include "core/store/statement.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::store {

/// Samples of one series by time, in two columns of one length.
struct SampleColumns {
    std::vector<std::int64_t> times;
    std::vector<double> values;

    [[nodiscard]] std::size_t size() const { return times.size(); }
    [[nodiscard]] bool isEmpty() const { return times.empty(); }
    void add(std::int64_t time, double value) {
        times.push_back(time);
        values.push_back(value);
    }
    void clear() {
        times.clear();
        values.clear();
    }
};

/// A series of which a segment cannot be read.
struct DamagedSeries {
    std::int64_t series = 0;
    std::string why;
};

/// A row of the table segments without its data.
struct SegmentRow {
    std::int64_t id = 0;
    std::int64_t series = 0;
    std::int64_t origin = 0;
    std::int64_t tMin = 0;
    std::int64_t tMax = 0;
    std::size_t count = 0;
};

/// The table segments. Part of a transaction of the caller's; throws SQLite::Exception, and std::runtime_error for a
/// segment that is damaged.
class SegmentTable {
public:
    /// Of another database that is attached, too: "archive.segments".
    explicit SegmentTable(const SQLite::Database &db, const std::string &table = "segments");

    /// Those of a series, of all origins, that hold a time in [first, last], by their beginnings.
    [[nodiscard]] std::vector<SegmentRow> overlapping(std::int64_t series, std::int64_t first, std::int64_t last);
    /// The last one of the origin that begins before `time`, the first one that begins after it.
    [[nodiscard]] std::optional<SegmentRow> before(std::int64_t series, std::int64_t origin, std::int64_t time);
    [[nodiscard]] std::optional<SegmentRow> after(std::int64_t series, std::int64_t origin, std::int64_t time);
    [[nodiscard]] std::vector<SegmentRow> ofOrigin(std::int64_t origin);

    /// Appends the samples with first <= time <= last to `out`.
    void read(const SegmentRow &row, std::int64_t first, std::int64_t last, SampleColumns &out);
    void readAll(const SegmentRow &row, SampleColumns &out) { read(row, row.tMin, row.tMax, out); }

    SegmentRow insert(std::int64_t series, std::int64_t origin, std::span<const std::int64_t> times,
                      std::span<const double> values);
    void remove(const SegmentRow &row);

private:
    Statement m_overlapping;
    Statement m_before;
    Statement m_after;
    Statement m_ofOrigin;
    Statement m_data;
    Statement m_insert;
    Statement m_remove;
    const SQLite::Database &m_db;
    samples::Workspace m_workspace;
    SampleColumns m_read;
    std::string m_bytes;
};

} // namespace ra::store
