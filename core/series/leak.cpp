// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/leak.h"

#include "core/series/gaps.h"
#include "core/series/leakshapes.h"
#include "core/series/magnitude.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace ra::series {

namespace {

/// A model that was fitted: what it leaves.
struct Fitted {
    const char *name = "level";
    bool grows = false;
    std::vector<double> parameter;
    double squares = std::numeric_limits<double>::infinity();
    double coefficient = 0;
    double height = 0;    ///< by how much the column rises in the run
    double deviation = 0; ///< of the coefficient, for unit residual variance
    int parameters = 0;
};

double criterion(const Fitted &fit, double rows, double independent) {
    return independent * std::log(std::max(fit.squares, 1e-12) / rows) + fit.parameters * std::log(independent);
}

double onsetOf(const Fitted &fit) {
    return fit.name == std::string_view("late") ? fit.parameter[0] : 0;
}

/// After the onset, in a run of length 1.
double slopeOf(const Fitted &fit) {
    return fit.coefficient * fit.height / (1 - onsetOf(fit));
}

double slopeDeviation(const Fitted &fit, double rows, double independent) {
    return fit.deviation * std::sqrt(fit.squares / independent) * std::sqrt(rows / independent);
}

/// Beside the column of the shape, too.
Vector residualOf(const Space &space, const std::vector<Shape> &shapes, const Fitted &fit, const Vector &rest) {
    for (const Shape &shape : shapes) {
        if (shape.name == std::string_view(fit.name) && shape.parameter == fit.parameter) {
            const Vector column = space.beside(shape.column);
            return rest - column * (column.dot(rest) / column.squaredNorm());
        }
    }
    return rest;
}

/// Whether growth may be a walk without drift: what it leaves is not told from a unit root at 1 % (Dickey and Fuller's
/// statistic with a trend), and it is no more than three deviations of a sum of as many steps.
bool mayBeWalk(const Fitted &leak, const Vector &residual) {
    const Eigen::Index n = residual.size();
    const Vector before = residual.head(n - 1);
    const Vector steps = residual.tail(n - 1) - before;
    const double pull = before.dot(steps) / before.squaredNorm();
    const double error = std::sqrt((steps - pull * before).squaredNorm() / static_cast<double>(n - 2)) / before.norm();
    if (!(pull > -4 * error))
        return false;
    const double neighbours = steps.head(n - 2).dot(steps.tail(n - 2));
    const double squares = std::max(steps.squaredNorm() + 2 * neighbours, 0.05 * steps.squaredNorm());
    return leak.coefficient * leak.height < 3 * std::sqrt(squares * (1 - onsetOf(leak)));
}

} // namespace

