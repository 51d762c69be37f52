// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distributions.h"
#include "core/stats/doublesdesign.h"
#include "core/stats/robust.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

/// log(1 + e^x) without overflow.
double softPlus(double x) {
    return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double logLikelihood(const Eigen::VectorXd &y, const Eigen::VectorXd &odds) {
    double sum = 0;
    for (Eigen::Index i = 0; i < y.size(); ++i)
        sum -= softPlus(y[i] > 0.5 ? -odds[i] : odds[i]);
    return sum;
}

} // namespace

Fitted<LogisticRegression> logisticRegression(const Design &design, double level) {
    Fitted<DoublesDesign> data = doublesOf(design);
    if (!data)
        return tl::unexpected(data.error());
    const auto &[x, scaledY, back, yScale] = *data;
    const Eigen::VectorXd y = scaledY * yScale;
    const double n = static_cast<double>(y.size());
    const double ones = y.sum();
    if ((y.array() != 0 && y.array() != 1).any())
        return tl::unexpected(NoRegression::NotFinite);
    if (ones == 0 || ones == n)
        return tl::unexpected(NoRegression::Separated);
    data->yScale = 1;

    Eigen::VectorXd coefficients = Eigen::VectorXd::Zero(x.cols());
    Eigen::VectorXd odds = x * coefficients;
    double likelihood = logLikelihood(y, odds);
    bool isDone = false;
    for (int step = 0; step < 100 && !isDone; ++step) {
        const Eigen::ArrayXd probability = 1 / (1 + (-odds.array()).exp());
        const Eigen::VectorXd weights = (probability * (1 - probability)).matrix();
        const Eigen::MatrixXd information = x.transpose() * weights.asDiagonal() * x;
        const Eigen::VectorXd gradient = x.transpose() * (y.array() - probability).matrix();
        Eigen::VectorXd move = information.ldlt().solve(gradient);
        // Perfectly told apart: the likelihood rises to zero for ever while the coefficients run away.
        if (!move.allFinite() || likelihood > -1e-8 * n || odds.cwiseAbs().minCoeff() > 30)
            return tl::unexpected(NoRegression::Separated);
        double next = 0;
        for (int half = 0; half < 30; ++half, move /= 2) {
            next = logLikelihood(y, x * (coefficients + move));
            if (next >= likelihood - 1e-12 * std::abs(likelihood))
                break;
        }
        coefficients += move;
        odds = x * coefficients;
        isDone = std::abs(next - likelihood) <= 1e-13 * (std::abs(next) + 0.1) &&
                 move.cwiseAbs().maxCoeff() <= 1e-9 * (1 + coefficients.cwiseAbs().maxCoeff());
        likelihood = next;
    }
    if (!isDone) // separated in part: some coefficients run away although not all rows are told apart
        return tl::unexpected(NoRegression::Separated);
    // By QR: where weights have vanished the inverse is then huge, as it must be, and not zero.
    const Eigen::ArrayXd probability = 1 / (1 + (-odds.array()).exp());
    const Eigen::VectorXd roots = (probability * (1 - probability)).sqrt().matrix();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(roots.asDiagonal() * x);
    const Eigen::MatrixXd triangle = qr.matrixQR().topRows(x.cols());
    const Eigen::MatrixXd root =
        triangle.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(x.cols(), x.cols()));
    const Eigen::MatrixXd inverse = root * root.transpose();
    // Some rows are told apart perfectly: their odds may be anything, and only the arithmetic ended the iteration.
    constexpr double boundless = 1e4; // variance of a logarithm of odds
    if (!((x * inverse).cwiseProduct(x).rowwise().sum().maxCoeff() < boundless))
        return tl::unexpected(NoRegression::Separated);
    LogisticRegression answer;
    answer.rows = static_cast<std::size_t>(y.size());
    answer.coefficients = data->unscaled(coefficients);
    answer.standardErrors = data->unscaledErrors(inverse);
    answer.logLikelihood = likelihood;
    answer.nullLogLikelihood = ones * std::log(ones / n) + (n - ones) * std::log(1 - ones / n);
    const double quantile = dist::normalQuantile((1 + level) / 2);
    for (std::size_t j = 0; j < answer.coefficients.size(); ++j) {
        const double z = answer.coefficients[j] / answer.standardErrors[j];
        answer.z.push_back(z);
        answer.p.push_back(std::min(1.0, 2 * dist::normalUpper(std::abs(z))));
        const double half = quantile * answer.standardErrors[j];
        answer.intervals.push_back({answer.coefficients[j] - half, answer.coefficients[j] + half});
    }
    return answer;
}

} // namespace ra::stats
