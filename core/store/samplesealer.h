// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/segmenttable.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ra::store {

/// Keeps the segments of series: puts samples into new ones or among those of old ones, and keeps them of a size that
/// is worth while. Part of a transaction of the caller's; throws like SegmentTable.
class SampleSealer {
public:
    /// Samples that a segment holds at most.
    static constexpr std::size_t largest = 65'536;

    explicit SampleSealer(const SQLite::Database &db)
        : m_segments(db) {}

    /// Seals samples, in order, whose times no segment of the series has. The first `most` segments that some of them
    /// fall into are rewritten, and what lies behind those is left: returns how many samples were sealed.
    std::size_t seal(std::int64_t series, std::int64_t origin, const SampleColumns &samples,
                     std::size_t most = SIZE_MAX);

    /// A change of one sample of a segment: another value, or none.
    struct Edit {
        std::int64_t time = 0;
        std::optional<double> value;
    };
    void edit(const SegmentRow &row, std::vector<Edit> edits);

    /// A segment of a series cannot be read; told by takeDamaged() once in a lifetime.
    void noteDamaged(std::int64_t series, std::string why);
    void noteDamaged(std::vector<DamagedSeries> all);
    [[nodiscard]] std::vector<DamagedSeries> takeDamaged() { return std::exchange(m_damaged, {}); }

    [[nodiscard]] SegmentTable &segments() { return m_segments; }

private:
    /// How samples that are too many for one segment are cut: what is appended later joins the last piece, while pieces
    /// from the middle stay as they are.
    enum class Split { FullFirst, Evenly };
    /// Writes one or several segments; the last one.
    SegmentRow write(std::int64_t series, std::int64_t origin, const SampleColumns &samples, Split split);
    /// Joins a segment with neighbours that are not much larger: sizes grow by powers, so that a sample is written anew
    /// a few times in all. If one of them is damaged, all stay as they are.
    void join(SegmentRow row);

    SegmentTable m_segments;
    std::vector<DamagedSeries> m_damaged;
    std::set<std::int64_t> m_told;
};

} // namespace ra::store
