// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/capacitymodel.h"
#include "core/series/surprises.h"
#include "core/stats/random.h"

#include <cstddef>
#include <vector>

namespace ra::series {

/// Ways that a series may go on by a model, with the errors of its estimates drawn along.
class CapacityPaths {
public:
    /// At most `ahead` steps after the last value. The model must outlive the paths.
    CapacityPaths(const CapacityModel &model, double limit, std::size_t ahead);

    /// Steps until the first crossing on one more path; infinity where there is none. O(ahead) at most.
    [[nodiscard]] double cross(stats::Random &random) const;

private:
    /// That of one path.
    struct Noise {
        double scatter = 1; ///< in that of the surprises
        Surprises::Tails tails;
        std::vector<double> past; ///< the newest first
    };
    [[nodiscard]] double walk(double level, double growth, Noise &noise, stats::Random &random) const;
    [[nodiscard]] double next(Noise &noise, stats::Random &random) const;
    [[nodiscard]] double error(stats::Random &random) const;

    const CapacityModel &m_model;
    Surprises m_surprises;
    double m_limit;
    std::size_t m_ahead;
    double m_middle = 0;
    double m_carried = 1; ///< the most that memory makes of one surprise
    std::vector<double> m_season;
};

} // namespace ra::series
