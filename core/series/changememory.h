// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// The changes less those that memory explains as well: the two segments beside one are compared with a single segment,
/// both of noise that is an autoregression of order one, with levels (or lines) fitted by generalised least squares and
/// variances of their own, and the change that gains least goes as long as the Bayesian information criterion of
/// these values is better without. A series that wanders crosses levels without having any; an autoregression follows
/// it, while it pays for each step between true levels. `variance` is the least that a segment may have. Ascending.
/// O(n) a round, O(changes) rounds, of which each looks only at what the last one joined. Sources: likelihoods of
/// changes in autocorrelated noise: X. Shi, C. Gallagher, R. Lund, R. Killick, Environmetrics 33 (2022) e2695; G.
/// Romano, G. Rigaill, V. Runge, P. Fearnhead, JASA 117 (2022) 2147-2162.
[[nodiscard]] std::vector<std::size_t> withoutMemory(std::span<const double> values, std::vector<std::size_t> changes,
                                                     bool hasSlopes, double variance);

} // namespace ra::series
