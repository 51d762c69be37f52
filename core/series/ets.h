// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

/// An exponential smoothing model: how the error enters, whether there is a trend (damped or not) and a season.
struct EtsModel {
    enum class Error { Additive, Multiplicative };
    enum class Trend { None, Additive, Damped };
    enum class Season { None, Additive, Multiplicative };

    Error error = Error::Additive;
    Trend trend = Trend::None;
    Season season = Season::None;

    bool operator==(const EtsModel &) const = default;
    /// "ETS(M,Ad,A)".
    [[nodiscard]] std::string name() const;
};

struct EtsFit {
    EtsModel model;
    std::size_t period = 1;
    double alpha = 0;
    double beta = 0;  ///< 0 without trend
    double gamma = 0; ///< 0 without season
    double phi = 1;   ///< 1 unless damped
    // The state after the last value.
    double level = 0;
    double slope = 0;
    std::vector<double> seasonal; ///< of the next `period` values, in their order
    double sigma2 = 0;            ///< of the (relative, where multiplicative) one-step errors
    double logLikelihood = 0;     ///< up to the same constant as in R's ets
    double aicc = 0;
    std::vector<double> residuals; ///< one-step errors, relative where multiplicative
    std::vector<double> at;        ///< the optimiser's variables, a start for nearly the same data
};

struct EtsOptions {
    /// Whether the initial states are sought with the parameters, as R does, or taken from a fit of the beginning and
    /// a pass backwards. The former is worth its time on short series only.
    bool optimiseStates = true;
    std::vector<double> start = {};
};

/// The models that may be compared by AICc: 15 with a season, 6 without (of additive error those without a
/// multiplicative season, of which the likelihood is not stable); multiplicative ones only where all values are
/// positive.
[[nodiscard]] std::vector<EtsModel> admissibleEtsModels(bool seasonal, bool positive);

/// Maximum-likelihood fit of one model. Values must be finite. Nothing where there are fewer values than parameters
/// plus 4, fewer than two cycles, or values that are not positive for a multiplicative model. O(n) an evaluation.
/// Source: R. J. Hyndman, A. B. Koehler, J. K. Ord, R. D. Snyder, "Forecasting with Exponential Smoothing", Springer
/// 2008.
[[nodiscard]] std::optional<EtsFit> fitEts(std::span<const double> values, const EtsModel &model, std::size_t period,
                                           const EtsOptions &options = {});

/// The admissible model of least AICc; nothing where none can be fitted.
[[nodiscard]] std::optional<EtsFit> selectEts(std::span<const double> values, std::size_t period,
                                              const EtsOptions &options = {});

struct EtsForecast {
    std::vector<double> mean;
    std::vector<double>
        sd; ///< exact for additive models, else by Hyndman et al. (2008), table 6.2 and its approximation
};
[[nodiscard]] EtsForecast forecastEts(const EtsFit &fit, std::size_t horizon);

} // namespace ra::series
