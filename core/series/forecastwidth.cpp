// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/forecastwidth.h"

#include "core/series/ets.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace ra::series {

namespace {

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
    const auto fit = fitEts(past.latest(), {}, 1, {.optimiseStates = false});
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

} // namespace

std::vector<double> widthFactors(const Past &past, const std::vector<Entrant> &entrants,
                                 const std::vector<Origin> &origins, const std::vector<double> &levels) {
    const std::vector<double> errors = standardisedErrors(past);
    const double wider = widening(entrants, origins);
    std::vector<double> factors;
    for (const double level : levels)
        factors.push_back(wider * tail(errors, level) * forUncertainWidth(level, origins.size()));
    return factors;
}

} // namespace ra::series
