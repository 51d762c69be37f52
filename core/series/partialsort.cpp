// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/partialsort.h"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace ra::series {

namespace {

using Index = std::ptrdiff_t;

/// Places first to last, in which the wanted places wanted[from] to wanted[to] are to be filled rightly.
struct Segment {
    Index first;
    Index last;
    int from;
    int to;
};

/// Splits a[first..last] at the median of its first, middle and last value; gives the end of the lower and the
/// beginning of the upper part.
std::pair<Index, Index> split(std::span<double> a, Index first, Index last) {
    double &low = a[static_cast<std::size_t>(first)];
    double &middle = a[static_cast<std::size_t>((first + last + 2) / 2 - 1)]; // places count from 1 in the reference
    double &high = a[static_cast<std::size_t>(last)];
    if (low > middle)
        std::swap(low, middle);
    if (high < middle) {
        std::swap(high, middle);
        if (low > middle)
            std::swap(low, middle);
    }
    const double pivot = middle;
    Index l = last;
    Index k = first;
    for (;;) {
        do
            --l;
        while (a[static_cast<std::size_t>(l)] > pivot);
        do
            ++k;
        while (a[static_cast<std::size_t>(k)] < pivot);
        if (k > l)
            return {l, k};
        std::swap(a[static_cast<std::size_t>(l)], a[static_cast<std::size_t>(k)]);
    }
}

void insertionSort(std::span<double> a, Index first, Index last) {
    for (Index i = first; i < last; ++i) {
        const double value = a[static_cast<std::size_t>(i + 1)];
        Index k = i;
        for (; k >= 0 && a[static_cast<std::size_t>(k)] > value; --k)
            a[static_cast<std::size_t>(k + 1)] = a[static_cast<std::size_t>(k)];
        a[static_cast<std::size_t>(k + 1)] = value;
    }
}

} // namespace

double sumOfMiddle(std::span<double> values) {
    const auto n = static_cast<Index>(values.size());
    const std::array<Index, 2> wanted{n / 2, n - n / 2 - 1};
    std::vector<Segment> pending{{0, n - 1, 0, 1}};
    while (!pending.empty()) {
        Segment segment = pending.back();
        pending.pop_back();
        if (segment.from > segment.to)
            continue;
        // The first places are split down to one: the reference's insertion needs a smaller value on the left.
        while (segment.from <= segment.to &&
               (segment.last - segment.first > 10 || (segment.first == 0 && segment.last > 0))) {
            const auto [l, k] = split(values, segment.first, segment.last);
            Segment other = segment;
            if (l - segment.first <= segment.last - k) {
                other.first = k;
                segment.last = l;
                while (segment.from <= segment.to && wanted[static_cast<std::size_t>(segment.to)] > segment.last)
                    --segment.to;
                other.from = segment.to + 1;
            } else {
                other.last = l;
                segment.first = k;
                while (segment.from <= segment.to && wanted[static_cast<std::size_t>(segment.from)] < segment.first)
                    ++segment.from;
                other.to = segment.from - 1;
            }
            pending.push_back(other);
        }
        if (segment.from <= segment.to)
            insertionSort(values, segment.first, segment.last);
    }
    return values[static_cast<std::size_t>(wanted[0])] + values[static_cast<std::size_t>(wanted[1])];
}

} // namespace ra::series
