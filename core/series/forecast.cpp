// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/forecast.h"

#include "core/series/candidates.h"
#include "core/series/combination.h"
#include "core/series/forecastwidth.h"
#include "core/series/gaps.h"
#include "core/series/magnitude.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

std::vector<std::unique_ptr<Candidate>> candidatesFor(ForecastMethod method) {
    std::vector<std::unique_ptr<Candidate>> list;
    const auto add = [&](ForecastMethod which, std::unique_ptr<Candidate> candidate) {
        if (method == ForecastMethod::Auto || method == which)
            list.push_back(std::move(candidate));
    };
    add(ForecastMethod::Arima, seasonalArima());
    add(ForecastMethod::Arima, adjustedArima());
    add(ForecastMethod::Ets, seasonalEts());
    add(ForecastMethod::Ets, adjustedEts());
    add(ForecastMethod::Theta, adjustedTheta());
    add(ForecastMethod::Harmonic, harmonic());
    add(ForecastMethod::Lags, lagRegression());
    list.push_back(naive()); // always: it is what the others are measured by
    return list;
}

bool isSane(const Path &path, double low, double high) {
    // A forecast that leaves the range of all that was seen by ten times that range has lost its footing.
    const double room = 10 * (high - low);
    return std::all_of(path.mean.begin(), path.mean.end(),
                       [&](double v) { return v >= low - room && v <= high + room; }) &&
           std::all_of(path.sd.begin(), path.sd.end(), [](double v) { return std::isfinite(v); });
}

/// Moments to forecast from: a horizon apart, with half the series and two cycles before the first.
std::vector<std::size_t> originEnds(std::size_t n, std::size_t horizon, const Past &past) {
    constexpr std::size_t most = 4;
    std::size_t least = std::max<std::size_t>(n / 2, 12);
    if (!past.periods.empty())
        least = std::max(least, 2 * past.periods.back() + 2);
    std::vector<std::size_t> ends;
    for (std::size_t k = 1; k <= most && n >= least + k * horizon; ++k)
        ends.push_back(n - k * horizon);
    return ends;
}

BackTest judge(const std::vector<Entrant> &entrants, const std::vector<Origin> &origins,
               const std::vector<double> &factors) {
    BackTest test;
    test.origins = origins.size();
    if (origins.empty())
        return test;
    test.mae = test.rmse = test.smape = 0;
    test.coverage.assign(factors.size(), 0.0);
    for (const Origin &origin : origins)
        test.points += origin.truth.size();
    const auto share = 1 / static_cast<double>(test.points);
    for (const Origin &origin : origins) {
        const Path mix = mixedAt(entrants, origin);
        for (std::size_t h = 0; h < origin.truth.size(); ++h) {
            const double y = origin.truth[h];
            const double e = std::abs(y - mix.mean[h]);
            test.mae += e * share;
            test.rmse += e * e * share;
            const double size = std::abs(y) + std::abs(mix.mean[h]);
            test.smape += size > 0 ? 200 * e / size * share : 0;
            for (std::size_t level = 0; level < factors.size(); ++level)
                test.coverage[level] += e <= factors[level] * mix.sd[h] ? share : 0;
        }
    }
    test.rmse = std::sqrt(test.rmse);
    test.naiveMae = entrants[bestNaive(entrants)].mae;
    return test;
}

std::vector<Entrant> entrantsFor(const ForecastOptions &options, const Past &past) {
    const auto [low, high] = std::minmax_element(past.values.begin(), past.values.end());
    std::vector<Entrant> entrants;
    for (std::unique_ptr<Candidate> &candidate : candidatesFor(options.method)) {
        const bool isNaive = candidate->name() == "naive";
        // Of two ways to do what was asked for, the first that applies.
        if (!isNaive && options.method != ForecastMethod::Auto && !entrants.empty())
            continue;
        if (!candidate->choose(past))
            continue;
        if (auto path = candidate->ahead(past, options.horizon); path && isSane(*path, *low, *high))
            entrants.push_back({std::move(candidate), std::move(*path)});
    }
    if (options.method != ForecastMethod::Auto || entrants.empty())
        return entrants;
    // What the back-test must not be worse than, whichever period the naive forecast took.
    for (const std::size_t period : past.periods) {
        auto candidate = seasonalNaive(period);
        if (!candidate->choose(past) || candidate->model() == entrants.back().candidate->model())
            continue;
        if (auto path = candidate->ahead(past, options.horizon))
            entrants.insert(entrants.end() - 1,
                            {.candidate = std::move(candidate), .path = std::move(*path), .isFallback = true});
    }
    return entrants;
}

std::vector<Origin> backTest(const ForecastOptions &options, const Past &past, const std::vector<Entrant> &entrants) {
    std::vector<Origin> origins;
    for (const std::size_t end : originEnds(past.values.size(), options.horizon, past)) {
        const Past then = Past::of(past.values.first(end), past.periods);
        Origin origin{past.values.subspan(end, options.horizon), {}};
        for (const Entrant &entrant : entrants)
            origin.paths.push_back(entrant.candidate->ahead(then, options.horizon));
        origins.push_back(std::move(origin));
    }
    return origins;
}

