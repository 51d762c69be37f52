// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/ets.h"

#include "core/series/minimise.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

using Error = EtsModel::Error;
using Trend = EtsModel::Trend;
using Season = EtsModel::Season;

std::string EtsModel::name() const {
    std::string text = "ETS(";
    text += error == Error::Additive ? 'A' : 'M';
    text += trend == Trend::None ? ",N," : trend == Trend::Additive ? ",A," : ",Ad,";
    text += season == Season::None ? 'N' : season == Season::Additive ? 'A' : 'M';
    text += ')';
    return text;
}

std::vector<EtsModel> admissibleEtsModels(bool seasonal, bool positive) {
    std::vector<EtsModel> models;
    for (const Error error : {Error::Additive, Error::Multiplicative}) {
        for (const Trend trend : {Trend::None, Trend::Additive, Trend::Damped}) {
            for (const Season season : {Season::None, Season::Additive, Season::Multiplicative}) {
                if ((season != Season::None && !seasonal) ||
                    (error == Error::Additive && season == Season::Multiplicative) ||
                    (error == Error::Multiplicative && !positive))
                    continue;
                models.push_back({error, trend, season});
            }
        }
    }
    return models;
}

namespace {

struct Parameters {
    double alpha = 0.5;
    double beta = 0;
    double gamma = 0;
    double phi = 1;
};

/// Level, slope and the seasonal figure, the next phase first at `phase`.
struct State {
    double level = 0;
    double slope = 0;
    std::vector<double> seasonal;
    std::size_t phase = 0;
};

struct Sums {
    double squares = 0; ///< of the errors
    double logs = 0;    ///< Σ log |expected|, of multiplicative errors
};

/// Runs over the values; the state is changed. Errors are written unless `errors` is null.
template <Error error, Trend trend, Season season>
Sums pass(std::span<const double> values, const Parameters &p, State &state, double *errors) {
    double level = state.level;
    double slope = state.slope;
    const double ratio = trend == Trend::None ? 0 : p.beta / p.alpha;
    Sums sums;
    double product = 1;
    std::size_t phase = state.phase;
    for (std::size_t t = 0; t < values.size(); ++t) {
        const double y = values[t];
        const double damped = trend == Trend::None ? 0 : p.phi * slope;
        const double base = level + damped;
        const double figure = season == Season::None ? 0 : state.seasonal[phase];
        const double expected = season == Season::None       ? base
                                : season == Season::Additive ? base + figure
                                                             : base * figure;
        double e = y - expected;
        if constexpr (error == Error::Multiplicative) {
            e /= expected;
            product *= std::abs(expected);
            if (product > 1e150 || product < 1e-150) {
                sums.logs += std::log(product);
                product = 1;
            }
        }
        if (errors != nullptr)
            errors[t] = e;
        sums.squares += e * e;
        const double adjusted = season == Season::None ? y : season == Season::Additive ? y - figure : y / figure;
        const double next = base + p.alpha * (adjusted - base);
        if constexpr (trend != Trend::None)
            slope = damped + ratio * (next - level - damped);
        if constexpr (season != Season::None) {
            const double seen = season == Season::Additive ? y - base : y / base;
            state.seasonal[phase] = figure + p.gamma * (seen - figure);
            if (++phase == state.seasonal.size())
                phase = 0;
        }
        level = next;
    }
    sums.logs += std::log(product);
    state.level = level;
    state.slope = slope;
    state.phase = phase;
    return sums;
}

using Pass = Sums (*)(std::span<const double>, const Parameters &, State &, double *);

template <Error error, Trend trend>
Pass passOf(Season season) {
    return season == Season::None       ? pass<error, trend, Season::None>
           : season == Season::Additive ? pass<error, trend, Season::Additive>
                                        : pass<error, trend, Season::Multiplicative>;
}

template <Error error>
Pass passOf(Trend trend, Season season) {
    return trend == Trend::None       ? passOf<error, Trend::None>(season)
           : trend == Trend::Additive ? passOf<error, Trend::Additive>(season)
                                      : passOf<error, Trend::Damped>(season);
}

Pass passOf(const EtsModel &model) {
    return model.error == Error::Additive ? passOf<Error::Additive>(model.trend, model.season)
                                          : passOf<Error::Multiplicative>(model.trend, model.season);
}

/// Intercept and slope of least squares over the first values.
std::pair<double, double> line(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    double mean = 0;
    double cross = 0;
    for (std::size_t t = 0; t < values.size(); ++t) {
        mean += values[t] / n;
        cross += values[t] * (static_cast<double>(t) - (n - 1) / 2);
    }
    const double slope = values.size() > 1 ? 12 * cross / (n * (n * n - 1)) : 0;
    return {mean - slope * (n + 1) / 2, slope}; // at the moment before the first value
}

/// The state before the first value: the seasonal figure from centred means of the first cycles, level and slope from a
/// line through the adjusted beginning. Source: Hyndman et al. (2008), section 2.6.1.
State initialState(std::span<const double> values, const EtsModel &model, std::size_t period) {
    State state;
    const std::size_t n = values.size();
    std::vector<double> adjusted(values.begin(), values.end());
    if (model.season != Season::None) {
        const std::size_t span = std::min(n, std::max<std::size_t>(3, 192 / period) * period);
        const std::size_t half = period / 2;
        std::vector<double> sums(period, 0.0);
        std::vector<double> counts(period, 0.0);
        for (std::size_t t = half; t + half < span; ++t) {
            double trend = 0;
            for (std::size_t j = t - half; j <= t + half; ++j)
                trend += values[j] * (period % 2 == 0 && (j == t - half || j == t + half) ? 0.5 : 1.0);
            trend /= static_cast<double>(period);
            sums[t % period] += model.season == Season::Additive ? values[t] - trend : values[t] / trend;
            ++counts[t % period];
        }
        double mean = 0;
        for (std::size_t i = 0; i < period; ++i) {
            sums[i] = counts[i] > 0 ? sums[i] / counts[i] : (model.season == Season::Additive ? 0 : 1);
            mean += sums[i] / static_cast<double>(period);
        }
        for (double &s : sums) {
            s = model.season == Season::Additive ? s - mean : s / mean;
            if (model.season == Season::Multiplicative)
                s = std::max(s, 1e-2);
        }
        state.seasonal = std::move(sums);
        for (std::size_t t = 0; t < n; ++t)
            adjusted[t] = model.season == Season::Additive ? values[t] - state.seasonal[t % period]
                                                           : values[t] / state.seasonal[t % period];
    }
    const std::size_t beginning = std::min(n, std::max<std::size_t>(10, 2 * period));
    const auto [level, slope] = line(std::span(adjusted).first(beginning));
    if (model.trend == Trend::None) {
        for (std::size_t t = 0; t < beginning; ++t)
            state.level += adjusted[t] / static_cast<double>(beginning);
    } else {
        state.level = level;
        state.slope = slope;
        if (std::abs(level + slope) < 1e-8)
            state.level += 1e-7;
    }
    return state;
}

constexpr double lowest = 1e-4;

double logistic(double u) {
    return 1 / (1 + std::exp(-u));
}

Parameters parametersAt(std::span<const double> u, const EtsModel &model) {
    Parameters p;
    std::size_t at = 0;
    p.alpha = lowest + (1 - 2 * lowest) * logistic(u[at++]);
    if (model.trend != Trend::None)
        p.beta = lowest + (p.alpha - lowest) * logistic(u[at++]);
    if (model.season != Season::None)
        p.gamma = lowest + (1 - p.alpha - lowest) * logistic(u[at++]);
    if (model.trend == Trend::Damped)
        p.phi = 0.8 + 0.18 * logistic(u[at++]);
    return p;
}

std::size_t freeParameters(const EtsModel &model) {
    return 1 + (model.trend != Trend::None ? 1 : 0) + (model.season != Season::None ? 1 : 0) +
           (model.trend == Trend::Damped ? 1 : 0);
}

std::size_t freeStates(const EtsModel &model, std::size_t period) {
    return 1 + (model.trend != Trend::None ? 1 : 0) + (model.season != Season::None ? period - 1 : 0);
}

/// Where the search begins: the values of R's initparam, in the optimiser's scale.
std::vector<double> startParameters(const EtsModel &model) {
    std::vector<double> u{0.0};
    if (model.trend != Trend::None)
        u.push_back(-2.2); // a tenth of alpha
    if (model.season != Season::None)
        u.push_back(-2.2);
    if (model.trend == Trend::Damped)
        u.push_back(2.4); // 0.967
    return u;
}

double standardDeviation(std::span<const double> values) {
    double mean = 0;
    for (const double v : values)
        mean += v / static_cast<double>(values.size());
    double sum = 0;
    for (const double v : values)
        sum += (v - mean) * (v - mean);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

} // namespace

std::optional<EtsFit> fitEts(std::span<const double> values, const EtsModel &model, std::size_t period,
                             const EtsOptions &options) {
    const std::size_t n = values.size();
    const bool seasonal = model.season != Season::None;
    const std::size_t parameters = freeParameters(model);
    const std::size_t states = freeStates(model, period);
    if (n < parameters + states + 4 || (seasonal && (period < 2 || n < 2 * period)))
        return std::nullopt;
    if ((model.error == Error::Multiplicative || model.season == Season::Multiplicative) &&
        std::any_of(values.begin(), values.end(), [](double v) { return !(v > 0); }))
        return std::nullopt;
    const double scale = standardDeviation(values);
    if (!(scale > 1e-14 * std::abs(values[0])) || !std::isfinite(scale))
        return std::nullopt;
    const Pass run = passOf(model);
    const State begin = initialState(values, model, period);
    State state;
    // Variables: parameters, then level and slope in units of the standard deviation, then all phases but the last.
    const double figureScale = model.season == Season::Multiplicative ? 0.1 : 0.3 * scale;
    const auto stateAt = [&](std::span<const double> x) {
        state.level = begin.level;
        state.slope = begin.slope;
        state.seasonal = begin.seasonal;
        state.phase = 0;
        std::size_t at = parameters;
        if (at < x.size())
            state.level += 0.3 * scale * x[at++];
        if (at < x.size() && model.trend != Trend::None)
            state.slope += 0.03 * scale * x[at++];
        double moved = 0;
        for (std::size_t i = 0; at < x.size(); ++i, ++at) {
            state.seasonal[i] += figureScale * x[at];
            moved += figureScale * x[at];
        }
        if (seasonal)
            state.seasonal.back() -= moved;
    };
    const auto count = static_cast<double>(n);
    const auto likelihood = [&](const Sums &sums) { return count * std::log(sums.squares) + 2 * sums.logs; };
    const Objective objective = [&](std::span<const double> x) {
        stateAt(x);
        if (model.season == Season::Multiplicative &&
            *std::min_element(state.seasonal.begin(), state.seasonal.end()) <= 0)
            return std::numeric_limits<double>::infinity();
        const double value = likelihood(run(values, parametersAt(x, model), state, nullptr)) / (2 * count);
        // Parameters that run away to where nothing changes any more are held by a hair.
        double tether = 0;
        for (std::size_t i = 0; i < parameters; ++i)
            tether += std::max(0.0, std::abs(x[i]) - 7) * 1e-3;
        return value + tether;
    };
    std::vector<double> start = startParameters(model);
    const std::size_t free =
        parameters +
        (options.optimiseStates ? states : std::min<std::size_t>(states, model.trend == Trend::None ? 1 : 2));
    const bool warm = options.start.size() == free;
    if (warm)
        start = options.start;
    start.resize(free, 0.0);
    const double tolerance = (options.optimiseStates ? 2e-4 : 2e-3) / count;
    Minimum best =
        descend(objective, start, {.tolerance = tolerance, .points = warm ? 12 : 80, .gradient = Gradient::Forward});
    EtsFit fit;
    fit.model = model;
    fit.period = period;
    const Parameters p = parametersAt(best.at, model);
    fit.alpha = p.alpha;
    fit.beta = p.beta;
    fit.gamma = p.gamma;
    fit.phi = p.phi;
    stateAt(best.at);
    fit.residuals.resize(n);
    const Sums sums = run(values, p, state, fit.residuals.data());
    const auto k = static_cast<double>(parameters + states + 1);
    if (!std::isfinite(likelihood(sums)) || !std::isfinite(state.level))
        return std::nullopt;
    fit.logLikelihood = -0.5 * likelihood(sums);
    fit.aicc = count > k + 1 ? likelihood(sums) + 2 * k + 2 * k * (k + 1) / (count - k - 1)
                             : std::numeric_limits<double>::infinity();
    fit.sigma2 = sums.squares / std::max(1.0, count - k + 1);
    fit.level = state.level;
    fit.slope = state.slope;
    fit.seasonal.assign(state.seasonal.begin() + static_cast<std::ptrdiff_t>(state.phase), state.seasonal.end());
    fit.seasonal.insert(fit.seasonal.end(), state.seasonal.begin(),
                        state.seasonal.begin() + static_cast<std::ptrdiff_t>(state.phase));
    fit.at = std::move(best.at);
    return fit;
}

std::optional<EtsFit> selectEts(std::span<const double> values, std::size_t period, const EtsOptions &options) {
    const bool positive = std::all_of(values.begin(), values.end(), [](double v) { return v > 0; });
    const bool seasonal = period >= 2 && values.size() >= 2 * period;
    std::optional<EtsFit> best;
    for (const EtsModel &model : admissibleEtsModels(seasonal, positive)) {
        auto fit = fitEts(values, model, period, {.optimiseStates = options.optimiseStates});
        if (fit && std::isfinite(fit->aicc) && (!best || fit->aicc < best->aicc))
            best = std::move(fit);
    }
    return best;
}

} // namespace ra::series
