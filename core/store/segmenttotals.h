// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/segment.h"

#include <cmath>
#include <cstdint>

namespace ra::store {

/// Equal, or both no number.
[[nodiscard]] inline bool isSame(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

/// What the row of a segment tells beside its data, so that most questions need not read that.
struct SegmentTotals {
    std::int64_t firstNs = 0;
    std::int64_t lastNs = 0;
    std::int64_t count = 0;
    double min = 0;
    double max = 0;
    double sum = 0;
    double first = 0;
    double last = 0;
    double sumSquares = 0;
};

[[nodiscard]] inline SegmentTotals totalsOf(const samples::SegmentHeader &header) {
    return {header.firstNs,      header.lastNs,       static_cast<std::int64_t>(header.count),
            header.sketch.min(), header.sketch.max(), header.sketch.sum(),
            header.firstValue,   header.lastValue,    header.sumSquares.high + header.sumSquares.low};
}

[[nodiscard]] inline bool isSame(const SegmentTotals &a, const SegmentTotals &b) {
    return a.firstNs == b.firstNs && a.lastNs == b.lastNs && a.count == b.count && isSame(a.min, b.min) &&
           isSame(a.max, b.max) && isSame(a.sum, b.sum) && isSame(a.first, b.first) && isSame(a.last, b.last) &&
           isSame(a.sumSquares, b.sumSquares);
}

} // namespace ra::store
