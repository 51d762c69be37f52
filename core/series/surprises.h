// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// What may come where a sample came. Drawing from the sample alone never yields more than its largest value, though
/// every thousandth draw or so should: beyond the fifth of it at each end, draws are of
/// generalised Pareto tails. These have the mean excess of the sample and a shape by probability weighted moments,
/// drawn towards an exponential tail as five more values of one would. O(n log n) once, O(1) a draw. Source: J. R. M.
/// Hosking, J. R. Wallis, "Parameter and quantile estimation for the generalized Pareto distribution", Technometrics 29
/// (1987) 339-349.
class Surprises {
public:
    explicit Surprises(std::span<const double> sample); ///< not empty, finite

    struct Tail {
        double mean = 0; ///< excess
        double shape = 0;
        /// How far beyond the border what happens in a share `p` of the tail's draws goes.
        [[nodiscard]] double beyond(double p) const;
    };
    struct Tails {
        Tail low;
        Tail high;
    };
    /// As the sample has them at best.
    [[nodiscard]] const Tails &tails() const { return m_tails; }
    /// As they may just as well be: of shapes that err by as much as the estimates do.
    [[nodiscard]] Tails tails(stats::Random &random) const;

    [[nodiscard]] double draw(const Tails &tails, stats::Random &random) const;
    /// What hardly one draw in a million goes beyond.
    [[nodiscard]] double reach(const Tails &tails) const;

private:
    std::vector<double> m_sorted;
    std::size_t m_count = 0; ///< of values in each tail
    Tails m_tails;
};

} // namespace ra::series
