// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distributions.h"
#include "core/stats/doublesdesign.h"
#include "core/stats/robust.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

namespace ra::stats {

namespace {

constexpr double fewestBeyond = 5; ///< rows expected beyond a quantile whose errors can be told

double loss(const Eigen::VectorXd &residuals, double q) {
    double sum = 0;
    for (const double r : residuals)
        sum += r >= 0 ? q * r : (q - 1) * r;
    return sum;
}

/// The longest step, at most 1, that keeps `at` + step * move above zero.
double longestStep(const Eigen::VectorXd &at, const Eigen::VectorXd &move) {
    double step = std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < at.size(); ++i) {
        if (move[i] < 0)
            step = std::min(step, -at[i] / move[i]);
    }
    return step;
}

/// Interior points on the dual: max y'a for X'a = (1 - q) X'1, 0 <= a <= 1; the multipliers of the equations are the
/// coefficients, negated. Mehrotra's predictor and corrector (lpfnb of quantreg).
Eigen::VectorXd interiorPoint(const Eigen::MatrixXd &x, const Eigen::VectorXd &y, double q) {
    const Eigen::Index n = x.rows();
    const Eigen::VectorXd c = -y;
    Eigen::VectorXd a = Eigen::VectorXd::Constant(n, 1 - q);
    Eigen::VectorXd s = Eigen::VectorXd::Ones(n) - a;
    Eigen::VectorXd b = x.householderQr().solve(c);
    Eigen::VectorXd r = c - x * b;
    r = r.unaryExpr([](double value) { return value == 0 ? 0.001 : value; });
    Eigen::VectorXd z = r.cwiseMax(0.0).array() + 1e-3 * (r.cwiseAbs().mean() + 1e-12);
    Eigen::VectorXd w = z - r;
    constexpr double back = 0.99995;
    for (int step = 0; step < 100; ++step) {
        const double gap = z.dot(a) + w.dot(s);
        if (gap < 1e-12 * (1 + std::abs(c.dot(a))))
            break;
        const Eigen::VectorXd weights = (z.cwiseQuotient(a) + w.cwiseQuotient(s)).cwiseInverse();
        r = z - w;
        const Eigen::MatrixXd normal = x.transpose() * weights.asDiagonal() * x;
        const Eigen::LDLT<Eigen::MatrixXd> solver(normal);
        Eigen::VectorXd db = solver.solve(x.transpose() * weights.cwiseProduct(r));
        Eigen::VectorXd da = weights.cwiseProduct(x * db - r);
        Eigen::VectorXd ds = -da;
        Eigen::VectorXd dz = -z.cwiseProduct(Eigen::VectorXd::Ones(n) + da.cwiseQuotient(a));
        Eigen::VectorXd dw = -w.cwiseProduct(Eigen::VectorXd::Ones(n) + ds.cwiseQuotient(s));
        double primal = std::min(1.0, back * std::min(longestStep(a, da), longestStep(s, ds)));
        double dual = std::min(1.0, back * std::min(longestStep(z, dz), longestStep(w, dw)));
        if (std::min(primal, dual) < 1) {
            const double after = (z + dual * dz).dot(a + primal * da) + (w + dual * dw).dot(s + primal * ds);
            const double ratio = after / gap;
            const double mu = gap * ratio * ratio * ratio / (2 * static_cast<double>(n));
            const Eigen::VectorXd daz = da.cwiseProduct(dz);
            const Eigen::VectorXd dsw = ds.cwiseProduct(dw);
            const Eigen::VectorXd xi = ((mu - daz.array()) / a.array() - (mu - dsw.array()) / s.array()).matrix();
            const Eigen::VectorXd target = r - xi;
            db = solver.solve(x.transpose() * weights.cwiseProduct(target));
            da = weights.cwiseProduct(x * db - target);
            ds = -da;
            dz = ((mu - daz.array()) / a.array() - z.array() - z.array() * da.array() / a.array()).matrix();
            dw = ((mu - dsw.array()) / s.array() - w.array() - w.array() * ds.array() / s.array()).matrix();
            primal = std::min(1.0, back * std::min(longestStep(a, da), longestStep(s, ds)));
            dual = std::min(1.0, back * std::min(longestStep(z, dz), longestStep(w, dw)));
        }
        a += primal * da;
        s += primal * ds;
        b += dual * db;
        z += dual * dz;
        w += dual * dw;
        if (!b.allFinite())
            break;
    }
    return -b;
}

/// The plane through the k rows with the smallest residuals that determine one, if it is no worse.
void moveToVertex(const Eigen::MatrixXd &x, const Eigen::VectorXd &y, double q, Eigen::VectorXd &b) {
    const Eigen::VectorXd residuals = (y - x * b).cwiseAbs();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(x.rows()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::ranges::stable_sort(order, [&](Eigen::Index i, Eigen::Index j) { return residuals[i] < residuals[j]; });
    const Eigen::Index k = x.cols();
    Eigen::MatrixXd rows(k, k);
    Eigen::VectorXd right(k);
    Eigen::Index used = 0;
    for (const Eigen::Index row : order) {
        rows.row(used) = x.row(row);
        right[used] = y[row];
        Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(rows.topRows(used + 1));
        qr.setThreshold(1e-9);
        if (qr.rank() == used + 1 && ++used == k)
            break;
    }
    if (used < k)
        return;
    const Eigen::VectorXd vertex = rows.fullPivLu().solve(right);
    const double before = loss(y - x * b, q);
    if (loss(y - x * vertex, q) <= before * (1 + 1e-9) + 1e-15)
        b = vertex;
}

/// How far the quantiles on both sides are from q, for an interval at 95 %: P. Hall, S. J. Sheather, J. Royal Statist.
/// Soc. B 50 (1988) 381-391; halved until both are inside (0, 1).
double bandwidth(double q, double n) {
    const double z = dist::normalQuantile(q);
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    double h = std::pow(n, -1.0 / 3) * std::pow(dist::normalQuantile(0.975), 2.0 / 3) *
               std::pow(1.5 * density * density / (2 * z * z + 1), 1.0 / 3);
    while (q - h <= 0 || q + h >= 1)
        h /= 2;
    return h;
}

/// q (1 - q) (X'FX)^-1 X'X (X'FX)^-1, F the densities of y at the plane. NaN where the quantiles on both sides meet or
/// cross in so many rows that there is no inverse, and where hardly a row lies beyond the quantile.
Eigen::MatrixXd sandwich(const Eigen::MatrixXd &x, const Eigen::VectorXd &y, double q) {
    const auto n = static_cast<double>(x.rows());
    Eigen::MatrixXd unknown = Eigen::MatrixXd::Constant(x.cols(), x.cols(), std::numeric_limits<double>::quiet_NaN());
    if (n * std::min(q, 1 - q) < fewestBeyond)
        return unknown;
    const double h = bandwidth(q, n);
    const Eigen::VectorXd width = x * (interiorPoint(x, y, q + h) - interiorPoint(x, y, q - h));
    constexpr double none = 1.5e-8; // of y, which is scaled to one
    const Eigen::VectorXd density = width.unaryExpr([&](double d) { return d > none ? 2 * h / (d - none) : 0.0; });
    if (!density.allFinite())
        return unknown;
    const Eigen::FullPivLU<Eigen::MatrixXd> weighted(x.transpose() * density.asDiagonal() * x);
    if (!weighted.isInvertible())
        return unknown;
    const Eigen::MatrixXd inverse = weighted.inverse();
    return q * (1 - q) * inverse * (x.transpose() * x) * inverse;
}

} // namespace

Interval RobustRegression::coefficientInterval(std::size_t index, double level) const {
    const std::size_t k = coefficients.size();
    const double half = rows > k && standardErrors.size() == k
                            ? dist::tQuantile((1 + level) / 2, static_cast<double>(rows - k)) * standardErrors[index]
                            : std::numeric_limits<double>::quiet_NaN();
    return {coefficients[index] - half, coefficients[index] + half};
}

Fitted<RobustRegression> quantileRegression(const Design &design, double q) {
    const Fitted<DoublesDesign> data = doublesOf(design);
    if (!data)
        return tl::unexpected(data.error());
    if (!(q > 0 && q < 1))
        return tl::unexpected(NoRegression::NotFinite);
    Eigen::VectorXd coefficients = interiorPoint(data->x, data->y, q);
    if (!coefficients.allFinite())
        return tl::unexpected(NoRegression::NoProgress);
    moveToVertex(data->x, data->y, q, coefficients);
    RobustRegression answer;
    answer.rows = static_cast<std::size_t>(data->x.rows());
    answer.coefficients = data->unscaled(coefficients);
    answer.standardErrors = data->unscaledErrors(sandwich(data->x, data->y, q));
    answer.scale = loss(data->y - data->x * coefficients, q) * data->yScale / static_cast<double>(answer.rows);
    return answer;
}

} // namespace ra::stats
