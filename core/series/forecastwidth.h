// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/combination.h"

#include <vector>

namespace ra::series {

/// By which multiple of the combination's standard deviation the interval of each level reaches to both sides. See
/// forecastSeries. O(n) with a large factor: an exponential smoothing is fitted.
[[nodiscard]] std::vector<double> widthFactors(const Past &past, const std::vector<Entrant> &entrants,
                                               const std::vector<Origin> &origins, const std::vector<double> &levels);

} // namespace ra::series
