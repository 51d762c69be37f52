// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/differences.h"

#include "core/stats/random.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

/// Drawn at each step: brackets then hold some two per cent of what there was before.
constexpr std::size_t draws = 10'000;
/// Up to here all that are left are looked at.
constexpr std::uint64_t few = 100'000;

} // namespace

struct Differences::Split {
    std::vector<std::size_t> below;    ///< columns of each row that are less
    std::vector<std::size_t> notAbove; ///< and those that are not more
    std::uint64_t countBelow = 0;
    std::uint64_t countNotAbove = 0;
};

Differences::Differences(std::span<const double> x, std::span<const double> y)
    : m_x(x)
    , m_y(y) {}

double Differences::select(std::uint64_t rank) {
    m_from.assign(m_x.size(), 0);
    m_to.assign(m_x.size(), m_y.size());
    m_upTo.resize(m_x.size());
    for (;;) {
        std::uint64_t before = 0;
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < m_x.size(); ++i) {
            before += m_from[i];
            total += m_to[i] > m_from[i] ? m_to[i] - m_from[i] : 0;
            m_upTo[i] = total;
        }
        if (total <= std::max<std::uint64_t>(few, 2 * m_x.size())) {
            std::vector<double> candidates = left();
            const auto found = candidates.begin() + static_cast<std::ptrdiff_t>(rank - before);
            std::nth_element(candidates.begin(), found, candidates.end());
            return *found;
        }
        const std::vector<double> sample = drawn();
        const double place = static_cast<double>(rank - before) / static_cast<double>(total) * draws;
        const double margin = 1.5 * std::sqrt(draws); // three standard errors in the middle
        const auto sampleAt = [&](double position) {
            return sample[static_cast<std::size_t>(std::clamp(position, 0.0, draws - 1.0))];
        };
        const Split low = splitAt(sampleAt(place - margin));
        const Split high = splitAt(sampleAt(place + margin));
        if (rank < low.countBelow) {
            m_to = low.below;
        } else if (rank < low.countNotAbove) {
            return sampleAt(place - margin);
        } else if (rank < high.countBelow) {
            m_from = low.notAbove;
            m_to = high.below;
        } else if (rank < high.countNotAbove) {
            return sampleAt(place + margin);
        } else {
            m_from = high.notAbove;
        }
    }
}

/// Rows further down have larger differences, so that one walk along both samples does.
Differences::Split Differences::splitAt(double value) const {
    Split split;
    split.below.resize(m_x.size());
    split.notAbove.resize(m_x.size());
    std::size_t below = m_y.size();
    std::size_t notAbove = m_y.size();
    for (std::size_t i = 0; i < m_x.size(); ++i) {
        while (below > 0 && !(at(i, below - 1) < value))
            --below;
        while (notAbove > 0 && at(i, notAbove - 1) > value)
            --notAbove;
        split.below[i] = below;
        split.notAbove[i] = notAbove;
        split.countBelow += below;
        split.countNotAbove += notAbove;
    }
    return split;
}

std::vector<double> Differences::drawn() const {
    Random random(1);
    std::vector<double> sample(draws);
    for (double &value : sample) {
        const auto place = static_cast<std::uint64_t>(random.uniform() * static_cast<double>(m_upTo.back()));
        const auto row = static_cast<std::size_t>(std::ranges::upper_bound(m_upTo, std::min(place, m_upTo.back() - 1)) -
                                                  m_upTo.begin());
        const std::uint64_t inRow = std::min(place, m_upTo.back() - 1) - (row > 0 ? m_upTo[row - 1] : 0);
        value = at(row, m_from[row] + inRow);
    }
    std::ranges::sort(sample);
    return sample;
}

std::vector<double> Differences::left() const {
    std::vector<double> values;
    values.reserve(m_upTo.back());
    for (std::size_t row = 0; row < m_x.size(); ++row) {
        for (std::size_t column = m_from[row]; column < m_to[row]; ++column)
            values.push_back(at(row, column));
    }
    return values;
}

} // namespace ra::stats
