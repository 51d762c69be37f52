// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/chartlimits.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace ra::series {

namespace {

constexpr int NodeCount = 40;
// Efficiencies of the robust estimates of a baseline, see baselineOf().
constexpr double MeanEfficiency = 0.95;
constexpr double SigmaEfficiency = 0.9;

/// Beyond this the equations have lost their digits; no chart is asked for as much.
constexpr double MostRunLength = 1e10;

double withinDigits(double runLength) {
    return runLength >= 1 && runLength < MostRunLength ? runLength : MostRunLength;
}

double normalBelow(double z) {
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

double normalDensity(double z) {
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

struct Nodes {
    Eigen::VectorXd at; ///< in (-1, 1)
    Eigen::VectorXd weights;
};

/// Of Gauss and Legendre, from the eigenvalues of the Jacobi matrix. Source: G. H. Golub, J. H. Welsch, Math. Comp. 23
/// (1969) 221-230.
Nodes legendreNodes() {
    Eigen::VectorXd beside(NodeCount - 1);
    for (int i = 1; i < NodeCount; ++i)
        beside(i - 1) = i / std::sqrt(4.0 * i * i - 1);
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
    solver.computeFromTridiagonal(Eigen::VectorXd::Zero(NodeCount), beside);
    return {solver.eigenvalues(), 2 * solver.eigenvectors().row(0).array().square()};
}

const Nodes &nodes() {
    static const Nodes once = legendreNodes();
    return once;
}

/// L(z) = 1 + L(0) Φ(k - z - μ) + ∫ L(y) φ(y + k - z - μ) dy over [0, h], at z = 0.
double oneSided(const CusumChart &chart, double shift) {
    const Eigen::VectorXd sums = (nodes().at.array() + 1) * (chart.limit / 2);
    Eigen::MatrixXd system(NodeCount + 1, NodeCount + 1); // the last unknown is L(0)
    for (int row = 0; row <= NodeCount; ++row) {
        const double distance = chart.slack - shift - (row < NodeCount ? sums(row) : 0);
        for (int column = 0; column < NodeCount; ++column)
            system(row, column) = -nodes().weights(column) * chart.limit / 2 * normalDensity(sums(column) + distance);
        system(row, NodeCount) = -normalBelow(distance);
        system(row, row) += 1;
    }
    return withinDigits(system.partialPivLu().solve(Eigen::VectorXd::Ones(NodeCount + 1))(NodeCount));
}

/// The same chart as values see it whose standard deviation was taken for `sigma` times what it is.
CusumChart mistaken(const CusumChart &chart, double sigma) {
    return {.slack = chart.slack * sigma, .limit = chart.limit * sigma};
}
EwmaChart mistaken(const EwmaChart &chart, double sigma) {
    return {.weight = chart.weight, .limit = chart.limit * sigma};
}

/// A node of the standard normal distribution and its weight.
struct Error {
    double at;
    double weight;
};
/// Five nodes of Gauss and Hermite; of the target's error, which counts alike on both sides, three stand for all.
constexpr Error sigmaErrors[] = {{-2.85697001387, 0.01125741133},
                                 {-1.35562617997, 0.22207592201},
                                 {0, 0.53333333333},
                                 {1.35562617997, 0.22207592201},
                                 {2.85697001387, 0.01125741133}};
constexpr Error targetErrors[] = {{0, 0.53333333333}, {1.35562617997, 0.44415184402}, {2.85697001387, 0.02251482265}};

/// The weight of the newest value in a mean that looks back as far as the chart's excursions last.
double newestWeight(const CusumChart &chart) {
    // On its way to a limit by chance a sum grows by the slack at each step.
    constexpr double limit = 5;
    return 2 / (limit / chart.slack + 1);
}
double newestWeight(const EwmaChart &chart) {
    return chart.weight;
}

/// Standard deviation of a weighted mean of what is left where a memory φ was taken for φ': values of an ARMA(1,1),
/// in that of independent values of the same scatter.
double scatterLeft(double memory, double taken, double weight) {
    const double difference = memory - taken;
    const double rest = 1 - memory * memory;
    const double variance = 1 + difference * difference / rest;
    const double neighbours = difference * (1 - memory * taken) / rest;
    const double sum = 1 + 2 * (1 - weight) * neighbours / variance / (1 - memory * (1 - weight));
    return std::sqrt(std::max(sum, 0.01));
}

struct Moments {
    double mean = 0;
    double variance = 0;
};

/// Of the logarithm of sigma's error.
Moments sigmaErrorOf(const EstimatedFrom &from, double weight) {
    Moments error;
    if (from.memoryValues > 0) {
        constexpr double most = 0.98;
        const double taken = std::clamp(from.memory, -most, most);
        for (const Error &one : sigmaErrors) {
            const double angle = std::asin(taken) + one.at / std::sqrt(from.memoryValues);
            const double memory = std::clamp(std::sin(std::clamp(angle, -1.57, 1.57)), -most, most);
            const double logarithm = std::log(scatterLeft(memory, taken, weight));
            error.mean += one.weight * logarithm;
            error.variance += one.weight * logarithm * logarithm;
        }
        error.variance -= error.mean * error.mean;
    }
    if (from.values > 0)
        error.variance += 0.5 / SigmaEfficiency / static_cast<double>(from.values);
    return error;
}

/// False alarms a value, on average over the errors of target and sigma.
template <typename Chart>
double falseAlarms(const Chart &chart, const EstimatedFrom &from) {
    if (from.values == 0 && !(from.memoryValues > 0))
        return 1 / averageRunLength(chart, 0);
    const double targetSd = from.values == 0 ? 0 : 1 / std::sqrt(MeanEfficiency * static_cast<double>(from.values));
    const Moments error = sigmaErrorOf(from, newestWeight(chart));
    double rate = 0;
    for (const Error &sigma : sigmaErrors) {
        const Chart seen = mistaken(chart, std::exp(sigma.at * std::sqrt(error.variance) - error.mean));
        if (from.values == 0) {
            rate += sigma.weight / averageRunLength(seen, 0);
            continue;
        }
        for (const Error &target : targetErrors)
            rate += sigma.weight * target.weight / averageRunLength(seen, target.at * targetSd);
    }
    return rate;
}

/// The logarithm of the rate is nearly a straight line of the limit: bisection by the regula falsi of Illinois.
template <typename Chart>
Chart limited(Chart chart, double runLength, const EstimatedFrom &from, double low, double high) {
    const double wanted = -std::log(std::clamp(runLength, 10.0, 1e6));
    const auto excess = [&](double limit) {
        chart.limit = limit;
        return std::log(falseAlarms(chart, from)) - wanted;
    };
    double above = excess(low);
    double below = excess(high);
    for (int i = 0; i < 60 && above > 0 && below < 0 && high - low > 1e-7; ++i) {
        const double middle = (low * below - high * above) / (below - above);
        const double there = excess(middle);
        if (std::abs(there) < 1e-5) {
            low = high = middle;
            break;
        }
        if (there > 0) {
            low = middle;
            above = there;
            below /= 2;
        } else {
            high = middle;
            below = there;
            above /= 2;
        }
    }
    chart.limit = above <= 0 ? low : high;
    return chart;
}

} // namespace

double EwmaChart::bound() const {
    return limit * std::sqrt(weight / (2 - weight));
}

double averageRunLength(const CusumChart &chart, double shift) {
    const double rising = oneSided(chart, shift);
    return shift == 0 ? rising / 2 : 1 / (1 / rising + 1 / oneSided(chart, -shift));
}

double averageRunLength(const EwmaChart &chart, double shift) {
    const Eigen::VectorXd means = nodes().at.array() * chart.bound();
    Eigen::MatrixXd system(NodeCount, NodeCount);
    Eigen::RowVectorXd start(NodeCount);
    const auto weighted = [&](double from, int to) {
        const double z = (means(to) - (1 - chart.weight) * from) / chart.weight - shift;
        return nodes().weights(to) * chart.bound() / chart.weight * normalDensity(z);
    };
    for (int column = 0; column < NodeCount; ++column) {
        start(column) = weighted(0, column);
        for (int row = 0; row < NodeCount; ++row)
            system(row, column) = (row == column ? 1 : 0) - weighted(means(row), column);
    }
    return withinDigits(1 + start.dot(system.partialPivLu().solve(Eigen::VectorXd::Ones(NodeCount))));
}

CusumChart withRunLength(CusumChart chart, double runLength, const EstimatedFrom &from) {
    return limited(chart, runLength, from, 0.1, 15);
}

EwmaChart withRunLength(EwmaChart chart, double runLength, const EstimatedFrom &from) {
    return limited(chart, runLength, from, 0.5, 6);
}

} // namespace ra::series
