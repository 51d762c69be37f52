// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ra::stats {

/// Autocorrelation at lags 1, 2, ... `lags`: products of deviations from the mean of all, divided by the sum of squares
/// of all. In double-double arithmetic. A missing value (NaN) takes part in no product. Empty for fewer than two
/// values, for infinite ones, where nothing varies, or for lags not below the number of rows. O(n lags).
[[nodiscard]] std::vector<double> autocorrelation(std::span<const double> values, std::size_t lags);

struct RunsTest {
    std::uint64_t runs = 0;
    std::uint64_t above = 0;
    std::uint64_t below = 0;
    double z = 0;
    double pNormal = 1;           ///< two-sided
    std::optional<double> pExact; ///< twice the smaller tail; nothing for more than 1,000 values
};
/// Wald and Wolfowitz: whether values above and below the median follow each other at random; values at it and NaN are
/// left out. Nothing unless there are values on both sides. Source: A. Wald, J. Wolfowitz, Ann. Math. Statist. 11
/// (1940) 147-162; R's tseries::runs.test, randtests::runs.test. O(n log n).
[[nodiscard]] std::optional<RunsTest> runsTest(std::span<const double> values);

struct LjungBox {
    double q = 0;
    double df = 0;
    double p = 1;
};
/// Whether a series has autocorrelation at lags 1 to `lags`; `fitted` parameters of a model whose residuals these are
/// cost degrees of freedom. Nothing where autocorrelation() has none or no degree of freedom is left. Source: G. M.
/// Ljung, G. E. P. Box, Biometrika 65 (1978) 297-303; R's Box.test. O(n lags).
[[nodiscard]] std::optional<LjungBox> ljungBox(std::span<const double> values, std::size_t lags,
                                               std::size_t fitted = 0);

struct PermutationTest {
    double difference = 0; ///< mean(a) - mean(b)
    double p = 1;          ///< two-sided
    bool isExact = false;  ///< all choices were counted, not a random number of them
};
/// Whether two samples have one mean, by exchanging their values. All choices where these are at most 200,000; else
/// `permutations` random ones, p = (1 + as extreme ones) / (1 + permutations). NaN is left out; nothing where a sample
/// is empty or a value infinite. Source: R. A. Fisher, "The Design of Experiments" (1935), section 21.
[[nodiscard]] std::optional<PermutationTest> permutationTest(std::span<const double> a, std::span<const double> b,
                                                             std::uint64_t seed, std::uint32_t permutations = 9'999);

} // namespace ra::stats
