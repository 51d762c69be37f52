// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runview.h"

#include <QString>

#include <algorithm>
#include <array>
#include <numeric>

namespace ra::ui {

namespace {

using query::RunColumns;

constexpr std::size_t block = 65'536; // rows between two looks at the stop token

/// Which of the interned strings hold the text: each string is looked at once, however many runs share it.
std::vector<char> matching(const std::vector<std::string> &strings, const QString &needle) {
    std::vector<char> hits(strings.size());
    for (std::size_t i = 0; i < strings.size(); ++i)
        hits[i] = QString::fromStdString(strings[i]).contains(needle, Qt::CaseInsensitive);
    return hits;
}

/// The text of a filter against one run.
class TextMatch {
public:
    TextMatch(const RunColumns &columns, const RunQuery &query)
        : m_columns(columns)
        , m_textRows(query.textRows.get()) {
        const QString needle = QString::fromStdString(query.filter.text);
        m_recipe = matching(columns.recipes, needle);
        const auto paths = matching(columns.recipePaths, needle);
        for (std::size_t i = 0; i < m_recipe.size() && i < paths.size(); ++i)
            m_recipe[i] |= paths[i];
        m_error = matching(columns.errors, needle);
        m_hex = needle.toLower().toStdString();
        m_mayBeId =
            !m_hex.empty() && m_hex.size() <= 16 && m_hex.find_first_not_of("0123456789abcdef") == std::string::npos;
    }