LeakReport findLeak(std::span<const double> values) {
    if (const int power = excessPower(values); power != 0) {
        LeakReport report = findLeak(scaledDown(values, power));
        for (double *const figure : {&report.slope, &report.slopeLow, &report.slopeHigh, &report.baseline})
            *figure = scaledUp(*figure, power);
        return report;
    }
    constexpr std::ptrdiff_t least = 40;
    LeakReport report;
    if (std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); }) < least)
        return report;
    const std::vector<double> whole = filledGaps(values);
    const Blocks blocks = blocksOf(whole);
    report.baseline = blocks.centre;
    report.verdict = LeakVerdict::None;
    report.confidence = 1;
    report.shape = "level";
    if (!(blocks.scale > 1e-12 * std::abs(blocks.centre)) || !std::isfinite(blocks.scale))
        return report;
    Space space(blocks.time.size());
    for (Eigen::Index c = 0; c < blocks.nuisance.cols(); ++c)
        space.add(blocks.nuisance.col(c));
    addLoad(space, blocks);
    const Vector rest = space.beside(blocks.values);
    const auto rows = static_cast<double>(blocks.time.size());
    std::vector<Fitted> fits;
    fits.push_back({.parameter = {}, .squares = rest.squaredNorm()});
    Fitted bestStep;
    Vector stepColumn;
    const std::vector<Shape> shapes = shapesOf(blocks);
    for (const Shape &shape : shapes) {
        const Vector column = space.beside(shape.column);
        const double norm = column.squaredNorm();
        if (!(norm > 1e-9))
            continue;
        const double coefficient = column.dot(rest) / norm;
        // Memory that shrinks is no case of either kind.
        if (!(coefficient > 0))
            continue;
        Fitted fit{
            shape.name,  shape.grows,  shape.parameter,     rest.squaredNorm() - coefficient * coefficient * norm,
            coefficient, shape.height, 1 / std::sqrt(norm), 1 + static_cast<int>(shape.parameter.size())};
        if (shape.name == std::string_view("step") && fit.squares < bestStep.squares) {
            bestStep = fit;
            stepColumn = column;
        }
        fits.push_back(std::move(fit));
    }
    // A second step beside the best one.
    if (stepColumn.size() > 0) {
        const Vector unit = stepColumn.normalized();
        const Vector left = rest - unit * unit.dot(rest);
        for (const Shape &shape : shapes) {
            if (shape.name != std::string_view("step") || std::abs(shape.parameter[0] - bestStep.parameter[0]) < 0.03)
                continue;
            Vector column = space.beside(shape.column);
            column -= unit * unit.dot(column);
            const double norm = column.squaredNorm();
            const double along = column.dot(left);
            if (norm > 1e-9 && along > 0)
                fits.push_back({"two steps",
                                false,
                                {bestStep.parameter[0], shape.parameter[0]},
                                left.squaredNorm() - along * along / norm,
                                along / norm,
                                1,
                                1 / std::sqrt(norm),
                                4});
        }
    }
    const auto bestOf = [&](bool grows, double independent) {
        const Fitted *best = nullptr;
        for (const Fitted &fit : fits) {
            if (fit.grows == grows &&
                (best == nullptr || criterion(fit, rows, independent) < criterion(*best, rows, independent)))
                best = &fit;
        }
        return best;
    };
    // The autocorrelation of what the best of all leaves tells how many values are independent.
    const Fitted *any = &fits.front();
    for (const Fitted &fit : fits) {
        if (criterion(fit, rows, rows / 4) < criterion(*any, rows, rows / 4))
            any = &fit;
    }
    const Vector residual = residualOf(space, shapes, *any, rest);
    const Eigen::Index m = residual.size();
    const double lagged = residual.head(m - 1).dot(residual.tail(m - 1)) / std::max(residual.squaredNorm(), 1e-300);
    const double rho = std::clamp(lagged + 1 / rows, 0.0, 0.95);
    const double independent = std::max(8.0, rows * (1 - rho) / (1 + rho));
    const Fitted *leak = bestOf(true, independent);
    const Fitted *other = bestOf(false, independent);
    report.shape = other->name;
    if (leak == nullptr)
        return report;
    const double evidence = 0.5 * (criterion(*other, rows, independent) - criterion(*leak, rows, independent));
    // A walk without drift grows now and then. Teeth and bursts are none.
    constexpr double positive = 1.1; // three to one
    constexpr double strong = 3;     // twenty to one
    const bool isWalk =
        blocks.stairs.size() == 0 && !blocks.hasTeeth && mayBeWalk(*leak, residualOf(space, shapes, *leak, rest));
    const double needed = isWalk ? strong : positive;
    constexpr double worthwhile = 0.02; // of the level: what grows by less in a whole run harms nobody
    const double growth = leak->coefficient * leak->height * blocks.scale;
    const bool isLeak = evidence > needed && growth > worthwhile * std::abs(blocks.centre);
    report.verdict = isLeak ? LeakVerdict::Leak : LeakVerdict::None;
    report.confidence = 1 / (1 + std::exp(isLeak ? -evidence : evidence));
    if (isLeak)
        report.shape = leak->name;
    const double perSample = blocks.scale / static_cast<double>(whole.size());
    const double slope = slopeOf(*leak);
    const double ownDeviation = slopeDeviation(*leak, rows, independent);
    report.p = 2 * boost::math::cdf(boost::math::complement(boost::math::normal(),
                                                            std::min(slope / std::max(ownDeviation, 1e-12), 37.0)));
    if (leak->name == std::string_view("late"))
        report.onset = static_cast<std::size_t>(leak->parameter[0] * static_cast<double>(whole.size()));
    // Which shape it is was chosen by the same values: others that grow might be as true.
    double weights = 0;
    double uncertainty = 0;
    for (const Fitted &fit : fits) {
        if (!fit.grows)
            continue;
        const double worse = criterion(fit, rows, independent) - criterion(*leak, rows, independent);
        const double weight = std::exp(-worse / 2);
        weights += weight;
        uncertainty += weight * std::hypot(slopeDeviation(fit, rows, independent), slopeOf(fit) - slope);
    }
    const double deviation = uncertainty / weights;
    report.slope = slope * perSample;
    report.slopeLow = (slope - 1.96 * deviation) * perSample;
    report.slopeHigh = (slope + 1.96 * deviation) * perSample;
    // The level at the onset, teeth and load at their least.
    std::vector<double> early(whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 20),
                              whole.begin() + static_cast<std::ptrdiff_t>(std::max(report.onset, whole.size() / 5)));
    const auto middle = early.begin() + static_cast<std::ptrdiff_t>(early.size() / 4);
    std::nth_element(early.begin(), middle, early.end());
    report.baseline = *middle;
    return report;
}

} // namespace ra::series
