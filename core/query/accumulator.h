// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/question.h"
#include "core/query/timeorder.h"
#include "core/samples/rollup.h"
#include "core/stats/sketch.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// What values came to elsewhere: a rollup, the header of a segment.
struct Part {
    std::uint64_t count = 0; ///< values but NaN
    double sum = 0;
    double min = 0; ///< of one value all three are it
    double max = 0;
    double sumSquares = 0;
    std::string_view sketch = {};         ///< its bytes; empty of one value, or where none is needed
    const stats::Sketch *ready = nullptr; ///< or the sketch itself
};

/// What must be kept of the values of a field for the aggregates that are asked of it.
struct Keeping {
    bool quantiles = false;
    bool extremes = false;    ///< minimum or maximum
    bool spread = false;      ///< standard deviation
    bool inOrder = false;     ///< of time: first, last, delta, rate, slope
    bool everyMoment = false; ///< of time, and not only the ends: rate, slope
    bool inSequence = false;  ///< one series after the other: rate
    std::vector<const Aggregate *> histograms = {};
};

/// What the values of one field of one group come to. Merging parts gives what the whole gives, but for the last bits
/// of sums.
class Accumulator {
public:
    /// Values up to which quantiles are exact.
    static constexpr std::size_t mostExact = 256;

    void add(double value, const Keeping &keeping);
    /// The same for a value of a series at a time; those of one series must come in the order of time.
    void addAt(double value, std::int64_t timeNs, std::int64_t series, const Keeping &keeping);
    /// Values of a series, none of them NaN, with their times.
    void addSpan(std::span<const double> values, std::span<const std::int64_t> timesNs, std::int64_t series,
                 const Keeping &keeping);
    /// Damaged: the sketch is none.
    [[nodiscard]] Result<void> addPart(const Part &part, const Keeping &keeping);
    /// The same of a stretch of a series whose first and last value are known; by time.
    [[nodiscard]] Result<void> addStretch(const Part &part, std::int64_t firstNs, double first, std::int64_t lastNs,
                                          double last, std::int64_t series, const Keeping &keeping);
    /// The sketch of values that were added as parts without theirs: its bytes, or unpacked.
    [[nodiscard]] Result<void> adopt(std::string &&bytes, std::unique_ptr<stats::Sketch> sketch);
    /// What another one has, of other series, or of later times of the same.
    [[nodiscard]] Result<void> merge(const Accumulator &other, const Keeping &keeping);

    [[nodiscard]] std::uint64_t count() const { return m_count; }
    /// The answer of an aggregate that is a number and no quantile; nothing of no values.
    [[nodiscard]] std::optional<double> result(const Aggregate &aggregate) const;
    [[nodiscard]] std::string histogram(const Aggregate &aggregate, std::size_t which, double divisor) const;
    /// Quantiles: interpolated (type 7) while they are exact, and then within the sketch's relative error. `out` is as
    /// long as `qs`, NaN where there is none. Damaged: a sketch that was added is none.
    [[nodiscard]] Result<void> quantiles(std::span<const double> qs, std::span<double> out) const;
    /// Whether its quantiles are those of a sketch.
    [[nodiscard]] bool isSketched() const { return m_extra && (m_extra->sketch || !m_extra->bytes.empty()); }
    /// Bytes beyond the object itself, about.
    [[nodiscard]] std::size_t bytes() const;

private:
    /// What only some questions need.
    struct Extra {
        std::vector<double> values; ///< until there are too many
        std::string bytes;          ///< of the only sketch so far, which is not unpacked until another one comes
        std::unique_ptr<stats::Sketch> sketch;
        std::vector<std::vector<std::uint64_t>> histograms; ///< bins, below, above
        std::unique_ptr<TimeOrder> order;
    };
    Extra &extra();
    /// The same with the values for quantiles in it, the only one too.
    Extra &valuesInExtra();
    [[nodiscard]] bool hasNothingForQuantiles() const;
    TimeOrder &order();
    void addMoments(std::uint64_t count, double sum, double mean, double squares, double min, double max);
    void addSum(double value);
    /// For quantiles.
    void keep(double value);
    [[nodiscard]] Result<void> addSketch(const stats::Sketch &sketch);
    [[nodiscard]] Result<void> addSketchBytes(std::string_view bytes);
    void toSketch();

    bool m_hasOnly = false; ///< of quantiles one value is kept so far, here: most groups of many have no more
    double m_only = 0;
    std::uint64_t m_count = 0;
    double m_sum = 0;
    double m_lost = 0; ///< what rounding took from the sum
    double m_mean = 0;
    double m_squares = 0; ///< of the distances from the mean
    double m_min = std::numeric_limits<double>::infinity();
    double m_max = -std::numeric_limits<double>::infinity();
    std::unique_ptr<Extra> m_extra;
};

} // namespace ra::query
