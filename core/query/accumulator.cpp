// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/accumulator.h"

#include "core/query/bins.h"
#include "core/stats/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace ra::query {

namespace {

/// The least and the greatest of values, of which there is one at least.
std::pair<double, double> extremesOf(std::span<const double> values) {
    std::array<double, 4> low{};
    std::array<double, 4> high{};
    low.fill(values.front());
    high.fill(values.front());
    const std::size_t whole = values.size() / 4 * 4;
    for (std::size_t i = 0; i < whole; i += 4) {
        for (std::size_t k = 0; k < 4; ++k) {
            low[k] = values[i + k] < low[k] ? values[i + k] : low[k];
            high[k] = values[i + k] > high[k] ? values[i + k] : high[k];
        }
    }
    for (const double value : values.subspan(whole)) {
        low[0] = std::min(low[0], value);
        high[0] = std::max(high[0], value);
    }
    const std::pair result(std::min({low[0], low[1], low[2], low[3]}), std::max({high[0], high[1], high[2], high[3]}));
    if (result.first != 0 && result.second != 0)
        return result;
    // Of both zeros the first counts.
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return {*least, *std::find(values.begin(), values.end(), *most)};
}

} // namespace

Accumulator::Extra &Accumulator::extra() {
    if (!m_extra)
        m_extra = std::make_unique<Extra>();
    return *m_extra;
}

Accumulator::Extra &Accumulator::valuesInExtra() {
    Extra &more = extra();
    if (m_hasOnly) { // then there is nothing else
        constexpr std::size_t some = 4;
        more.values.reserve(some);
        more.values.push_back(m_only);
        m_hasOnly = false;
    }
    return more;
}

bool Accumulator::hasNothingForQuantiles() const {
    return !m_hasOnly && (!m_extra || (!m_extra->sketch && m_extra->values.empty() && m_extra->bytes.empty()));
}

TimeOrder &Accumulator::order() {
    Extra &more = extra();
    if (!more.order)
        more.order = std::make_unique<TimeOrder>();
    return *more.order;
}

/// Neumaier's compensated sum, which infinities pass.
void Accumulator::addSum(double value) {
    const double sum = m_sum + value;
    const double lost = std::abs(m_sum) >= std::abs(value) ? (m_sum - sum) + value : (value - sum) + m_sum;
    if (std::isfinite(lost))
        m_lost += lost;
    m_sum = sum;
}

/// Source: T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance", The American
/// Statistician 37 (1983) 242-247.
void Accumulator::addMoments(std::uint64_t count, double sum, double mean, double squares, double min, double max) {
    if (count == 0)
        return;
    addSum(sum);
    m_min = std::min(m_min, min);
    m_max = std::max(m_max, max);
    const auto n = static_cast<double>(m_count);
    const auto more = static_cast<double>(count);
    const double delta = mean - m_mean;
    m_count += count;
    m_mean += delta * more / (n + more);
    m_squares += squares + delta * delta * n * more / (n + more);
}

void Accumulator::keep(double value) {
    if (hasNothingForQuantiles()) {
        m_only = value;
        m_hasOnly = true;
        return;
    }
    Extra &more = valuesInExtra();
    if (more.sketch) {
        more.sketch->add(value);
        return;
    }
    more.values.push_back(value); // beside bytes, if there are any
    if (more.values.size() > mostExact)
        toSketch();
}

void Accumulator::add(double value, const Keeping &keeping) {
    if (std::isnan(value))
        return;
    addSum(value);
    m_min = std::min(m_min, value);
    m_max = std::max(m_max, value);
    ++m_count;
    const double delta = value - m_mean;
    m_mean += delta / static_cast<double>(m_count);
    m_squares += delta * (value - m_mean);
    if (keeping.quantiles)
        keep(value);
    if (!keeping.histograms.empty()) {
        Extra &more = extra();
        more.histograms.resize(keeping.histograms.size());
        for (std::size_t i = 0; i < keeping.histograms.size(); ++i) {
            more.histograms[i].resize(static_cast<std::size_t>(keeping.histograms[i]->bins) + 2);
            ++more.histograms[i][binOf(*keeping.histograms[i], value)];
        }
    }
}

void Accumulator::addAt(double value, std::int64_t timeNs, std::int64_t series, const Keeping &keeping) {
    if (std::isnan(value))
        return;
    add(value, keeping);
    if (keeping.inOrder)
        order().add(value, timeNs, series);
}

