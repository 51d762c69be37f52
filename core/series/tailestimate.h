// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ra::series {

/// How rare a magnitude is among all that a stream has shown so far, in a memory of fixed size: a histogram by
/// logarithm (an eighth of an octave a bin, in a Fenwick tree) for what is ordinary, and the 20 largest magnitudes, to
/// which a Pareto tail is fitted, for what is beyond. Sources: B. M. Hill, "A simple general approach to inference
/// about the tail of a distribution", Ann. Statist. 3 (1975) 1163-1174; A. Siffer, P.-A. Fouque, A. Termier, C.
/// Largouët, "Anomaly detection in streams with extreme value theory", KDD 2017, for the use of such tails over a
/// stream.
class TailEstimate {
public:
    /// -log10 of the probability that a magnitude of the past is at least this one, which then becomes part of the
    /// past: 0 for what is common, 3 for what happens once in 1,000 values, at most `most`. 0 before 20 magnitudes have
    /// been seen and for magnitudes that are not positive; NaN counts as 0. O(log of the number of bins) mostly.
    [[nodiscard]] double rarityOfNext(double magnitude);

    static constexpr double most = 12;

private:
    static constexpr std::size_t bins = 1024;
    static constexpr std::size_t kept = 20;

    [[nodiscard]] double countFrom(std::size_t bin) const;
    [[nodiscard]] double rarity(double logarithm, std::size_t bin) const;
    void keep(double logarithm);

    std::array<std::uint32_t, bins + 1> m_tree = {}; ///< of counts, from the highest bin down
    std::array<double, kept> m_largest = {};         ///< base 2 logarithms, the greatest first
    std::size_t m_largestCount = 0;
    double m_count = 0;
    double m_meanExcess = 0; ///< of the largest over the least of them
};

} // namespace ra::series
