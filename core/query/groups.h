// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/query/accumulator.h"
#include "core/query/answer.h"
#include "core/query/chunked.h"
#include "core/query/frame.h"
#include "core/query/shape.h"
#include "core/query/words.h"

#include <cstdint>
#include <limits>
#include <stop_token>
#include <unordered_map>
#include <vector>

namespace ra::query {

/// The groups of a question while its rows come in. `shape` and `words` must outlive it. One thread at a time.
class Groups {
public:
    Groups(const Shape &shape, const Words &words, GroupLimits limits);

    /// A row that the filter has let through. `stretches` are its beginnings by the clock. The group's number.
    /// Failed: there are more groups than allowed.
    [[nodiscard]] Result<std::size_t> groupOf(const Row &row, const std::vector<std::int64_t> &stretches);
    /// The group of the keys that a group of another one has; it may be new here.
    [[nodiscard]] Result<std::size_t> groupLike(const Groups &other, std::size_t group) {
        return find(other.m_keys.data() + group * m_shape.keys.size());
    }
    /// Rows of a group, of which `bad` failed.
    void count(std::size_t group, std::uint64_t rows, std::uint64_t bad, std::uint64_t good) {
        m_counts[group].rows += rows;
        m_counts[group].bad += bad;
        m_counts[group].good += good;
    }
    /// Every measure of a row, and its values for top().
    void add(std::size_t group, const Row &row);
    [[nodiscard]] Accumulator &accumulator(std::size_t group, std::size_t measure) {
        return m_accumulators[group * m_shape.measures.size() + measure];
    }
    /// Looks at what is taken; Failed: more than allowed. To be called now and then.
    [[nodiscard]] Result<void> checkMemory() const;
    /// What another one of the same shape and words has gathered.
    [[nodiscard]] Result<void> merge(const Groups &other);

    [[nodiscard]] std::size_t size() const { return m_counts.size(); }
    /// Whether a quantile of any group is that of a sketch.
    [[nodiscard]] bool isSketched() const;
    /// Keys and aggregates of all groups, in the order in which they came. Without keys there is one row, also of
    /// nothing.
    /// Damaged: a sketch that was added is none. Cancelled: by `stop`, within some milliseconds.
    [[nodiscard]] Result<Frame> frame(const std::vector<std::string> &units, const std::stop_token &stop) const;

private:
    static constexpr std::int64_t missing = std::numeric_limits<std::int64_t>::min();
    struct Counts {
        std::uint64_t rows = 0;
        std::uint64_t bad = 0;
        std::uint64_t good = 0;
    };
    /// Of a group, with its hash, so that most of the others need not be looked at.
    struct Place {
        std::uint32_t number = 0; ///< of the group, from 1 on; 0 of none
        std::uint32_t hash = 0;
    };
    [[nodiscard]] Result<std::size_t> find(const std::int64_t *key);
    [[nodiscard]] std::uint32_t hashOf(const std::int64_t *key) const;
    void rehash();
    [[nodiscard]] FrameColumn keyColumn(std::size_t key,
                                        const std::shared_ptr<const std::vector<std::string>> &words) const;
    [[nodiscard]] FrameColumn aggregateColumn(std::size_t aggregate, const std::string &unit) const;
    /// The columns of all quantiles of a measure at once, by their aggregates.
    [[nodiscard]] Result<void> addQuantiles(std::size_t measure, std::vector<FrameColumn> &columns,
                                            const std::stop_token &stop) const;
    [[nodiscard]] std::string topOf(std::size_t group, const Aggregate &aggregate, std::size_t which) const;

    const Shape &m_shape;
    const Words &m_words;
    GroupLimits m_limits;
    std::vector<std::int64_t> m_keys; ///< of all groups, one after the other
    std::vector<Place> m_table;       ///< open addressing
    std::vector<Counts> m_counts;
    Chunked<Accumulator> m_accumulators;
    std::vector<std::unordered_map<std::int64_t, std::uint64_t>> m_tops;
    std::vector<std::int64_t> m_key; ///< being looked for
};

} // namespace ra::query
