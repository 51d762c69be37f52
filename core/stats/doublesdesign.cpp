// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/doublesdesign.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

std::vector<double> DoublesDesign::unscaled(const Eigen::VectorXd &coefficients) const {
    std::vector<double> answer;
    for (Eigen::Index j = 0; j < coefficients.size(); ++j)
        answer.push_back(coefficients[j] * yScale / xScale[j]);
    return answer;
}

std::vector<double> DoublesDesign::unscaledErrors(const Eigen::VectorXd &errors) const {
    return unscaled(errors);
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
    answer.xScale = Eigen::VectorXd::Ones(k);
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
        const double largest = answer.x.col(j).cwiseAbs().maxCoeff();
        if (!(largest > 0))
            return tl::unexpected(NoRegression::Collinear);
        answer.xScale[j] = largest;
        answer.x.col(j) /= largest;
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