void Accumulator::addSpan(std::span<const double> values, std::span<const std::int64_t> timesNs, std::int64_t series,
                          const Keeping &keeping) {
    constexpr std::size_t few = 8;
    constexpr std::size_t most = 4096; // of a plain sum, whose rounding grows with them
    if (values.size() < few || !keeping.histograms.empty()) {
        for (std::size_t i = 0; i < values.size(); ++i)
            addAt(values[i], timesNs[i], series, keeping);
        return;
    }
    for (std::size_t from = 0; from < values.size(); from += most) {
        const std::span<const double> block = values.subspan(from, std::min(most, values.size() - from));
        // Four sums at a time, which the processor adds side by side.
        std::array<double, 4> sums{};
        for (std::size_t i = 0; i < block.size(); ++i)
            sums[i % 4] += block[i];
        const double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        const double mean = sum / static_cast<double>(block.size());
        const auto [low, high] = keeping.extremes ? extremesOf(block) : std::pair(m_min, m_max);
        std::array<double, 4> squares{};
        for (std::size_t i = 0; keeping.spread && i < block.size(); ++i)
            squares[i % 4] += (block[i] - mean) * (block[i] - mean);
        addMoments(block.size(), sum, mean, (squares[0] + squares[1]) + (squares[2] + squares[3]), low, high);
    }
    if (keeping.quantiles) {
        Extra &more = valuesInExtra();
        if (!more.sketch && more.values.size() + values.size() > mostExact)
            toSketch();
        if (more.sketch)
            more.sketch->add(values);
        else
            more.values.insert(more.values.end(), values.begin(), values.end());
    }
    if (keeping.everyMoment) {
        for (std::size_t i = 0; i < values.size(); ++i)
            order().add(values[i], timesNs[i], series);
    } else if (keeping.inOrder) {
        order().add(values.front(), timesNs.front(), series);
        order().add(values.back(), timesNs.back(), series);
    }
}

void Accumulator::toSketch() {
    Extra &more = valuesInExtra();
    if (more.sketch)
        return;
    more.sketch = std::make_unique<stats::Sketch>();
    more.sketch->add(more.values);
    more.values = {};
}

Result<void> Accumulator::addSketchBytes(std::string_view bytes) {
    const bool isFirst = hasNothingForQuantiles();
    Extra &more = valuesInExtra();
    if (isFirst) {
        more.bytes = bytes;
        return {};
    }
    toSketch();
    const std::string before = std::exchange(more.bytes, {});
    if (!before.empty()) {
        if (auto added = more.sketch->mergeSerialised(before); !added)
            return added;
    }
    return more.sketch->mergeSerialised(bytes);
}

Result<void> Accumulator::adopt(std::string &&bytes, std::unique_ptr<stats::Sketch> sketch) {
    if (!hasNothingForQuantiles())
        return sketch ? addSketch(*sketch) : addSketchBytes(bytes);
    Extra &more = extra();
    more.bytes = std::move(bytes);
    more.sketch = std::move(sketch);
    return {};
}

Result<void> Accumulator::addSketch(const stats::Sketch &sketch) {
    toSketch();
    return m_extra->sketch->merge(sketch);
}

Result<void> Accumulator::addPart(const Part &part, const Keeping &keeping) {
    if (part.count == 0)
        return {};
    if (part.count == 1) {
        add(part.sum, keeping);
        return {};
    }
    const double mean = part.sum / static_cast<double>(part.count);
    // What is lost between two numbers that nearly agree is kept by the fused product.
    const double product = part.sum * mean;
    const double squares = part.sumSquares - product - std::fma(part.sum, mean, -product);
    addMoments(part.count, part.sum, mean, std::max(squares, 0.0), part.min, part.max);
    if (!keeping.quantiles)
        return {};
    if (part.ready)
        return addSketch(*part.ready);
    return addSketchBytes(part.sketch);
}

Result<void> Accumulator::addStretch(const Part &part, std::int64_t firstNs, double first, std::int64_t lastNs,
                                     double last, std::int64_t series, const Keeping &keeping) {
    if (auto added = addPart(part, keeping); !added)
        return added;
    if (keeping.inOrder) {
        // Only ends are known: whoever needs what lies between does not come this way.
        if (!std::isnan(first))
            order().add(first, firstNs, series);
        if (!std::isnan(last) && lastNs > firstNs)
            order().add(last, lastNs, series);
    }
    return {};
}

