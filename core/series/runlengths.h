// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace ra::series {

struct OnlineOptions {
    double expectedLength = 250; ///< of a regime
    std::size_t longest = 500;   ///< longer runs are one, so that a value costs O(longest)
    double prior = 1;            ///< how many values the prior mean of a regime, 0, is worth
};

/// How probable it is that the present regime holds the last r values, for each r; of normal data, each regime with its
/// own mean and variance, for which values are expected to be about 0 and 1. Source: R. P. Adams, D. J. C. MacKay,
/// "Bayesian online changepoint detection", arXiv:0710.3742 (2007), with a normal-gamma prior.
class RunLengths {
public:
    explicit RunLengths(const OnlineOptions &options);
    /// The next value, finite. O(longest).
    void add(double x);
    /// Lengths are 0 (a regime that begins with the next value) to size() - 1.
    [[nodiscard]] std::size_t size() const { return m_runs.size(); }
    [[nodiscard]] double probability(std::size_t length) const { return m_runs[length].probability; }
    /// Whether a length stands for all that are longer, too.
    [[nodiscard]] bool holdsLonger(std::size_t length) const { return length + 1 == m_longest; }

private:
    /// What a run of some length knows of its normal distribution, and how probable that length is.
    struct Run {
        double mean = 0;
        double kappa = 1; ///< values that the mean rests on, the prior's among them
        double alpha = 1;
        double beta = 1;
        double probability = 1;
    };
    double m_hazard;
    std::size_t m_longest;
    double m_prior;
    std::vector<Run> m_runs;
};

} // namespace ra::series
