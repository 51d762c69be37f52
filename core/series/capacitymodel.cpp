// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/capacitymodel.h"

#include "core/series/gaps.h"
#include "core/series/memory.h"
#include "core/series/stl.h"
#include "core/series/unitroot.h"
#include "core/stats/trend.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

constexpr std::size_t fewest = 20;
constexpr double stationaryLevel = 0.05;
constexpr double rootLevel = 0.01; ///< the least that the test knows
constexpr double possibleRootLevel = 0.05;
constexpr double slopeEfficiency = 0.95; ///< of Theil and Sen's, 3 / π for normal noise
constexpr double wanderingLine = 1.2; ///< variance of a line's slope through a random walk, in those of its mean step

double sumOf(std::span<const double> values) {
    double sum = 0;
    for (const double v : values)
        sum += v;
    return sum;
}

/// Takes the seasons out of the values.
std::vector<std::vector<double>> takenOut(std::vector<double> &values, std::span<const std::size_t> periods) {
    std::vector<std::vector<double>> figures;
    std::vector<std::size_t> taken;
    for (const std::size_t period : periods) {
        if (period >= 2 && 2 * period < values.size())
            taken.push_back(period);
    }
    if (taken.empty())
        return figures;
    const Decomposition parts =
        mstl(values, {.periods = taken, .windows = {}, .periodic = true, .robust = true, .robustRounds = 5});
    for (std::size_t i = 0; i < taken.size(); ++i) {
        const std::vector<double> &season = parts.seasonal[i];
        std::vector<double> figure(season.end() - static_cast<std::ptrdiff_t>(taken[i]), season.end());
        for (std::size_t t = 0; t < values.size(); ++t)
            values[t] -= season[t];
        figures.push_back(std::move(figure)); // the last period is the next one
    }
    return figures;
}

struct Kinds {
    bool line = false;
    bool walk = false;
};

/// What noise about a line may be. Each test alone is mistaken too often, and a series that is differenced for nothing
/// has intervals far too wide: it wanders for sure only where the line is refuted and a unit root is not.
Kinds kindsOf(std::span<const double> noise) {
    const auto lags = static_cast<std::size_t>(4 * std::pow(static_cast<double>(noise.size()) / 100, 0.25));
    const auto stationary = kpssTest(noise, Deterministic::Trend, lags);
    const auto root = adfTest(noise, Deterministic::Trend, lags);
    if (!stationary || stationary->p > stationaryLevel)
        return {.line = true, .walk = root && root->p > possibleRootLevel};
    return root && root->p <= rootLevel ? Kinds{.line = true} : Kinds{.walk = true};
}

/// Memory, surprises and the state of a noise about zero. What the fit took in degrees of freedom is put back.
void describeNoise(std::span<const double> noise, double coefficients, CapacityModel &model) {
    model.memory = robustMemory(noise, coefficients);
    const std::vector<double> innovations = innovationsOf(noise, model.memory);
    for (const double v : innovations) {
        if (std::isfinite(v))
            model.surprises.push_back(v);
    }
    const auto n = static_cast<double>(model.surprises.size());
    const double mean = sumOf(model.surprises) / n;
    const double lost = coefficients + static_cast<double>(model.memory.size());
    const double scale = std::sqrt(n / std::max(n - lost, 1.0));
    for (double &v : model.surprises)
        v = (v - mean) * scale;
    for (std::size_t j = 0; j < model.memory.size(); ++j) {
        const double v = noise[noise.size() - 1 - j];
        model.recent.push_back(std::isfinite(v) ? v : 0);
    }
}

double deviationOf(std::span<const double> values) {
    double squares = 0;
    for (const double v : values)
        squares += v * v;
    return std::sqrt(squares / std::max(static_cast<double>(values.size()) - 1, 1.0));
}

/// A series less its seasons, and the line through it.
struct Level {
    std::span<const double> values; ///< with gaps
    std::vector<double> filled;
    stats::TheilSen line;
};

/// The noise about the line, or the steps less the drift.
std::vector<double> noiseOf(const Level &level, bool wanders) {
    const std::size_t first = wanders ? 1 : 0;
    std::vector<double> noise(level.filled.size() - first);
    for (std::size_t t = first; t < level.filled.size(); ++t) {
        const bool known = std::isfinite(level.values[t]) && std::isfinite(level.values[t - first]);
        const double expected = wanders ? level.filled[t - 1] + level.line.slope
                                        : level.line.intercept + level.line.slope * static_cast<double>(t + 1);
        noise[t - first] = known ? level.filled[t] - expected : std::nan("");
    }
    return noise;
}

CapacityModel modelOf(const Level &level, bool wanders, CapacityModel model) {
    const auto span = static_cast<double>(level.filled.size());
    const auto n = static_cast<double>(model.count);
    model.wanders = wanders;
    model.growth = level.line.slope;
    model.now = wanders ? level.filled.back() : level.line.intercept + level.line.slope * span;
    describeNoise(noiseOf(level, wanders), wanders ? 1 : 2, model);
    // Long-run scatter: what an error of means is made of.
    const double gain = 1 - sumOf(model.memory);
    const double scatter = deviationOf(model.surprises) / gain;
    model.levelError = wanders ? 0 : scatter / std::sqrt(n * slopeEfficiency);
    model.growthError =
        wanders ? scatter * std::sqrt(wanderingLine / n) : scatter * std::sqrt(12 / (n * slopeEfficiency)) / span;
    model.freedom = std::max(3.0, n * (wanders ? 1 : std::min(gain * gain, 1.0)) - 2);
    return model;
}

} // namespace

double CapacityModel::seasonAt(std::size_t step) const {
    double sum = 0;
    for (const std::vector<double> &figure : seasons)
        sum += figure[(step - 1) % figure.size()];
    return sum;
}

double CapacityModel::peak() const {
    double sum = 0;
    for (const std::vector<double> &figure : seasons)
        sum += *std::max_element(figure.begin(), figure.end());
    return sum;
}

std::vector<CapacityModel> fitCapacity(std::span<const double> values, std::span<const std::size_t> periods) {
    CapacityModel model;
    model.count = static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); }));
    if (model.count < fewest)
        return {};
    Level level{.values = values, .filled = filledGaps(values, periods.empty() ? 1 : periods.front()), .line = {}};
    model.seasons = takenOut(level.filled, periods);
    const auto line = stats::theilSen(level.filled);
    if (!line || !std::isfinite(line->slope))
        return {};
    level.line = *line;
    std::vector<double> noise(level.filled.size());
    for (std::size_t t = 0; t < noise.size(); ++t)
        noise[t] = level.filled[t] - line->intercept - line->slope * static_cast<double>(t + 1);
    const Kinds kinds = kindsOf(noise);
    std::vector<CapacityModel> models;
    for (const bool wanders : {false, true}) {
        if (wanders ? kinds.walk : kinds.line)
            models.push_back(modelOf(level, wanders, model));
    }
    return models;
}

} // namespace ra::series
