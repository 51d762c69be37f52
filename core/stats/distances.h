// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ra::stats {

struct KolmogorovSmirnov {
    double d = 0;                 ///< largest distance of the two empirical distribution functions
    double pAsymptotic = 1;       ///< Kolmogorov's limit
    std::optional<double> pExact; ///< given the ties; nothing for more than 10^7 pairs, where the limit is as good
};
/// The two-sample test, two-sided. NaN is left out; infinite values are as good as any. Nothing where a sample is
/// empty. O(N log N), exact O(na nb). Sources: J. L. Hodges, Ark. Mat. 3 (1957) 469-486 for the recursion, here of the
/// tail itself so that small p lose no digits; with ties as G. Schröer, D. Trenkler, Comput. Statist. Data Anal. 20
/// (1995) 185-202. R's ks.test.
[[nodiscard]] std::optional<KolmogorovSmirnov> kolmogorovSmirnov(std::span<const double> a, std::span<const double> b);

struct AndersonDarling {
    double a2 = 0;
    double p = 1;
};
/// Whether values come from a normal distribution of whatever mean and variance. From 8 finite values that are not all
/// equal; NaN is left out. O(n log n). Source: M. A. Stephens in R. B. D'Agostino, M. A. Stephens, "Goodness-of-Fit
/// Techniques" (1986), section 4.8.5 (table 4.9); R's nortest::ad.test.
[[nodiscard]] std::optional<AndersonDarling> andersonDarlingNormal(std::span<const double> values);

/// Whether two samples come from one distribution, whatever it is; more sensitive to tails than Kolmogorov-Smirnov. p
/// by permutation: (1 + permutations at least as extreme) / (1 + permutations). From two values a sample, and not all
/// equal. O(permutations * N). Source: F. W. Scholz, M. A. Stephens, J. Amer. Statist. Assoc. 82 (1987) 918-924,
/// equation 7 (midranks).
[[nodiscard]] std::optional<AndersonDarling> andersonDarlingTwoSample(std::span<const double> a,
                                                                      std::span<const double> b, std::uint64_t seed,
                                                                      std::uint32_t permutations = 9'999);

struct ShapiroWilk {
    double w = 1;
    double p = 1;
};
/// Whether values come from a normal distribution. 3 to 5,000 finite values, not all equal; NaN is left out. O(n log
/// n). Source: P. Royston, algorithm AS R94, Appl. Statist. 44 (1995) 547-551; R's shapiro.test.
[[nodiscard]] std::optional<ShapiroWilk> shapiroWilk(std::span<const double> values);

} // namespace ra::stats
