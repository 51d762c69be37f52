// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/runlengths.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

RunLengths::RunLengths(const OnlineOptions &options)
    : m_hazard(1 / std::max(2.0, options.expectedLength))
    , m_longest(std::max<std::size_t>(2, options.longest))
    , m_prior(options.prior > 0 ? options.prior : 1)
    , m_runs{Run{.kappa = m_prior}} {}

void RunLengths::add(double x) {
    double total = 0;
    double begun = 0; // probability that a new run begins after this value
    for (Run &run : m_runs) {
        // Student's t with 2 α degrees of freedom.
        const double squared = run.beta * (run.kappa + 1) / (run.alpha * run.kappa);
        const double z = (x - run.mean) * (x - run.mean) / squared;
        const double density = std::exp(std::lgamma(run.alpha + 0.5) - std::lgamma(run.alpha) -
                                        (run.alpha + 0.5) * std::log1p(z / (2 * run.alpha))) /
                               std::sqrt(2 * run.alpha * squared);
        run.probability *= density;
        begun += run.probability * m_hazard;
        run.probability *= 1 - m_hazard;
        total += run.probability;
        run.beta += run.kappa * (x - run.mean) * (x - run.mean) / (2 * (run.kappa + 1));
        run.mean += (x - run.mean) / (run.kappa + 1);
        run.kappa += 1;
        run.alpha += 0.5;
    }
    total += begun;
    m_runs.insert(m_runs.begin(), Run{.kappa = m_prior, .probability = begun});
    if (m_runs.size() > m_longest) {
        // The two longest become one, which goes on with what the likelier of them knows.
        Run &longest = m_runs[m_runs.size() - 2];
        const double both = longest.probability + m_runs.back().probability;
        if (m_runs.back().probability > longest.probability)
            longest = m_runs.back();
        longest.probability = both;
        m_runs.pop_back();
    }
    for (std::size_t r = 0; r < m_runs.size(); ++r)
        m_runs[r].probability = total > 0 ? m_runs[r].probability / total : (r == 0 ? 1 : 0);
}

} // namespace ra::series
