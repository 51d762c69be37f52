// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

/// Series for tests: two of the textbooks, and made ones with a seed.
namespace ra::series::test {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Luteinizing hormone in blood samples at 10 minute intervals: P. J. Diggle, "Time Series", 1990, table A.1.
inline const std::vector<double> luteinizing = {2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2.0, 1.9, 1.7,
                                                2.2, 1.8, 3.2, 3.2, 2.7, 2.2, 2.2, 1.9, 1.9, 1.8, 2.7, 3.0,
                                                2.3, 2.0, 2.0, 2.9, 2.9, 2.7, 2.7, 2.3, 2.6, 2.4, 1.8, 1.7,
                                                1.5, 1.4, 2.1, 3.3, 3.5, 3.5, 3.1, 2.6, 2.1, 3.4, 3.0, 2.9};

/// Monthly accidental deaths in the USA, 1973 to 1978: P. J. Brockwell, R. A. Davis, "Time Series: Theory and Methods",
/// 1991.
inline const std::vector<double> accidents = {
    9007,  8106, 8928, 9137, 10017, 10826, 11317, 10744, 9713, 9938, 9161, 8927, 7750,  6981, 8038, 8422, 8714, 9512,
    10120, 9823, 8743, 9129, 8710,  8680,  8162,  7306,  8124, 7870, 9387, 9556, 10093, 9620, 8285, 8466, 8160, 8034,
    7717,  7461, 7767, 7925, 8623,  8945,  10078, 9179,  8037, 8488, 7874, 8647, 7792,  6957, 7726, 8106, 8890, 9299,
    10625, 9302, 8314, 8850, 8265,  8796,  7836,  6892,  7791, 8192, 9115, 9434, 10484, 9827, 9110, 9070, 8633, 9240};

/// A line, a cycle and white noise.
inline std::vector<double> cyclic(std::size_t n, std::size_t period, double slope, double amplitude, double noise,
                                  unsigned seed = 1) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(n);
    for (std::size_t t = 0; t < n; ++t) {
        const double phase = 2 * std::numbers::pi * static_cast<double>(t % period) / static_cast<double>(period);
        values[t] = 100 + slope * static_cast<double>(t) + amplitude * std::sin(phase) + noise * normal(random);
    }
    return values;
}

/// y = ar y' + e + ma e', started in the stationary past.
inline std::vector<double> armaSample(std::size_t n, double ar, double ma, unsigned seed = 1) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(n);
    double y = 0;
    double before = 0;
    for (std::size_t t = 0; t < n + 200; ++t) {
        const double e = normal(random);
        y = ar * y + e + ma * before;
        before = e;
        if (t >= 200)
            values[t - 200] = y;
    }
    return values;
}

/// The largest difference of two series of one length.
inline double distance(const std::vector<double> &a, const std::vector<double> &b) {
    if (a.size() != b.size())
        return infinity;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

/// Inputs that no function may trip over.
inline const std::vector<std::vector<double>> hostile = {
    {},
    {1},
    {missing},
    std::vector<double>(50, missing),
    std::vector<double>(50, 3.0),
    std::vector<double>(50, infinity),
    {1, 2},
    {1, -infinity, 2, missing, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    {5e-324, 0, 5e-324, 0, 5e-324, 0, 1e-310, 0, 0, 0, 5e-324, 0, 5e-324, 5e-324, 0, 5e-324, 0, 0, 5e-324, 0},
    {1e308, -1e308, 1e308, 1e307, -1e308, 1e308, 5, 1e308, -1e308, 1e308, 1e307, -1e308, 1e308, 5, 1e308, -1e308,
     1e308},
    {missing, missing, missing, 1, 2, missing, 4, 1, 2, 3, 4,       1,      missing,
     3,       4,       1,       2, 3, 4,       1, 2, 3, 4, missing, missing}};

} // namespace ra::series::test
