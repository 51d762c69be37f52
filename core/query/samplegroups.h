// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/groups.h"
#include "core/query/shape.h"
#include "core/query/words.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ra::query {

/// Puts samples of a series into the groups of a question. One thread at a time.
class SampleGroups {
public:
    /// All of them must outlive it.
    SampleGroups(Shape &shape, Groups &groups, const Words &words);

    /// Samples in the order of time. `row` has the series' fields set. Fails as Groups::groupOf().
    [[nodiscard]] Result<void> add(Row &row, std::int64_t series, std::span<const std::int64_t> timesNs,
                                   std::span<const double> values);
    /// What samples come to, of which the first is at row.timeNs: all of one group, and not told apart by the filter.
    [[nodiscard]] Result<void> addPart(Row &row, const Part &part);
    /// The same of a stretch of the series with its ends.
    [[nodiscard]] Result<void> addStretch(Row &row, std::int64_t series, const Part &part, double first,
                                          std::int64_t lastNs, double last);
    /// Whether all samples from one moment to another are of one group, whatever their values.
    [[nodiscard]] bool isOneGroup(Row &row, std::int64_t firstNs, std::int64_t lastNs);

private:
    /// The group of the row, if the filter lets it through.
    [[nodiscard]] Result<std::optional<std::size_t>> groupOf(Row &row);
    [[nodiscard]] Result<void> addSpan(Row &row, std::int64_t series, std::span<const std::int64_t> timesNs,
                                       std::span<const double> values);

    Shape &m_shape;
    Groups &m_groups;
    const Words &m_words;
    std::optional<std::size_t> m_valueSlot;
    std::vector<std::int64_t> m_times; ///< of samples that are kept, where not all are
    std::vector<double> m_values;
};

} // namespace ra::query
