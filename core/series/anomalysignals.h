// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/detectors.h"
#include "core/series/rollingmoments.h"
#include "core/series/shapenovelty.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ra::series {

/// Sums and states from which the magnitudes come by which a value surprises: about thirty numbers a value, each the
/// larger the less usual, in units that do not matter (see TailEstimate). Memory is fixed; some 2 µs a value.
///
/// Jump: |x - x'|, its means over 10 and 30 values. Level: means of the latest 1, 4 and 12 values against mean and
/// standard deviation of the 100, 400 and 1,000 before; how far above and below an exponential mean (1 % a value).
/// Shape: see ShapeNovelty, of 4 and 12 values and of 12 means of 5 values, as they are and less their mean. Time of
/// day: against the exponential mean (10 % a value) of the hour and of the half-hour of a working day or weekend, also
/// smoothed. Range: how far beyond the extremes so far, as a share of their distance. Prediction: error of a normalised
/// least mean squares filter of 8 values (B. Widrow, M. E. Hoff, IRE WESCON Convention Record 4 (1960) 96-104), also
/// its mean over 10 values.
class AnomalySignals {
public:
    AnomalySignals();

    static constexpr std::size_t count = 28;

    /// The magnitudes for the next value of a series, which must be finite. A signal that cannot speak yet is 0.
    /// `day`: when it was, in days since 1970 UTC with their fraction; NaN where that is unknown: then the signals of
    /// the calendar, which are the last, are left out.
    [[nodiscard]] std::span<const double> add(double value, double day);
    /// Which detector each signal belongs to.
    [[nodiscard]] static std::span<const Detector, count> detectors();

    /// What value was to be expected, and the mean absolute error of such expectations: of the local mean, or of the
    /// hour of the day where that has been the better guess. NaN before the second value.
    struct Expectation {
        double value = std::numeric_limits<double>::quiet_NaN();
        double error = std::numeric_limits<double>::quiet_NaN();
    };
    [[nodiscard]] Expectation expectation() const;

private:
    /// A guess and how wrong it has been of late.
    struct Guess {
        double value = 0;
        double error = 0;
        bool isKnown = false;
    };
    /// The mean of one cell of the calendar.
    struct Cell {
        double mean = 0;
        double count = 0;
    };
    struct Lengths {
        std::array<RollingMoments, 3> before;
        RollingMoments latest;
        std::vector<double> delayed; ///< means of the latest that are not yet "before"
        std::size_t next = 0;
    };

    void jumps(double value);
    void levels(double value);
    void shapes(double value);
    void range(double value);
    void prediction(double value);
    void calendar(double value, double day);
    void put(double magnitude) { m_magnitudes[m_filled++] = magnitude; }
    [[nodiscard]] double weight(double floor) const; ///< of the latest value in a mean that starts as the plain one

    std::array<double, count> m_magnitudes = {};
    std::size_t m_filled = 0;
    double m_seen = 0;
    double m_last = 0;
    double m_step = 0; ///< mean of |x - x'|
    RollingMoments m_restless10{10};
    RollingMoments m_restless30{30};
    std::vector<Lengths> m_lengths;
    double m_slow = 0;
    std::array<ShapeNovelty, 3> m_shapes;
    double m_low = 0;
    double m_high = 0;
    double m_centre = 0;
    std::array<double, 8> m_filter = {};
    std::array<double, 8> m_past = {};
    RollingMoments m_errors{10};
    std::array<Cell, 24> m_hours = {};
    std::array<Cell, 96> m_halfHours = {};
    RollingMoments m_hourErrors{6};
    RollingMoments m_halfHourErrors{6};
    double m_hourDrift = 0;
    Guess m_local;
    Guess m_hourly;
    Guess m_localBefore; ///< as they stood before the latest value
    Guess m_hourlyBefore;
};

} // namespace ra::series
