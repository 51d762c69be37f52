// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/capacity.h"

#include "core/series/capacitymodel.h"
#include "core/stats/distributions.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace ra::series {

namespace {

constexpr std::size_t mostValues = 4000;
constexpr std::size_t mostAhead = 200'000;
constexpr double clearlyExponential = 10; ///< units of the logarithm of the likelihood
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t settling = 50; ///< steps after which a memory has forgotten where it began

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

struct Fit {
    std::optional<CapacityModel> model;
    bool exponential = false;
};

Fit fitOf(const Blocks &blocks, double limit) {
    Fit fit{.model = fitCapacity(blocks.values, blocks.periods)};
    if (!fit.model || limit <= 0)
        return fit;
    std::vector<double> logarithms = blocks.values;
    double sum = 0;
    for (double &v : logarithms) {
        if (v <= 0)
            return fit;
        v = std::log(v);
        sum += std::isfinite(v) ? v : 0;
    }
    const auto other = fitCapacity(logarithms, blocks.periods);
    // Only among fits of the same kind: what wanders explains anything.
    if (other && !other->wanders && likelihoodOf(*other) - sum > likelihoodOf(*fit.model) + clearlyExponential)
        return {.model = other, .exponential = true};
    return fit;
}

/// Ahead of the last value.
class Paths {
public:
    Paths(const CapacityModel &model, double limit, std::size_t ahead)
        : m_model(model)
        , m_limit(limit)
        , m_ahead(ahead) {
        m_season.assign(ahead + 1, 0);
        for (std::size_t step = 1; step <= ahead; ++step)
            m_season[step] = model.seasonAt(step);
        double most = 0;
        for (const double v : model.surprises)
            most = std::max(most, std::abs(v));
        double carried = 0;
        for (const double v : model.memory)
            carried += std::abs(v);
        m_reach = most / std::max(1 - carried, 0.1);
        const double middle = (static_cast<double>(model.count) - 1) / 2;
        m_middle = middle;
    }

    /// Steps until the first crossing; infinity where there is none.
    [[nodiscard]] double cross(stats::Random &random) const {
        const double growth = m_model.growth + m_model.growthError * error(random);
        // A line turns about its middle.
        const double now = m_model.now + m_model.levelError * error(random) +
                           (m_model.wanders ? 0 : (growth - m_model.growth) * m_middle);
        const double scatter =
            std::sqrt(m_model.freedom / stats::dist::chiSquaredQuantile(open(random), m_model.freedom));
        std::vector<double> past = m_model.recent;
        if (m_model.wanders)
            return walk(now, growth, scatter, past, random);
        // For as long as no noise that was seen reaches the limit, nothing needs to be drawn.
        const double room = m_limit - now - m_model.peak() - 1.5 * scatter * m_reach;
        if (room > 0 && growth * static_cast<double>(m_ahead) < room)
            return infinity;
        std::size_t begin = 1;
        if (room > 0 && growth > 0)
            begin = static_cast<std::size_t>(room / growth);
        if (begin > settling) {
            begin -= settling;
            std::fill(past.begin(), past.end(), 0.0);
        } else {
            begin = 1;
        }
        for (std::size_t step = begin; step <= m_ahead; ++step) {
            const double noise = next(past, scatter, random);
            if (now + growth * static_cast<double>(step) + m_season[step] + noise >= m_limit)
                return static_cast<double>(step);
        }
        return infinity;
    }

private:
    [[nodiscard]] double walk(double level, double growth, double scatter, std::vector<double> &past,
                              stats::Random &random) const {
        for (std::size_t step = 1; step <= m_ahead; ++step) {
            level += growth + next(past, scatter, random);
            if (level + m_season[step] >= m_limit)
                return static_cast<double>(step);
        }
        return infinity;
    }
    [[nodiscard]] double next(std::vector<double> &past, double scatter, stats::Random &random) const {
        double value = scatter * m_model.surprises[random.below(static_cast<std::uint32_t>(m_model.surprises.size()))];
        for (std::size_t j = 0; j < past.size(); ++j)
            value += m_model.memory[j] * past[j];
        for (std::size_t j = past.size(); j > 1; --j)
            past[j - 1] = past[j - 2];
        if (!past.empty())
            past[0] = value;
        return value;
    }
    [[nodiscard]] static double open(stats::Random &random) { return random.uniform() + 0x1p-54; }
    [[nodiscard]] double error(stats::Random &random) const {
        return stats::dist::tQuantile(open(random), m_model.freedom);
    }

    const CapacityModel &m_model;
    double m_limit;
    std::size_t m_ahead;
    double m_middle = 0;
    double m_reach = 0; ///< of noise, at most
    std::vector<double> m_season;
};

double quantileOf(std::span<const double> ascending, double p) {
    const auto at = static_cast<std::size_t>(std::lround(p * static_cast<double>(ascending.size() - 1)));
    return ascending[at];
}

std::string methodName(const Fit &fit, const Blocks &blocks, std::size_t paths) {
    std::string text = fit.exponential ? "exponential, " : "";
    text += fit.model->wanders ? "random walk with drift" : "line";
    text += ", AR(";
    text += std::to_string(fit.model->memory.size());
    text += fit.model->wanders ? ") steps" : ") noise";
    for (const std::vector<double> &season : fit.model->seasons) {
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
    const Fit fit = fitOf(blocks, limit);
    if (!fit.model)
        return report;
    const CapacityModel &model = *fit.model;
    const auto block = static_cast<double>(blocks.size);
    const double scale = fit.exponential ? std::exp(model.now) : 1;
    report.now = fit.exponential ? scale : model.now;
    const double room = model.growthError * stats::dist::tQuantile((1 + options.level) / 2, model.freedom);
    report.growth = model.growth * scale / block;
    report.growthLow = (model.growth - room) * scale / block;
    report.growthHigh = (model.growth + room) * scale / block;
    if (isAlready(values, limit, options.periods)) {
        report.verdict = CapacityVerdict::Already;
        report.steps = report.stepsLow = report.stepsHigh = 0;
        std::fill(report.probabilities.begin(), report.probabilities.end(), 1.0);
        report.method = methodName(fit, blocks, 0);
        return report;
    }
    const std::size_t ahead = std::clamp<std::size_t>(20 * blocks.values.size(), 1000, mostAhead);
    const Paths paths(model, fit.exponential ? std::log(limit) : limit, ahead);
    std::vector<double> crossings(std::max<std::size_t>(options.paths, 100));
    stats::Random random(options.seed);
    for (double &steps : crossings)
        steps = paths.cross(random) * block;
    std::sort(crossings.begin(), crossings.end());
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
    report.method = methodName(fit, blocks, crossings.size());
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
