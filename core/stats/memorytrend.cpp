// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/memorytrend.h"

#include "core/stats/distributions.h"
#include "core/stats/quantile.h"
#include "core/stats/ranktests.h"
#include "core/stats/trend.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ra::stats {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t fewest = 10;
constexpr double exactLine = 1e-10; ///< of the scatter: what a line leaves by rounding

/// Normal equations of rows that come one by one.
class Equations {
public:
    explicit Equations(Index columns)
        : m_gram(MatrixXd::Zero(columns, columns))
        , m_cross(VectorXd::Zero(columns)) {}

    void add(const VectorXd &x, double y) {
        m_gram.selfadjointView<Eigen::Lower>().rankUpdate(x);
        m_cross += y * x;
        m_square += y * y;
        ++m_rows;
    }
    struct Solution {
        VectorXd coefficients;
        double squares = 0; ///< of the residuals
        MatrixXd inverse;   ///< of the Gram matrix
    };
    /// With the first columns only.
    [[nodiscard]] Solution solved(Index columns) const {
        const MatrixXd gram = m_gram.topLeftCorner(columns, columns).selfadjointView<Eigen::Lower>();
        const Eigen::LDLT<MatrixXd> factors(gram);
        Solution solution;
        solution.coefficients = factors.solve(m_cross.head(columns));
        solution.squares = std::max(0.0, m_square - solution.coefficients.dot(m_cross.head(columns)));
        solution.inverse = factors.solve(MatrixXd::Identity(columns, columns));
        return solution;
    }
    [[nodiscard]] double rows() const { return static_cast<double>(m_rows); }

private:
    MatrixXd m_gram;
    VectorXd m_cross;
    double m_square = 0;
    Index m_rows = 0;
};

double scatter(const VectorXd &x) {
    return std::sqrt((x.array() - x.mean()).square().mean());
}

VectorXd besideLine(const VectorXd &time, const VectorXd &y) {
    const VectorXd centred = y.array() - y.mean();
    return centred - time * (time.dot(centred) / time.squaredNorm());
}

/// y(t) beside y(t - 1) and the `lags` last differences, from row `first` on.
Equations autoregression(const VectorXd &u, Index lags, Index first) {
    Equations equations(lags + 1);
    VectorXd row(lags + 1);
    for (Index t = first; t < u.size(); ++t) {
        row[0] = u[t - 1];
        for (Index i = 1; i <= lags; ++i)
            row[i] = u[t - i] - u[t - i - 1];
        equations.add(row, u[t]);
    }
    return equations;
}

struct Memory {
    double estimate = 0;
    double error = 0;
    double root = 0; ///< less its bias
    Index lags = 0;  ///< differences beside it
};

/// The estimate less its bias towards 0, by the median of the statistic of Dickey and Fuller with a trend.
double withoutBias(const Memory &memory, double n) {
    constexpr double median = -2.18;
    constexpr double parameters = 2; // of a line
    constexpr double far = 10;
    const double order = std::floor(static_cast<double>(memory.lags + 2) / 2);
    const double tau = (memory.estimate - 1) / memory.error;
    double correction = 0;
    if (tau > median)
        correction = -tau;
    else if (tau > -far) {
        const double slope =
            ((1 + parameters) * n - median * median * (order + n)) / (median * (far + median) * (order + n));
        correction = order * tau / n - (1 + parameters) / (tau + slope * (tau + far));
    } else if (tau > -std::sqrt((1 + parameters) * n))
        correction = order * tau / n - (1 + parameters) / tau;
    return std::min(1.0, memory.estimate + correction * memory.error);
}

Memory memoryOf(const VectorXd &u) {
    const auto n = static_cast<double>(u.size());
    const auto most = static_cast<Index>(std::min({12.0, 12 * std::pow(n / 100, 0.25), n / 10}));
    // The order of least BIC on the rows that all orders have.
    const Equations all = autoregression(u, most, most + 1);
    Memory memory;
    double least = std::numeric_limits<double>::infinity();
    for (Index lags = 0; lags <= most; ++lags) {
        const double squares = std::max(all.solved(lags + 1).squares, 1e-300);
        const double criterion =
            std::log(squares / all.rows()) + std::log(all.rows()) * static_cast<double>(lags + 1) / all.rows();
        if (criterion < least) {
            least = criterion;
            memory.lags = lags;
        }
    }
    const Equations own = autoregression(u, memory.lags, memory.lags + 1);
    const auto solution = own.solved(memory.lags + 1);
    memory.estimate = solution.coefficients[0];
    const double freedom = std::max(1.0, own.rows() - static_cast<double>(memory.lags + 1));
    memory.error = std::sqrt(std::max(solution.squares / freedom * solution.inverse(0, 0), 1e-300));
    memory.root = withoutBias(memory, n);
    return memory;
}

