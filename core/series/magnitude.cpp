// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/magnitude.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {
constexpr int mostPower = 500; ///< of squares 2^24 may be added up
}

int excessPower(std::span<const double> values) {
    double largest = 0;
    for (const double v : values) {
        if (std::isfinite(v))
            largest = std::max(largest, std::abs(v));
    }
    // Down to the size of one, so that there is room for forecasts and their squares.
    const int power = largest > 0 ? std::ilogb(largest) : 0;
    return std::abs(power) >= mostPower ? power : 0;
}

std::vector<double> scaledDown(std::span<const double> values, int power) {
    std::vector<double> scaled(values.size());
    std::transform(values.begin(), values.end(), scaled.begin(), [power](double v) { return std::ldexp(v, -power); });
    return scaled;
}

double scaledUp(double value, int power) {
    constexpr double largest = std::numeric_limits<double>::max();
    return std::isnan(value) ? value : std::clamp(std::ldexp(value, power), -largest, largest);
}

} // namespace ra::series
