// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/arima.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

/// A wave of a harmonic regression: `cycles` of it go into one period.
struct Wave {
    std::size_t cycles = 1;
    std::size_t period = 2;
    double cosine = 0; ///< coefficients; the time is 0 at the first value
    double sine = 0;

    [[nodiscard]] double at(double t) const;
};

/// Dynamic harmonic regression: waves of all seasons, and errors that follow an ARIMA model.
struct HarmonicFit {
    std::vector<std::size_t> periods;
    std::vector<std::size_t> terms; ///< harmonics of each period
    std::vector<Wave> waves;
    ArimaFit errors;
    double aicc = 0;                                  ///< of the whole model
    std::size_t n = 0;                                ///< values of the fit
    std::string name;                                 ///< "harmonics {24,3} {168,6}, ARIMA(2,0,1) with mean"
    [[nodiscard]] double season(std::size_t t) const; ///< sum of the waves
};

struct HarmonicOptions {
    std::size_t most = 10; ///< harmonics of a period, at most half of it
};

/// Orders by AICc, coefficients by generalised least squares: the errors' autoregression, estimated from the residuals
/// of a fit with all waves, is taken out of series and waves alike (Cochrane and Orcutt), so that neither memory nor a
/// wandering level is taken for a season. Harmonics are added to the period where the next one lowers the AICc most, as
/// long as one of the next two does. A wave that is one of a shorter period too is that one's. Periods of less than two
/// cycles are left out. Values must be finite. Nothing for fewer than 20 values beyond the parameters, without periods,
/// or where the errors have no model. O(n k²) for k waves, and an ARIMA fit. Sources: R. J. Hyndman, G. Athanasopoulos,
/// "Forecasting: principles and practice", 3rd ed., section 12.1; D. Cochrane, G. H. Orcutt, JASA 44 (1949) 32-61.
[[nodiscard]] std::optional<HarmonicFit> selectHarmonic(std::span<const double> values,
                                                        std::span<const std::size_t> periods,
                                                        const HarmonicOptions &options = {});

/// The model with the same orders on a series that is shorter or longer.
[[nodiscard]] std::optional<HarmonicFit> refitHarmonic(const HarmonicFit &model, std::span<const double> values);

/// Expected values and standard deviations of the next values, by the errors' model; the uncertainty of the
/// coefficients is not in them. `values` are those of the fit.
[[nodiscard]] ArimaForecast forecastHarmonic(const HarmonicFit &fit, std::span<const double> values,
                                             std::size_t horizon);

} // namespace ra::series
