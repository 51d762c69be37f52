// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/autoarima.h"

#include "core/series/autocorrelation.h"
#include "core/series/stl.h"
#include "core/series/unitroot.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace ra::series {

namespace {

/// Stepwise search from four simple models; each fit by the conditional sum of squares.
class Stepwise {
public:
    Stepwise(std::span<const double> values, const ArimaOrder &base, const AutoArimaOptions &options, bool seasonal)
        : m_values(values)
        , m_base(base)
        , m_options(options)
        , m_seasonal(seasonal)
        , m_meanAllowed(base.d + base.seasonalD <= 1) {}

    std::optional<ArimaOrder> search() {
        const std::size_t one = m_seasonal ? 1 : 0;
        m_mean = m_meanAllowed;
        consider(2, 2, one, one, m_mean);
        consider(0, 0, 0, 0, m_mean);
        consider(1, 0, one, 0, m_mean);
        consider(0, 1, 0, one, m_mean);
        if (m_meanAllowed)
            consider(0, 0, 0, 0, false);
        while (m_tried.size() < 60 && improve()) {
        }
        if (m_best == std::numeric_limits<double>::infinity())
            return std::nullopt;
        return m_order;
    }

private:
    bool improve() {
        const ArimaOrder o = m_order;
        const double before = m_best;
        const auto move = [&](int p, int q, int sp, int sq) {
            const auto at = [](std::size_t value, int by) { return static_cast<int>(value) + by; };
            const int np = at(o.p, p);
            const int nq = at(o.q, q);
            const int nsp = at(o.seasonalP, sp);
            const int nsq = at(o.seasonalQ, sq);
            if (std::min({np, nq, nsp, nsq}) < 0)
                return false;
            consider(static_cast<std::size_t>(np), static_cast<std::size_t>(nq), static_cast<std::size_t>(nsp),
                     static_cast<std::size_t>(nsq), o.mean);
            return m_best < before;
        };
        for (const int by : {-1, 1}) {
            if (m_seasonal && (move(0, 0, by, 0) || move(0, 0, 0, by) || move(0, 0, by, by)))
                return true;
        }
        for (const int by : {-1, 1}) {
            if (move(by, 0, 0, 0) || move(0, by, 0, 0) || move(by, by, 0, 0))
                return true;
        }
        if (move(1, -1, 0, 0) || move(-1, 1, 0, 0))
            return true;
        if (m_meanAllowed)
            consider(o.p, o.q, o.seasonalP, o.seasonalQ, !o.mean);
        return m_best < before;
    }

    void consider(std::size_t p, std::size_t q, std::size_t sp, std::size_t sq, bool mean) {
        if (p > m_options.mostPlain || q > m_options.mostPlain || sp > m_options.mostSeasonal ||
            sq > m_options.mostSeasonal || p + q + sp + sq > 5)
            return;
        if (!m_tried.emplace(std::tuple{p, q, sp, sq, mean}, true).second)
            return;
        ArimaOrder order = m_base;
        order.p = p;
        order.q = q;
        order.seasonalP = sp;
        order.seasonalQ = sq;
        order.mean = mean;
        const auto fit = fitArima(m_values, order, {.effort = ArimaEffort::Quick});
        // Roots next to the unit circle are signs of a model with too much in it.
        if (!fit || !std::isfinite(fit->aicc) || nearUnitRoot(*fit))
            return;
        if (fit->aicc < m_best) {
            m_best = fit->aicc;
            m_order = order;
        }
    }

    static bool nearUnitRoot(const ArimaFit &fit) {
        // |tanh u| beyond 0.99
        return std::any_of(fit.at.begin(), fit.at.end(), [](double u) { return std::abs(u) > 2.65; });
    }

