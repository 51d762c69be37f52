// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace ra::series {

/// A function of several variables; where it is not defined it gives a huge or infinite value.
using Objective = std::function<double(std::span<const double>)>;

struct Minimum {
    std::vector<double> at;
    double value = 0;
    int evaluations = 0;
};

struct BfgsOptions {
    double step = 1e-4;      ///< of the central differences, in units of each variable
    double tolerance = 1e-9; ///< ends when a step promises and brings less than this
    int iterations = 100;
};

/// A minimum near `start` by BFGS with central differences and backtracking. Meant for smooth functions whose variables
/// are of the order of one. 2 k + few evaluations an iteration for k variables. Source: J. Nocedal, S. J. Wright,
/// "Numerical Optimization", 2nd ed., algorithm 6.1.
[[nodiscard]] Minimum minimiseBfgs(const Objective &f, std::vector<double> start, const BfgsOptions &options = {});

} // namespace ra::series
