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

enum class Gradient {
    Central, ///< 2 k evaluations a gradient, right to the square of the step
    Forward, ///< k evaluations a gradient, right to the step: enough where models are only compared
};

struct DescentOptions {
    double step = 1e-4;      ///< of the differences, in units of each variable
    double tolerance = 1e-9; ///< ends when a step brings less than this
    int points = 200;        ///< tried at most; those that differences need do not count
    Gradient gradient = Gradient::Central;
};

/// A minimum near `start` by sequential quadratic programming without constraints, which is a quasi-Newton method with
/// BFGS updates of a dense Hessian; gradients by differences. Meant for smooth functions of few variables of the order
/// of one; the value found is never above that at `start`. Source: D. Kraft, "Algorithm 733: TOMP", ACM Transactions on
/// Mathematical Software 20 (1994), as SLSQP of NLopt.
[[nodiscard]] Minimum descend(const Objective &f, std::vector<double> start, const DescentOptions &options = {});

/// A minimum around `start` without gradients: a quadratic model of points `reach` away, which shrinks as far as
/// `tolerance`; it crosses folds that stop `descend`. At least two variables; `start` itself is the answer for fewer.
/// Source: M. J. D. Powell, "The BOBYQA algorithm for bound constrained optimization without derivatives", Cambridge
/// NA2009/06, as that of NLopt.
[[nodiscard]] Minimum survey(const Objective &f, std::vector<double> start, double reach,
                             const DescentOptions &options = {});

} // namespace ra::series
