// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/entities.h"

#include "core/text/characters.h"

#include <algorithm>
#include <array>

namespace ra::text {

namespace {

constexpr unsigned hexadecimal = Digit | HexLetter;
constexpr unsigned alphanumeric = Digit | Letter;

/// Length of the longest beginning whose characters are of the classes.
std::size_t runLength(std::string_view text, unsigned set) {
    std::size_t i = 0;
    while (i < text.size() && isOf(text[i], set))
        ++i;
    return i;
}

bool continues(std::string_view text, std::size_t at, unsigned set) {
    return at < text.size() && isOf(text[at], set);
}

/// ":8080" at the place: its end, else the place.
std::size_t behindPort(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size() || text[at] != ':')
        return at;
    const std::size_t digits = runLength(text.substr(at + 1), Digit);
    const std::size_t end = at + 1 + digits;
    return digits == 0 || digits > 5 || continues(text, end, Letter) ? at : end;
}

template <std::size_t N>
bool isOneOf(std::string_view word, const std::array<std::string_view, N> &words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return equalsLower(word, w); });
}

constexpr std::array<std::string_view, 16> topLevels = {"com",  "net", "org",   "edu",         "gov", "mil",
                                                        "info", "biz", "io",    "localdomain", "lan", "arpa",
                                                        "int",  "dev", "local", "internal"};
/// Below these the domains of countries are organised: "x.co.uk".
constexpr std::array<std::string_view, 9> secondLevels = {"com", "co", "net", "org", "ac", "edu", "gov", "or", "ne"};
constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// Whether the names joined by full stops are a host rather than a class, a package or a file.
bool isHostName(std::string_view name) {
    std::size_t labels = 0;
    std::string_view first, beforeLast, last;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        beforeLast = last;
        last = name.substr(begin, end - begin);
        if (last.empty())
            return false;
        if (labels++ == 0)
            first = last;
        begin = end + 1;
    }
    if (labels < 2 || runLength(last, Letter) != last.size() || isOneOf(first, topLevels))
        return false;
    const bool isNumbered = std::any_of(name.begin(), name.end(), [](char c) { return isOf(c, Digit) || c == '-'; });
    if (isOneOf(last, topLevels))
        return labels > 2 || isNumbered;
    return last.size() == 2 && labels > 2 && (isNumbered || isOneOf(beforeLast, secondLevels));
}

std::size_t behindBlanks(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] == ' ')
        ++at;
    return at;
}

/// "07:07:00", "07:07:00.123" at the place: its end, else the place.
std::size_t behindTime(std::string_view text, std::size_t at) {
    std::size_t end = at;
    for (int part = 0; part < 3; ++part) {
        const std::size_t digits = runLength(text.substr(end), Digit);
        if (digits == 0 || digits > 2)
            return at;
        end += digits;
        if (part < 2 && (end >= text.size() || text[end++] != ':'))
            return at;
    }
    if (end + 1 < text.size() && text[end] == '.' && isOf(text[end + 1], Digit))
        end += 1 + runLength(text.substr(end + 1), Digit);
    return end;
}

/// A number of as many digits after blanks: its end, else the place.
std::size_t behindNumber(std::string_view text, std::size_t at, std::size_t least, std::size_t most) {
    const std::size_t begin = behindBlanks(text, at);
    const std::size_t digits = runLength(text.substr(begin), Digit);
    const std::size_t end = begin + digits;
    const bool isWhole = !continues(text, end, Letter) && (end >= text.size() || text[end] != ':');
    return begin > at && digits >= least && digits <= most && isWhole ? end : at;
}

} // namespace

std::size_t ipv4Length(std::string_view text) {
    std::size_t i = 0;
    for (int part = 0; part < 4; ++part) {
        const std::size_t digits = runLength(text.substr(i), Digit);
        if (digits == 0 || digits > 3)
            return 0;
        i += digits;
        if (part < 3 && (i >= text.size() || text[i++] != '.'))
            return 0;
    }
    if (continues(text, i, Letter) ||
        (i + 1 < text.size() && (text[i] == '.' || text[i] == '-') && isOf(text[i + 1], alphanumeric)))
        return 0; // a longer number, or a host named after its address
    return behindPort(text, i);
}

std::size_t ipv6Length(std::string_view text) {
    std::size_t i = 0, groups = 0;
    bool hasGap = false, hasDigit = false;
    if (text.starts_with("::")) {
        hasGap = true;
        i = 2;
    }
    while (i < text.size()) {
        const std::size_t length = runLength(text.substr(i), hexadecimal);
        if (length == 0)
            break;
        if (length > 4)
            return 0;
        hasDigit |=
            std::any_of(text.begin() + static_cast<std::ptrdiff_t>(i),
                        text.begin() + static_cast<std::ptrdiff_t>(i + length), [](char c) { return isOf(c, Digit); });
        ++groups;
        i += length;
        if (i + 1 >= text.size() || text[i] != ':')
            break;
        if (text[i + 1] == ':' && !hasGap) {
            hasGap = true;
            i += 2;
        } else if (isOf(text[i + 1], hexadecimal)) {
            ++i;
        } else {
            break;
        }
    }
    if (continues(text, i, alphanumeric) || (i < text.size() && text[i] == '_'))
        return 0;
    return hasDigit && groups <= 8 && (groups >= 5 || (hasGap && groups >= 1)) ? i : 0;
}

