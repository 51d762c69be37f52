// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/candidates.h"

#include "core/series/autoarima.h"
#include "core/series/harmonic.h"
#include "core/series/lagregression.h"
#include "core/series/stl.h"
#include "core/series/theta.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

double Candidate::aicc() const {
    return std::numeric_limits<double>::quiet_NaN();
}

Past Past::of(std::span<const double> values, std::span<const std::size_t> periods) {
    Past past;
    past.values = values;
    const std::size_t n = values.size();
    for (const std::size_t period : periods) {
        if (period >= 2 && n > 2 * period)
            past.periods.push_back(period);
    }
    std::sort(past.periods.begin(), past.periods.end());
    past.adjusted.assign(values.begin(), values.end());
    if (past.periods.empty())
        return past;
    const Decomposition parts = mstl(values, {.periods = past.periods, .robust = true, .robustRounds = 5});
    for (std::size_t i = 0; i < past.periods.size(); ++i) {
        const std::vector<double> &part = parts.seasonal[i];
        for (std::size_t t = 0; t < n; ++t)
            past.adjusted[t] -= part[t];
        past.figures.emplace_back(part.end() - static_cast<std::ptrdiff_t>(past.periods[i]), part.end());
    }
    return past;
}

std::span<const double> Past::latest() const {
    constexpr std::size_t most = 10'000;
    return std::span(adjusted).last(std::min(adjusted.size(), most));
}

double Past::season(std::size_t ahead) const {
    double sum = 0;
    for (const std::vector<double> &figure : figures)
        sum += figure[ahead % figure.size()];
    return sum;
}

namespace {

/// The season that comes next laid upon a path of the adjusted series.
Path withSeason(const Past &past, std::vector<double> mean, std::vector<double> sd) {
    for (std::size_t h = 0; h < mean.size(); ++h)
        mean[h] += past.season(h);
    return {std::move(mean), std::move(sd)};
}

class AdjustedArima : public Candidate {
public:
    std::string name() const override { return "stl+arima"; }
    std::string model() const override { return "STL + " + m_fit->order.name(); }
    double aicc() const override { return m_fit->aicc; }
    bool choose(const Past &past) override {
        m_length = past.values.size();
        m_fit = selectArima(past.latest(), 1);
        return m_fit.has_value();
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit = past.values.size() == m_length ? m_fit
                                                        : fitArima(past.latest(), m_fit->order,
                                                                   {.effort = ArimaEffort::Single, .start = m_fit->at});
        if (!fit)
            return std::nullopt;
        ArimaForecast f = forecastArima(*fit, past.latest(), horizon);
        return withSeason(past, std::move(f.mean), std::move(f.sd));
    }

private:
    std::optional<ArimaFit> m_fit;
    std::size_t m_length = 0; ///< of the past that was fitted
};

class AdjustedEts : public Candidate {
public:
    std::string name() const override { return "stl+ets"; }
    std::string model() const override { return "STL + " + m_fit->model.name(); }
    double aicc() const override { return m_fit->aicc; }
    bool choose(const Past &past) override {
        m_length = past.values.size();
        // Multiplicative errors of an adjusted series have no meaning: its zero is not that of the values.
        using Trend = EtsModel::Trend;
        for (const Trend trend : {Trend::None, Trend::Additive, Trend::Damped}) {
            auto fit = fitEts(past.latest(), {EtsModel::Error::Additive, trend, EtsModel::Season::None}, 1,
                              {.optimiseStates = false});
            if (fit && (!m_fit || fit->aicc < m_fit->aicc))
                m_fit = std::move(fit);
        }
        return m_fit.has_value();
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit = past.values.size() == m_length
                             ? m_fit
                             : fitEts(past.latest(), m_fit->model, 1, {.optimiseStates = false, .start = m_fit->at});
        if (!fit)
            return std::nullopt;
        EtsForecast f = forecastEts(*fit, horizon);
        return withSeason(past, std::move(f.mean), std::move(f.sd));
    }

private:
    std::optional<EtsFit> m_fit;
    std::size_t m_length = 0; ///< of the past that was fitted
};

class AdjustedTheta : public Candidate {
public:
    std::string name() const override { return "stl+theta"; }
    std::string model() const override { return "STL + theta"; }
    bool choose(const Past &past) override {
        m_length = past.values.size();
        m_fit = fitTheta(past.latest());
        return m_fit.has_value();
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit = past.values.size() == m_length ? m_fit : fitTheta(past.latest(), m_fit->at);
        if (!fit)
            return std::nullopt;
        ThetaForecast f = forecastTheta(*fit, horizon);
        return withSeason(past, std::move(f.mean), std::move(f.sd));
    }

private:
    std::optional<ThetaFit> m_fit;
    std::size_t m_length = 0; ///< of the past that was fitted
};

class LagCandidate : public Candidate {
public:
    std::string name() const override { return "lags"; }
    std::string model() const override { return "regression on lags"; }
    bool choose(const Past &past) override { return fitLagRegression(past.values, past.periods).has_value(); }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit = fitLagRegression(past.values, past.periods);
        if (!fit)
            return std::nullopt;
        LagForecast f = forecastLags(*fit, past.values, horizon);
        return Path{std::move(f.mean), std::move(f.sd)};
    }
};

