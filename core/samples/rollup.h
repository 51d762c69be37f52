// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/stats/sketch.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ra::samples {

/// The units of time by which values are summed up, and how long they are.
enum class RollupLevel : std::uint8_t { Minute, Hour, Day };
inline constexpr std::array<std::int64_t, 3> rollupLengthNs = {60'000'000'000, 3'600'000'000'000, 86'400'000'000'000};
[[nodiscard]] constexpr std::int64_t lengthOf(RollupLevel level) {
    return rollupLengthNs.at(static_cast<std::size_t>(level));
}
/// How many of the next shorter unit there are in an hour or a day.
[[nodiscard]] constexpr std::int64_t partsOf(RollupLevel level) {
    return level == RollupLevel::Day ? 24 : 60;
}
/// The number of the unit in which a time lies, counted from 1970.
[[nodiscard]] constexpr std::int64_t bucketOf(RollupLevel level, std::int64_t timeNs) {
    const std::int64_t length = lengthOf(level);
    return timeNs / length - (timeNs % length < 0 ? 1 : 0);
}

/// What values come to. NaN is counted in the sketch and nowhere else. The rollup of a whole is, bit for bit, that of
/// its parts merged in the same order, and but for the last bits of sumSquares in any order.
class Rollup {
public:
    /// As kept in a table: of a single value the sum is all.
    struct Row {
        std::uint64_t count = 0;
        double sum = 0;
        std::optional<double> min;
        std::optional<double> max;
        std::optional<double> sumSquares;
        std::string sketch;
    };

    void add(std::span<const double> values);
    void merge(const Rollup &other);

    [[nodiscard]] bool isEmpty() const { return m_sketch.count() == 0 && m_sketch.nans() == 0; }
    [[nodiscard]] std::uint64_t count() const { return m_sketch.count(); }
    [[nodiscard]] double sumSquares() const { return m_sumSquares; }
    [[nodiscard]] const stats::Sketch &sketch() const { return m_sketch; }

    [[nodiscard]] Row row() const;
    /// From a row's count, sum, sum of squares and sketch. Damaged: the sketch is none.
    [[nodiscard]] static Result<Rollup> fromRow(std::uint64_t count, double sum, double sumSquares,
                                                std::string_view sketch);

    [[nodiscard]] bool operator==(const Rollup &) const = default;

private:
    stats::Sketch m_sketch;
    double m_sumSquares = 0;
};

} // namespace ra::samples
