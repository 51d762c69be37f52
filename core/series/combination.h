// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/candidates.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// A moment of the back-test: what each method expected then, and what came.
struct Origin {
    std::span<const double> truth;
    std::vector<std::optional<Path>> paths; ///< one a method
};

/// A method that takes part.
struct Entrant {
    std::unique_ptr<Candidate> candidate;
    Path path; ///< from the whole series
    double mae = std::numeric_limits<double>::quiet_NaN();
    double weight = 0;
    bool isFallback = false; ///< takes part only where nothing better is known
};

/// Weighted mean of the paths that are there (one an entrant, or null). O(entrants · horizon).
[[nodiscard]] Path mixed(const std::vector<Entrant> &entrants, const std::vector<const Path *> &paths,
                         std::size_t horizon);

/// What the entrants together expected at a moment of the back-test.
[[nodiscard]] Path mixedAt(const std::vector<Entrant> &entrants, const Origin &origin);

/// Sets each entrant's error in the back-test, and weights by its inverse square; equal ones without a back-test. A
/// fallback gets none. Source: see forecast.h.
void weigh(std::vector<Entrant> &entrants, const std::vector<Origin> &origins);

/// The naive entrant of least error in the back-test: a fallback or the last.
[[nodiscard]] std::size_t bestNaive(const std::vector<Entrant> &entrants);

/// Moves weight to that one until the back-test is no longer worse than its.
void yieldToNaive(std::vector<Entrant> &entrants, const std::vector<Origin> &origins);

} // namespace ra::series