/// What a forecast rests on at most: see forecastSeries().
std::span<const double> recent(std::span<const double> values, const ForecastOptions &options) {
    constexpr std::size_t enough = 10'000;
    constexpr std::size_t seasons = 12;
    constexpr std::size_t horizons = 12;
    const std::size_t n = values.size();
    std::size_t rows = std::max(enough, horizons * std::min(options.horizon, n));
    for (const std::size_t period : options.periods)
        rows = std::max(rows, seasons * std::min(period, n));
    return values.last(std::min(rows, n));
}

void scaleBack(Forecast &forecast, int power) {
    const auto back = [power](double &v) { v = scaledUp(v, power); };
    std::for_each(forecast.mean.begin(), forecast.mean.end(), back);
    for (auto *bounds : {&forecast.lower, &forecast.upper}) {
        for (std::vector<double> &bound : *bounds)
            std::for_each(bound.begin(), bound.end(), back);
    }
    for (ForecastWeight &weight : forecast.weights)
        back(weight.mae);
    back(forecast.backtest.mae);
    back(forecast.backtest.rmse);
    back(forecast.backtest.naiveMae);
    forecast.aicc = std::numeric_limits<double>::quiet_NaN(); // of other units
}

/// Of values whose squares are numbers.
std::optional<Forecast> forecastOrdinary(std::span<const double> values, const ForecastOptions &options) {
    const auto known = std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    const bool sensible =
        std::all_of(options.levels.begin(), options.levels.end(), [](double p) { return p > 0 && p < 1; });
    if (known < 4 || options.horizon == 0 || !sensible)
        return std::nullopt;
    const std::vector<double> whole = filledGaps(values, options.periods.empty() ? 1 : options.periods.front());
    const std::span<const double> part = recent(whole, options);
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    Forecast result;
    if (*low == *high) {
        result.method = result.model = "constant";
        result.mean.assign(options.horizon, *low);
        result.lower.assign(options.levels.size(), result.mean);
        result.upper = result.lower;
        return result;
    }
    const Past past = Past::of(part, options.periods);
    std::vector<Entrant> entrants = entrantsFor(options, past);
    if (entrants.empty())
        return std::nullopt;
    const std::vector<Origin> origins = backTest(options, past, entrants);
    weigh(entrants, origins);
    if (options.method != ForecastMethod::Auto) {
        for (Entrant &entrant : entrants)
            entrant.weight = &entrant == &entrants.front() ? 1 : 0;
    } else if (!origins.empty()) {
        yieldToNaive(entrants, origins);
    }
    std::vector<const Path *> paths;
    for (const Entrant &entrant : entrants)
        paths.push_back(&entrant.path);
    Path mix = mixed(entrants, paths, options.horizon);
    const std::vector<double> factors = widthFactors(past, entrants, origins, options.levels);
    result.backtest = judge(entrants, origins, factors);
    const double floor =
        *std::min_element(whole.begin(), whole.end()) >= 0 ? 0 : -std::numeric_limits<double>::infinity();
    for (const double factor : factors) {
        std::vector<double> below;
        std::vector<double> above;
        for (std::size_t h = 0; h < options.horizon; ++h) {
            below.push_back(std::max(floor, mix.mean[h] - factor * mix.sd[h]));
            above.push_back(std::max(floor, mix.mean[h] + factor * mix.sd[h]));
        }
        result.lower.push_back(std::move(below));
        result.upper.push_back(std::move(above));
    }
    for (double &v : mix.mean)
        v = std::max(floor, v);
    result.mean = std::move(mix.mean);
    result.periods = past.periods;
    for (const Entrant &entrant : entrants) {
        if (!entrant.isFallback || entrant.weight > 0)
            result.weights.push_back(
                {entrant.candidate->name(), entrant.candidate->model(), entrant.weight, entrant.mae});
    }
    const auto first = std::max_element(entrants.begin(), entrants.end(),
                                        [](const Entrant &a, const Entrant &b) { return a.weight < b.weight; });
    result.method = options.method == ForecastMethod::Auto ? "combination" : first->candidate->name();
    result.model = first->candidate->model();
    result.aicc = first->candidate->aicc();
    std::stable_sort(result.weights.begin(), result.weights.end(),
                     [](const ForecastWeight &a, const ForecastWeight &b) { return a.weight > b.weight; });
    return result;
}

} // namespace

std::optional<Forecast> forecastSeries(std::span<const double> values, const ForecastOptions &options) {
    const int power = excessPower(values);
    if (power == 0)
        return forecastOrdinary(values, options);
    auto result = forecastOrdinary(scaledDown(values, power), options);
    if (result)
        scaleBack(*result, power);
    return result;
}

} // namespace ra::series
