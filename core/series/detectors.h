// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace ra::series {

/// The detectors of anomalies; see anomalysignals.h and wholeanomalies.h for what each looks at.
enum class Detector : std::uint8_t {
    Jump,       ///< from one value to the next, and how restless the latest values are
    Level,      ///< against the level before, over several lengths
    Shape,      ///< the latest stretch against all before, or against all others
    TimeOfDay,  ///< against the same time on other days
    Range,      ///< beyond anything before
    Prediction, ///< an adaptive linear prediction
    Missing,    ///< no value, or none that is finite
    Late,       ///< long after the one before
    Standstill, ///< one and the same value for longer than ever
    Interval,   ///< outside the interval around trend and seasons
    Outlier,    ///< an outlier among all that trend and seasons leave (generalised ESD)
    Isolation,  ///< easily told from all others (isolation forest)
};

inline constexpr int detectorCount = 12;

/// As the command line names it.
[[nodiscard]] constexpr std::string_view detectorName(Detector detector) {
    constexpr std::string_view names[detectorCount] = {"jump",       "level",      "shape",   "time_of_day",
                                                       "range",      "prediction", "missing", "late",
                                                       "standstill", "interval",   "outlier", "isolation"};
    return names[static_cast<int>(detector)];
}

/// Some of the detectors.
class DetectorSet {
public:
    constexpr void insert(Detector detector) { m_bits |= bit(detector); }
    [[nodiscard]] constexpr bool contains(Detector detector) const { return (m_bits & bit(detector)) != 0; }
    [[nodiscard]] constexpr bool isEmpty() const { return m_bits == 0; }

    constexpr bool operator==(const DetectorSet &) const = default;

private:
    [[nodiscard]] static constexpr std::uint32_t bit(Detector detector) {
        return 1U << static_cast<unsigned>(detector);
    }

    std::uint32_t m_bits = 0;
};

} // namespace ra::series