    [[nodiscard]] bool operator()(std::size_t row) const {
        if (m_recipe[m_columns.recipe[row]] || m_error[m_columns.error[row]])
            return true;
        if (m_textRows != nullptr && std::binary_search(m_textRows->begin(), m_textRows->end(), m_columns.rowId[row]))
            return true;
        return m_mayBeId && runIdText(m_columns.id[row]).find(m_hex) != std::string::npos;
    }

private:
    const RunColumns &m_columns;
    const std::vector<std::int64_t> *m_textRows;
    std::vector<char> m_recipe, m_error;
    std::string m_hex;
    bool m_mayBeId = false;
};

std::vector<std::uint32_t> filterRuns(const RunColumns &columns, const RunQuery &query, std::stop_token stop) {
    const query::RunFilter &filter = query.filter;
    const std::size_t n = columns.size();
    std::vector<std::uint32_t> rows;
    const bool everything =
        filter.recipe.empty() && filter.statuses.empty() && !filter.since && !filter.until && filter.text.empty();
    if (everything) {
        rows.resize(n);
        std::iota(rows.begin(), rows.end(), 0U);
        return rows;
    }
    std::array<bool, runStatusCount> wanted{};
    for (const RunStatus status : filter.statuses)
        wanted[std::size_t(status)] = true;
    const auto recipe = std::find(columns.recipes.begin(), columns.recipes.end(), filter.recipe);
    if (!filter.recipe.empty() && recipe == columns.recipes.end())
        return rows;
    const auto recipeIndex = std::uint32_t(recipe - columns.recipes.begin());
    const std::int64_t since = filter.since ? toNs(*filter.since) : unknownNs;
    const std::int64_t until = filter.until ? toNs(*filter.until) : std::numeric_limits<std::int64_t>::max();
    const bool timed = filter.since || filter.until;
    std::optional<TextMatch> text;
    if (!filter.text.empty())
        text.emplace(columns, query);

    for (std::size_t row = 0; row < n; ++row) {
        if (row % block == 0 && stop.stop_requested())
            return {};
        if (!filter.recipe.empty() && columns.recipe[row] != recipeIndex)
            continue;
        if (!filter.statuses.empty() && !wanted[std::size_t(columns.status[row])])
            continue;
        if (timed &&
            (columns.startNs[row] == unknownNs || columns.startNs[row] < since || columns.startNs[row] >= until))
            continue;
        if (text && !(*text)(row))
            continue;
        rows.push_back(std::uint32_t(row));
    }
    return rows;
}

/// Ranks of strings in the order of people: ignoring case, then exactly.
std::vector<std::uint32_t> ranks(const std::vector<std::string> &strings) {
    std::vector<QString> folded(strings.size());
    for (std::size_t i = 0; i < strings.size(); ++i)
        folded[i] = QString::fromStdString(strings[i]).toCaseFolded();
    std::vector<std::uint32_t> order(strings.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return folded[a] != folded[b] ? folded[a] < folded[b] : strings[a] < strings[b];
    });
    std::vector<std::uint32_t> rank(strings.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        rank[order[i]] = std::uint32_t(i);
    return rank;
}

/// Sorts by a small key without comparing: one pass to count, one to place. Stable. `unknown` keys come last.
template <typename KeyOf>
void sortBySmallKey(std::vector<std::uint32_t> &rows, std::size_t keys, bool descending, KeyOf keyOf) {
    // Known keys are 0 to keys-1; `keys` stands for unknown.
    std::vector<std::size_t> at(keys + 2);
    const auto place = [&](std::size_t key) { return key == keys ? keys : (descending ? keys - 1 - key : key); };
    for (const std::uint32_t row : rows)
        ++at[place(keyOf(row)) + 1];
    std::partial_sum(at.begin(), at.end(), at.begin());
    std::vector<std::uint32_t> sorted(rows.size());
    for (const std::uint32_t row : rows)
        sorted[at[place(keyOf(row))]++] = row;
    rows = std::move(sorted);
}

/// Sorts by 64-bit keys: radix passes over the bytes that differ at all. Stable, and about five times as fast as
/// comparing at a million rows.
template <typename KeyOf>
void sortByWideKey(std::vector<std::uint32_t> &rows, bool descending, std::stop_token stop, KeyOf keyOf) {
    struct Item {
        std::uint64_t key;
        std::uint32_t row;
    };
    std::vector<Item> items(rows.size());
    std::uint64_t all = ~std::uint64_t(0), any = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::uint64_t key = keyOf(rows[i]); // the greatest value stands for unknown
        if (descending && key != ~std::uint64_t(0))
            key = ~std::uint64_t(0) - 1 - key;
        items[i] = {key, rows[i]};
        all &= key;
        any |= key;
    }
    std::vector<Item> other(items.size());
    for (unsigned shift = 0; shift < 64; shift += 16) {
        if ((((all ^ any) >> shift) & 0xFFFF) == 0)
            continue;
        if (stop.stop_requested())
            return;
        std::vector<std::uint32_t> at(65'537);
        for (const Item &item : items)
            ++at[((item.key >> shift) & 0xFFFF) + 1];
        std::partial_sum(at.begin(), at.end(), at.begin());
        for (const Item &item : items)
            other[at[(item.key >> shift) & 0xFFFF]++] = item;
        items.swap(other);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = items[i].row;
}

/// Signed values in the order of unsigned ones; unknown becomes the greatest.
std::uint64_t keyOfNs(std::int64_t ns) {
    return ns == unknownNs ? ~std::uint64_t(0) : std::uint64_t(ns) ^ (std::uint64_t(1) << 63);
}

void sortByCount(std::vector<std::uint32_t> &rows, const std::vector<std::int32_t> &counts, bool descending) {
    std::int32_t most = 0;
    for (const std::uint32_t row : rows)
        most = std::max(most, counts[row]);
    const auto keys = std::size_t(most) + 1;
    sortBySmallKey(rows, keys, descending,
                   [&](std::uint32_t row) { return counts[row] < 0 ? keys : std::size_t(counts[row]); });
}

} // namespace

std::vector<std::uint32_t> orderRuns(const RunColumns &columns, const RunQuery &query, std::stop_token stop) {
    std::vector<std::uint32_t> rows = filterRuns(columns, query, stop);
    if (stop.stop_requested())
        return {};
    const bool descending = query.descending;
    switch (query.sortBy) {
    case RunColumn::Started: {
        // The columns are in this order already; those without a start stay last.
        if (descending)
            break;
        const auto known = std::find_if(rows.begin(), rows.end(),
                                        [&](std::uint32_t row) { return columns.startNs[row] == unknownNs; });
        std::reverse(rows.begin(), known);
        break;
    }
    case RunColumn::State:
        sortBySmallKey(rows, runStatusCount, descending,
                       [&](std::uint32_t row) { return std::size_t(columns.status[row]); });
        break;
    case RunColumn::Recipe: {
        const auto rank = ranks(columns.recipes);
        sortBySmallKey(rows, rank.size(), descending,
                       [&](std::uint32_t row) { return std::size_t(rank[columns.recipe[row]]); });
        break;
    }
    case RunColumn::Error: {
        const auto rank = ranks(columns.errors);
        // No error is no value: it comes last.
        sortBySmallKey(rows, rank.size(), descending, [&](std::uint32_t row) {
            return columns.error[row] == 0 ? rank.size() : std::size_t(rank[columns.error[row]]);
        });
        break;
    }
    case RunColumn::Duration:
        sortByWideKey(rows, descending, stop, [&](std::uint32_t row) { return keyOfNs(columns.durationNs[row]); });
        break;
    case RunColumn::Id:
        sortByWideKey(rows, descending, stop, [&](std::uint32_t row) { return columns.id[row]; });
        break;
    case RunColumn::Steps:
        sortByCount(rows, columns.totalSteps, descending);
        break;
    case RunColumn::Failed:
        sortByCount(rows, columns.failedSteps, descending);
        break;
    }
    return stop.stop_requested() ? std::vector<std::uint32_t>() : rows;
}

} // namespace ra::ui
