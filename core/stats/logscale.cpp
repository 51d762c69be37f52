// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/logscale.h"

#include <cmath>

namespace ra::stats {

double bucketScale(double relativeError) {
    // A trifle narrower than promised: what rounding moves at the borders stays within the promise.
    const double error = relativeError * (1 - 1e-9);
    return 1 / (OctaveCubic::c * std::log((1 + error) / (1 - error)));
}

double bucketStart(std::uint32_t bucket, double scale) {
    const double octave = bucket / scale;
    const double whole = std::floor(octave);
    const double part = octave - whole;
    double s = part; // Newton's method on a smooth, nearly straight function: five steps are exact to the last bits
    for (int step = 0; step < 5; ++step)
        s -= (OctaveCubic::at(s) - part) / ((3 * OctaveCubic::a * s + 2 * OctaveCubic::b) * s + OctaveCubic::c);
    return std::ldexp(1 + s, static_cast<int>(whole - lowestExponent));
}

std::uint32_t bucketLimit(double scale) {
    constexpr unsigned octaves = 1075 + 1024;
    return static_cast<std::uint32_t>(octaves * scale) + 1;
}

} // namespace ra::stats
