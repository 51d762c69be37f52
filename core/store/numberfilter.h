// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace ra::store {

/// Tells quickly of most numbers that no run of the store bears them, so that putting many new runs need not ask for
/// each: a Bloom filter of fixed size, filled from the store once it has been asked often. Says yes too often rather
/// than no wrongly.
class NumberFilter {
public:
    using Gathered = std::unordered_set<std::int64_t>;

    /// False: surely no run bears it, by run_id or alt_id. `gathered` are numbers that were added but may not be in the
    /// store yet.
    [[nodiscard]] bool mayHold(std::int64_t number, const SQLite::Database &db, const Gathered &gathered);
    /// To be told every number that is written.
    void add(std::int64_t number);
    /// After a rollback, or when others may have written.
    void forget();

    /// Asked less often than this, reading all numbers would not pay.
    static constexpr std::size_t patience = 512;

private:
    void fill(const SQLite::Database &db, const Gathered &gathered);

    std::size_t m_asked = 0;
    std::vector<std::uint64_t> m_bits; ///< empty: not filled
};

} // namespace ra::store
