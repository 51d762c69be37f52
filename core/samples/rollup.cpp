// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/rollup.h"

#include "core/stats/sumsquares.h"

#include <algorithm>

namespace ra::samples {

void Rollup::add(std::span<const double> values) {
    m_sketch.add(values);
    const stats::Compensated squares = stats::sumOfSquares(values);
    m_sumSquares += squares.high + squares.low;
}

void Rollup::merge(const Rollup &other) {
    static_cast<void>(m_sketch.merge(other.m_sketch)); // fails for other options only, and there are none
    m_sumSquares += other.m_sumSquares;
}

bool Rollup::takeAway(const Rollup &other) {
    if (!m_sketch.takeAway(other.m_sketch))
        return false;
    m_sumSquares -= other.m_sumSquares;
    if (m_sketch.count() <= 1) // then it is known
        m_sumSquares = m_sketch.sum() * m_sketch.sum();
    m_sumSquares = std::max(m_sumSquares, 0.0);
    return true;
}

Rollup::Row Rollup::row() const {
    Row row;
    row.count = m_sketch.count();
    row.sum = m_sketch.sum();
    if (row.count == 1 && m_sketch.nans() == 0)
        return row;
    row.min = m_sketch.min();
    row.max = m_sketch.max();
    row.sumSquares = m_sumSquares;
    m_sketch.serialise(row.sketch);
    return row;
}

Result<Rollup> Rollup::fromRow(std::uint64_t count, double sum, double sumSquares, std::string_view sketch) {
    Rollup rollup;
    if (sketch.empty() && count == 1) {
        rollup.add(std::span(&sum, 1));
        return rollup;
    }
    auto read = stats::Sketch::deserialise(sketch);
    if (!read)
        return fail(read.error());
    rollup.m_sketch = std::move(*read);
    rollup.m_sumSquares = sumSquares;
    return rollup;
}

} // namespace ra::samples
