// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

/// Value to pixel and back for the timeline: pure functions, no widget, no painter. Times are nanoseconds since the
/// timeline's origin and stay integers; magnitudes must lie below 2^62 (146 years), so that differences never overflow.
namespace ra::ui::timeline {

inline constexpr std::int64_t kMicro = 1'000;
inline constexpr std::int64_t kMilli = 1'000'000;
inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;

/// [from, to). Empty if to <= from.
struct Range {
    std::int64_t from = 0;
    std::int64_t to = 0;

    bool operator==(const Range &) const = default;
    [[nodiscard]] constexpr std::int64_t span() const { return to > from ? to - from : 0; }
    [[nodiscard]] constexpr bool isEmpty() const { return to <= from; }
};

/// The horizontal stretch of pixels that shows a Range.
struct Axis {
    double left = 0;
    double width = 0;
};

/// Where a time lies. Times outside the range give pixels outside the axis; an empty range or axis gives its left edge.
[[nodiscard]] inline double xOf(std::int64_t t, const Range &range, const Axis &axis) {
    if (range.isEmpty() || axis.width <= 0)
        return axis.left;
    return axis.left + static_cast<double>(t - range.from) / static_cast<double>(range.span()) * axis.width;
}

/// The time at a pixel: the inverse of xOf to within half a pixel's time. Pixels outside give times outside; an empty
/// range or axis, or a pixel that is not a number, gives the range's begin.
[[nodiscard]] inline std::int64_t timeAt(double x, const Range &range, const Axis &axis) {
    if (range.isEmpty() || axis.width <= 0 || !std::isfinite(x))
        return range.from;
    const double offset = (x - axis.left) / axis.width * static_cast<double>(range.span());
    constexpr double limit = 2.3e18; // a quarter of the type's range: adding it to `from` cannot overflow
    return range.from + std::llround(std::clamp(offset, -limit, limit));
}

/// The range that may be shown for a wish: the only place that limits zoom and pan, whatever asked for it. The span is
/// kept where possible (at least minSpan, at most that of the limits), then the range is moved inside the limits.
/// Empty limits give the limits.
[[nodiscard]] constexpr Range clampRange(const Range &wanted, const Range &limits, std::int64_t minSpan) {
    if (limits.isEmpty())
        return limits;
    const std::int64_t longest = limits.span();
    const std::int64_t span = std::clamp(wanted.span(), std::min(std::max<std::int64_t>(minSpan, 1), longest), longest);
    const std::int64_t from = std::clamp(wanted.from, limits.from, limits.to - span);
    return {from, from + span};
}

/// The range zoomed by a factor (above 1 shows less time) around the time at `fraction` of it (0 begin, 1 end), which
/// stays where it is. Not limited: see clampRange. Factors that are not positive numbers change nothing.
[[nodiscard]] inline Range zoomed(const Range &range, double factor, double fraction) {
    if (!(factor > 0) || !std::isfinite(factor) || range.isEmpty())
        return range;
    const double span = static_cast<double>(range.span());
    const auto newSpan = std::max<std::int64_t>(1, std::llround(std::min(span / factor, 4.6e18)));
    const auto shift = std::llround((span - static_cast<double>(newSpan)) * std::clamp(fraction, 0.0, 1.0));
    return {range.from + shift, range.from + shift + newSpan};
}

[[nodiscard]] constexpr Range panned(const Range &range, std::int64_t by) {
    return {range.from + by, range.to + by};
}

/// The smallest round step of time that is not below `least`: 1-2-5 below a second, then what clocks count by.
[[nodiscard]] inline std::int64_t roundStep(std::int64_t least) {
    for (std::int64_t unit = 1; unit < kSecond; unit *= 10) {
        for (const std::int64_t factor : {1, 2, 5}) {
            if (unit * factor >= least)
                return unit * factor;
        }
    }
    constexpr std::array<std::int64_t, 19> clockSteps{
        kSecond,     2 * kSecond, 5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,
        2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,        2 * kHour,
        3 * kHour,   6 * kHour,   12 * kHour,   kDay,         2 * kDay};
    for (const std::int64_t step : clockSteps) {
        if (step >= least)
            return step;
    }
    std::int64_t days = 5 * kDay;
    for (int i = 0; days < least && i < 12; ++i)
        days *= i % 3 == 1 ? 5 : 2; // 5, 10, 50, 100, 200, 1000, ... days
    return days;
}

/// The step between ticks so that they stand at least `minPixels` apart; 0 for an empty range or axis.
[[nodiscard]] inline std::int64_t tickStep(const Range &range, const Axis &axis, double minPixels) {
    if (range.isEmpty() || axis.width <= 0 || minPixels <= 0)
        return 0;
    return roundStep(std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::ceil(static_cast<double>(range.span()) * minPixels / axis.width))));
}

/// The times t in [from, to] for which t + phase is a multiple of step. The phase aligns ticks with the wall clock
/// (origin plus the zone's offset); 0 counts from the origin. At most 1,000; none for step <= 0 or an empty range.
[[nodiscard]] inline std::vector<std::int64_t> ticks(const Range &range, std::int64_t step, std::int64_t phase = 0) {
    std::vector<std::int64_t> result;
    if (step <= 0 || range.isEmpty())
        return result;
    std::int64_t rest = (range.from + phase % step) % step;
    if (rest < 0)
        rest += step;
    for (std::int64_t t = rest == 0 ? range.from : range.from + (step - rest); t <= range.to && result.size() < 1000;
         t += step)
        result.push_back(t);
    return result;
}

/// The rows' height for a time range. Rows that fit have the natural height. Rows that do not are squeezed so that all
/// fit while all of the time shows, and grow to the natural height in step with the zoom in time: in a cascade of very
/// many steps, zooming in then keeps the steps of the visible time in view.
[[nodiscard]] inline double rowHeight(const Range &range, const Range &extent, std::size_t rows, double height,
                                      double natural) {
    if (rows == 0 || height <= 0 || static_cast<double>(rows) * natural <= height)
        return natural;
    const double squeezed = height / static_cast<double>(rows);
    if (range.isEmpty() || extent.isEmpty())
        return squeezed;
    const double zoom = static_cast<double>(extent.span()) / static_cast<double>(range.span());
    return std::clamp(squeezed * zoom, squeezed, natural);
}

} // namespace ra::ui::timeline
