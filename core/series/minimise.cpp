// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/minimise.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

/// What cannot be compared is no minimum.
double sane(double value) {
    return std::isfinite(value) ? value : std::numeric_limits<double>::max();
}

} // namespace

Minimum minimiseBfgs(const Objective &f, std::vector<double> start, const BfgsOptions &options) {
    using Vector = Eigen::VectorXd;
    const auto k = static_cast<Eigen::Index>(start.size());
    Minimum best{std::move(start), 0, 0};
    const auto value = [&](const std::vector<double> &x) {
        ++best.evaluations;
        return sane(f(x));
    };
    best.value = value(best.at);
    if (k == 0)
        return best;
    std::vector<double> probe = best.at;
    const auto gradient = [&]() {
        Vector g(k);
        probe = best.at;
        for (Eigen::Index i = 0; i < k; ++i) {
            double &x = probe[static_cast<std::size_t>(i)];
            const double middle = x;
            x = middle + options.step;
            const double up = value(probe);
            x = middle - options.step;
            const double down = value(probe);
            x = middle;
            g[i] = (up - down) / (2 * options.step);
            if (!(std::abs(g[i]) < 1e100)) // one side is outside
                g[i] = 0;
        }
        return g;
    };
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(k, k);
    Vector g = gradient();
    bool fresh = true; // the inverse Hessian knows nothing yet
    for (int iteration = 0; iteration < options.iterations; ++iteration) {
        Vector direction = -(inverse * g);
        double slope = direction.dot(g);
        if (!(slope < 0)) {
            inverse.setIdentity();
            fresh = true;
            direction = -g;
            slope = -g.squaredNorm();
        }
        if (-slope < options.tolerance)
            break;
        // A first step along a bare gradient has no scale: no longer than one half.
        double length = fresh ? std::min(1.0, 0.5 / direction.norm()) : std::min(1.0, 3.0 / direction.norm());
        double found = 0;
        bool fell = false;
        for (int halving = 0; halving < 25; ++halving, length *= 0.4) {
            for (Eigen::Index i = 0; i < k; ++i)
                probe[static_cast<std::size_t>(i)] = best.at[static_cast<std::size_t>(i)] + length * direction[i];
            found = value(probe);
            if (found <= best.value + 1e-4 * length * slope) {
                fell = true;
                break;
            }
        }
        if (!fell) {
            if (fresh)
                break;
            inverse.setIdentity();
            fresh = true;
            continue;
        }
        const double gain = best.value - found;
        best.at = probe;
        best.value = found;
        const Vector before = g;
        g = gradient();
        const Vector s = length * direction;
        const Vector y = g - before;
        const double sy = s.dot(y);
        if (sy > 1e-12 * s.norm() * y.norm()) {
            if (fresh)
                inverse = Eigen::MatrixXd::Identity(k, k) * (sy / y.squaredNorm());
            const Eigen::MatrixXd left = Eigen::MatrixXd::Identity(k, k) - s * y.transpose() / sy;
            inverse = left * inverse * left.transpose() + s * s.transpose() / sy;
            fresh = false;
        }
        if (gain < options.tolerance && -g.dot(-(inverse * g)) < options.tolerance)
            break;
    }
    return best;
}

} // namespace ra::series
