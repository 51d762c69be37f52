// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/forecast.h"

#include "core/series/candidates.h"
#include "core/series/gaps.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>

namespace ra::series {

namespace {

/// A moment of the back-test: what each method expected then, and what came.
struct Origin {
    std::span<const double> truth;
    std::vector<std::optional<Path>> paths; ///< one a method
};

/// A method that takes part.
struct Entrant {
    std::unique_ptr<Candidate> candidate;
    Path path; ///< from the whole series
    double mae = std::numeric_limits<double>::quiet_NaN();
    double weight = 0;
};

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

/// Weighted mean of the paths that are there.
Path mixed(const std::vector<Entrant> &entrants, const std::vector<const Path *> &paths, std::size_t horizon) {
    Path mix{std::vector<double>(horizon, 0.0), std::vector<double>(horizon, 0.0)};
    double total = 0;
    for (std::size_t i = 0; i < entrants.size(); ++i) {
        if (paths[i] == nullptr)
            continue;
        total += entrants[i].weight;
        for (std::size_t h = 0; h < horizon; ++h) {
            mix.mean[h] += entrants[i].weight * paths[i]->mean[h];
            // Errors of methods for one series go together: standard deviations add, not variances.
            mix.sd[h] += entrants[i].weight * paths[i]->sd[h];
        }
    }
    for (std::size_t h = 0; h < horizon && total > 0; ++h) {
        mix.mean[h] /= total;
        mix.sd[h] /= total;
    }
    return mix;
}

Path mixedAt(const std::vector<Entrant> &entrants, const Origin &origin) {
    std::vector<const Path *> paths;
    for (const std::optional<Path> &path : origin.paths)
        paths.push_back(path ? &*path : nullptr);
    return mixed(entrants, paths, origin.truth.size());
}

double meanAbsolute(std::span<const double> truth, const std::vector<double> &expected) {
    double sum = 0;
    for (std::size_t h = 0; h < truth.size(); ++h)
        sum += std::abs(truth[h] - expected[h]) / static_cast<double>(truth.size());
    return sum;
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

void weigh(std::vector<Entrant> &entrants, const std::vector<Origin> &origins) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < entrants.size(); ++i) {
        double sum = 0;
        for (const Origin &origin : origins)
            sum += origin.paths[i] ? meanAbsolute(origin.truth, origin.paths[i]->mean)
                                   : std::numeric_limits<double>::infinity();
        entrants[i].mae =
            origins.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(origins.size());
        least = std::min(least, entrants[i].mae);
    }
    double total = 0;
    for (Entrant &entrant : entrants) {
        const double ratio = least > 0 ? least / entrant.mae : entrant.mae > 0 ? 0 : 1;
        entrant.weight = origins.empty() || !std::isfinite(least) ? 1 : ratio * ratio;
        total += entrant.weight;
    }
    for (Entrant &entrant : entrants)
        entrant.weight /= total;
}

/// Moves weight to the naive forecast (the last entrant) until the back-test is no longer worse than that.
void yieldToNaive(std::vector<Entrant> &entrants, const std::vector<Origin> &origins) {
    const double naiveMae = entrants.back().mae;
    const auto error = [&] {
        double sum = 0;
        for (const Origin &origin : origins)
            sum += meanAbsolute(origin.truth, mixedAt(entrants, origin).mean) / static_cast<double>(origins.size());
        return sum;
    };
    for (int step = 0; step < 4 && error() > naiveMae; ++step) {
        const double keep = 1 - 1.0 / (4 - step); // 3/4, 1/2, 1/4 and none of what there was
        for (Entrant &entrant : entrants)
            entrant.weight *= keep;
        entrants.back().weight += 1 - keep;
    }
}

/// The quantile of |e| / sd that holds `level` of one-step errors, towards the normal one where there are few.
double tail(const std::vector<double> &sorted, double level) {
    const double normal = boost::math::quantile(boost::math::normal(), (1 + level) / 2);
    if (sorted.empty())
        return normal;
    const auto n = static_cast<double>(sorted.size());
    const auto rank = static_cast<std::size_t>(level * (n + 1));
    const double seen = sorted[std::min(rank, sorted.size() - 1)];
    constexpr double few = 50;
    return (n * seen + few * normal) / (n + few);
}

/// |e| / sd of the one-step errors of an exponential smoothing of the adjusted series, sorted.
std::vector<double> standardisedErrors(const Past &past) {
    const auto fit = fitEts(past.adjusted, {}, 1, {.optimiseStates = false});
    if (!fit || !(fit->sigma2 > 0))
        return {};
    std::vector<double> sizes;
    for (const double e : fit->residuals)
        sizes.push_back(std::abs(e) / std::sqrt(fit->sigma2));
    std::sort(sizes.begin(), sizes.end());
    return sizes;
}

/// By how much the quantile of Student's t exceeds the normal one: the width rests on few errors, some eight
/// independent ones at each moment of the back-test and as many within the models.
double forUncertainWidth(double level, std::size_t origins) {
    const double half = (1 + level) / 2;
    const boost::math::students_t student(8 * (1 + static_cast<double>(origins)));
    return boost::math::quantile(student, half) / boost::math::quantile(boost::math::normal(), half);
}

/// How far the errors went beyond what the models claimed.
double widening(const std::vector<Entrant> &entrants, const std::vector<Origin> &origins) {
    constexpr double trust = 4;
    double sum = trust;
    for (const Origin &origin : origins) {
        const Path mix = mixedAt(entrants, origin);
        double squares = 0;
        for (std::size_t h = 0; h < origin.truth.size(); ++h) {
            const double e = origin.truth[h] - mix.mean[h];
            const double ratio = mix.sd[h] > 0 ? e / mix.sd[h] : (e == 0 ? 0 : 10);
            squares += std::min(ratio * ratio, 100.0) / static_cast<double>(origin.truth.size());
        }
        sum += squares;
    }
    return std::sqrt(sum / (trust + static_cast<double>(origins.size())));
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
    test.naiveMae = entrants.back().mae;
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

} // namespace

std::optional<Forecast> forecastSeries(std::span<const double> values, const ForecastOptions &options) {
    const auto known = std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    const bool sensible =
        std::all_of(options.levels.begin(), options.levels.end(), [](double p) { return p > 0 && p < 1; });
    if (known < 4 || options.horizon == 0 || !sensible)
        return std::nullopt;
    const std::vector<double> whole = filledGaps(values, options.periods.empty() ? 1 : options.periods.front());
    const auto [low, high] = std::minmax_element(whole.begin(), whole.end());
    Forecast result;
    if (*low == *high || !std::isfinite(*high - *low)) {
        if (*low != *high)
            return std::nullopt;
        result.method = result.model = "constant";
        result.mean.assign(options.horizon, *low);
        result.lower.assign(options.levels.size(), result.mean);
        result.upper = result.lower;
        return result;
    }
    const Past past = Past::of(whole, options.periods);
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
    const std::vector<double> errors = standardisedErrors(past);
    const double wider = widening(entrants, origins);
    std::vector<double> factors;
    for (const double level : options.levels)
        factors.push_back(wider * tail(errors, level) * forUncertainWidth(level, origins.size()));
    result.backtest = judge(entrants, origins, factors);
    const double floor = *low >= 0 ? 0 : -std::numeric_limits<double>::infinity();
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
    for (const Entrant &entrant : entrants)
        result.weights.push_back({entrant.candidate->name(), entrant.candidate->model(), entrant.weight, entrant.mae});
    const auto first = std::max_element(entrants.begin(), entrants.end(),
                                        [](const Entrant &a, const Entrant &b) { return a.weight < b.weight; });
    result.method = options.method == ForecastMethod::Auto ? "combination" : first->candidate->name();
    result.model = first->candidate->model();
    result.aicc = first->candidate->aicc();
    std::stable_sort(result.weights.begin(), result.weights.end(),
                     [](const ForecastWeight &a, const ForecastWeight &b) { return a.weight > b.weight; });
    return result;
}

} // namespace ra::series
