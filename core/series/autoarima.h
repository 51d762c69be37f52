// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/arima.h"

#include <optional>
#include <span>

namespace ra::series {

struct AutoArimaOptions {
    std::size_t mostPlain = 5;    ///< p and q at most
    std::size_t mostSeasonal = 2; ///< P and Q at most
    std::size_t mostLag = 60;     ///< seasonal terms are left out where their longest lag would exceed this
};

/// The ARIMA model of least AICc: differences by KPSS and by the strength of the season (above 0.64), orders by the
/// stepwise search of Hyndman and Khandakar with the conditional likelihood, the last model by the exact one. For long
/// series without a season the orders come from Hannan and Rissanen's regressions instead, which take one matrix for
/// all of them. Values must be finite; nothing where no model can be fitted. Sources: R. J. Hyndman, Y. Khandakar,
/// "Automatic time series forecasting: the forecast package for R", J. Statistical Software 27 (2008) 3; V. Gomez, A.
/// Maravall, "Automatic modelling methods for univariate series", Bank of Spain 9808 (1998).
[[nodiscard]] std::optional<ArimaFit> selectArima(std::span<const double> values, std::size_t period,
                                                  const AutoArimaOptions &options = {});

} // namespace ra::series
