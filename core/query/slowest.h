// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/gathering.h"
#include "core/query/storerows.h"
#include "core/store/statement.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace ra::query {

/// Whether a question selects the steps that took longest, by conditions that rollups know.
[[nodiscard]] bool isOfSlowest(const Shape &shape);

/// Finds the steps that took longest without reading all of them: the greatest duration of each day and hour tells
/// where they can be. As many stretches as rows are wanted, taken by their greatest durations, bound from below what
/// the last of these rows took; no stretch below that bound need be read. Throws SQLite::Exception.
class SlowestRead {
public:
    /// Of a question that isOfSlowest().
    SlowestRead(const SQLite::Database &db, Gathering &gathering, StoreWords &texts);

    /// Gives all rows that can be among the first to the gathering. False, and nothing is done, where there are not as
    /// many stretches as rows are wanted. Looks at Gathering::error afterwards.
    [[nodiscard]] bool read(const std::vector<RecipeName> &recipes);

private:
    struct Stretch {
        std::size_t recipe = 0; ///< place among the recipes
        Piece piece;
        double greatest = std::numeric_limits<double>::infinity(); ///< nanoseconds; not known of rows
    };
    void add(std::size_t recipe, const Piece &piece);
    void addRollups(std::size_t recipe, const Piece &piece);
    /// Raises the bound by the greatest durations that were seen since the last time.
    void raiseBound();

    Gathering &m_gathering;
    StoreWords &m_texts;
    StoreRows m_rows;
    store::Statement m_kept;
    store::Statement m_stale;
    const std::vector<RecipeName> *m_recipes = nullptr;
    std::size_t m_wanted = 0;
    std::int64_t m_horizon = Piece::earliest; ///< before it runs may have been removed
    std::vector<Stretch> m_stretches;
    std::vector<double> m_greatest; ///< of steps in stretches, each of which is that of another row
    double m_bound = -std::numeric_limits<double>::infinity();
    std::uint64_t m_read = 0;
};

} // namespace ra::query
