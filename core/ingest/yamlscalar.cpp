// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/yamlscalar.h"

#include "core/ingest/pythontext.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

namespace ra::ingest {

namespace {

bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool all(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

std::string without(std::string_view text, char unwanted) {
    std::string result(text);
    result.erase(std::remove(result.begin(), result.end(), unwanted), result.end());
    return result;
}

YamlScalar number(YamlScalar::Type type, std::string text, double value) {
    return {.type = type, .text = std::move(text), .number = value};
}

std::optional<YamlScalar> word(std::string_view plain) {
    constexpr std::array<std::string_view, 5> nulls = {"", "~", "null", "Null", "NULL"};
    constexpr std::array<std::string_view, 9> yes = {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
    constexpr std::array<std::string_view, 9> no = {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
    const auto isIn = [&](const auto &words) { return std::find(words.begin(), words.end(), plain) != words.end(); };
    if (isIn(nulls))
        return YamlScalar{.type = YamlScalar::Null, .text = "None"};
    if (isIn(yes))
        return number(YamlScalar::Bool, "True", 1);
    if (isIn(no))
        return number(YamlScalar::Bool, "False", 0);
    return std::nullopt;
}

/// Digits of base 2, 8 or 16 in decimal. Python's integers have no limit; ours keep their spelling beyond 64 bits.
YamlScalar based(std::string_view spelled, const std::string &digits, int base, bool negative) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc())
        return number(YamlScalar::Int, std::string(spelled), negative ? -1e300 : 1e300);
    return number(YamlScalar::Int, (negative && value != 0 ? "-" : "") + std::to_string(value),
                  negative ? -static_cast<double>(value) : static_cast<double>(value));
}

/// The parts of 1:30:00 after the first; nothing if one is not of the form [0-5]?[0-9].
std::optional<double> sixties(std::string_view parts, double value) {
    while (!parts.empty()) {
        const std::string_view part = parts.substr(1, parts.find(':', 1) - 1);
        if (part.empty() || part.size() > 2 || !all(part, "0123456789") || (part.size() == 2 && part[0] > '5'))
            return std::nullopt;
        value = value * 60 + (part.size() == 2 ? (part[0] - '0') * 10 + part[1] - '0' : part[0] - '0');
        parts.remove_prefix(1 + part.size());
    }
    return value;
}

std::optional<YamlScalar> integer(std::string_view plain) {
    std::string_view rest = plain;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+'))
        rest.remove_prefix(1);
    if (rest.empty() || !digit(rest[0]))
        return std::nullopt;
    const std::string digits = without(rest, '_');
    if (rest.starts_with("0b") && rest.size() > 2 && all(rest.substr(2), "01_"))
        return based(plain, digits.substr(2), 2, negative);
    if (rest.starts_with("0x") && rest.size() > 2 && all(rest.substr(2), "0123456789abcdefABCDEF_"))
        return based(plain, digits.substr(2), 16, negative);
    if (rest[0] == '0')
        return all(rest, "01234567_") ? std::optional(based(plain, digits, 8, negative)) : std::nullopt;
    if (all(rest, "0123456789_"))
        return number(YamlScalar::Int, (negative ? "-" : "") + digits,
                      (negative ? -1 : 1) * std::strtod(digits.c_str(), nullptr));
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos || !all(rest.substr(0, colon), "0123456789_"))
        return std::nullopt;
    const std::optional<double> value =
        sixties(rest.substr(colon), std::strtod(without(rest.substr(0, colon), '_').c_str(), nullptr));
    if (!value || *value > 9e15)
        return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*value);
    return number(YamlScalar::Int, std::to_string(negative ? -whole : whole),
                  static_cast<double>(negative ? -whole : whole));
}

/// Whether `text` is digits, '.', digits and perhaps an exponent with a sign; PyYAML asks for the dot and the sign.
bool looksFloat(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos)
        return false;
    const std::string_view before = text.substr(0, dot);
    std::string_view after = text.substr(dot + 1);
    const auto e = after.find_first_of("eE");
    if (e != std::string_view::npos) {
        const std::string_view exponent = after.substr(e + 1);
        if (exponent.size() < 2 || (exponent[0] != '+' && exponent[0] != '-') || !all(exponent.substr(1), "0123456789"))
            return false;
        after = after.substr(0, e);
    }
    if (!all(before, "0123456789_") || !all(after, "0123456789_"))
        return false;
    return before.empty() ? !after.empty() && digit(after[0]) : digit(before[0]);
}

