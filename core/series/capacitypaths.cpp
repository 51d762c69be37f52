// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/capacitypaths.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t settling = 50; ///< steps after which a memory has forgotten where it began

double open(stats::Random &random) {
    return random.uniform() + 0x1p-54;
}

} // namespace

CapacityPaths::CapacityPaths(const CapacityModel &model, double limit, std::size_t ahead)
    : m_model(model)
    , m_surprises(model.surprises)
    , m_limit(limit)
    , m_ahead(ahead)
    , m_middle((static_cast<double>(model.count) - 1) / 2) {
    m_season.assign(ahead + 1, 0);
    for (std::size_t step = 1; step <= ahead; ++step)
        m_season[step] = model.seasonAt(step);
    double carried = 0;
    for (const double v : model.memory)
        carried += std::abs(v);
    m_carried = 1 / std::max(1 - carried, 0.1);
}

double CapacityPaths::cross(stats::Random &random) const {
    const double growth = m_model.growth + m_model.growthError * error(random);
    // A line turns about its middle.
    const double now =
        m_model.now + m_model.levelError * error(random) + (m_model.wanders ? 0 : (growth - m_model.growth) * m_middle);
    Noise noise{.scatter = std::sqrt(m_model.freedom / stats::dist::chiSquaredQuantile(open(random), m_model.freedom)),
                .tails = m_surprises.tails(random),
                .past = m_model.recent};
    if (m_model.wanders)
        return walk(now, growth, noise, random);
    // For as long as hardly any noise reaches the limit, nothing needs to be drawn.
    const double room =
        m_limit - now - m_model.peak() - 1.5 * noise.scatter * m_carried * m_surprises.reach(noise.tails);
    if (room > 0 && growth * static_cast<double>(m_ahead) < room)
        return infinity;
    std::size_t begin = 1;
    if (room > 0 && growth > 0)
        begin = static_cast<std::size_t>(room / growth);
    if (begin > settling) {
        begin -= settling;
        std::fill(noise.past.begin(), noise.past.end(), 0.0);
    } else {
        begin = 1;
    }
    for (std::size_t step = begin; step <= m_ahead; ++step) {
        const double off = next(noise, random);
        if (now + growth * static_cast<double>(step) + m_season[step] + off >= m_limit)
            return static_cast<double>(step);
    }
    return infinity;
}

double CapacityPaths::walk(double level, double growth, Noise &noise, stats::Random &random) const {
    for (std::size_t step = 1; step <= m_ahead; ++step) {
        level += growth + next(noise, random);
        if (level + m_season[step] >= m_limit)
            return static_cast<double>(step);
    }
    return infinity;
}

double CapacityPaths::next(Noise &noise, stats::Random &random) const {
    std::vector<double> &past = noise.past;
    double value = noise.scatter * m_surprises.draw(noise.tails, random);
    for (std::size_t j = 0; j < past.size(); ++j)
        value += m_model.memory[j] * past[j];
    for (std::size_t j = past.size(); j > 1; --j)
        past[j - 1] = past[j - 2];
    if (!past.empty())
        past[0] = value;
    return value;
}

double CapacityPaths::error(stats::Random &random) const {
    return stats::dist::tQuantile(open(random), m_model.freedom);
}

} // namespace ra::series
