// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/doublesdesign.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

std::vector<double> DoublesDesign::unscaled(const Eigen::VectorXd &coefficients) const {
    const Eigen::VectorXd given = back * coefficients * yScale;
    return {given.begin(), given.end()};
}

std::vector<double> DoublesDesign::unscaledErrors(const Eigen::MatrixXd &covariance) const {
    const Eigen::VectorXd errors = (back * covariance * back.transpose()).diagonal().cwiseSqrt() * yScale;
    return {errors.begin(), errors.end()};
}

Fitted<DoublesDesign> doublesOf(const Design &design) {
    const std::size_t rows = design.y.size();
    std::vector<std::size_t> complete;
    for (const auto &column : design.x) {
        if (column.size() != rows)
            return tl::unexpected(NoRegression::NotFinite);
    }
    for (std::size_t i = 0; i < rows; ++i) {
        bool isComplete = !std::isnan(design.y[i].high);
        for (const auto &column : design.x)
            isComplete = isComplete && !std::isnan(column[i].high);
        if (isComplete)
            complete.push_back(i);
    }
    const auto n = static_cast<Eigen::Index>(complete.size());
    const auto k = static_cast<Eigen::Index>(design.x.size() + (design.intercept ? 1 : 0));
    if (k == 0 || n < k)
        return tl::unexpected(NoRegression::TooFewRows);
    DoublesDesign answer;
    answer.x.resize(n, k);
    answer.y.resize(n);
    answer.back = Eigen::MatrixXd::Identity(k, k);
    const Eigen::Index first = design.intercept ? 1 : 0;
    if (design.intercept)
        answer.x.col(0).setOnes();
    for (Eigen::Index i = 0; i < n; ++i) {
        const std::size_t row = complete[static_cast<std::size_t>(i)];
        answer.y[i] = design.y[row].value();
        for (Eigen::Index j = first; j < k; ++j)
            answer.x(i, j) = design.x[static_cast<std::size_t>(j - first)][row].value();
    }
    if (!answer.x.allFinite() || !answer.y.allFinite())
        return tl::unexpected(NoRegression::NotFinite);
    for (Eigen::Index j = first; j < k; ++j) {
        // Halves, since a mean of the largest numbers is none.
        const double middle = design.intercept ? 2 * (answer.x.col(j) / 2).mean() : 0;
        answer.x.col(j) = answer.x.col(j) / 2 - Eigen::VectorXd::Constant(n, middle / 2);
        const double largest = answer.x.col(j).cwiseAbs().maxCoeff();
        if (!(largest > 0))
            return tl::unexpected(NoRegression::Collinear);
        answer.x.col(j) /= largest;
        answer.back(j, j) = 0.5 / largest;
        if (design.intercept)
            answer.back(0, j) = -middle / 2 / largest;
    }
    if (const double largest = answer.y.cwiseAbs().maxCoeff(); largest > 0)
        answer.yScale = largest;
    answer.y /= answer.yScale;
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(answer.x);
    qr.setThreshold(1e-11);
    if (qr.rank() < k)
        return tl::unexpected(NoRegression::Collinear);
    return answer;
}

Eigen::VectorXd weightedSolve(const Eigen::MatrixXd &x, const Eigen::VectorXd &y, const Eigen::VectorXd &weights) {
    const Eigen::VectorXd roots = weights.cwiseSqrt();
    return (roots.asDiagonal() * x).householderQr().solve(roots.cwiseProduct(y));
}

} // namespace ra::stats
