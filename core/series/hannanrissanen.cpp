// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arimaproblem.h"

#include "core/series/autocorrelation.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace ra::series {

ArimaCoefficients hannanRissanen(std::span<const double> series, const ArimaOrder &order) {
    ArimaCoefficients zero = ArimaCoefficients::from(std::vector<double>(order.coefficients(), 0.0), order);
    std::vector<std::size_t> arLags;
    std::vector<std::size_t> maLags;
    for (std::size_t i = 1; i <= order.p; ++i)
        arLags.push_back(i);
    for (std::size_t i = 1; i <= order.seasonalP; ++i)
        arLags.push_back(i * order.period);
    for (std::size_t i = 1; i <= order.q; ++i)
        maLags.push_back(i);
    for (std::size_t i = 1; i <= order.seasonalQ; ++i)
        maLags.push_back(i * order.period);
    const std::size_t n = series.size();
    const std::size_t count = arLags.size() + maLags.size();
    std::size_t longest = 0;
    for (const std::size_t lag : arLags)
        longest = std::max(longest, lag);
    for (const std::size_t lag : maLags)
        longest = std::max(longest, lag);
    // Long enough for the innovations to be nearly white; R's order for Yule-Walker is 10 log10 n.
    const auto order1 = static_cast<std::size_t>(10 * std::log10(static_cast<double>(std::max<std::size_t>(n, 2))));
    const std::size_t autoregression = maLags.empty() ? 0 : std::min(std::max(order1, longest + 2), n / 4);
    const std::size_t begin = autoregression + longest;
    if (count == 0 || n < begin + 2 * count + 4)
        return zero;
    std::vector<double> known(series.begin(), series.end());
    for (double &v : known)
        v = std::isnan(v) ? 0 : v;
    std::vector<double> innovations(n, 0.0);
    if (!maLags.empty()) {
        const std::vector<double> ar = yuleWalker(known, autoregression);
        for (std::size_t t = autoregression; t < n; ++t) {
            double value = known[t];
            for (std::size_t i = 0; i < ar.size(); ++i)
                value -= ar[i] * known[t - 1 - i];
            innovations[t] = value;
        }
    }
    const auto rows = static_cast<Eigen::Index>(n - begin);
    Eigen::MatrixXd x(rows, static_cast<Eigen::Index>(count));
    Eigen::VectorXd y(rows);
    for (Eigen::Index row = 0; row < rows; ++row) {
        const std::size_t t = begin + static_cast<std::size_t>(row);
        y[row] = known[t];
        Eigen::Index column = 0;
        for (const std::size_t lag : arLags)
            x(row, column++) = known[t - lag];
        for (const std::size_t lag : maLags)
            x(row, column++) = innovations[t - lag];
    }
    Eigen::MatrixXd normal = x.transpose() * x;
    normal.diagonal().array() += 1e-8 * (normal.trace() + 1e-300); // lags may repeat (p at least the period)
    const Eigen::VectorXd solution = normal.ldlt().solve(x.transpose() * y);
    if (!solution.allFinite())
        return zero;
    const auto piece = [&](std::size_t from, std::size_t length) {
        return std::vector<double>(solution.data() + from, solution.data() + from + length);
    };
    return {piece(0, order.p), piece(arLags.size(), order.q), piece(order.p, order.seasonalP),
            piece(arLags.size() + order.q, order.seasonalQ)};
}

} // namespace ra::series
