// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/roworder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <numeric>

namespace ra::query {

namespace {

template <typename T>
int compareValues(T a, T b) {
    return static_cast<int>(a > b) - static_cast<int>(a < b);
}

/// Sorts rows by their keys, equal ones staying as they are, digit by digit from the last.
void sortByKeys(std::vector<std::size_t> &rows, const std::vector<std::uint64_t> &keys) {
    struct Entry {
        std::uint64_t key = 0;
        std::size_t row = 0;
    };
    std::vector<Entry> from(rows.size());
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        from[i] = {keys[i], rows[i]};
        all |= keys[i];
    }
    std::vector<Entry> to(rows.size());
    constexpr unsigned digitBits = 11;
    constexpr std::size_t digits = std::size_t{1} << digitBits;
    for (unsigned shift = 0; shift < static_cast<unsigned>(std::bit_width(all)); shift += digitBits) {
        std::array<std::size_t, digits> places{};
        for (const Entry &entry : from)
            ++places[(entry.key >> shift) % digits];
        std::exclusive_scan(places.begin(), places.end(), places.begin(), std::size_t{0});
        for (const Entry &entry : from)
            to[places[(entry.key >> shift) % digits]++] = entry;
        std::swap(from, to);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = from[i].row;
}

} // namespace

void RowOrder::add(const FrameColumn &column, bool descending) {
    By &by = m_all.emplace_back();
    by.column = &column;
    by.descending = descending;
    if (column.type != ColumnType::Text || !column.words)
        return;
    const std::vector<std::string> &words = *column.words;
    std::vector<std::size_t> sorted(words.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) { return words[a] < words[b]; });
    by.ranks.resize(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const bool isSame = i > 0 && words[sorted[i]] == words[sorted[i - 1]];
        by.ranks[sorted[i]] = isSame ? by.ranks[sorted[i - 1]] : i;
    }
}

std::int64_t RowOrder::valueOf(const By &by, std::size_t row) {
    const std::int64_t value = by.column->integers[row];
    return by.column->type == ColumnType::Text ? static_cast<std::int64_t>(by.ranks[static_cast<std::size_t>(value)])
                                               : value;
}

int RowOrder::compare(const By &by, std::size_t a, std::size_t b) {
    const FrameColumn &column = *by.column;
    if (!column.has(a) || !column.has(b))
        return static_cast<int>(column.has(b)) - static_cast<int>(column.has(a));
    const int order = column.type == ColumnType::Number ? compareValues(column.numbers[a], column.numbers[b])
                                                        : compareValues(valueOf(by, a), valueOf(by, b));
    return by.descending ? -order : order;
}

bool RowOrder::isBefore(std::size_t a, std::size_t b) const {
    for (const By &by : m_all) {
        if (const int result = compare(by, a, b); result != 0)
            return result < 0;
    }
    return a < b;
}

std::optional<RowOrder::Packing> RowOrder::packingOf(const By &by, const std::vector<std::size_t> &rows) {
    if (by.column->type == ColumnType::Number)
        return {};
    Packing packing{.least = std::numeric_limits<std::int64_t>::max(),
                    .greatest = std::numeric_limits<std::int64_t>::min()};
    for (const std::size_t row : rows) {
        if (!by.column->has(row))
            continue;
        const std::int64_t value = valueOf(by, row);
        packing.least = std::min(packing.least, value);
        packing.greatest = std::max(packing.greatest, value);
    }
    if (packing.least > packing.greatest) // nothing but missing ones
        packing.least = packing.greatest = 0;
    std::uint64_t range = static_cast<std::uint64_t>(packing.greatest) - static_cast<std::uint64_t>(packing.least);
    constexpr std::uint64_t small = 65'536;
    if (range > small) { // beginnings of hours, in nanoseconds
        std::uint64_t step = 0;
        for (std::size_t i = 0; i < rows.size() && step != 1; ++i) {
            if (!by.column->has(rows[i]))
                continue;
            const std::uint64_t distance =
                static_cast<std::uint64_t>(valueOf(by, rows[i])) - static_cast<std::uint64_t>(packing.least);
            if (step == 0 || distance % step != 0)
                step = std::gcd(step, distance);
        }
        packing.step = std::max<std::uint64_t>(1, step);
    }
    range /= packing.step;
    if (range == std::numeric_limits<std::uint64_t>::max())
        return {};
    packing.bits = static_cast<unsigned>(std::bit_width(range + 1)); // one more for what is missing
    return packing;
}

std::optional<std::vector<std::uint64_t>> RowOrder::packed(const std::vector<std::size_t> &rows) const {
    std::vector<Packing> packings;
    unsigned bits = 0;
    for (const By &by : m_all) {
        const std::optional<Packing> packing = packingOf(by, rows);
        if (!packing)
            return {};
        bits += packing->bits;
        packings.push_back(*packing);
    }
    constexpr unsigned most = 64;
    if (bits > most || packings.empty())
        return {};
    std::vector<std::uint64_t> keys(rows.size());
    for (std::size_t k = 0; k < m_all.size(); ++k) {
        const By &by = m_all[k];
        const Packing &packing = packings[k];
        const auto least = static_cast<std::uint64_t>(packing.least);
        const auto greatest = static_cast<std::uint64_t>(packing.greatest);
        const std::uint64_t absent = (greatest - least) / packing.step + 1;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::uint64_t code = absent;
            if (by.column->has(rows[i])) {
                const auto value = static_cast<std::uint64_t>(valueOf(by, rows[i]));
                code = (by.descending ? greatest - value : value - least) / packing.step;
            }
            keys[i] = (packing.bits == most ? 0 : keys[i] << packing.bits) | code;
        }
    }
    return keys;
}

void RowOrder::sort(std::vector<std::size_t> &rows, std::size_t end) const {
    const auto before = [this](std::size_t a, std::size_t b) { return isBefore(a, b); };
    if (end < rows.size()) {
        std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(end), rows.end(), before);
        return;
    }
    constexpr std::size_t many = 1'000;
    const auto keys = rows.size() < many ? std::nullopt : packed(rows);
    if (!keys)
        std::sort(rows.begin(), rows.end(), before);
    else if (!std::is_sorted(keys->begin(), keys->end()))
        sortByKeys(rows, *keys);
}

} // namespace ra::query
