// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changememory.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace ra::series {

namespace {

constexpr int mostColumns = 4; // two lines
using Products = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, mostColumns + 1, mostColumns + 1>;
using Row = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, mostColumns + 1, 1>;

/// Products of the columns of a regression, the response last, after quasi-differencing: a polynomial of the memory.
struct Quasi {
    Products constant;
    Products linear;
    Products square;
    double rows = 0;

    explicit Quasi(Eigen::Index columns)
        : constant(Products::Zero(columns, columns))
        , linear(constant)
        , square(constant) {}
    void add(const Row &now, const Row &before) {
        constant += now * now.transpose();
        linear += now * before.transpose() + before * now.transpose();
        square += before * before.transpose();
        ++rows;
    }
    [[nodiscard]] Products at(double memory) const { return constant - memory * linear + memory * memory * square; }
};

/// Twice the negative log-likelihood of the best memory, of rows whose variance is one's own on either side.
double leastCost(const Quasi &left, const Quasi &right, double variance) {
    const Eigen::Index columns = left.constant.rows() - 1;
    double least = std::numeric_limits<double>::infinity();
    constexpr std::array nearOne{0.98, 0.985, 0.99, 0.995, 0.999};
    constexpr int steps = 49; // of 0.02
    for (int i = 0; i < steps + static_cast<int>(nearOne.size()); ++i) {
        const double memory = i < steps ? 0.02 * i : nearOne[static_cast<std::size_t>(i - steps)];
        const std::array sides{left.at(memory), right.at(memory)};
        const Products both = sides[0] + sides[1];
        Row contrast(columns + 1);
        contrast.head(columns) = -both.topLeftCorner(columns, columns).ldlt().solve(both.topRightCorner(columns, 1));
        contrast[columns] = 1;
        // The floor is for innovations what it is for values.
        const double floor = variance * (1 - memory * memory);
        double cost = 0;
        for (const auto &[products, rows] : {std::pair{&sides[0], left.rows}, std::pair{&sides[1], right.rows}}) {
            if (rows > 0)
                cost += rows * std::log(std::max(contrast.dot(*products * contrast) / rows, floor));
        }
        least = std::min(least, cost);
    }
    return least;
}

/// By how much the change in the middle lowers the Bayesian information criterion of the values beside it.
double gainOf(std::span<const double> values, bool hasSlopes, double variance, std::size_t begin, std::size_t middle,
              std::size_t end) {
    const Eigen::Index one = hasSlopes ? 2 : 1;
    const auto half = static_cast<double>(end - begin) / 2;
    double mean = 0;
    for (std::size_t t = begin; t < end; ++t)
        mean += values[t] / (2 * half);
    const auto rowAt = [&](std::size_t t, bool isSplit) {
        Row row = Row::Zero((isSplit ? 2 * one : one) + 1);
        row[0] = 1;
        if (hasSlopes)
            row[1] = (static_cast<double>(t - begin) - half) / half;
        if (isSplit && t >= middle)
            row.segment(one, one) = row.head(one).eval();
        row[row.size() - 1] = values[t] - mean;
        return row;
    };
    Quasi joined(one + 1);
    Quasi left(2 * one + 1);
    Quasi right(2 * one + 1);
    for (std::size_t t = begin + 1; t < end; ++t) {
        joined.add(rowAt(t, false), rowAt(t - 1, false));
        (t < middle ? left : right).add(rowAt(t, true), rowAt(t - 1, true)); // the noise goes on across the change
    }
    // A level or a line, a variance, and the place.
    const double penalty = static_cast<double>(one + 2) * std::log(2 * half);
    return leastCost(joined, Quasi(one + 1), variance) - leastCost(left, right, variance) - penalty;
}

} // namespace

std::vector<std::size_t> withoutMemory(std::span<const double> values, std::vector<std::size_t> changes, bool hasSlopes,
                                       double variance) {
    const std::size_t n = values.size();
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> gains(changes.size(), unknown);
    while (!changes.empty()) {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            if (std::isnan(gains[i]))
                gains[i] = gainOf(values, hasSlopes, variance, i == 0 ? 0 : changes[i - 1], changes[i],
                                  i + 1 == changes.size() ? n : changes[i + 1]);
        }
        const auto worst = std::min_element(gains.begin(), gains.end()) - gains.begin();
        if (!(gains[static_cast<std::size_t>(worst)] < 0))
            break;
        changes.erase(changes.begin() + worst);
        gains.erase(gains.begin() + worst);
        // What joins is judged anew.
        for (std::ptrdiff_t i = worst - 1; i <= worst; ++i) {
            if (i >= 0 && i < static_cast<std::ptrdiff_t>(gains.size()))
                gains[static_cast<std::size_t>(i)] = unknown;
        }
    }
    return changes;
}

} // namespace ra::series