class Harmonic : public Candidate {
public:
    std::string name() const override { return "harmonic"; }
    std::string model() const override { return m_fit->name; }
    double aicc() const override { return m_fit->aicc; }
    bool choose(const Past &past) override {
        m_fit = selectHarmonic(past.values, past.periods);
        return m_fit.has_value();
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit = past.values.size() == m_fit->n ? m_fit : refitHarmonic(*m_fit, past.values);
        if (!fit)
            return std::nullopt;
        ArimaForecast f = forecastHarmonic(*fit, past.values, horizon);
        return Path{std::move(f.mean), std::move(f.sd)};
    }

private:
    std::optional<HarmonicFit> m_fit;
};

/// The longest season that models with a state for each phase are good for.
constexpr std::size_t longestState = 12;

/// From which orders are chosen: they do not get better with more, only slower.
std::span<const double> lastPart(std::span<const double> values, std::size_t period) {
    return values.last(std::min(std::max<std::size_t>(200, 12 * period), values.size()));
}

std::size_t shortSeason(const Past &past) {
    return past.periods.size() == 1 && past.periods[0] <= longestState ? past.periods[0] : 1;
}

class SeasonalEts : public Candidate {
public:
    std::string name() const override { return "ets"; }
    std::string model() const override { return m_fit->model.name(); }
    double aicc() const override { return m_fit->aicc; }
    bool choose(const Past &past) override {
        const std::size_t period = shortSeason(past);
        if (period == 1 && !past.periods.empty())
            return false;
        const auto last = lastPart(past.values, period);
        m_fit = selectEts(last, period, {.optimiseStates = false});
        if (m_fit && last.size() < past.values.size())
            m_fit = fitEts(past.values, m_fit->model, period, {.optimiseStates = false, .start = m_fit->at});
        return m_fit.has_value();
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit =
            past.values.size() == m_fit->residuals.size()
                ? m_fit
                : fitEts(past.values, m_fit->model, m_fit->period, {.optimiseStates = false, .start = m_fit->at});
        if (!fit)
            return std::nullopt;
        EtsForecast f = forecastEts(*fit, horizon);
        return Path{std::move(f.mean), std::move(f.sd)};
    }

private:
    std::optional<EtsFit> m_fit;
};

