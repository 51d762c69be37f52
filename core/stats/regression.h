// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/doubledouble.h"
#include "core/stats/intervals.h"

#include <cstddef>
#include <span>
#include <tl/expected.hpp>
#include <vector>

namespace ra::stats {

/// Why a regression has no answer.
enum class NoRegression {
    TooFewRows, ///< fewer complete rows than coefficients
    Collinear,  ///< a predictor is a linear combination of others (or constant beside an intercept)
    NotFinite,  ///< an infinite value, or lengths that differ
    Separated,  ///< logistic: the outcomes are told apart perfectly, or all alike
    NoProgress, ///< the iteration did not end
};
/// In words: "there are fewer rows than coefficients".
[[nodiscard]] const char *reasonText(NoRegression why);

template <typename T>
using Fitted = tl::expected<T, NoRegression>;

/// Columns of a regression: y against x[0], x[1], ... A row with a NaN is left out. Values are double-double, so that
/// decimal input and powers of a predictor need not be rounded; a double is one.
struct Design {
    std::vector<std::vector<DoubleDouble>> x;
    std::vector<DoubleDouble> y;
    bool intercept = true; ///< then coefficient 0 is that of a column of ones

    /// One predictor and its powers up to `degree`.
    [[nodiscard]] static Design polynomial(std::span<const DoubleDouble> x, std::span<const DoubleDouble> y, int degree,
                                           bool intercept = true);
    /// Of doubles.
    [[nodiscard]] static Design of(std::span<const std::vector<double>> x, std::span<const double> y,
                                   bool intercept = true);
};

struct Regression {
    std::vector<double> coefficients; ///< intercept first, where there is one
    std::vector<double> standardErrors;
    std::vector<double> t;
    std::vector<double> p;       ///< two-sided, of the coefficient being zero
    double r2 = 0;               ///< about the mean of y; about zero without an intercept; NaN where y does not vary
    double residualSd = 0;       ///< NaN where no degree of freedom is left, as are the errors
    std::size_t df = 0;          ///< rows - coefficients
    std::size_t rows = 0;        ///< complete ones
    std::vector<double> inverse; ///< (X'X)^-1, row by row: times residualSd^2 the covariance of the coefficients

    /// Interval of a coefficient.
    [[nodiscard]] Interval coefficientInterval(std::size_t index, double level = 0.95) const;
};

/// Least squares by Householder's QR in double-double arithmetic, columns scaled by powers of two: all digits of a
/// double are right for condition numbers up to 1e15, such as polynomials of degree 10. A predictor of which less than
/// 1e-14 is not a combination of those before is called collinear. O(n k^2), some 50 ns each step. Sources: G. H.
/// Golub, C. F. Van Loan, "Matrix Computations", section 5.3.2; the data of NIST StRD.
[[nodiscard]] Fitted<Regression> leastSquares(const Design &design);

/// A straight line of values over their numbers 1, 2, ...: NaN leaves out its row.
[[nodiscard]] Fitted<Regression> linearTrend(std::span<const double> values);

struct Prediction {
    double fit = 0;
    Interval next; ///< of one more observation there
};
/// Of a line (intercept and one predictor) at x. An interval of NaN where no degree of freedom is left.
[[nodiscard]] Prediction predictLine(const Regression &line, double x, double level = 0.95);

} // namespace ra::stats
