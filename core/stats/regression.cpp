// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/regression.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::stats {

namespace {

using Column = std::vector<DoubleDouble>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Below this share of a column's length, what is left of it is rounding of the input.
constexpr double collinearBelow = 1e-14;

/// The complete rows; the columns scaled by 2^-exponent each, y last.
struct Scaled {
    std::vector<Column> columns;
    std::vector<int> exponents;
};

Fitted<Scaled> scaled(const Design &design) {
    const std::size_t rows = design.y.size();
    std::vector<const Column *> given;
    for (const Column &column : design.x)
        given.push_back(&column);
    given.push_back(&design.y);
    std::vector<std::size_t> complete;
    for (const Column *column : given) {
        if (column->size() != rows)
            return tl::unexpected(NoRegression::NotFinite);
    }
    for (std::size_t i = 0; i < rows; ++i) {
        const auto isMissing = [&](const Column *column) { return std::isnan((*column)[i].high); };
        if (!std::ranges::any_of(given, isMissing))
            complete.push_back(i);
    }
    Scaled answer;
    if (design.intercept) {
        answer.columns.emplace_back(complete.size(), DoubleDouble(1));
        answer.exponents.push_back(0);
    }
    for (const Column *column : given) {
        double largest = 0;
        for (const std::size_t i : complete)
            largest = std::max(largest, std::abs((*column)[i].high));
        if (std::isinf(largest))
            return tl::unexpected(NoRegression::NotFinite);
        const int exponent = largest > 0 ? std::ilogb(largest) : 0;
        Column &scaledColumn = answer.columns.emplace_back();
        scaledColumn.reserve(complete.size());
        for (const std::size_t i : complete)
            scaledColumn.push_back(ldexp((*column)[i], -exponent));
        answer.exponents.push_back(exponent);
    }
    return answer;
}

DoubleDouble dot(const Column &a, const Column &b, std::size_t from) {
    DoubleDouble sum;
    for (std::size_t i = from; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

/// Reflects the columns so that the first `k` become triangular; false for a column that depends on those before.
bool triangulate(std::vector<Column> &columns, std::size_t k) {
    for (std::size_t j = 0; j < k; ++j) {
        Column &pivot = columns[j];
        // Reflections keep the length of the whole column, whose head is the part that those before explain.
        const DoubleDouble whole = sqrt(dot(pivot, pivot, 0));
        const DoubleDouble length = sqrt(dot(pivot, pivot, j));
        if (!(length.high > collinearBelow * whole.high))
            return false;
        const DoubleDouble diagonal = pivot[j].high > 0 ? -length : length;
        // v = x - diagonal e, in the place of x; v'v = -2 diagonal v_j
        pivot[j] -= diagonal;
        const DoubleDouble scale = -(diagonal * pivot[j]);
        for (std::size_t c = j + 1; c < columns.size(); ++c) {
            const DoubleDouble factor = dot(pivot, columns[c], j) / scale;
            for (std::size_t i = j; i < pivot.size(); ++i)
                columns[c][i] -= factor * pivot[i];
        }
        pivot[j] = diagonal;
    }
    return true;
}

/// Solves R b = right for the upper triangle in the first k columns.
Column solve(const std::vector<Column> &columns, std::size_t k, Column right) {
    for (std::size_t j = k; j-- > 0;) {
        right[j] = right[j] / columns[j][j];
        for (std::size_t i = 0; i < j; ++i)
            right[i] -= columns[j][i] * right[j];
    }
    right.resize(k);
    return right;
}

/// (R'R)^-1 = R^-1 R^-T
std::vector<double> inverseOf(const std::vector<Column> &columns, std::size_t k, std::span<const int> exponents) {
    std::vector<Column> inverse; // columns of R^-1
    for (std::size_t j = 0; j < k; ++j) {
        Column unit(k);
        unit[j] = 1;
        inverse.push_back(solve(columns, k, std::move(unit)));
    }
    std::vector<double> answer(k * k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            DoubleDouble sum;
            for (std::size_t c = std::max(i, j); c < k; ++c)
                sum += inverse[c][i] * inverse[c][j];
            answer[i * k + j] = std::ldexp(sum.value(), -exponents[i] - exponents[j]);
        }
    }
    return answer;
}

/// Sum of squares of y about its mean, or about zero.
DoubleDouble totalSquares(const Column &y, bool aboutMean) {
    DoubleDouble mean;
    if (aboutMean) {
        for (const DoubleDouble &value : y)
            mean += value;
        mean = mean / static_cast<double>(y.size());
    }
    DoubleDouble sum;
    for (const DoubleDouble &value : y)
        sum += (value - mean) * (value - mean);
    return sum;
}

} // namespace

const char *reasonText(NoRegression why) {
    switch (why) {
    case NoRegression::TooFewRows:
        return "there are fewer rows than coefficients";
    case NoRegression::Collinear:
        return "a predictor is a combination of the others";
    case NoRegression::NotFinite:
        return "a value is infinite or a column is too short";
    case NoRegression::Separated:
        return "the predictors tell the outcomes apart perfectly, or all outcomes are alike";
    case NoRegression::NoProgress:
        break;
    }
    return "the iteration did not end";
}

Design Design::polynomial(std::span<const DoubleDouble> x, std::span<const DoubleDouble> y, int degree,
                          bool intercept) {
    Design design;
    design.intercept = intercept;
    design.y.assign(y.begin(), y.end());
    Column power(x.size(), DoubleDouble(1));
    for (int d = 0; d < degree; ++d) {
        for (std::size_t i = 0; i < x.size(); ++i)
            power[i] = power[i] * x[i];
        design.x.push_back(power);
    }
    return design;
}

Design Design::of(std::span<const std::vector<double>> x, std::span<const double> y, bool intercept) {
    Design design;
    design.intercept = intercept;
    for (const std::vector<double> &column : x)
        design.x.emplace_back(column.begin(), column.end());
    design.y.assign(y.begin(), y.end());
    return design;
}

Fitted<Regression> leastSquares(const Design &design) {
    Fitted<Scaled> data = scaled(design);
    if (!data)
        return tl::unexpected(data.error());
    std::vector<Column> &columns = data->columns;
    const std::size_t k = columns.size() - 1;
    const std::size_t n = columns.back().size();
    if (k == 0 || n < k)
        return tl::unexpected(NoRegression::TooFewRows);
    const DoubleDouble total = totalSquares(columns.back(), design.intercept);
    if (!triangulate(columns, k))
        return tl::unexpected(NoRegression::Collinear);

    Regression answer;
    answer.rows = n;
    answer.df = n - k;
    const int yExponent = data->exponents.back();
    const Column coefficients =
        solve(columns, k, Column(columns.back().begin(), columns.back().begin() + static_cast<std::ptrdiff_t>(k)));
    for (std::size_t j = 0; j < k; ++j)
        answer.coefficients.push_back(std::ldexp(coefficients[j].value(), yExponent - data->exponents[j]));
    answer.inverse = inverseOf(columns, k, data->exponents);

    const DoubleDouble residual = dot(columns.back(), columns.back(), k);
    answer.r2 = total.high > 0 ? std::clamp((DoubleDouble(1) - residual / total).value(), 0.0, 1.0) : nan;
    const auto df = static_cast<double>(answer.df);
    answer.residualSd = answer.df > 0 ? std::ldexp(sqrt(residual / df).value(), yExponent) : nan;
    for (std::size_t j = 0; j < k; ++j) {
        const double error = answer.residualSd * std::sqrt(answer.inverse[j * k + j]);
        const double t = answer.coefficients[j] / error;
        answer.standardErrors.push_back(error);
        answer.t.push_back(t);
        answer.p.push_back(answer.df > 0 ? dist::tTwoSided(t, df) : nan);
    }
    return answer;
}

Interval Regression::coefficientInterval(std::size_t index, double level) const {
    const double half =
        df > 0 ? dist::tQuantile((1 + level) / 2, static_cast<double>(df)) * standardErrors[index] : nan;
    return {coefficients[index] - half, coefficients[index] + half};
}

Fitted<Regression> linearTrend(std::span<const double> values) {
    Design design;
    Column &x = design.x.emplace_back();
    for (std::size_t i = 0; i < values.size(); ++i)
        x.emplace_back(static_cast<double>(i + 1));
    design.y.assign(values.begin(), values.end());
    return leastSquares(design);
}

Prediction predictLine(const Regression &line, double x, double level) {
    Prediction answer;
    answer.fit = line.coefficients[0] + line.coefficients[1] * x;
    const double spread = line.inverse[0] + 2 * x * line.inverse[1] + x * x * line.inverse[3];
    const double half = line.df > 0 ? dist::tQuantile((1 + level) / 2, static_cast<double>(line.df)) * line.residualSd *
                                          std::sqrt(1 + std::max(0.0, spread))
                                    : nan;
    answer.next = {answer.fit - half, answer.fit + half};
    return answer;
}

} // namespace ra::stats
