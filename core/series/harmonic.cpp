// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/harmonic.h"

#include "core/series/autoarima.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ra::series {

double Wave::at(double t) const {
    // Whole cycles are taken out first: the sine of a large angle has lost digits.
    const double phase = std::fmod(t * static_cast<double>(cycles), static_cast<double>(period));
    const double angle = 2 * std::numbers::pi * phase / static_cast<double>(period);
    return cosine * std::cos(angle) + sine * std::sin(angle);
}

double HarmonicFit::season(std::size_t t) const {
    double sum = 0;
    for (const Wave &wave : waves)
        sum += wave.at(static_cast<double>(t));
    return sum;
}

namespace {

/// Autoregressive lags that are taken out before least squares.
constexpr Eigen::Index memory = 3;

/// The waves that may take part, period by period, the slowest first.
std::vector<std::vector<Wave>> possibleWaves(std::span<const std::size_t> periods, std::size_t most) {
    std::vector<std::vector<Wave>> all;
    for (std::size_t i = 0; i < periods.size(); ++i) {
        std::vector<Wave> waves;
        for (std::size_t cycles = 1; cycles <= std::min(most, periods[i] / 2); ++cycles) {
            const bool known = std::any_of(periods.begin(), periods.begin() + static_cast<std::ptrdiff_t>(i),
                                           [&](std::size_t p) { return cycles * p % periods[i] == 0; });
            if (!known)
                waves.push_back({cycles, periods[i], 0, 0});
        }
        all.push_back(std::move(waves));
    }
    return all;
}

/// Columns of the regression: a constant, a line, then cosine and sine of each wave.
Eigen::MatrixXd design(const std::vector<Wave> &waves, std::size_t n) {
    const auto rows = static_cast<Eigen::Index>(n);
    Eigen::MatrixXd x(rows, 2 + 2 * static_cast<Eigen::Index>(waves.size()));
    x.col(0).setOnes();
    x.col(1) = Eigen::VectorXd::LinSpaced(rows, -1, 1);
    for (std::size_t j = 0; j < waves.size(); ++j) {
        const Wave cosine{waves[j].cycles, waves[j].period, 1, 0};
        const Wave sine{waves[j].cycles, waves[j].period, 0, 1};
        const auto column = 2 + 2 * static_cast<Eigen::Index>(j);
        for (Eigen::Index t = 0; t < rows; ++t) {
            x(t, column) = cosine.at(static_cast<double>(t));
            x(t, column + 1) = sine.at(static_cast<double>(t));
        }
    }
    return x;
}

/// Coefficients of an autoregression of the residuals, by least squares.
Eigen::VectorXd autoregression(const Eigen::VectorXd &e) {
    const Eigen::Index rows = e.size() - memory;
    Eigen::MatrixXd lagged(rows, memory);
    for (Eigen::Index lag = 1; lag <= memory; ++lag)
        lagged.col(lag - 1) = e.segment(memory - lag, rows);
    const Eigen::MatrixXd normal = lagged.transpose() * lagged;
    return normal.ldlt().solve(lagged.transpose() * e.tail(rows));
}

/// What is new in each row beyond what the autoregression expects of it.
Eigen::MatrixXd filtered(const Eigen::MatrixXd &x, const Eigen::VectorXd &ar) {
    const Eigen::Index rows = x.rows() - memory;
    Eigen::MatrixXd result = x.bottomRows(rows);
    for (Eigen::Index lag = 1; lag <= memory; ++lag)
        result -= ar[lag - 1] * x.middleRows(memory - lag, rows);
    return result;
}

/// Least squares after the errors' memory was taken out.
struct Regression {
    Eigen::MatrixXd normal; ///< X'X
    Eigen::VectorXd cross;  ///< X'y
    double squares = 0;     ///< y'y
    double rows = 0;