std::size_t macLength(std::string_view text) {
    std::size_t i = 0, groups = 0;
    while (runLength(text.substr(i, 3), hexadecimal) == 2) {
        ++groups;
        i += 2;
        if (i >= text.size() || text[i] != ':')
            break;
        ++i;
    }
    if (i > 0 && text[i - 1] == ':')
        --i; // a colon that belongs to the sentence
    return groups >= 6 && !continues(text, i, alphanumeric) ? i : 0;
}

std::size_t uuidLength(std::string_view text) {
    std::size_t i = 0;
    for (const std::size_t length : {8U, 4U, 4U, 4U, 12U}) {
        if (i > 0 && (i >= text.size() || text[i++] != '-'))
            return 0;
        if (runLength(text.substr(i, length + 1), hexadecimal) != length)
            return 0;
        i += length;
    }
    return continues(text, i, Letter) ? 0 : i;
}

std::size_t urlLength(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size() && (isOf(text[i], alphanumeric) || text[i] == '+' || text[i] == '-'))
        ++i;
    if (i == 0 || !text.substr(i).starts_with("://"))
        return 0;
    i += 3;
    const std::size_t begin = i;
    while (i < text.size() && !isOf(text[i], Blank) && std::string_view("\"'<>()[]{},;|").find(text[i]) > 13)
        ++i;
    while (i > begin && std::string_view(".:!").find(text[i - 1]) != std::string_view::npos)
        --i;
    return i > begin ? i : 0;
}

std::size_t pathLength(std::string_view text) {
    const auto upTo = [&](std::size_t begin, std::string_view also) {
        std::size_t i = begin;
        while (i < text.size() && !isOf(text[i], WordEnd) && also.find(text[i]) == std::string_view::npos)
            ++i;
        return i;
    };
    if (text.starts_with("/")) {
        if (const std::size_t address = ipv4Length(text.substr(1)))
            return 1 + address;
        if (text.size() < 2 || !(isOf(text[1], alphanumeric) || text[1] == '_' || text[1] == '.' || text[1] == '~'))
            return 0;
        return upTo(1, "<>");
    }
    if (text.starts_with("./") || text.starts_with("../") || text.starts_with("~/"))
        return upTo(2, "<>");
    if (text.starts_with("\\\\") || (text.size() > 2 && isOf(text[0], Letter) && text[1] == ':' && text[2] == '\\'))
        return upTo(2, "<>");
    return 0;
}

std::size_t relativePathLength(std::string_view text) {
    std::size_t i = 0, slashes = 0;
    bool isFile = false, hasName = false;
    for (; i < text.size() && (isOf(text[i], HostPart) || text[i] == '/'); ++i) {
        if (text[i] == '/')
            ++slashes;
        hasName |= isOf(text[i], Letter);
        isFile |= isOf(text[i], Digit) || text[i] == '_' ||
                  (text[i] == '.' && i + 1 < text.size() && isOf(text[i + 1], Letter));
    }
    return slashes >= 2 && isFile && hasName && (i == text.size() || isOf(text[i], WordEnd)) ? i : 0;
}

std::size_t hostLength(std::string_view text) {
    std::size_t i = runLength(text, HostPart);
    if (i == 0)
        return 0;
    if (i + 1 < text.size() && text[i] == '@' && isOf(text[i + 1], alphanumeric)) {
        const std::size_t host = runLength(text.substr(i + 1), HostPart);
        const std::string_view name = text.substr(i + 1, host);
        if (name.find('.') == std::string_view::npos)
            return 0;
        i += 1 + host;
        while (text[i - 1] == '.' || text[i - 1] == '-')
            --i;
        return behindPort(text, i);
    }
    while (i > 0 && (text[i - 1] == '.' || text[i - 1] == '-'))
        --i;
    return isHostName(text.substr(0, i)) ? behindPort(text, i) : 0;
}

std::size_t dateLength(std::string_view text) {
    std::size_t i = 0;
    if (runLength(text.substr(0, 4), Letter) != 3)
        return 0;
    if (isOneOf(text.substr(0, 3), weekdays)) {
        i = 3 + (text.size() > 3 && text[3] == ',' ? 1 : 0);
        i = behindBlanks(text, i);
    }
    if (const std::size_t digits = runLength(text.substr(i), Digit); i > 0 && digits > 0 && digits <= 2)
        i = behindBlanks(text, i + digits);
    const std::string_view month = text.substr(i, 4);
    if (runLength(month, Letter) != 3 || !isOneOf(month.substr(0, 3), months) || !isOf(month[0], Letter) ||
        month[0] > 'Z')
        return 0;
    const std::size_t named = i + 3;
    std::size_t end = behindNumber(text, named, 1, 2);
    if (end == named)
        end = behindNumber(text, named, 4, 4); // the day stood before the month
    if (end == named)
        return 0;
    if (const std::size_t year = behindNumber(text, end, 4, 4); year != end)
        end = year;
    const std::size_t time = behindBlanks(text, end);
    if (const std::size_t behind = behindTime(text, time); behind != time && time > end)
        end = behind;
    const std::size_t zone = behindBlanks(text, end);
    const std::size_t letters = runLength(text.substr(zone, 5), Letter);
    if (zone > end && letters >= 3 && letters <= 4 &&
        (behindNumber(text, zone + letters, 4, 4) != zone + letters || text.substr(zone, letters) == "GMT" ||
         text.substr(zone, letters) == "UTC"))
        end = zone + letters;
    return behindNumber(text, end, 4, 4);
}

} // namespace ra::text