/// The variance of the mean of many of these, times their number: by an autoregression.
double longRunVariance(const VectorXd &v, Index lags, double parameters) {
    if (lags == 0)
        return v.squaredNorm() / (static_cast<double>(v.size()) - parameters);
    Equations equations(lags);
    for (Index t = lags; t < v.size(); ++t)
        equations.add(v.segment(t - lags, lags).reverse(), v[t]);
    const auto solution = equations.solved(lags);
    const double freedom = std::max(1.0, equations.rows() - static_cast<double>(lags) - parameters);
    const double rest = std::max(1 - solution.coefficients.sum(), 0.02); // it could be 0 by chance
    return solution.squares / freedom / (rest * rest);
}

/// t of the slope of y after quasi-differencing by the root.
double slopeStatistic(const VectorXd &time, const VectorXd &y, double root, Index lags) {
    const Index n = y.size();
    VectorXd steps = y.tail(n - 1) - root * y.head(n - 1);
    if (root >= 1) {
        const VectorXd width = time.tail(n - 1) - time.head(n - 1); // 1 but for missing values
        const double slope = width.dot(steps) / width.squaredNorm();
        const double variance = longRunVariance(steps - slope * width, lags, 1);
        return slope / std::sqrt(variance / width.squaredNorm());
    }
    // The first value stands for all that came before.
    const double first = root > -1 ? std::sqrt(1 - root * root) : 1;
    VectorXd response(n);
    MatrixXd design(n, 2);
    response << first * y[0], steps;
    design.row(0) << first, first * time[0];
    design.bottomLeftCorner(n - 1, 1).setConstant(1 - root);
    design.bottomRightCorner(n - 1, 1) = time.tail(n - 1) - root * time.head(n - 1);
    const MatrixXd inverse = (design.transpose() * design).inverse();
    const VectorXd coefficients = inverse * (design.transpose() * response);
    const double variance = longRunVariance(response - design * coefficients, lags, 2);
    return coefficients[1] / std::sqrt(variance * inverse(1, 1));
}

} // namespace

std::optional<MemoryTrend> memoryTrend(std::span<const double> values) {
    const std::vector<double> known = present(values);
    const auto plain = mannKendall(known);
    if (!plain || known.size() < fewest ||
        std::any_of(known.begin(), known.end(), [](double v) { return std::isinf(v); }))
        return std::nullopt;
    const auto n = static_cast<Index>(known.size());
    const auto count = static_cast<double>(n);
    VectorXd time(n);
    for (std::size_t i = 0, at = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i]))
            time[static_cast<Index>(at++)] = static_cast<double>(i);
    }
    time.array() -= time.mean();
    // Differences of halves are exact where it matters and never too large.
    VectorXd y(n);
    for (Index i = 0; i < n; ++i)
        y[i] = known[static_cast<std::size_t>(i)] / 2 - known[0] / 2;
    y /= std::max(y.cwiseAbs().maxCoeff(), std::numeric_limits<double>::min());
    y.array() -= y.mean();
    const std::vector<double> midRank = midRanks(known);
    VectorXd ranks = Eigen::Map<const VectorXd>(midRank.data(), n) / count;
    ranks.array() -= ranks.mean();
    const VectorXd ofValues = besideLine(time, y);
    const VectorXd ofRanks = besideLine(time, ranks);
    const MemoryTrend byKendall{plain->z, std::numeric_limits<double>::infinity(), plain->p, 0};
    if (!(scatter(ofValues) > exactLine * scatter(y)) || !(scatter(ofRanks) > exactLine * scatter(ranks)))
        return byKendall;

    const Memory inValues = memoryOf(ofValues);
    const Memory inRanks = memoryOf(ofRanks);
    const double unit = 1 - 1 / std::sqrt(count);
    const bool isCurved = inValues.estimate - inRanks.estimate > 2 * inRanks.error;
    const bool wanders = !isCurved && inValues.root >= unit;
    MemoryTrend answer;
    answer.memory = isCurved ? inRanks.root : std::max(inRanks.root, inValues.root);
    if (answer.memory >= unit)
        answer.memory = 1;
    const Index lags = wanders ? inValues.lags : inRanks.lags;
    answer.t = slopeStatistic(time, wanders ? y : ranks, answer.memory, lags);
    if (!std::isfinite(answer.t))
        return byKendall;
    answer.df = std::max(1.0, count - 3 - static_cast<double>(lags));
    answer.p = dist::tTwoSided(answer.t, answer.df);
    return answer;
}

} // namespace ra::stats