    /// Twice the negative log-likelihood (up to a constant) plus the penalty of AICc, and the coefficients.
    [[nodiscard]] double aicc(const std::vector<Eigen::Index> &columns, Eigen::VectorXd *solution = nullptr) const {
        const Eigen::MatrixXd part = normal(columns, columns);
        const Eigen::VectorXd right = cross(columns);
        const Eigen::VectorXd b = part.ldlt().solve(right);
        const double left = std::max(squares - b.dot(right), 1e-12 * squares);
        const double k = static_cast<double>(columns.size() + memory) + 1;
        if (solution != nullptr)
            *solution = b;
        const double room = rows - k - 1;
        return b.allFinite() && room > 0 ? rows * std::log(left / rows) + 2 * k + 2 * k * (k + 1) / room
                                         : std::numeric_limits<double>::infinity();
    }
};

std::optional<Regression> regressionOn(const std::vector<Wave> &waves, std::span<const double> values) {
    const std::size_t n = values.size();
    if (n < 20 + 2 * waves.size() + memory)
        return std::nullopt;
    const Eigen::MatrixXd x = design(waves, n);
    const Eigen::Map<const Eigen::VectorXd> y(values.data(), static_cast<Eigen::Index>(n));
    const Eigen::VectorXd e = y - x * (x.transpose() * x).ldlt().solve(x.transpose() * y);
    if (!e.allFinite() || !(e.squaredNorm() > 0))
        return std::nullopt;
    const Eigen::VectorXd ar = autoregression(e);
    if (!ar.allFinite())
        return std::nullopt;
    const Eigen::MatrixXd white = filtered(x, ar);
    // A constant takes the level out first, so that little is lost where the level is large beside the noise.
    const Eigen::VectorXd target = filtered(y.array() - y.mean(), ar);
    Regression regression{white.transpose() * white, white.transpose() * target, target.squaredNorm(),
                          static_cast<double>(target.size())};
    // The filter of a wandering level leaves nothing of a constant: without this it would be divided by.
    regression.normal.diagonal().array() += 1e-9 * regression.normal.diagonal().maxCoeff();
    return regression;
}

/// Columns of the first harmonics of each period.
std::vector<Eigen::Index> columnsOf(const std::vector<std::vector<Wave>> &possible,
                                    const std::vector<std::size_t> &terms) {
    std::vector<Eigen::Index> columns{0, 1};
    Eigen::Index first = 2;
    for (std::size_t i = 0; i < possible.size(); ++i) {
        for (std::size_t j = 0; j < terms[i]; ++j) {
            columns.push_back(first + 2 * static_cast<Eigen::Index>(j));
            columns.push_back(columns.back() + 1);
        }
        first += 2 * static_cast<Eigen::Index>(possible[i].size());
    }
    return columns;
}

std::vector<Wave> flat(const std::vector<std::vector<Wave>> &possible) {
    std::vector<Wave> waves;
    for (const std::vector<Wave> &some : possible)
        waves.insert(waves.end(), some.begin(), some.end());
    return waves;
}

std::vector<std::size_t> selectedTerms(const std::vector<std::vector<Wave>> &possible, const Regression &regression) {
    std::vector<std::size_t> terms(possible.size(), 0);
    double least = regression.aicc(columnsOf(possible, terms));
    for (;;) {
        std::vector<std::size_t> best = terms;
        for (std::size_t i = 0; i < terms.size(); ++i) {
            // Half a wave more often shows only with the next one: cycles that are alike in both halves.
            for (std::size_t more = 1; more <= 2 && terms[i] + more <= possible[i].size(); ++more) {
                std::vector<std::size_t> next = terms;
                next[i] += more;
                const double aicc = regression.aicc(columnsOf(possible, next));
                if (aicc < least) {
                    least = aicc;
                    best = std::move(next);
                }
            }
        }
        if (best == terms)
            return terms;
        terms = std::move(best);
    }
}

std::string nameOf(const HarmonicFit &fit) {
    std::string name = "harmonics";
    for (std::size_t i = 0; i < fit.periods.size(); ++i)
        name += " {" + std::to_string(fit.periods[i]) + "," + std::to_string(fit.terms[i]) + "}";
    return name + ", " + fit.errors.order.name();
}

/// The waves' coefficients, then the errors' model: chosen anew, or that of `like`.
std::optional<HarmonicFit> fitted(std::span<const double> values, std::vector<std::size_t> periods,
                                  const std::vector<std::vector<Wave>> &possible, std::vector<std::size_t> terms,
                                  const Regression &regression, const ArimaFit *like) {
    HarmonicFit fit;
    fit.n = values.size();
    Eigen::VectorXd b;
    const std::vector<Eigen::Index> columns = columnsOf(possible, terms);
    if (!std::isfinite(regression.aicc(columns, &b)))
        return std::nullopt;
    Eigen::Index column = 2;
    for (std::size_t i = 0; i < possible.size(); ++i) {
        for (std::size_t j = 0; j < terms[i]; ++j, column += 2) {
            Wave wave = possible[i][j];
            wave.cosine = b[column];
            wave.sine = b[column + 1];
            fit.waves.push_back(wave);
        }
    }
    std::vector<double> errors(values.begin(), values.end());
    for (std::size_t t = 0; t < errors.size(); ++t)
        errors[t] -= fit.season(t);
    auto model = like == nullptr ? selectArima(errors, 1)
                                 : fitArima(errors, like->order, {.effort = ArimaEffort::Single, .start = like->at});
    if (!model)
        return std::nullopt;
    fit.errors = std::move(*model);
    // Of the errors' AICc the coefficients of the waves are missing.
    const auto used = static_cast<double>(fit.errors.used);
    const double k =
        static_cast<double>(fit.errors.order.coefficients() + (fit.errors.order.mean ? 1 : 0) + 2 * fit.waves.size()) +
        1;
    fit.aicc = used > k + 1 ? -2 * fit.errors.logLikelihood + 2 * k * used / (used - k - 1)
                            : std::numeric_limits<double>::infinity();
    fit.periods = std::move(periods);
    fit.terms = std::move(terms);
    fit.name = nameOf(fit);
    return fit;
}

} // namespace