Result<void> Accumulator::merge(const Accumulator &other, const Keeping &keeping) {
    addMoments(other.m_count, other.m_sum, other.m_mean, other.m_squares, other.m_min, other.m_max);
    if (std::isfinite(other.m_lost))
        m_lost += other.m_lost;
    if (other.m_hasOnly)
        keep(other.m_only);
    if (!other.m_extra)
        return {};
    const Extra &from = *other.m_extra;
    Extra &more = valuesInExtra();
    if (!from.bytes.empty()) {
        if (auto added = addSketchBytes(from.bytes); !added)
            return added;
    }
    if (from.sketch) {
        if (auto added = addSketch(*from.sketch); !added)
            return added;
    } else if (more.sketch) {
        more.sketch->add(from.values);
    } else {
        more.values.insert(more.values.end(), from.values.begin(), from.values.end());
        if (more.values.size() > mostExact)
            toSketch();
    }
    more.histograms.resize(std::max(more.histograms.size(), from.histograms.size()));
    for (std::size_t i = 0; i < from.histograms.size(); ++i) {
        more.histograms[i].resize(std::max(more.histograms[i].size(), from.histograms[i].size()));
        for (std::size_t k = 0; k < from.histograms[i].size(); ++k)
            more.histograms[i][k] += from.histograms[i][k];
    }
    if (keeping.inOrder && from.order)
        order().merge(*from.order);
    return {};
}

std::optional<double> Accumulator::result(const Aggregate &aggregate) const {
    if (aggregate.kind == AggregateKind::Count)
        return static_cast<double>(m_count);
    if (m_count == 0)
        return {};
    const TimeOrder *byTime = m_extra ? m_extra->order.get() : nullptr;
    switch (aggregate.kind) {
    case AggregateKind::Sum:
        return m_sum + m_lost;
    case AggregateKind::Mean:
        return (m_sum + m_lost) / static_cast<double>(m_count);
    case AggregateKind::Min:
        return m_min;
    case AggregateKind::Max:
        return m_max;
    case AggregateKind::Stddev:
        return m_count < 2 ? std::nullopt : std::optional(std::sqrt(m_squares / static_cast<double>(m_count - 1)));
    case AggregateKind::First:
        return byTime ? std::optional(byTime->first()) : std::nullopt;
    case AggregateKind::Last:
        return byTime ? std::optional(byTime->last()) : std::nullopt;
    case AggregateKind::Delta:
        return byTime ? std::optional(byTime->last() - byTime->first()) : std::nullopt;
    case AggregateKind::Rate:
        return byTime ? byTime->rate() : std::nullopt;
    case AggregateKind::Slope:
        return byTime ? byTime->slope() : std::nullopt;
    default:
        return {};
    }
}

Result<void> Accumulator::quantiles(std::span<const double> qs, std::span<double> out) const {
    std::fill(out.begin(), out.end(), std::numeric_limits<double>::quiet_NaN());
    if (m_hasOnly) {
        for (std::size_t i = 0; i < qs.size(); ++i)
            out[i] = stats::quantile(std::span(&m_only, 1), qs[i]).value_or(out[i]);
        return {};
    }
    if (m_count == 0 || !m_extra)
        return {};
    const Extra &more = *m_extra;
    const auto fromSketch = [&](const stats::Sketch &sketch) {
        for (std::size_t i = 0; i < qs.size(); ++i)
            out[i] = sketch.quantile(qs[i]).value_or(out[i]);
    };
    if (!more.bytes.empty()) {
        stats::Sketch sketch;
        if (more.sketch)
            sketch = *more.sketch;
        sketch.add(more.values);
        if (auto merged = sketch.mergeSerialised(more.bytes); !merged)
            return merged;
        fromSketch(sketch);
    } else if (more.sketch) {
        fromSketch(*more.sketch);
    } else {
        thread_local std::vector<double> sorted; // none is NaN
        sorted.assign(more.values.begin(), more.values.end());
        std::ranges::sort(sorted);
        for (std::size_t i = 0; i < qs.size(); ++i)
            out[i] = stats::quantile(sorted, qs[i]).value_or(out[i]);
    }
    return {};
}

std::string Accumulator::histogram(const Aggregate &aggregate, std::size_t which, double divisor) const {
    const bool isThere = m_extra && which < m_extra->histograms.size();
    return histogramText(aggregate, isThere ? m_extra->histograms[which] : std::vector<std::uint64_t>(), divisor);
}

std::size_t Accumulator::bytes() const {
    if (!m_extra)
        return 0;
    std::size_t bytes = sizeof(Extra) + m_extra->values.capacity() * sizeof(double) + m_extra->bytes.capacity();
    if (m_extra->order)
        bytes += sizeof(TimeOrder);
    if (m_extra->sketch)
        bytes += 2'500; // counts of values within a factor of a hundred, and the exact sum
    for (const auto &histogram : m_extra->histograms)
        bytes += histogram.capacity() * sizeof(std::uint64_t);
    return bytes;
}

} // namespace ra::query
