// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/ets.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

EtsForecast forecastEts(const EtsFit &fit, std::size_t horizon) {
    EtsForecast forecast;
    const bool multiplicative = fit.model.error == EtsModel::Error::Multiplicative;
    const bool product = fit.model.season == EtsModel::Season::Multiplicative;
    double damping = 1;         // φ^h
    double dampingSum = 0;      // φ + ... + φ^h
    double squares = 0;         // Σ c_j² for j < h
    std::vector<double> thetas; // of the recursion for multiplicative errors
    std::vector<double> weights;
    for (std::size_t h = 1; h <= horizon; ++h) {
        damping *= fit.phi;
        dampingSum += damping;
        const double base = fit.level + (fit.model.trend == EtsModel::Trend::None ? 0 : dampingSum * fit.slope);
        const double figure =
            fit.seasonal.empty() ? (product ? 1.0 : 0.0) : fit.seasonal[(h - 1) % fit.seasonal.size()];
        const double expected = fit.seasonal.empty() ? base : product ? base * figure : base + figure;
        forecast.mean.push_back(expected);
        double variance = 0;
        if (!multiplicative) {
            variance = fit.sigma2 * (1 + squares);
        } else {
            // θ_h = μ_h² + σ² Σ c_j² θ_(h-j); v_h = (1 + σ²) θ_h - μ_h²
            const double mean = product ? base : expected;
            double theta = mean * mean;
            for (std::size_t j = 1; j < h; ++j)
                theta += fit.sigma2 * weights[j - 1] * weights[j - 1] * thetas[h - 1 - j];
            thetas.push_back(theta);
            variance = (1 + fit.sigma2) * theta - mean * mean;
            if (product)
                variance *= figure * figure;
        }
        forecast.sd.push_back(std::sqrt(std::max(0.0, variance)));
        // c_j = α + β (φ + ... + φ^j) / ... + γ at whole cycles
        double weight = fit.alpha + fit.beta * dampingSum / std::max(fit.phi, 1e-9);
        if (!fit.seasonal.empty() && !product && h % fit.period == 0)
            weight += fit.gamma;
        weights.push_back(weight);
        squares += weight * weight;
    }
    return forecast;
}

} // namespace ra::series
