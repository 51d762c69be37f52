// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/samplegroups.h"

#include <algorithm>
#include <cmath>

namespace ra::query {

SampleGroups::SampleGroups(Shape &shape, Groups &groups, const Words &words)
    : m_shape(shape)
    , m_groups(groups)
    , m_words(words) {
    const std::vector<Field> &fields = shape.fields.fields();
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        if (fields[slot].decode == Decode::Real)
            m_valueSlot = slot;
    }
}

Result<std::optional<std::size_t>> SampleGroups::groupOf(Row &row) {
    row.hasTime = true;
    m_shape.clock.fill(row);
    if (m_shape.filter.test(row, m_words) != Truth::True)
        return std::nullopt;
    const auto group = m_groups.groupOf(row, m_shape.clock.stretches(row.timeNs));
    if (!group)
        return fail(group.error());
    return std::optional(*group);
}

bool SampleGroups::isOneGroup(Row &row, std::int64_t firstNs, std::int64_t lastNs) {
    if (lastNs >= m_shape.clock.endOf(firstNs))
        return false;
    row.hasTime = true;
    row.timeNs = firstNs;
    m_shape.clock.fill(row);
    if (m_valueSlot)
        row.values[*m_valueSlot] = {};
    return m_shape.filter.test(row, m_words) != Truth::Unknown;
}

Result<void> SampleGroups::addPart(Row &row, const Part &part) {
    const auto group = groupOf(row);
    if (!group)
        return fail(group.error());
    if (!*group || part.count == 0)
        return {};
    m_groups.count(**group, part.count, 0, 0);
    for (std::size_t i = 0; i < m_shape.measures.size(); ++i) {
        if (auto added = m_groups.accumulator(**group, i).addPart(part, m_shape.measures[i].keeping); !added)
            return added;
    }
    return {};
}

Result<void> SampleGroups::addStretch(Row &row, std::int64_t series, const Part &part, double first,
                                      std::int64_t lastNs, double last) {
    const auto group = groupOf(row);
    if (!group)
        return fail(group.error());
    if (!*group || part.count == 0)
        return {};
    m_groups.count(**group, part.count, 0, 0);
    for (std::size_t i = 0; i < m_shape.measures.size(); ++i) {
        auto added = m_groups.accumulator(**group, i)
                         .addStretch(part, row.timeNs, first, lastNs, last, series, m_shape.measures[i].keeping);
        if (!added)
            return added;
    }
    return {};
}

Result<void> SampleGroups::addSpan(Row &row, std::int64_t series, std::span<const std::int64_t> timesNs,
                                   std::span<const double> values) {
    const auto group = m_groups.groupOf(row, m_shape.clock.stretches(row.timeNs));
    if (!group)
        return fail(group.error());
    m_groups.count(*group, values.size(), 0, 0);
    for (std::size_t i = 0; i < m_shape.measures.size(); ++i)
        m_groups.accumulator(*group, i).addSpan(values, timesNs, series, m_shape.measures[i].keeping);
    return {};
}

Result<void> SampleGroups::add(Row &row, std::int64_t series, std::span<const std::int64_t> timesNs,
                               std::span<const double> values) {
    row.hasTime = true;
    for (std::size_t from = 0; from < timesNs.size();) {
        row.timeNs = timesNs[from];
        m_shape.clock.fill(row);
        const std::int64_t end = m_shape.clock.endOf(row.timeNs);
        const std::span<const std::int64_t> rest = timesNs.subspan(from);
        const auto length =
            rest.back() < end
                ? rest.size()
                : std::max<std::size_t>(
                      1, static_cast<std::size_t>(std::lower_bound(rest.begin(), rest.end(), end) - rest.begin()));
        const std::span<const std::int64_t> times = rest.first(length);
        const std::span<const double> all = values.subspan(from, length);
        from += length;
        if (m_valueSlot)
            row.values[*m_valueSlot] = {};
        const Truth truth = m_shape.filter.test(row, m_words);
        if (truth == Truth::False)
            continue;
        const bool isWhole = truth == Truth::True &&
                             std::none_of(all.begin(), all.end(), [](double value) { return std::isnan(value); });
        if (isWhole) {
            if (auto added = addSpan(row, series, times, all); !added)
                return added;
            continue;
        }
        m_times.clear();
        m_values.clear();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (std::isnan(all[i]))
                continue;
            if (truth == Truth::Unknown) {
                row.setNumber(*m_valueSlot, all[i]);
                if (m_shape.filter.test(row, m_words) != Truth::True)
                    continue;
            }
            m_times.push_back(times[i]);
            m_values.push_back(all[i]);
        }
        if (m_values.empty())
            continue;
        if (auto added = addSpan(row, series, m_times, m_values); !added)
            return added;
    }
    return {};
}

} // namespace ra::query