    std::span<const double> m_values;
    ArimaOrder m_base;
    AutoArimaOptions m_options;
    bool m_seasonal;
    bool m_meanAllowed;
    bool m_mean = false;
    std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t, bool>, bool> m_tried;
    double m_best = std::numeric_limits<double>::infinity();
    ArimaOrder m_order;
};

/// Orders p and q from regressions on past values and on the innovations of a long autoregression: one matrix of
/// products for all of them.
std::pair<std::size_t, std::size_t> ordersByRegression(std::span<const double> series, std::size_t most) {
    const std::size_t n = series.size();
    double mean = 0;
    for (const double v : series)
        mean += v / static_cast<double>(n);
    std::vector<double> y(n);
    for (std::size_t t = 0; t < n; ++t)
        y[t] = series[t] - mean;
    const auto longOrder = static_cast<std::size_t>(10 * std::log10(static_cast<double>(n)));
    const std::vector<double> ar = yuleWalker(y, longOrder);
    std::vector<double> e(n, 0.0);
    for (std::size_t t = longOrder; t < n; ++t) {
        e[t] = y[t];
        for (std::size_t i = 0; i < longOrder; ++i)
            e[t] -= ar[i] * y[t - 1 - i];
    }
    const std::size_t begin = longOrder + most;
    const auto width = static_cast<Eigen::Index>(2 * most + 1);
    Eigen::MatrixXd rows(width, static_cast<Eigen::Index>(n - begin));
    for (std::size_t t = begin; t < n; ++t) {
        const auto c = static_cast<Eigen::Index>(t - begin);
        rows(0, c) = y[t];
        for (std::size_t i = 1; i <= most; ++i) {
            rows(static_cast<Eigen::Index>(i), c) = y[t - i];
            rows(static_cast<Eigen::Index>(most + i), c) = e[t - i];
        }
    }
    const Eigen::MatrixXd products = rows * rows.transpose();
    const auto count = static_cast<double>(n - begin);
    double best = std::numeric_limits<double>::infinity();
    std::pair<std::size_t, std::size_t> orders{0, 0};
    for (std::size_t p = 0; p <= most; ++p) {
        for (std::size_t q = 0; q <= most && p + q <= most; ++q) {
            std::vector<Eigen::Index> used;
            for (std::size_t i = 1; i <= p; ++i)
                used.push_back(static_cast<Eigen::Index>(i));
            for (std::size_t i = 1; i <= q; ++i)
                used.push_back(static_cast<Eigen::Index>(most + i));
            const auto k = static_cast<Eigen::Index>(used.size());
            double squares = products(0, 0);
            if (k > 0) {
                Eigen::MatrixXd normal(k, k);
                Eigen::VectorXd right(k);
                for (Eigen::Index i = 0; i < k; ++i) {
                    right[i] = products(used[static_cast<std::size_t>(i)], 0);
                    for (Eigen::Index j = 0; j < k; ++j)
                        normal(i, j) = products(used[static_cast<std::size_t>(i)], used[static_cast<std::size_t>(j)]);
                }
                squares -= right.dot(normal.ldlt().solve(right));
            }
            const double parameters = static_cast<double>(k) + 2;
            const double aicc = count * std::log(std::max(squares, 1e-300)) + 2 * parameters +
                                2 * parameters * (parameters + 1) / (count - parameters - 1);
            if (aicc < best) {
                best = aicc;
                orders = {p, q};
            }
        }
    }
    return orders;
}

} // namespace

std::optional<ArimaFit> selectArima(std::span<const double> values, std::size_t period,
                                    const AutoArimaOptions &options) {
    const std::size_t n = values.size();
    const bool seasonal = period >= 2 && n > 2 * period + 5 && period * options.mostSeasonal <= options.mostLag;
    ArimaOrder base;
    base.period = seasonal ? period : 1;
    if (seasonal) {
        const Decomposition parts = mstl(values, {.periods = {period}});
        base.seasonalD = strength(parts.seasonal[0], parts.remainder) > 0.64 ? 1 : 0;
    }
    const std::vector<double> once = differenced(values, base.period, base.seasonalD);
    base.d = differencesNeeded(once);
    std::optional<ArimaOrder> order;
    constexpr std::size_t longSeries = 300;
    if (!seasonal && n > longSeries) {
        const auto [p, q] = ordersByRegression(differenced(once, 1, base.d), options.mostPlain);
        order = base;
        order->p = p;
        order->q = q;
        order->mean = base.d == 0;
    } else {
        order = Stepwise(values, base, options, seasonal).search();
    }
    if (!order)
        return std::nullopt;
    std::optional<ArimaFit> fit = fitArima(values, *order, {.effort = ArimaEffort::Single});
    if (fit && order->d == 1 && !order->mean && n > longSeries) {
        // A drift only where it pays.
        ArimaOrder drift = *order;
        drift.mean = drift.d + drift.seasonalD <= 1;
        auto other = fitArima(values, drift, {.effort = ArimaEffort::Single, .start = fit->at});
        if (other && other->aicc < fit->aicc)
            fit = std::move(other);
    }
    return fit;
}

} // namespace ra::series
