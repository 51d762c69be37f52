// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <limits>
#include <vector>

/// What the tests of statistics share.
namespace ra::stats::test {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// Whether two numbers agree to `relative`, or both are no number.
inline bool close(double a, double b, double relative = 1e-12) {
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) && std::isnan(b);
    return a == b || std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

/// Inputs that have broken programs.
inline std::vector<std::vector<double>> hostile() {
    return {{},
            {1},
            {missing},
            {missing, missing, missing},
            {2, 2, 2, 2},
            {infinite, 1, 2},
            {-infinite, infinite, 0, 1},
            {infinite, infinite, infinite},
            {5e-324, 1e-323, 0, -5e-324},
            {1e308, -1e308, 1.7e308, 1e307},
            {1e-308, 1e308, 1},
            {1, missing, 2, missing, 3, 4, 5, 6, 7, 8, 9, 10},
            {0, 0, 0, 1},
            {-1, 0}};
}

} // namespace ra::stats::test

/// QVERIFY of close(), showing the numbers.
#define CLOSE(a, b, relative)                                                                                          \
    do {                                                                                                               \
        const double closeA = (a);                                                                                     \
        const double closeB = (b);                                                                                     \
        QVERIFY2(ra::stats::test::close(closeA, closeB, relative),                                                     \
                 qPrintable(QStringLiteral(#a " is %1, not %2").arg(closeA, 0, 'g', 17).arg(closeB, 0, 'g', 17)));     \
    } while (false)