std::optional<YamlScalar> floating(std::string_view plain) {
    std::string_view rest = plain;
    const bool negative = rest.starts_with('-');
    const bool sign = negative || rest.starts_with('+');
    if (sign)
        rest.remove_prefix(1);
    const auto value = [&](double size) {
        const double signedValue = negative ? -size : size;
        return number(YamlScalar::Float, pythonFloat(signedValue), signedValue);
    };
    if (rest == ".inf" || rest == ".Inf" || rest == ".INF")
        return value(std::numeric_limits<double>::infinity());
    if (!sign && (rest == ".nan" || rest == ".NaN" || rest == ".NAN"))
        return value(std::numeric_limits<double>::quiet_NaN());
    if (looksFloat(rest) && !(sign && rest.starts_with('.')))
        return value(std::strtod(without(rest, '_').c_str(), nullptr));
    // 190:20:30.15
    const auto colon = rest.find(':');
    const auto dot = rest.find('.');
    if (colon == std::string_view::npos || dot == std::string_view::npos || dot < colon || colon == 0 ||
        !digit(rest[0]) || !all(rest.substr(0, colon), "0123456789_") || !all(rest.substr(dot + 1), "0123456789_"))
        return std::nullopt;
    const std::optional<double> whole =
        sixties(rest.substr(colon, dot - colon), std::strtod(without(rest.substr(0, colon), '_').c_str(), nullptr));
    if (!whole)
        return std::nullopt;
    return value(*whole + std::strtod(("0" + without(rest.substr(dot), '_')).c_str(), nullptr));
}

/// Takes between `least` and `most` digits off the front.
std::optional<int> takeDigits(std::string_view &text, std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t n = 0;
    while (n < most && n < text.size() && digit(text[n]))
        value = value * 10 + (text[n++] - '0');
    if (n < least)
        return std::nullopt;
    text.remove_prefix(n);
    return value;
}

bool take(std::string_view &text, char expected) {
    if (!text.starts_with(expected))
        return false;
    text.remove_prefix(1);
    return true;
}

struct Zone {
    bool ok = false;
    std::string text; ///< as Python appends it
};

Zone takeZone(std::string_view text) {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\t'))
        text.remove_prefix(1);
    if (text.empty())
        return {.ok = true, .text = {}};
    if (text == "Z")
        return {.ok = true, .text = "+00:00"};
    const char sign = text[0];
    if (!take(text, '+') && !take(text, '-'))
        return {};
    const std::optional<int> hours = takeDigits(text, 1, 2);
    const std::optional<int> minutes = text.empty()      ? std::optional(0)
                                       : take(text, ':') ? takeDigits(text, 2, 2)
                                                         : std::nullopt;
    if (!hours || !minutes || !text.empty())
        return {};
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%c%02d:%02d", sign, *hours % 100, *minutes % 100);
    return {.ok = true, .text = buffer.data()};
}

