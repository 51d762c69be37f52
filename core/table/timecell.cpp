// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/timecell.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace ra::table {

namespace {

/// Takes numbers of fixed width from the front of a text.
class Digits {
public:
    explicit Digits(std::string_view text)
        : m_rest(text) {}

    [[nodiscard]] bool done() const { return m_rest.empty(); }
    [[nodiscard]] char front() const { return m_rest.empty() ? '\0' : m_rest.front(); }
    bool skip(char c) {
        if (front() != c)
            return false;
        m_rest.remove_prefix(1);
        return true;
    }
    /// -1 unless that many digits follow.
    int take(std::size_t width) {
        if (m_rest.size() < width)
            return -1;
        int number = 0;
        for (std::size_t i = 0; i < width; ++i) {
            const char c = m_rest[i];
            if (c < '0' || c > '9')
                return -1;
            number = number * 10 + (c - '0');
        }
        m_rest.remove_prefix(width);
        return number;
    }
    /// Digits after a point; NaN if there are none.
    double fraction() {
        double value = 0;
        double scale = 1;
        std::size_t count = 0;
        for (int digit = take(1); digit >= 0; digit = take(1), ++count) {
            value = value * 10 + digit;
            scale *= 10;
            if (count == 17)
                return std::nan("");
        }
        return count == 0 ? std::nan("") : value / scale;
    }

private:
    std::string_view m_rest;
};

/// Seconds east of UTC; nothing if this is no zone.
std::optional<int> zone(Digits &text) {
    if (text.done())
        return 0;
    if (text.skip('Z'))
        return text.done() ? std::optional(0) : std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    if (!text.skip('+') && !text.skip('-'))
        return std::nullopt;
    const int hours = text.take(2);
    int minutes = 0;
    if (!text.done()) {
        text.skip(':');
        minutes = text.take(2);
    }
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !text.done())
        return std::nullopt;
    return sign * (hours * 3600 + minutes * 60);
}

} // namespace

std::optional<double> parseMoment(std::string_view whole) {
    Digits text(whole);
    const int year = text.take(4);
    const bool hasMonth = text.skip('-');
    const int month = text.take(2);
    const bool hasDay = text.skip('-');
    const int day = text.take(2);
    if (year < 0 || !hasMonth || month < 0 || !hasDay || day < 0)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok())
        return std::nullopt;
    std::int64_t seconds = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86'400;
    double fraction = 0;
    if (text.skip('T') || text.skip(' ')) {
        const int hour = text.take(2);
        const bool hasMinute = text.skip(':');
        const int minute = text.take(2);
        int second = 0;
        if (text.skip(':')) {
            second = text.take(2);
            if (text.skip('.') || text.skip(','))
                fraction = text.fraction();
        }
        if (hour < 0 || hour > 23 || !hasMinute || minute < 0 || minute > 59 || second < 0 || second > 60 ||
            std::isnan(fraction))
            return std::nullopt;
        seconds += std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second;
        const std::optional<int> east = zone(text);
        if (!east)
            return std::nullopt;
        seconds -= *east;
    } else if (!text.done()) {
        return std::nullopt;
    }
    return static_cast<double>(seconds) + fraction;
}

std::string momentText(double seconds) {
    if (!(std::abs(seconds) < 1e12))
        return {};
    const double whole = std::floor(seconds);
    auto micros = static_cast<int>(std::lround((seconds - whole) * 1e6));
    auto count = static_cast<std::int64_t>(whole);
    if (micros == 1'000'000) {
        micros = 0;
        ++count;
    }
    const std::chrono::sys_seconds moment{std::chrono::seconds(count)};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const int year = static_cast<int>(date.year());
    if (year < 0 || year > 9999)
        return {};
    const auto rest = static_cast<int>((moment - day).count());
    char text[64];
    int length =
        std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", year, static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()), rest / 3600, rest / 60 % 60, rest % 60);
    std::string answer(text, static_cast<std::size_t>(length));
    if (micros != 0) {
        length = std::snprintf(text, sizeof text, ".%06d", micros);
        answer.append(text, static_cast<std::size_t>(length));
    }
    return answer + 'Z';
}

} // namespace ra::table
