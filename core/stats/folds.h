// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

/// Rows to learn from, rows to choose by, rows to be judged by: none is in two of them.
struct Fold {
    std::vector<std::uint32_t> train;
    std::vector<std::uint32_t> validation;
    std::vector<std::uint32_t> test;
};

/// Folds of rows whose y is 0 or 1 (others are in none). With times (one a row) five of them, each judged by the next
/// eighth or so of the rows in their order, the first two fifths being learnt from only; a fold learns from all before,
/// of which the latest fifth chooses: nothing is learnt from the future. Without times, five times a fifth, drawn so
/// that both outcomes are spread evenly, with a fifth of what is left to choose by. O(n log n). Sources: rolling
/// origin: L. J. Tashman, Int. J. Forecasting 16 (2000) 437-450; stratified: R. Kohavi, IJCAI 1995.
[[nodiscard]] std::vector<Fold> foldsOf(std::span<const double> y, std::span<const double> times, std::uint64_t seed);

/// All rows with a known y, the last or a drawn fifth of them to choose by, none to judge.
[[nodiscard]] Fold wholeOf(std::span<const double> y, std::span<const double> times, std::uint64_t seed);

} // namespace ra::stats