/// "2026-03-01" (both parts of two digits) or "2026-3-1 10:00:00.5 +2" in its many spellings.
std::optional<YamlScalar> moment(std::string_view plain) {
    std::string_view rest = plain;
    const std::optional<int> year = takeDigits(rest, 4, 4);
    if (!year || !take(rest, '-'))
        return std::nullopt;
    const std::optional<int> month = takeDigits(rest, 1, 2);
    if (!month || !take(rest, '-'))
        return std::nullopt;
    const std::optional<int> day = takeDigits(rest, 1, 2);
    if (!day)
        return std::nullopt;
    const auto refuse = [](const char *why) { return YamlScalar{.type = YamlScalar::Invalid, .text = why}; };
    const auto checked = [&](YamlScalar value) {
        if (*month < 1 || *month > 12)
            return refuse("month must be in 1..12");
        const std::chrono::year_month_day date{std::chrono::year(*year),
                                               std::chrono::month(static_cast<unsigned>(*month)),
                                               std::chrono::day(static_cast<unsigned>(*day))};
        if (*year == 0)
            return refuse("year 0 is out of range");
        return date.ok() ? std::move(value) : refuse("day is out of range for month");
    };
    std::array<char, 64> buffer{};
    if (rest.empty()) {
        if (plain.size() != 10)
            return std::nullopt;
        return checked({.type = YamlScalar::Date, .text = std::string(plain)});
    }
    if (!take(rest, 'T') && !take(rest, 't')) {
        if (rest[0] != ' ' && rest[0] != '\t')
            return std::nullopt;
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    }
    const std::optional<int> hour = takeDigits(rest, 1, 2);
    if (!hour || !take(rest, ':'))
        return std::nullopt;
    const std::optional<int> minute = takeDigits(rest, 2, 2);
    if (!minute || !take(rest, ':'))
        return std::nullopt;
    const std::optional<int> second = takeDigits(rest, 2, 2);
    if (!second)
        return std::nullopt;
    std::string fraction;
    if (take(rest, '.')) {
        while (!rest.empty() && digit(rest[0])) {
            fraction += rest[0];
            rest.remove_prefix(1);
        }
        fraction.resize(6, '0');
    }
    const Zone zone = takeZone(rest);
    if (!zone.ok)
        return std::nullopt;
    if (*hour > 23)
        return refuse("hour must be in 0..23");
    if (*minute > 59)
        return refuse("minute must be in 0..59");
    if (*second > 59)
        return refuse("second must be in 0..59");
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02d %02d:%02d:%02d", *year, *month, *day, *hour, *minute,
                  *second);
    std::string text = buffer.data();
    if (!all(fraction, "0"))
        text += "." + fraction;
    return checked({.type = YamlScalar::DateTime, .text = text + zone.text});
}

} // namespace

std::string_view pythonTypeName(YamlScalar::Type type) {
    switch (type) {
    case YamlScalar::Null:
        return "NoneType";
    case YamlScalar::Bool:
        return "bool";
    case YamlScalar::Int:
        return "int";
    case YamlScalar::Float:
        return "float";
    case YamlScalar::Date:
        return "date";
    case YamlScalar::DateTime:
        return "datetime.datetime";
    case YamlScalar::Bytes:
        return "bytes";
    default:
        return "str";
    }
}

YamlScalar resolvePlain(std::string_view plain) {
    if (std::optional<YamlScalar> value = word(plain))
        return *value;
    if (plain == "=")
        return resolveTagged("tag:yaml.org,2002:value", plain);
    // Everything else that is not text begins with one of these.
    if (plain.find_first_of("0123456789+-.") == 0) {
        for (const auto resolve : {integer, floating, moment}) {
            if (std::optional<YamlScalar> value = resolve(plain))
                return *value;
        }
    }
    return {.type = YamlScalar::Str, .text = std::string(plain)};
}

YamlScalar resolveTagged(std::string_view tag, std::string_view value) {
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    const std::string_view name = tag.starts_with(standard) ? tag.substr(standard.size()) : std::string_view();
    if (name == "str")
        return {.type = YamlScalar::Str, .text = std::string(value)};
    if (name == "null")
        return {.type = YamlScalar::Null, .text = "None"};
    if (name == "binary")
        return {.type = YamlScalar::Bytes, .text = "b" + pythonQuoted(value)};
    if (name == "bool" || name == "int" || name == "float" || name == "timestamp") {
        YamlScalar plain = resolvePlain(value);
        if (plain.type == YamlScalar::Str || plain.type == YamlScalar::Null)
            return {.type = YamlScalar::Invalid, .text = "not a " + std::string(name) + ": " + std::string(value)};
        if (name == "float" && plain.type == YamlScalar::Int)
            return number(YamlScalar::Float, pythonFloat(plain.number), plain.number);
        return plain;
    }
    return {.type = YamlScalar::Invalid,
            .text = "could not determine a constructor for the tag '" + std::string(tag) + "'"};
}

} // namespace ra::ingest
