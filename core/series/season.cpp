// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/season.h"

#include "core/series/autocorrelation.h"
#include "core/series/gaps.h"
#include "core/series/magnitude.h"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cmath>
#include <complex>
#include <numbers>

namespace ra::series {

namespace {

/// The values less a straight line. Slow waves are left to the autoregression.
std::vector<double> detrended(const std::vector<double> &values) {
    const std::size_t n = values.size();
    const auto count = static_cast<double>(n);
    double mean = 0;
    double cross = 0;
    for (std::size_t t = 0; t < n; ++t)
        mean += values[t] / count;
    for (std::size_t t = 0; t < n; ++t)
        cross += (values[t] - mean) * (static_cast<double>(t) - (count - 1) / 2);
    const double slope = n > 1 ? 12 * cross / (count * (count * count - 1)) : 0;
    std::vector<double> rest(n);
    for (std::size_t t = 0; t < n; ++t)
        rest[t] = values[t] - mean - slope * (static_cast<double>(t) - (count - 1) / 2);
    return rest;
}

/// Less what an autoregression of order one, fitted to `model`, foretells. One of order two would foretell a pure
/// cycle.
std::vector<double> whitened(const std::vector<double> &values, const std::vector<double> &model) {
    const double ar = yuleWalker(model, 1)[0];
    std::vector<double> rest;
    for (std::size_t t = 1; t < values.size(); ++t)
        rest.push_back(values[t] - ar * values[t - 1]);
    return rest;
}

struct Verdict {
    double explained = 0;
    double p = 1;
};

/// Means of the phases against their scatter. `known` phases a cycle are explained already by a season that divides it.
Verdict judge(const std::vector<double> &values, std::size_t period, std::size_t known) {
    const std::size_t n = values.size();
    std::vector<double> means(period, 0.0);
    std::vector<double> counts(period, 0.0);
    double mean = 0;
    for (std::size_t t = 0; t < n; ++t) {
        means[t % period] += values[t];
        ++counts[t % period];
        mean += values[t] / static_cast<double>(n);
    }
    double between = 0;
    double total = 0;
    for (std::size_t i = 0; i < period; ++i) {
        means[i] /= std::max(1.0, counts[i]);
        between += counts[i] * (means[i] - mean) * (means[i] - mean);
    }
    for (const double v : values)
        total += (v - mean) * (v - mean);
    Verdict verdict;
    const double within = total - between;
    const auto above = static_cast<double>(period - known);
    const double below = static_cast<double>(n) - static_cast<double>(period);
    if (total > 0 && below > 0 && std::isfinite(total)) {
        // Adjusted for the number of phases, which explain something of any noise.
        verdict.explained = std::clamp(1 - (within / below) / (total / (above + below)), 0.0, 1.0);
        const double f = within > 1e-14 * total ? (between / above) / (within / below) : 1e14;
        verdict.p = boost::math::cdf(boost::math::complement(boost::math::fisher_f(above, below), f));
    }
    return verdict;
}

/// p of the first two harmonics of the period alone: a smooth long cycle has its whole strength there, while a test of
/// all its phases spreads it thin.
double judgeHarmonics(const std::vector<double> &values, std::size_t period) {
    if (period == 2)
        return 1; // its only harmonic is its figure, which has one degree of freedom and not two
    const std::size_t n = values.size() / period * period;
    const std::size_t harmonics = period > 4 ? 2 : 1;
    double total = 0;
    for (std::size_t t = 0; t < n; ++t)
        total += values[t] * values[t];
    double explained = 0;
    for (std::size_t j = 1; j <= harmonics; ++j) {
        const double step = 2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(period);
        std::complex<double> sum = 0;
        for (std::size_t t = 0; t < n; ++t)
            sum += values[t] * std::polar(1.0, step * static_cast<double>(t % period));
        explained += 2 * std::norm(sum) / static_cast<double>(n);
    }
    const auto above = 2 * static_cast<double>(harmonics);
    const double below = static_cast<double>(n) - above - 1;
    if (!(below > 0) || !(total > 0) || !std::isfinite(total))
        return 1;
    const double within = total - explained;
    const double f = within > 1e-14 * total ? (explained / above) / (within / below) : 1e14;
    return boost::math::cdf(boost::math::complement(boost::math::fisher_f(above, below), f));
}

void removeFigure(std::vector<double> &values, std::size_t period) {
    for (std::size_t phase = 0; phase < period; ++phase) {
        double mean = 0;
        double count = 0;
        for (std::size_t t = phase; t < values.size(); t += period)
            mean += (values[t] - mean) / ++count;
        for (std::size_t t = phase; t < values.size(); t += period)
            values[t] -= mean;
    }
}

/// Periods at peaks of the spectrum, moved to the nearest peak of the autocorrelation.
std::vector<std::size_t> spectralCandidates(const std::vector<double> &values) {
    const std::size_t n = values.size();
    const std::size_t length = quickLength(n);
    const std::vector<double> power = periodogram(values, length);
    std::vector<std::size_t> peaks;
    for (std::size_t j = 2; j < power.size(); ++j) {
        // The last frequency is that of period 2, or half a step below; what is beyond mirrors what is before.
        const double next = j + 1 < power.size() ? power[j + 1] : 0;
        if (power[j] > power[j - 1] && power[j] >= next)
            peaks.push_back(j);
    }
    constexpr std::size_t most = 8;
    std::sort(peaks.begin(), peaks.end(), [&](std::size_t a, std::size_t b) { return power[a] > power[b]; });
    peaks.resize(std::min(peaks.size(), most));
    const std::vector<double> r = autocorrelations(values, n / 2);
    std::vector<std::size_t> periods;
    for (const std::size_t j : peaks) {
        // The frequency is known to within half a step.
        const auto steps = static_cast<double>(length);
        const double middle = steps / static_cast<double>(j);
        const auto low = static_cast<std::size_t>(steps / (static_cast<double>(j) + 0.5));
        const auto high = static_cast<std::size_t>(std::ceil(steps / (static_cast<double>(j) - 0.5)));
        std::size_t best = 0;
        for (std::size_t lag = std::max<std::size_t>(2, low); lag <= high && lag + 1 < r.size(); ++lag) {
            const bool isPeak = r[lag] >= r[lag - 1] && r[lag] >= r[lag + 1] && r[lag] > 0;
            if (isPeak && (best == 0 || r[lag] > r[best]))
                best = lag;
        }
        if (best == 0 && middle < 2.5 && r.size() > 2 && r[2] > 0)
            best = 2;
        if (best >= 2)
            periods.push_back(best);
    }
    return periods;
}

} // namespace

std::vector<Season> findSeasons(std::span<const double> values, const SeasonOptions &options) {
    if (const int power = excessPower(values); power != 0)
        return findSeasons(scaledDown(values, power), options);
    const std::vector<double> whole = filledGaps(values);
    if (whole.size() < 8)
        return {};
    std::vector<double> flat = detrended(whole);
    const std::vector<std::size_t> peaks = spectralCandidates(flat);
    std::vector<double> rest = whitened(flat, flat);
    std::vector<Season> seasons;
    const auto consider = [&](std::size_t period, double level) {
        std::size_t known = 1;
        for (const Season &season : seasons) {
            if (period % season.period == 0)
                known = std::max(known, season.period);
            else if (season.period % period == 0)
                return; // a part of what is there
        }
        // Neighbours that shun each other foretell period 2, and period 2 makes neighbours shun each other: the
        // autoregression is that of what this season leaves.
        std::vector<double> ofItself;
        if (period == 2) {
            std::vector<double> without = flat;
            removeFigure(without, period);
            ofItself = whitened(flat, without);
        }
        const std::vector<double> &judged = period == 2 ? ofItself : rest;
        const double p = std::min(1.0, 2 * std::min(judge(judged, period, known).p, judgeHarmonics(judged, period)));
        if (p <= level) {
            seasons.push_back({period, judge(flat, period, known).explained, p});
            if (period == 2)
                rest = ofItself;
            removeFigure(rest, period);
            removeFigure(flat, period);
        }
    };
    // From short to long, so that a week is taken only for what it explains beside the day.
    std::vector<std::size_t> hints = options.hints;
    std::sort(hints.begin(), hints.end());
    hints.erase(std::unique(hints.begin(), hints.end()), hints.end());
    for (const std::size_t period : hints) {
        if (period >= 2 && 3 * period <= flat.size())
            consider(period, options.hintLevel);
    }
    std::vector<std::size_t> found = peaks;
    const auto rivals = static_cast<double>(found.size());
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::size_t period : found) {
        // One sample beside a hint is the hint, badly resolved.
        const bool isHint = std::any_of(hints.begin(), hints.end(), [&](std::size_t hint) {
            return hint == period || hint + 1 == period || hint == period + 1;
        });
        if (!isHint && 3 * period <= flat.size() && seasons.size() < options.most)
            consider(period, options.foundLevel / rivals);
    }
    std::sort(seasons.begin(), seasons.end(), [](const Season &a, const Season &b) { return a.strength > b.strength; });
    return seasons;
}

} // namespace ra::series
