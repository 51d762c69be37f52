// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/isotime.h"

#include <chrono>

namespace ra::ingest {

namespace {

bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool twoDigits(const char *p) {
    return digit(p[0]) && digit(p[1]);
}

int two(const char *p) {
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/// Reads "Z", "+HH:MM" or "+HH:MM:SS"; the seconds east of UTC.
std::optional<int> zone(std::string_view text, std::size_t &length) {
    if (text.starts_with('Z')) {
        length = 1;
        return 0;
    }
    if (text.size() < 6 || (text[0] != '+' && text[0] != '-') || !twoDigits(text.data() + 1) || text[3] != ':' ||
        !twoDigits(text.data() + 4))
        return std::nullopt;
    int seconds = two(text.data() + 1) * 3600 + two(text.data() + 4) * 60;
    length = 6;
    if (text.size() >= 9 && text[6] == ':' && twoDigits(text.data() + 7)) {
        seconds += two(text.data() + 7);
        length = 9;
    }
    return text[0] == '-' ? -seconds : seconds;
}

} // namespace

std::optional<IsoTime> isoTime(std::string_view text) {
    const char *p = text.data();
    if (text.size() < 20 || p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':' ||
        !twoDigits(p) || !twoDigits(p + 2) || !twoDigits(p + 5) || !twoDigits(p + 8) || !twoDigits(p + 11) ||
        !twoDigits(p + 14) || !twoDigits(p + 17))
        return std::nullopt;
    const int year = two(p) * 100 + two(p + 2);
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(two(p + 5))),
                                           std::chrono::day(static_cast<unsigned>(two(p + 8)))};
    const int hour = two(p + 11);
    const int minute = two(p + 14);
    const int second = two(p + 17);
    if (year < 1900 || year > 2200 || !date.ok() || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;

    std::size_t at = 19;
    std::int64_t fraction = 0;
    std::int64_t resolution = 1'000'000'000;
    if (p[19] == '.') {
        for (at = 20; at < text.size() && digit(p[at]); ++at) {
            if (resolution == 1)
                return std::nullopt; // more than nine digits are nobody's clock
            resolution /= 10;
            fraction += (p[at] - '0') * resolution;
        }
        if (at == 20)
            return std::nullopt;
    }
    std::size_t zoneLength = 0;
    const std::optional<int> east = zone(text.substr(at), zoneLength);
    if (!east)
        return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds =
        days * 86'400 + std::int64_t{hour} * 3'600 + std::int64_t{minute} * 60 + second - *east;
    return IsoTime{seconds * 1'000'000'000 + fraction, resolution, at + zoneLength};
}

} // namespace ra::ingest
