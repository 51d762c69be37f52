// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/folds.h"

#include "core/stats/random.h"

#include <algorithm>

namespace ra::stats {

namespace {

constexpr std::size_t foldCount = 5;

/// Rows with an outcome: by time, or shuffled.
std::vector<std::uint32_t> knownRows(std::span<const double> y, std::span<const double> times, std::uint64_t seed) {
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (y[i] == 0 || y[i] == 1)
            rows.push_back(static_cast<std::uint32_t>(i));
    }
    if (!times.empty()) {
        std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return times[a] < times[b]; });
        return rows;
    }
    Random random(seed);
    for (std::size_t i = rows.size(); i > 1; --i)
        std::swap(rows[i - 1], rows[random.below(static_cast<std::uint32_t>(i))]);
    // Outcomes apart, so that every fifth row is a fair share of both.
    std::stable_partition(rows.begin(), rows.end(), [&](auto row) { return y[row] == 1; });
    return rows;
}

/// Rows to learn from and to choose by.
void share(std::vector<std::uint32_t> rows, bool inOrder, Fold &fold) {
    if (inOrder) {
        const auto border = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() - rows.size() / 5);
        fold.validation.assign(border, rows.end());
        rows.erase(border, rows.end());
        fold.train = std::move(rows);
        return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        (i % 5 == 4 ? fold.validation : fold.train).push_back(rows[i]);
}

} // namespace

std::vector<Fold> foldsOf(std::span<const double> y, std::span<const double> times, std::uint64_t seed) {
    const std::vector<std::uint32_t> rows = knownRows(y, times, seed);
    const std::size_t n = rows.size();
    std::vector<Fold> folds(foldCount);
    for (std::size_t k = 0; k < foldCount; ++k) {
        std::vector<std::uint32_t> learnt;
        const std::size_t begin = n * 2 / 5 + (n - n * 2 / 5) * k / foldCount;
        const std::size_t end = n * 2 / 5 + (n - n * 2 / 5) * (k + 1) / foldCount;
        for (std::size_t i = 0; i < n; ++i) {
            const bool isTest = times.empty() ? i % foldCount == k : i >= begin && i < end;
            const bool isAfter = !times.empty() && i >= end;
            if (isTest)
                folds[k].test.push_back(rows[i]);
            else if (!isAfter)
                learnt.push_back(rows[i]);
        }
        share(std::move(learnt), !times.empty(), folds[k]);
    }
    return folds;
}

Fold wholeOf(std::span<const double> y, std::span<const double> times, std::uint64_t seed) {
    Fold fold;
    share(knownRows(y, times, seed), !times.empty(), fold);
    return fold;
}

} // namespace ra::stats
