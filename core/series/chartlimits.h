// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace ra::series {

/// A two-sided CUSUM in units of the standard deviation: what deviates less than `slack` does not count, and a sum
/// above `limit` is an alarm. The defaults find a shift by one standard deviation best and cry wolf once in 465 normal
/// values. Source: E. S. Page, Biometrika 41 (1954) 100-115.
struct CusumChart {
    double slack = 0.5;
    double limit = 5;
};

/// An exponentially weighted mean with the given weight of the newest value, in (0, 1]; `limit` in units of its own
/// asymptotic standard deviation. The defaults cry wolf once in 500 normal values. Source: S. W. Roberts,
/// Technometrics 1 (1959) 239-250.
struct EwmaChart {
    double weight = 0.1;
    double limit = 2.814;

    /// The limit in units of the standard deviation of the values.
    [[nodiscard]] double bound() const;
};

/// The mean number of values until an alarm where values are independent, normal and shifted by `shift` standard
/// deviations, from a chart at its target; to 1e-6 for limits up to 15, at most 1e10. The reciprocals of both sides
/// add. By Page's integral equation on 40 Gaussian nodes. Sources: J. M. Lucas, R. B. Crosier, Technometrics 24 (1982)
/// 199-205; equation 2 of A. L. Goel, S. M. Wu, Technometrics 13 (1971) 221-230.
[[nodiscard]] double averageRunLength(const CusumChart &chart, double shift);

/// The same for an EWMA, for weights from 0.05 on. Source: S. V. Crowder, Technometrics 29 (1987) 401-407.
[[nodiscard]] double averageRunLength(const EwmaChart &chart, double shift);

/// What a chart has to estimate; by default nothing: all is known.
struct EstimatedFrom {
    std::size_t values = 0;  ///< independent ones, of target and sigma; 0: these are known
    double memory = 0;       ///< sum of the coefficients of an autoregression that was taken out
    double memoryValues = 0; ///< values to a coefficient that it was estimated from; 0: it is known
};

/// The chart with the limit at which it cries wolf once in `runLength` values (10 to 1e6, else the nearest of these)
/// on average. Where target, sigma and memory are estimates, the limit is wider: the false alarms of charts that err by
/// chance, on average of all of them, are as many as those of a chart that knows. A memory that was taken for too short
/// leaves neighbours alike, which counts as an error of sigma: by how much a weighted mean over as many values as an
/// excursion takes scatters more. Errors of memory are those of its arcsine, of variance one over the values. Some
/// milliseconds. Sources: the problem: L. A. Jones, C. W. Champ, S. E. Rigdon, Technometrics 43 (2001) 156-167, and
/// B. M. Adams, I.-T. Tseng, "Robustness of forecast-based monitoring schemes", J. Quality Technology 30 (1998)
/// 328-339; the arcsine: the variance of an autoregressive coefficient is (1 - φ²) / n.
[[nodiscard]] CusumChart withRunLength(CusumChart chart, double runLength, const EstimatedFrom &from = {});
[[nodiscard]] EwmaChart withRunLength(EwmaChart chart, double runLength, const EstimatedFrom &from = {});

} // namespace ra::series