std::optional<HarmonicFit> selectHarmonic(std::span<const double> values, std::span<const std::size_t> periods,
                                          const HarmonicOptions &options) {
    std::vector<std::size_t> some;
    for (const std::size_t period : periods) {
        if (period >= 2 && values.size() >= 2 * period)
            some.push_back(period);
    }
    std::sort(some.begin(), some.end());
    some.erase(std::unique(some.begin(), some.end()), some.end());
    if (some.empty())
        return std::nullopt;
    const std::vector<std::vector<Wave>> possible = possibleWaves(some, options.most);
    const auto regression = regressionOn(flat(possible), values);
    if (!regression)
        return std::nullopt;
    return fitted(values, some, possible, selectedTerms(possible, *regression), *regression, nullptr);
}

std::optional<HarmonicFit> refitHarmonic(const HarmonicFit &model, std::span<const double> values) {
    std::vector<std::vector<Wave>> same(model.periods.size());
    for (std::size_t i = 0, j = 0; i < same.size(); ++i) {
        for (std::size_t term = 0; term < model.terms[i]; ++term)
            same[i].push_back(model.waves[j++]);
    }
    const auto regression = regressionOn(flat(same), values);
    if (!regression)
        return std::nullopt;
    return fitted(values, model.periods, same, model.terms, *regression, &model.errors);
}

ArimaForecast forecastHarmonic(const HarmonicFit &fit, std::span<const double> values, std::size_t horizon) {
    std::vector<double> errors(values.begin(), values.end());
    for (std::size_t t = 0; t < errors.size(); ++t)
        errors[t] -= fit.season(t);
    ArimaForecast forecast = forecastArima(fit.errors, errors, horizon);
    for (std::size_t h = 0; h < horizon; ++h)
        forecast.mean[h] += fit.season(values.size() + h);
    return forecast;
}

} // namespace ra::series
