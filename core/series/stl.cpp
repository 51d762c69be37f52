// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/stl.h"

#include "core/series/loess.h"
#include "core/series/partialsort.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ra::series {

namespace {

std::size_t odd(std::size_t window) {
    return std::max<std::size_t>(3, window) | 1U;
}

std::size_t oddAtOrAbove(double x) {
    // As R's nextodd: round, then make odd.
    const double rounded = std::nearbyint(x);
    return static_cast<std::size_t>(rounded) | 1U;
}

std::size_t tenth(std::size_t window) {
    return (window + 9) / 10;
}

/// The running means of `length` values, n - length + 1 of them.
void movingAverage(std::span<const double> x, std::size_t length, std::vector<double> &out) {
    const std::size_t count = x.size() - length + 1;
    out.resize(count);
    double sum = std::accumulate(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(length), 0.0);
    out[0] = sum / static_cast<double>(length);
    for (std::size_t i = 1; i < count; ++i) {
        sum += x[i + length - 1] - x[i - 1];
        out[i] = sum / static_cast<double>(length);
    }
}

/// The inner loop of STL with its working space.
class InnerLoop {
public:
    InnerLoop(std::span<const double> values, std::size_t period, const Loess &seasonalLoess, const Loess &trendLoess,
              const Loess &lowPassLoess)
        : seasonal(values.size())
        , trend(values.size())
        , m_values(values)
        , m_period(period)
        , m_seasonalLoess(seasonalLoess)
        , m_trendLoess(trendLoess)
        , m_lowPassLoess(lowPassLoess)
        , m_work(values.size())
        , m_low(values.size())
        , m_cycle(values.size() + 2 * period) {}

    std::vector<double> seasonal;
    std::vector<double> trend;

    void pass(std::span<const double> weights) {
        const std::size_t n = m_values.size();
        for (std::size_t i = 0; i < n; ++i)
            m_work[i] = m_values[i] - trend[i];
        smoothPhases(weights);
        movingAverage(m_cycle, m_period, m_first);
        movingAverage(m_first, m_period, m_second);
        movingAverage(m_second, 3, m_first);
        loessLine(m_first, m_lowPassLoess, {}, m_low, m_scratch);
        for (std::size_t i = 0; i < n; ++i) {
            seasonal[i] = m_cycle[m_period + i] - m_low[i];
            m_work[i] = m_values[i] - seasonal[i];
        }
        loessLine(m_work, m_trendLoess, weights, trend, m_scratch);
    }

private:
    /// Smooths each phase of the cycle over the cycles, one cycle further at both ends, into m_cycle.
    void smoothPhases(std::span<const double> weights) {
        const std::size_t n = m_values.size();
        for (std::size_t phase = 0; phase < m_period; ++phase) {
            const std::size_t k = (n - phase - 1) / m_period + 1;
            m_phase.resize(k);
            m_phaseWeights.resize(weights.empty() ? 0 : k);
            m_smooth.resize(k + 2);
            for (std::size_t i = 0; i < k; ++i)
                m_phase[i] = m_work[i * m_period + phase];
            for (std::size_t i = 0; i < m_phaseWeights.size(); ++i)
                m_phaseWeights[i] = weights[i * m_period + phase];
            loessLine(m_phase, m_seasonalLoess, m_phaseWeights, std::span(m_smooth).subspan(1, k), m_scratch);
            const std::size_t window = m_seasonalLoess.window;
            m_smooth[0] = loessAt(m_phase, m_seasonalLoess, 0, 1, std::min(window, k), m_phaseWeights, m_scratch)
                              .value_or(m_smooth[1]);
            m_smooth[k + 1] = loessAt(m_phase, m_seasonalLoess, static_cast<double>(k + 1),
                                      k > window ? k - window + 1 : 1, k, m_phaseWeights, m_scratch)
                                  .value_or(m_smooth[k]);
            for (std::size_t i = 0; i < k + 2; ++i)
                m_cycle[i * m_period + phase] = m_smooth[i];
        }
    }

    std::span<const double> m_values;
    std::size_t m_period;
    Loess m_seasonalLoess;
    Loess m_trendLoess;
    Loess m_lowPassLoess;
    std::vector<double> m_work;
    std::vector<double> m_low;
    std::vector<double> m_cycle;
    std::vector<double> m_phase;
    std::vector<double> m_phaseWeights;
    std::vector<double> m_smooth;
    std::vector<double> m_first;
    std::vector<double> m_second;
    std::vector<double> m_scratch;
};

/// Bisquare weights of the residuals: 1 near the fit, 0 beyond six median absolute residuals.
void robustnessWeights(std::span<const double> values, const InnerLoop &fit, std::vector<double> &weights,
                       std::vector<double> &scratch) {
    const std::size_t n = values.size();
    for (std::size_t i = 0; i < n; ++i)
        weights[i] = std::abs(values[i] - (fit.trend[i] + fit.seasonal[i]));
    scratch = weights;
    const double limit = 3 * sumOfMiddle(scratch);
    for (double &w : weights) {
        if (w <= 0.001 * limit) {
            w = 1;
        } else if (w <= 0.999 * limit) {
            const double ratio = w / limit;
            w = (1 - ratio * ratio) * (1 - ratio * ratio);
        } else {
            w = 0;
        }
    }
}

/// Replaces the seasonal part by the mean of each phase.
void makePeriodic(std::vector<double> &seasonal, std::size_t period) {
    for (std::size_t phase = 0; phase < period; ++phase) {
        double sum = 0;
        std::size_t count = 0;
        for (std::size_t i = phase; i < seasonal.size(); i += period, ++count)
            sum += seasonal[i];
        for (std::size_t i = phase; i < seasonal.size(); i += period)
            seasonal[i] = sum / static_cast<double>(count);
    }
}

} // namespace

