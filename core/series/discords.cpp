// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/discords.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

/// Sums of all stretches; no digits are lost by taking old values away.
std::vector<double> stretchSums(std::span<const double> values, std::size_t length) {
    std::vector<double> sums(values.size() - length + 1, 0.0);
    for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums[i] += values[i + j];
    }
    return sums;
}

} // namespace

MatrixProfile matrixProfile(std::span<const double> values, std::size_t length) {
    MatrixProfile profile;
    if (length < 2 || values.size() < 3 * length)
        return profile;
    const std::size_t count = values.size() - length + 1;
    const auto m = static_cast<double>(length);
    std::vector<double> own(values.size());
    std::transform(values.begin(), values.end(), own.begin(), [](double v) { return v * v; });
    std::vector<double> squares = stretchSums(own, length);
    std::vector<double> sums = stretchSums(values, length);
    for (std::size_t i = 0; i < count; ++i) {
        squares[i] -= sums[i] * sums[i] / m;
        sums[i] /= std::sqrt(m);
    }
    // products[j]: of the stretches at `i` and at j, from those at i - 1 and j - 1.
    std::vector<double> products(count, 0.0);
    for (std::size_t t = 0; t < length; ++t) {
        for (std::size_t j = 0; j < count; ++j)
            products[j] += values[t] * values[t + j];
    }
    const std::vector<double> first = products;
    std::vector<double> apart(count);
    profile.length = length;
    profile.distances.assign(count, 0.0);
    profile.where.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) {
            const double gone = values[i - 1];
            const double come = values[i + length - 1];
            std::vector<double> &next = apart; // the row before is still read
            for (std::size_t j = 1; j < count; ++j)
                next[j] = products[j - 1] - gone * values[j - 1] + come * values[j + length - 1];
            next[0] = first[i];
            products.swap(next);
        }
        for (std::size_t j = 0; j < count; ++j)
            apart[j] = squares[j] - 2 * (products[j] - sums[i] * sums[j]);
        const auto least = [&](std::size_t begin, std::size_t end) {
            return std::min_element(apart.begin() + static_cast<std::ptrdiff_t>(begin),
                                    apart.begin() + static_cast<std::ptrdiff_t>(end)) -
                   apart.begin();
        };
        std::ptrdiff_t best = -1;
        if (i >= length)
            best = least(0, i - length + 1);
        if (i + length < count) {
            const std::ptrdiff_t after = least(i + length, count);
            if (best < 0 || apart[static_cast<std::size_t>(after)] < apart[static_cast<std::size_t>(best)])
                best = after;
        }
        profile.where[i] = best < 0 ? i : static_cast<std::size_t>(best);
        const double square = best < 0 ? 0 : squares[i] + apart[static_cast<std::size_t>(best)];
        profile.distances[i] = std::sqrt(std::max(square, 0.0) / m);
    }
    return profile;
}

} // namespace ra::series
