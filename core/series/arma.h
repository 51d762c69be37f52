// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// The coefficients of a stationary autoregression with these partial autocorrelations (each in (-1, 1)), and back;
/// nothing where the coefficients are not stationary. The coefficients of an invertible moving average are the
/// negatives. O(p²). Source: R. H. Jones, "Maximum likelihood fitting of ARMA models to time series with missing
/// observations", Technometrics 22 (1980) 389-395.
[[nodiscard]] std::vector<double> arFromPartials(std::span<const double> partials);
[[nodiscard]] std::optional<std::vector<double>> partialsFromAr(std::span<const double> ar);

/// 1 - Σ ar_i B^i times 1 - Σ seasonal_j B^(j period) as the coefficients of one autoregression (for moving averages,
/// with plus signs on both sides: pass moving = true).
[[nodiscard]] std::vector<double> multiplied(std::span<const double> plain, std::span<const double> seasonal,
                                             std::size_t period, bool moving);

/// The first `count` weights ψ of y = Σ ψ_j e_(t-j) with ψ_0 = 1; `ar` need not be stationary. O(count (p + q)).
[[nodiscard]] std::vector<double> psiWeights(std::span<const double> ar, std::span<const double> ma, std::size_t count);

/// What a filter over several columns gives: standardised innovations.
struct Innovations {
    std::vector<double> values; ///< column by column, each as long as the series: v / sqrt(F)
    double sumLogVariance = 0;  ///< Σ log F over what was observed
    std::size_t used = 0;       ///< number of observations
};

/// The Kalman filter of a stationary ARMA(p, q) with unit innovation variance, over several series at once that share
/// the model (a response and its regressors).
class ArmaFilter {
public:
    /// Nothing where the autoregression is not stationary. O(p² + p q).
    [[nodiscard]] static std::optional<ArmaFilter> make(std::span<const double> ar, std::span<const double> ma);

    /// Exact innovations of complete columns of `length` values each. O(n r) until the filter has settled, then O(n
    /// times the number of coefficients that are not zero), with r = max(p, q + 1). Source: M. Morf, G. S. Sidhu, T.
    /// Kailath, "Some new algorithms for recursive estimation in constant, linear, discrete-time systems", IEEE Trans.
    /// Automatic Control 19 (1974) 315-323; started as in J. G. Pearlman, "An algorithm for the exact likelihood of a
    /// high-order ARMA process", Biometrika 67 (1980) 232-233. `state` takes the first column's expected state after
    /// its last value, unless null; the filter then goes on to the end.
    void run(std::span<const double> columns, std::size_t length, Innovations &out,
             std::vector<double> *state = nullptr) const;

    /// The expected `horizon` values after `column`.
    [[nodiscard]] std::vector<double> ahead(std::span<const double> column, std::size_t horizon) const;

    /// Variance of the process in units of the innovation variance.
    [[nodiscard]] double variance() const { return m_first.front(); }

private:
    struct Term {
        std::size_t lag;
        double coefficient;
    };
    std::vector<double> m_ar; ///< padded to r
    std::vector<Term> m_arTerms;
    std::vector<Term> m_maTerms;
    std::vector<double> m_first; ///< covariance of the state with the present value
};

} // namespace ra::series