class SeasonalArima : public Candidate {
public:
    std::string name() const override { return "arima"; }
    std::string model() const override { return m_fit->order.name(); }
    double aicc() const override { return m_fit->aicc; }
    bool choose(const Past &past) override {
        const std::size_t period = shortSeason(past);
        if (period == 1)
            return false; // without a season it is what the adjusted one does
        const auto last = lastPart(past.values, period);
        m_fit = selectArima(last, period);
        if (m_fit && last.size() < past.values.size())
            m_fit = fitArima(past.values, m_fit->order, {.effort = ArimaEffort::Single, .start = m_fit->at});
        return m_fit.has_value();
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const auto fit = past.values.size() == m_fit->used + m_fit->order.lost()
                             ? m_fit
                             : fitArima(past.values, m_fit->order, {.effort = ArimaEffort::Single, .start = m_fit->at});
        if (!fit)
            return std::nullopt;
        ArimaForecast f = forecastArima(*fit, past.values, horizon);
        return Path{std::move(f.mean), std::move(f.sd)};
    }

private:
    std::optional<ArimaFit> m_fit;
};

class Naive : public Candidate {
public:
    /// Chooses its period where none is given.
    explicit Naive(std::size_t period = 0)
        : m_period(std::max<std::size_t>(1, period))
        , m_isGiven(period > 0) {}
    std::string name() const override { return "naive"; }
    std::string model() const override {
        return m_period == 1 ? "naive" : "seasonal naive [" + std::to_string(m_period) + "]";
    }
    bool choose(const Past &past) override {
        if (m_isGiven)
            return past.values.size() > m_period;
        std::vector<std::size_t> periods{1};
        periods.insert(periods.end(), past.periods.begin(), past.periods.end());
        double best = std::numeric_limits<double>::infinity();
        for (const std::size_t period : periods) {
            const std::size_t n = past.values.size();
            if (n <= period)
                continue;
            double sum = 0;
            for (std::size_t t = period; t < n; ++t)
                sum += std::abs(past.values[t] - past.values[t - period]);
            // A season is what repeats: the last value alone has to be clearly better over one step to be taken.
            sum /= static_cast<double>(n - period) * (period == 1 && !past.periods.empty() ? 0.5 : 1.0);
            if (sum < best) {
                best = sum;
                m_period = period;
            }
        }
        return past.values.size() > 1;
    }
    std::optional<Path> ahead(const Past &past, std::size_t horizon) override {
        const std::size_t n = past.values.size();
        if (n <= m_period)
            return std::nullopt;
        double square = 0;
        for (std::size_t t = m_period; t < n; ++t) {
            const double e = past.values[t] - past.values[t - m_period];
            square += e * e / static_cast<double>(n - m_period);
        }
        Path path;
        for (std::size_t h = 0; h < horizon; ++h) {
            path.mean.push_back(past.values[n - m_period + h % m_period]);
            const std::size_t cycles = h / m_period + 1; // each adds its own error
            path.sd.push_back(std::sqrt(square * static_cast<double>(cycles)));
        }
        return path;
    }

private:
    std::size_t m_period;
    bool m_isGiven;
};

} // namespace

std::unique_ptr<Candidate> adjustedArima() {
    return std::make_unique<AdjustedArima>();
}
std::unique_ptr<Candidate> adjustedEts() {
    return std::make_unique<AdjustedEts>();
}
std::unique_ptr<Candidate> adjustedTheta() {
    return std::make_unique<AdjustedTheta>();
}
std::unique_ptr<Candidate> lagRegression() {
    return std::make_unique<LagCandidate>();
}
std::unique_ptr<Candidate> harmonic() {
    return std::make_unique<Harmonic>();
}
std::unique_ptr<Candidate> seasonalEts() {
    return std::make_unique<SeasonalEts>();
}
std::unique_ptr<Candidate> seasonalArima() {
    return std::make_unique<SeasonalArima>();
}
std::unique_ptr<Candidate> naive() {
    return std::make_unique<Naive>();
}
std::unique_ptr<Candidate> seasonalNaive(std::size_t period) {
    return std::make_unique<Naive>(period);
}

} // namespace ra::series
