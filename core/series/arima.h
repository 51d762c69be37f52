// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

/// ARIMA(p, d, q)(P, D, Q)[period]: differences of y, less the mean, follow φ(B) Φ(B^m) w = θ(B) Θ(B^m) e.
struct ArimaOrder {
    std::size_t p = 0;
    std::size_t d = 0;
    std::size_t q = 0;
    std::size_t seasonalP = 0;
    std::size_t seasonalD = 0;
    std::size_t seasonalQ = 0;
    std::size_t period = 1; ///< ignored where all seasonal orders are zero
    bool mean = false;      ///< a mean where nothing is differenced, a drift where once; not allowed beyond

    bool operator==(const ArimaOrder &) const = default;
    /// Number of coefficients but the mean.
    [[nodiscard]] std::size_t coefficients() const { return p + q + seasonalP + seasonalQ; }
    /// Number of values that differencing takes.
    [[nodiscard]] std::size_t lost() const { return d + seasonalD * period; }
    /// "ARIMA(0,1,1)(0,1,1)[12] with drift".
    [[nodiscard]] std::string name() const;
};

struct ArimaFit {
    ArimaOrder order;
    std::vector<double> ar, ma, seasonalAr, seasonalMa; ///< as R signs them: y = ar y' + e + ma e'
    double mean = 0;                                    ///< or the drift a sample; 0 without
    /// One a coefficient in the order ar, ma, seasonal ar, seasonal ma, mean; NaN where the likelihood has no curvature
    /// (at the border of invertibility), empty unless asked for.
    std::vector<double> standardErrors;
    double sigma2 = 0;
    double logLikelihood = 0;
    double aic = 0;
    double aicc = 0; ///< infinite where there are too few values for the correction
    double bic = 0;
    std::size_t used = 0; ///< observations less those that differencing takes
    std::vector<double>
        residuals;          ///< standardised innovations times sigma, of the differenced series; NaN where missing
    std::vector<double> at; ///< the optimiser's variables, a start for a fit to nearly the same data
};

enum class ArimaEffort {
    Thorough, ///< the exact likelihood from several starts
    Single,   ///< the exact likelihood from one start
    Quick     ///< the conditional sum of squares: the exact likelihood is evaluated only once, at its minimum
};

struct ArimaOptions {
    ArimaEffort effort = ArimaEffort::Thorough;
    bool standardErrors = false;
    std::vector<double> start = {}; ///< of an earlier fit of the same order, or empty
};

/// The maximum-likelihood fit, exact by a Kalman filter; the mean or drift and the variance are concentrated out, the
/// others sought in the space of partial autocorrelations, so that every fit is stationary and invertible. NaN is a
/// missing value. The log-likelihood is that of the differenced series, as R's arima (method ML) has it; with missing
/// values differencing is part of the state with a diffuse start. Nothing where there are fewer than two observations
/// more than coefficients, where values are infinite or the differenced series is constant, or a mean was asked for
/// beyond one difference. O(n) an evaluation, some hundred evaluations. Sources: G. Gardner, A. C. Harvey, G. D. A.
/// Phillips, Applied Statistics 29 (1980) 311-322 (AS 154); Jones (1980), see arma.h; start values: E. J. Hannan, J.
/// Rissanen, Biometrika 69 (1982) 81-94.
[[nodiscard]] std::optional<ArimaFit> fitArima(std::span<const double> values, const ArimaOrder &order,
                                               const ArimaOptions &options = {});

/// Expected values and standard deviations of the next `horizon` values; the uncertainty of the coefficients is not in
/// them.
struct ArimaForecast {
    std::vector<double> mean;
    std::vector<double> sd;
};
[[nodiscard]] ArimaForecast forecastArima(const ArimaFit &fit, std::span<const double> values, std::size_t horizon);

/// values[t] - values[t - lag], `times` over; empty where too short.
[[nodiscard]] std::vector<double> differenced(std::span<const double> values, std::size_t lag, std::size_t times);

} // namespace ra::series
