// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/capacity.h"

#include "core/series/capacitymodel.h"
#include "core/series/capacitypaths.h"
#include "core/stats/distributions.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace ra::series {

namespace {

constexpr std::size_t mostValues = 4000;
constexpr std::size_t mostAhead = 200'000;
constexpr double clearlyExponential = 10; ///< units of the logarithm of the likelihood
constexpr double possiblyExponential = 2;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A series in blocks of `size` values, of which the largest counts.
struct Blocks {
    std::vector<double> values;
    std::vector<std::size_t> periods;
    std::size_t size = 1;
};

/// Blocks that end with the last value. Of the seasons those stay that are a multiple of a block.
Blocks blocksOf(std::span<const double> values, std::span<const std::size_t> periods) {
    Blocks blocks;
    const std::size_t least = (values.size() + mostValues - 1) / mostValues;
    blocks.size = std::max<std::size_t>(least, 1);
    for (std::size_t size = blocks.size; size < 2 * blocks.size && !periods.empty(); ++size) {
        if (periods.back() % size == 0) {
            blocks.size = size;
            break;
        }
    }
    const std::size_t first = values.size() % blocks.size;
    for (std::size_t begin = first; begin < values.size(); begin += blocks.size) {
        double most = std::numeric_limits<double>::quiet_NaN();
        for (const double v : values.subspan(begin, blocks.size)) {
            if (std::isfinite(v) && !(v <= most))
                most = v;
        }
        blocks.values.push_back(most);
    }
    for (const std::size_t period : periods) {
        if (period % blocks.size == 0 && period / blocks.size >= 2)
            blocks.periods.push_back(period / blocks.size);
    }
    return blocks;
}

/// The logarithm of the likelihood of a fit but for what all have in common.
double likelihoodOf(const CapacityModel &model) {
    double squares = 0;
    for (const double v : model.surprises)
        squares += v * v;
    const auto n = static_cast<double>(model.surprises.size());
    return -n / 2 * std::log(std::max(squares / n, 1e-300));
}

/// A way in which the series may go on.
struct Possibility {
    CapacityModel model;
    bool exponential = false;
};

/// All that cannot be told apart, the likeliest first; none for too few values.
std::vector<Possibility> possibilitiesOf(const Blocks &blocks, double limit) {
    std::vector<Possibility> all;
    for (CapacityModel &model : fitCapacity(blocks.values, blocks.periods))
        all.push_back({.model = std::move(model)});
    if (all.empty() || limit <= 0)
        return all;
    std::vector<double> logarithms = blocks.values;
    double sum = 0;
    for (double &v : logarithms) {
        if (v <= 0)
            return all;
        v = std::log(v);
        sum += std::isfinite(v) ? v : 0;
    }
    std::vector<CapacityModel> others = fitCapacity(logarithms, blocks.periods);
    // Only among fits of the same kind: what wanders explains anything.
    if (others.empty() || others.front().wanders)
        return all;
    const double better = likelihoodOf(others.front()) - sum - likelihoodOf(all.front().model);
    if (better > clearlyExponential)
        all.clear();
    if (better > possiblyExponential) {
        for (CapacityModel &model : others)
            all.push_back({.model = std::move(model), .exponential = true});
    }
    return all;
}

double quantileOf(std::span<const double> ascending, double p) {
    const auto at = static_cast<std::size_t>(std::lround(p * static_cast<double>(ascending.size() - 1)));
    return ascending[at];
}

std::string nameOf(const Possibility &one) {
    std::string text = one.exponential ? "exponential, " : "";
    text += one.model.wanders ? "random walk with drift" : "line";
    text += ", AR(";
    text += std::to_string(one.model.memory.size());
    text += one.model.wanders ? ") steps" : ") noise";
    return text;
}

std::string methodName(const std::vector<Possibility> &all, const Blocks &blocks, std::size_t paths) {
    std::string text;
    for (const Possibility &one : all) {
        text += text.empty() ? "" : " or ";
        text += nameOf(one);
    }
    for (const std::vector<double> &season : all.front().model.seasons) {
        text += ", season ";
        text += std::to_string(season.size() * blocks.size);
    }
    if (blocks.size > 1) {
        text += ", maxima of ";
        text += std::to_string(blocks.size);
    }
    text += "; ";
    text += std::to_string(paths);
    text += " paths";
    return text;
}

/// The growth at the end, with the interval that holds those of all possibilities.
void describeGrowth(const std::vector<Possibility> &all, double block, double level, CapacityReport &report) {
    for (const Possibility &one : all) {
        const CapacityModel &model = one.model;
        const double scale = (one.exponential ? std::exp(model.now) : 1) / block;
        const double room = model.growthError * stats::dist::tQuantile((1 + level) / 2, model.freedom);
        const bool isFirst = &one == &all.front();
        if (isFirst) {
            report.now = one.exponential ? std::exp(model.now) : model.now;
            report.growth = model.growth * scale;
        }
        const double low = (model.growth - room) * scale;
        const double high = (model.growth + room) * scale;
        report.growthLow = isFirst ? low : std::min(report.growthLow, low);
        report.growthHigh = isFirst ? high : std::max(report.growthHigh, high);
    }
}

/// Steps until the first crossing on as many paths, ascending; the paths are shared out among the possibilities.
std::vector<double> crossingsOf(const std::vector<Possibility> &all, double limit, std::size_t ahead, std::size_t count,
                                std::uint64_t seed) {
    std::vector<CapacityPaths> paths;
    for (const Possibility &one : all)
        paths.emplace_back(one.model, one.exponential ? std::log(limit) : limit, ahead);
    std::vector<double> crossings(count);
    stats::Random random(seed);
    for (std::size_t i = 0; i < count; ++i)
        crossings[i] = paths[i % paths.size()].cross(random);
    std::sort(crossings.begin(), crossings.end());
    return crossings;
}

bool isAlready(std::span<const double> values, double limit, std::span<const std::size_t> periods) {
    std::size_t last = values.size();
    while (last > 0 && !std::isfinite(values[last - 1]))
        --last;
    const std::size_t season = periods.empty() ? 1 : periods.back();
    const std::size_t first = last - std::min(last, season);
    return std::any_of(values.begin() + static_cast<std::ptrdiff_t>(first),
                       values.begin() + static_cast<std::ptrdiff_t>(last), [limit](double v) { return v >= limit; });
}

/// Of values that rise towards the limit.
CapacityReport riseTo(double limit, std::span<const double> values, const CapacityOptions &options) {
    CapacityReport report;
    report.probabilities.assign(options.within.size(), std::numeric_limits<double>::quiet_NaN());
    const Blocks blocks = blocksOf(values, options.periods);
    const std::vector<Possibility> all = possibilitiesOf(blocks, limit);
    if (all.empty())
        return report;
    const auto block = static_cast<double>(blocks.size);
    describeGrowth(all, block, options.level, report);
    if (isAlready(values, limit, options.periods)) {
        report.verdict = CapacityVerdict::Already;
        report.steps = report.stepsLow = report.stepsHigh = 0;
        std::fill(report.probabilities.begin(), report.probabilities.end(), 1.0);
        report.method = methodName(all, blocks, 0);
        return report;
    }
    const std::size_t ahead = std::clamp<std::size_t>(20 * blocks.values.size(), 1000, mostAhead);
    std::vector<double> crossings =
        crossingsOf(all, limit, ahead, std::max<std::size_t>(options.paths, 100), options.seed);
    for (double &steps : crossings)
        steps *= block;
    const double tail = (1 - options.level) / 2;
    report.steps = quantileOf(crossings, 0.5);
    report.stepsLow = quantileOf(crossings, tail);
    report.stepsHigh = quantileOf(crossings, 1 - tail);
    report.foreseen = static_cast<double>(ahead) * block;
    const auto crossed = [&](double steps) {
        const auto past = std::upper_bound(crossings.begin(), crossings.end(), steps);
        return static_cast<double>(past - crossings.begin()) / static_cast<double>(crossings.size());
    };
    for (std::size_t i = 0; i < options.within.size(); ++i) {
        if (options.within[i] <= report.foreseen || crossings.back() < infinity)
            report.probabilities[i] = crossed(options.within[i]);
    }
    const bool grows = report.growthLow > 0 && report.steps < infinity;
    const bool soon = crossed(static_cast<double>(values.size())) >= 0.5;
    report.verdict = grows || soon ? CapacityVerdict::Crossing : CapacityVerdict::None;
    report.method = methodName(all, blocks, crossings.size());
    return report;
}

} // namespace

CapacityReport timeToLimit(std::span<const double> values, const CapacityOptions &options) {
    if (!std::isfinite(options.limit))
        return {.probabilities = std::vector<double>(options.within.size(), std::nan("")), .method = {}};
    if (!options.below)
        return riseTo(options.limit, values, options);
    std::vector<double> turned(values.begin(), values.end());
    for (double &v : turned)
        v = -v;
    CapacityReport report = riseTo(-options.limit, turned, options);
    report.now = -report.now;
    report.growth = -report.growth;
    report.growthLow = -std::exchange(report.growthHigh, -report.growthLow);
    return report;
}

} // namespace ra::series
