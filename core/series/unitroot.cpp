// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/unitroot.h"

#include "core/series/arima.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ra::series {

namespace {

/// p at `statistic` in a table of rising statistics.
template <std::size_t Count>
void lookUp(UnitRootTest &test, const std::array<double, Count> &statistics, const std::array<double, Count> &ps) {
    test.bounded = test.statistic <= statistics.front() || test.statistic >= statistics.back();
    if (test.statistic <= statistics.front()) {
        test.p = ps.front();
        return;
    }
    for (std::size_t i = 1; i < Count; ++i) {
        if (test.statistic < statistics[i]) {
            const double share = (test.statistic - statistics[i - 1]) / (statistics[i] - statistics[i - 1]);
            test.p = ps[i - 1] + share * (ps[i] - ps[i - 1]);
            return;
        }
    }
    test.p = ps.back();
}

/// What least squares leaves of the values beside a level or a line.
std::vector<double> residuals(std::span<const double> values, Deterministic deterministic) {
    const auto n = static_cast<double>(values.size());
    double mean = 0;
    double cross = 0;
    for (std::size_t t = 0; t < values.size(); ++t)
        mean += values[t] / n;
    for (std::size_t t = 0; t < values.size(); ++t)
        cross += (values[t] - mean) * (static_cast<double>(t) - (n - 1) / 2);
    const double slope = deterministic == Deterministic::Trend ? 12 * cross / (n * (n * n - 1)) : 0;
    std::vector<double> rest(values.size());
    for (std::size_t t = 0; t < values.size(); ++t)
        rest[t] = values[t] - mean - slope * (static_cast<double>(t) - (n - 1) / 2);
    return rest;
}

} // namespace

std::optional<UnitRootTest> kpssTest(std::span<const double> values, Deterministic deterministic, std::size_t lags) {
    if (values.size() < 5)
        return std::nullopt;
    const std::vector<double> e = residuals(values, deterministic);
    const auto n = static_cast<double>(e.size());
    double square = 0;
    double sum = 0;
    double path = 0;
    for (const double v : e) {
        square += v * v;
        sum += v;
        path += sum * sum;
    }
    double variance = square / n;
    for (std::size_t lag = 1; lag <= std::min(lags, e.size() - 1); ++lag) {
        double product = 0;
        for (std::size_t t = lag; t < e.size(); ++t)
            product += e[t] * e[t - lag];
        variance += 2 * (1 - static_cast<double>(lag) / static_cast<double>(lags + 1)) * product / n;
    }
    double largest = 0;
    for (const double v : values)
        largest = std::max(largest, std::abs(v));
    // Below the rounding of the mean nothing is left to be tested.
    if (!(variance > 1e-28 * largest * largest) || !std::isfinite(path))
        return std::nullopt;
    UnitRootTest test;
    test.lags = lags;
    test.statistic = path / (n * n) / variance;
    constexpr std::array<double, 4> ps{0.10, 0.05, 0.025, 0.01};
    if (deterministic == Deterministic::Level)
        lookUp<4>(test, {0.347, 0.463, 0.574, 0.739}, ps);
    else
        lookUp<4>(test, {0.119, 0.146, 0.176, 0.216}, ps);
    return test;
}

namespace {

/// From the first value on, in a unit in which the largest is about one: the statistic is the same, and columns of the
/// regression are alike whatever the unit.
std::vector<double> fromFirst(std::span<const double> given) {
    std::vector<double> values(given.begin(), given.end());
    double largest = 0;
    for (double &value : values) {
        value = value / 2 - given.front() / 2;
        largest = std::max(largest, std::abs(value));
    }
    if (largest > 0 && std::isfinite(largest)) {
        for (double &value : values)
            value /= largest;
    }
    return values;
}

} // namespace

