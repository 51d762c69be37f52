// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/combination.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

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

namespace {

double meanAbsolute(std::span<const double> truth, const std::vector<double> &expected) {
    double sum = 0;
    for (std::size_t h = 0; h < truth.size(); ++h)
        sum += std::abs(truth[h] - expected[h]) / static_cast<double>(truth.size());
    return sum;
}

} // namespace

void weigh(std::vector<Entrant> &entrants, const std::vector<Origin> &origins) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < entrants.size(); ++i) {
        double sum = 0;
        for (const Origin &origin : origins)
            sum += origin.paths[i] ? meanAbsolute(origin.truth, origin.paths[i]->mean)
                                   : std::numeric_limits<double>::infinity();
        entrants[i].mae =
            origins.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(origins.size());
        if (!entrants[i].isFallback)
            least = std::min(least, entrants[i].mae);
    }
    double total = 0;
    for (Entrant &entrant : entrants) {
        const double ratio = least > 0 ? least / entrant.mae : entrant.mae > 0 ? 0 : 1;
        entrant.weight = origins.empty() || !std::isfinite(least) ? 1 : ratio * ratio;
        if (entrant.isFallback)
            entrant.weight = 0;
        total += entrant.weight;
    }
    for (Entrant &entrant : entrants)
        entrant.weight /= total;
}

std::size_t bestNaive(const std::vector<Entrant> &entrants) {
    std::size_t best = entrants.size() - 1;
    for (std::size_t i = 0; i < entrants.size(); ++i) {
        if (entrants[i].isFallback && entrants[i].mae < entrants[best].mae)
            best = i;
    }
    return best;
}

void yieldToNaive(std::vector<Entrant> &entrants, const std::vector<Origin> &origins) {
    Entrant &naive = entrants[bestNaive(entrants)];
    const auto error = [&] {
        double sum = 0;
        for (const Origin &origin : origins)
            sum += meanAbsolute(origin.truth, mixedAt(entrants, origin).mean) / static_cast<double>(origins.size());
        return sum;
    };
    for (int step = 0; step < 4 && error() > naive.mae; ++step) {
        const double keep = 1 - 1.0 / (4 - step); // 3/4, 1/2, 1/4 and none of what there was
        for (Entrant &entrant : entrants)
            entrant.weight *= keep;
        naive.weight += 1 - keep;
    }
}

} // namespace ra::series