Decomposition stl(std::span<const double> values, const StlOptions &options) {
    const std::size_t n = values.size();
    const std::size_t period = options.period;
    if (period < 2 || n <= 2 * period)
        return {};
    const std::size_t seasonalWindow = options.periodic ? 10 * n + 1 : options.seasonalWindow;
    const std::size_t trendWindow =
        options.trendWindow > 0
            ? options.trendWindow
            : oddAtOrAbove(std::ceil(1.5 * static_cast<double>(period) /
                                     (1 - 1.5 / static_cast<double>(std::max<std::size_t>(3, seasonalWindow)))));
    const std::size_t lowPassWindow = options.lowPassWindow > 0 ? options.lowPassWindow : period | 1U;
    InnerLoop loop(values, period, {odd(seasonalWindow), 0, tenth(seasonalWindow)},
                   {odd(trendWindow), 1, tenth(trendWindow)}, {odd(lowPassWindow), 1, tenth(lowPassWindow)});
    std::vector<double> weights;
    const int inner = options.robust ? 1 : 2;
    const int outer = options.robust ? options.robustRounds : 0;
    std::vector<double> scratch;
    for (int round = 0; round <= outer; ++round) {
        for (int pass = 0; pass < inner; ++pass)
            loop.pass(weights);
        if (round < outer) {
            weights.resize(n);
            robustnessWeights(values, loop, weights, scratch);
        }
    }
    if (options.periodic)
        makePeriodic(loop.seasonal, period);
    Decomposition result;
    result.remainder.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        result.remainder[i] = values[i] - loop.seasonal[i] - loop.trend[i];
    result.trend = std::move(loop.trend);
    result.seasonal.push_back(std::move(loop.seasonal));
    result.weights = weights.empty() ? std::vector<double>(n, 1.0) : std::move(weights);
    return result;
}

Decomposition mstl(std::span<const double> values, const MstlOptions &options) {
    const std::size_t n = values.size();
    Decomposition result;
    if (n == 0)
        return result;
    const std::size_t count = options.periods.size();
    result.seasonal.assign(count, std::vector<double>(n, 0.0));
    result.weights.assign(n, 1.0);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < count; ++i) {
        if (options.periods[i] >= 2 && n > 2 * options.periods[i])
            order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return options.periods[a] < options.periods[b]; });
    std::vector<double> rest(values.begin(), values.end());
    const int rounds = order.size() > 1 ? options.rounds : 1;
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t rank = 0; rank < order.size(); ++rank) {
            const std::size_t i = order[rank];
            std::vector<double> &part = result.seasonal[i];
            for (std::size_t t = 0; t < n; ++t)
                rest[t] += part[t];
            const std::size_t given = i < options.windows.size() ? options.windows[i] : 0;
            Decomposition one = stl(rest, {.period = options.periods[i],
                                           .seasonalWindow = given > 0 ? given : 7 + 4 * (rank + 1),
                                           .periodic = options.periodic,
                                           .robust = options.robust,
                                           .robustRounds = options.robustRounds});
            part = std::move(one.seasonal[0]);
            result.trend = std::move(one.trend);
            result.weights = std::move(one.weights);
            for (std::size_t t = 0; t < n; ++t)
                rest[t] -= part[t];
        }
    }
    if (order.empty()) {
        // A window of two thirds, as lowess has by default: wide enough to be called a trend.
        result.trend.resize(n);
        std::vector<double> scratch;
        const std::size_t window = odd(n * 2 / 3);
        loessLine(values, {window, 1, tenth(window)}, {}, result.trend, scratch);
    }
    result.remainder.resize(n);
    for (std::size_t t = 0; t < n; ++t)
        result.remainder[t] = rest[t] - result.trend[t];
    return result;
}

double strength(std::span<const double> part, std::span<const double> remainder) {
    const std::size_t n = std::min(part.size(), remainder.size());
    const auto variance = [n](auto value) {
        double mean = 0;
        for (std::size_t i = 0; i < n; ++i)
            mean += value(i) / static_cast<double>(n);
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i)
            sum += (value(i) - mean) * (value(i) - mean);
        return sum;
    };
    const double left = variance([&](std::size_t i) { return remainder[i]; });
    const double both = variance([&](std::size_t i) { return part[i] + remainder[i]; });
    return both > 0 ? std::clamp(1 - left / both, 0.0, 1.0) : 0.0;
}

} // namespace ra::series
