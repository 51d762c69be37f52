// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

/// One predictor of all rows. Numbers, or categories as codes 0, 1, ...; what is not finite is missing.
struct FeatureColumn {
    std::vector<double> values;
    bool categorical = false;
};

/// How a predictor is cut into few bins. Bin 0 is that of missing values.
struct FeatureBins {
    bool categorical = false;
    std::vector<double> cuts;        ///< of numbers, ascending: bin i + 1 ends with cuts[i], the last has no end
    std::vector<std::uint8_t> codes; ///< of categories: their bins; 1 is that of rare and unknown ones
    std::size_t count = 2;           ///< bins with that of missing values, at most 256

    [[nodiscard]] std::uint8_t binOf(double value) const;
};

inline constexpr std::size_t mostNumberBins = 64;
inline constexpr std::size_t fewestOfCategory = 5; ///< rows of a category that has a bin of its own

/// Bins by the values of some rows: numbers at quantiles, half way between neighbouring values, so that each bin has
/// about as many rows; the most frequent categories. O(rows log rows) a column. Source: T. Chen, C. Guestrin, KDD 2016,
/// section 3.3; G. Ke et al., NIPS 2017, section 2.1.
[[nodiscard]] std::vector<FeatureBins> binsOf(std::span<const FeatureColumn> columns,
                                              std::span<const std::uint32_t> rows);

/// All predictors in their bins, one byte a value.
struct BinnedTable {
    std::vector<std::vector<std::uint8_t>> columns;
    std::size_t rows = 0;
};
[[nodiscard]] BinnedTable binned(std::span<const FeatureColumn> columns, std::span<const FeatureBins> bins);

} // namespace ra::stats
