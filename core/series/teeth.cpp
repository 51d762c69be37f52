// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/teeth.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

double median(std::vector<double> values) {
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

struct Jump {
    std::size_t at; ///< first sample after it
    double size;
};

/// Differences of neighbours beyond `limit`.
std::vector<Jump> jumps(std::span<const double> values, double limit) {
    std::vector<Jump> found;
    for (std::size_t t = 1; t < values.size(); ++t) {
        const double size = values[t] - values[t - 1];
        if (std::abs(size) < limit)
            continue;
        // A fall over two samples is one.
        if (!found.empty() && found.back().at + 1 == t && (found.back().size > 0) == (size > 0)) {
            found.back().size += size;
            found.back().at = t;
        } else {
            found.push_back({t, size});
        }
    }
    return found;
}

} // namespace

Teeth findTeeth(std::span<const double> values) {
    Teeth teeth;
    const std::size_t n = values.size();
    teeth.spike.assign(n, false);
    if (n < 4)
        return teeth;
    std::vector<double> differences;
    for (std::size_t t = 1; t < n; ++t)
        differences.push_back(values[t] - values[t - 1]);
    const double drift = median(differences);
    std::vector<double> sizes;
    for (const double d : differences)
        sizes.push_back(std::abs(d - drift));
    const double spread = 1.4826 * median(sizes);
    teeth.noise = spread / std::sqrt(2.0);
    const std::vector<Jump> all = jumps(values, 4 * spread + 1e-12 * std::abs(values[0]));
    // A rise that is taken back within a thirtieth of the run is a spike.
    const std::size_t longest = std::max<std::size_t>(3, n / 25);
    std::vector<bool> used(all.size(), false);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].size <= 0 || used[i])
            continue;
        for (std::size_t j = i + 1; j < all.size() && all[j].at <= all[i].at + longest; ++j) {
            if (all[j].size < 0 && std::abs(all[j].size + all[i].size) < 0.35 * all[i].size) {
                for (std::size_t t = all[i].at; t < all[j].at; ++t)
                    teeth.spike[t] = true;
                used[i] = used[j] = true;
                break;
            }
        }
    }
    // What recurs does so with one size, more or less.
    const auto recurring = [&](double sign, std::size_t leastCount, double tolerance) {
        std::vector<double> heights;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!used[i] && sign * all[i].size > 0)
                heights.push_back(sign * all[i].size);
        }
        const double usual = median(heights);
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double size = sign * all[i].size;
            if (!used[i] && size > usual / tolerance && size < tolerance * usual)
                places.push_back(all[i].at);
        }
        if (places.size() < leastCount)
            places.clear();
        return places;
    };
    teeth.drops = recurring(-1, 3, 2);
    teeth.rises = recurring(1, 4, 2.5); // two bursts may fall into one sample
    return teeth;
}

std::vector<double> toothPhase(const Teeth &teeth, std::size_t n) {
    std::vector<double> phase(n, 0.0);
    if (teeth.drops.empty())
        return phase;
    std::vector<double> lengths;
    for (std::size_t i = 1; i < teeth.drops.size(); ++i)
        lengths.push_back(static_cast<double>(teeth.drops[i] - teeth.drops[i - 1]));
    const double usual = median(lengths);
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= teeth.drops.size(); ++i) {
        const bool last = i == teeth.drops.size();
        const std::size_t end = last ? n : teeth.drops[i];
        double length = static_cast<double>(end - begin);
        if (last)
            length = std::max(length, usual);
        for (std::size_t t = begin; t < end; ++t)
            phase[t] = static_cast<double>(t - begin) / length;
        begin = end;
    }
    return phase;
}

} // namespace ra::series
