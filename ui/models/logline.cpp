// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/logline.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace ra::ui {

LineLevel levelOf(const query::LogLine &line) {
    const std::string &level = line.level;
    if (level == "ERROR" || level == "CRITICAL" || level == "FATAL")
        return LineLevel::Error;
    if (level == "WARNING" || level == "WARN")
        return LineLevel::Warning;
    if (level == "DEBUG" || level == "TRACE")
        return LineLevel::Debug;
    return LineLevel::Plain;
}

namespace {

/// What stands before the message in the runner's text form, "YYYY-MM-DD HH:MM:SS [   LEVEL] logger: ".
struct Prefix {
    std::string_view level;
    std::string_view logger;
    std::size_t length = 0; ///< 0: not this form
};

Prefix prefixOf(std::string_view text) {
    constexpr std::size_t timeLength = 19;
    const auto digit = [&](std::size_t i) { return std::isdigit(static_cast<unsigned char>(text[i])) != 0; };
    if (text.size() < timeLength + 4 || !digit(0) || text[4] != '-' || text[13] != ':' || !digit(timeLength - 1) ||
        text.substr(timeLength, 2) != " [")
        return {};
    const std::size_t close = text.find(']', timeLength);
    if (close == std::string_view::npos || close > timeLength + 16 || text.substr(close, 2) != "] ")
        return {};
    const std::size_t colon = text.find(": ", close);
    if (colon == std::string_view::npos)
        return {};
    std::string_view level = text.substr(timeLength + 2, close - timeLength - 2);
    level.remove_prefix(std::min(level.find_first_not_of(' '), level.size()));
    return {level, text.substr(close + 2, colon - close - 2), colon + 2};
}

/// Where a string value of the outermost object lies, without its quotes and with its escapes; nothing if there is
/// none. Enough for the view: what a line means was decided when it was read.
std::optional<std::string_view> stringOf(std::string_view json, std::string_view key) {
    const auto endOfString = [&](std::size_t at) { // at: behind the opening quote
        while (at < json.size() && json[at] != '"')
            at += json[at] == '\\' ? 2 : 1;
        return at;
    };
    int depth = 0;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char c = json[at];
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']')
            --depth;
        if (c != '"')
            continue;
        const std::size_t end = endOfString(at + 1);
        if (end >= json.size())
            return std::nullopt;
        const bool found = depth == 1 && json.substr(at + 1, end - at - 1) == key;
        at = end;
        if (!found)
            continue;
        const std::size_t colon = json.find_first_not_of(' ', end + 1);
        if (colon == std::string_view::npos || json[colon] != ':')
            continue; // a value that reads like the key
        const std::size_t value = json.find_first_not_of(' ', colon + 1);
        if (value == std::string_view::npos || json[value] != '"')
            return std::nullopt;
        const std::size_t valueEnd = endOfString(value + 1);
        if (valueEnd >= json.size())
            return std::nullopt;
        return json.substr(value + 1, valueEnd - value - 1);
    }
    return std::nullopt;
}

bool isObject(std::string_view text) {
    return text.size() > 2 && text.front() == '{';
}

} // namespace

std::string_view messageOf(const query::LogLine &line) {
    const std::string_view text = line.text;
    if (!line.startsRecord)
        return text;
    if (isObject(text))
        return stringOf(text, "message").value_or(text);
    return text.substr(prefixOf(text).length);
}

std::string_view shortLogger(std::string_view logger) {
    const std::size_t dot = logger.rfind('.');
    if (dot == std::string_view::npos)
        return logger;
    const std::string_view last = logger.substr(dot + 1);
    const bool number = !last.empty() && std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
    return number ? logger.substr(0, dot) : last;
}

query::LogLine lineFromText(Time time, std::string text) {
    query::LogLine line;
    line.time = time;
    line.text = std::move(text);
    if (isObject(line.text)) {
        line.level = stringOf(line.text, "level").value_or("");
        line.logger = stringOf(line.text, "logger_name").value_or("");
        return line;
    }
    const Prefix prefix = prefixOf(line.text);
    line.level = prefix.level;
    line.logger = prefix.logger;
    return line;
}

} // namespace ra::ui
