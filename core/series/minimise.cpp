// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/minimise.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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

Minimum minimiseSimplex(const Objective &f, std::span<const double> start, std::span<const double> steps,
                        const SimplexOptions &options) {
    const std::size_t k = start.size();
    int evaluations = 0;
    const auto value = [&](const std::vector<double> &x) {
        ++evaluations;
        return sane(f(x));
    };
    std::vector<std::vector<double>> points(k + 1, std::vector<double>(start.begin(), start.end()));
    std::vector<double> values(k + 1);
    for (std::size_t i = 0; i <= k; ++i) {
        if (i > 0)
            points[i][i - 1] += steps[i - 1];
        values[i] = value(points[i]);
    }
    std::vector<std::size_t> order(k + 1);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> centre(k);
    std::vector<double> trial(k);
    std::vector<double> further(k);
    const auto along = [&](double factor, const std::vector<double> &worst, std::vector<double> &out) {
        for (std::size_t j = 0; j < k; ++j)
            out[j] = centre[j] + factor * (centre[j] - worst[j]);
        return value(out);
    };
    for (;;) {
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
        const std::size_t best = order.front();
        const std::size_t worst = order.back();
        if (k == 0 || evaluations >= options.evaluations ||
            values[worst] - values[best] <= options.tolerance * (1 + std::abs(values[best])))
            return {points[best], values[best], evaluations};
        std::fill(centre.begin(), centre.end(), 0.0);
        for (std::size_t i = 0; i < k; ++i) {
            for (std::size_t j = 0; j < k; ++j)
                centre[j] += points[order[i]][j] / static_cast<double>(k);
        }
        const double second = values[order[k - 1]];
        double reflected = along(1, points[worst], trial);
        if (reflected < values[best]) {
            const double expanded = along(2, points[worst], further);
            if (expanded < reflected) {
                std::swap(trial, further);
                reflected = expanded;
            }
        } else if (reflected >= second) {
            const bool outside = reflected < values[worst];
            const double contracted = along(outside ? 0.5 : -0.5, points[worst], further);
            if (contracted < std::min(reflected, values[worst])) {
                std::swap(trial, further);
                reflected = contracted;
            } else {
                for (std::size_t i = 1; i <= k; ++i) {
                    std::vector<double> &point = points[order[i]];
                    for (std::size_t j = 0; j < k; ++j)
                        point[j] = points[best][j] + 0.5 * (point[j] - points[best][j]);
                    values[order[i]] = value(point);
                }
                continue;
            }
        }
        points[worst] = trial;
        values[worst] = reflected;
    }
}

} // namespace ra::series