std::optional<UnitRootTest> adfTest(std::span<const double> given, Deterministic deterministic, std::size_t lags) {
    const std::vector<double> values = given.empty() ? std::vector<double>() : fromFirst(given);
    const std::size_t n = values.size();
    const std::size_t columns = 2 + lags + (deterministic == Deterministic::Trend ? 1 : 0);
    if (n < lags + 1 + columns + 2)
        return std::nullopt;
    const auto rows = static_cast<Eigen::Index>(n - lags - 1);
    Eigen::MatrixXd x(rows, static_cast<Eigen::Index>(columns));
    Eigen::VectorXd y(rows);
    for (Eigen::Index row = 0; row < rows; ++row) {
        const std::size_t t = lags + 1 + static_cast<std::size_t>(row);
        y[row] = values[t] - values[t - 1];
        Eigen::Index column = 0;
        x(row, column++) = values[t - 1];
        x(row, column++) = 1;
        for (std::size_t lag = 1; lag <= lags; ++lag)
            x(row, column++) = values[t - lag] - values[t - lag - 1];
        if (deterministic == Deterministic::Trend)
            x(row, column++) = static_cast<double>(row) / static_cast<double>(rows);
    }
    const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
    if (!x.allFinite() || qr.rank() < x.cols())
        return std::nullopt;
    const Eigen::VectorXd b = qr.solve(y);
    const double variance = (y - x * b).squaredNorm() / static_cast<double>(x.rows() - x.cols());
    const Eigen::MatrixXd inverse = (x.transpose() * x).inverse();
    const double error = std::sqrt(variance * inverse(0, 0));
    if (!(error > 0) || !std::isfinite(error))
        return std::nullopt;
    UnitRootTest test;
    test.lags = lags;
    test.statistic = b[0] / error;
    constexpr std::array<double, 8> ps{0.01, 0.025, 0.05, 0.10, 0.90, 0.95, 0.975, 0.99};
    constexpr std::array<double, 6> sizes{25, 50, 100, 250, 500, 100000};
    using Row = std::array<double, 8>;
    constexpr std::array<Row, 6> level{{{-3.75, -3.33, -3.00, -2.63, -0.37, 0.00, 0.34, 0.72},
                                        {-3.58, -3.22, -2.93, -2.60, -0.40, -0.03, 0.29, 0.66},
                                        {-3.51, -3.17, -2.89, -2.58, -0.42, -0.05, 0.26, 0.63},
                                        {-3.46, -3.14, -2.88, -2.57, -0.42, -0.06, 0.24, 0.62},
                                        {-3.44, -3.13, -2.87, -2.57, -0.43, -0.07, 0.24, 0.61},
                                        {-3.43, -3.12, -2.86, -2.57, -0.44, -0.07, 0.23, 0.60}}};
    constexpr std::array<Row, 6> trend{{{-4.38, -3.95, -3.60, -3.24, -1.14, -0.80, -0.50, -0.15},
                                        {-4.15, -3.80, -3.50, -3.18, -1.19, -0.87, -0.58, -0.24},
                                        {-4.04, -3.73, -3.45, -3.15, -1.22, -0.90, -0.62, -0.28},
                                        {-3.99, -3.69, -3.43, -3.13, -1.23, -0.92, -0.64, -0.31},
                                        {-3.98, -3.68, -3.42, -3.13, -1.24, -0.93, -0.65, -0.32},
                                        {-3.96, -3.66, -3.41, -3.12, -1.25, -0.94, -0.66, -0.33}}};
    const auto &table = deterministic == Deterministic::Trend ? trend : level;
    // Between the sizes of the table by straight lines, too.
    const double size = std::clamp(static_cast<double>(n - 1), sizes.front(), sizes.back());
    std::size_t above = 1;
    while (above + 1 < sizes.size() && sizes[above] < size)
        ++above;
    const double share = (size - sizes[above - 1]) / (sizes[above] - sizes[above - 1]);
    Row row{};
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = table[above - 1][i] + share * (table[above][i] - table[above - 1][i]);
    lookUp<8>(test, row, ps);
    return test;
}

std::size_t differencesNeeded(std::span<const double> values, std::size_t most) {
    std::vector<double> series(values.begin(), values.end());
    for (std::size_t d = 0; d < most; ++d) {
        const auto lags = static_cast<std::size_t>(3 * std::sqrt(static_cast<double>(series.size())) / 13);
        const auto test = kpssTest(series, Deterministic::Level, lags);
        if (!test || test->p >= 0.05)
            return d;
        series = differenced(series, 1, 1);
    }
    return most;
}

} // namespace ra::series
