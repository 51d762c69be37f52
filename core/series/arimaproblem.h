// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/arima.h"
#include "core/series/arma.h"

#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// The coefficients of an ARIMA model, each polynomial by itself and multiplied out.
struct ArimaCoefficients {
    std::vector<double> ar, ma, seasonalAr, seasonalMa;

    [[nodiscard]] std::vector<double> fullAr(std::size_t period) const {
        return multiplied(ar, seasonalAr, period, false);
    }
    [[nodiscard]] std::vector<double> fullMa(std::size_t period) const {
        return multiplied(ma, seasonalMa, period, true);
    }
    /// All of them, in the order ar, ma, seasonal ar, seasonal ma; and the other way round.
    [[nodiscard]] std::vector<double> flat() const;
    [[nodiscard]] static ArimaCoefficients from(std::span<const double> flat, const ArimaOrder &order);
};

/// The coefficients at a point of the optimiser's space, in which each variable u stands for the partial
/// autocorrelation tanh u; and the point for coefficients, which are drawn inwards until they are stationary and
/// invertible.
[[nodiscard]] ArimaCoefficients coefficientsAt(std::span<const double> point, const ArimaOrder &order);
[[nodiscard]] std::vector<double> pointFor(ArimaCoefficients coefficients);

/// The coefficients δ of differencing: y = Σ δ_i y_(t-i) + w.
[[nodiscard]] std::vector<double> differencing(const ArimaOrder &order);

/// The likelihood with the mean and the variance concentrated out.
struct Concentrated {
    double objective = 0; ///< half of log σ² + mean of log F; what is minimised
    double sigma2 = 0;
    double mean = 0;
    double sumLogVariance = 0;
    std::size_t used = 0;
};

/// A series made ready for many evaluations of the likelihood of one order: differenced where nothing is missing, and
/// brought to unit variance.
class ArimaProblem {
public:
    /// With `diffuse`, differencing is part of the state even where nothing is missing: slower, and the definition of
    /// the likelihood that R has, which differs from that of the differenced series by some 10^-3.
    [[nodiscard]] static std::optional<ArimaProblem> make(std::span<const double> values, const ArimaOrder &order,
                                                          bool diffuse = false);

    /// Exact; nothing where the coefficients are not stationary. `mean` fixes the mean rather than concentrating it
    /// out.
    [[nodiscard]] std::optional<Concentrated> evaluate(const ArimaCoefficients &coefficients,
                                                       const double *mean = nullptr);
    /// From the conditional sum of squares: what comes before the first value is taken for zero.
    [[nodiscard]] std::optional<Concentrated> evaluateConditional(const ArimaCoefficients &coefficients);

    /// Innovations of the last evaluation at the given mean, standardised by F only.
    [[nodiscard]] std::vector<double> innovations(double mean) const;

    [[nodiscard]] std::size_t length() const { return m_length; }
    [[nodiscard]] double scale() const { return m_scale; }
    [[nodiscard]] double centre() const { return m_centre; }
    /// The first column: differenced, centred and scaled.
    [[nodiscard]] std::span<const double> series() const { return std::span(m_columns).first(m_length); }

private:
    [[nodiscard]] std::optional<Concentrated> concentrate(const double *mean) const;

    ArimaOrder m_order;
    bool m_diffuse = false;
    std::vector<double> m_columns; ///< the series, then the regressor of the mean if there is one
    std::size_t m_length = 0;
    double m_scale = 1;
    double m_centre = 0;
    Innovations m_innovations;
};

/// Start values by Hannan and Rissanen: a long autoregression gives the innovations, on which and on past values the
/// series is regressed. Zeros where there is too little data.
[[nodiscard]] ArimaCoefficients hannanRissanen(std::span<const double> series, const ArimaOrder &order);

} // namespace ra::series
