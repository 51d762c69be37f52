// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/stamp.h"

#include <charconv>
#include <utility>

namespace ra::simulate {

Stamp::Stamp(Zone zone)
    : m_zone(std::move(zone)) {}

void Stamp::fill(Second &second, std::int64_t value, char between) {
    using namespace std::chrono;
    if (second.value == value)
        return;
    second.value = value;
    const sys_seconds time{seconds(value)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const auto ofDay = static_cast<int>((time - day).count());
    char *p = second.text.data();
    const auto two = [&p](int n) {
        *p++ = static_cast<char>('0' + n / 10);
        *p++ = static_cast<char>('0' + n % 10);
    };
    const int year = static_cast<int>(date.year());
    two(year / 100 % 100);
    two(year % 100);
    *p++ = '-';
    two(static_cast<int>(static_cast<unsigned>(date.month())));
    *p++ = '-';
    two(static_cast<int>(static_cast<unsigned>(date.day())));
    *p++ = between;
    two(ofDay / 3600);
    *p++ = ':';
    two(ofDay / 60 % 60);
    *p++ = ':';
    two(ofDay % 60);
}

std::string_view Stamp::local(Time time) {
    const std::int64_t second = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    if (second != m_localFor) {
        m_localFor = second;
        const auto offset = std::chrono::floor<std::chrono::seconds>(m_zone.offsetAt(time)).count();
        fill(m_local, second + offset, ' ');
    }
    return {m_local.text.data(), m_local.text.size()};
}

void Stamp::appendUtc(std::string &out, Time time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    fill(m_utc, second.time_since_epoch().count(), 'T');
    out.append(m_utc.text.data(), m_utc.text.size());
    auto micros = static_cast<int>((time - second).count() / 1000);
    if (micros != 0) {
        std::array<char, 7> fraction{'.'};
        for (std::size_t i = 6; i > 0; --i) {
            fraction.at(i) = static_cast<char>('0' + micros % 10);
            micros /= 10;
        }
        out.append(fraction.data(), fraction.size());
    }
    out += "+00:00";
}

void appendNumber(std::string &out, std::int64_t number) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
}

void appendFixed(std::string &out, double number, int decimals) {
    std::array<char, 64> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, decimals).ptr;
    out.append(text.data(), end);
}

void appendDouble(std::string &out, double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
    if (std::string_view(text.data(), static_cast<std::size_t>(end - text.data())).find_first_of(".en") ==
        std::string_view::npos)
        out += ".0";
}

void appendPythonString(std::string &out, std::string_view text) {
    const bool doubled = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char quote = doubled ? '"' : '\'';
    out += quote;
    for (const char c : text) {
        switch (c) {
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\\':
            out += "\\\\";
            break;
        default:
            if (c == quote)
                out += '\\';
            out += c;
        }
    }
    out += quote;
}

void appendJsonString(std::string &out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '\n':
            out += "\\n";
            break;
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += c;
        }
    }
    out += '"';
}

void appendFilled(std::string &out, std::string_view pattern, std::uint64_t n, int i) {
    std::size_t done = 0;
    for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
        if (at + 2 >= pattern.size() || pattern[at + 2] != '}' || (pattern[at + 1] != 'n' && pattern[at + 1] != 'i'))
            continue;
        out.append(pattern.substr(done, at - done));
        appendNumber(out, pattern[at + 1] == 'n' ? static_cast<std::int64_t>(n) : i);
        done = at + 3;
    }
    out.append(pattern.substr(done));
}

} // namespace ra::simulate
