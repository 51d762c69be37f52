// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logdocument.h"

#include <algorithm>
#include <cctype>

namespace ra::ui {

const query::LogLine &LogDocument::at(std::size_t index) const {
    const auto chunk = static_cast<std::size_t>(std::ranges::upper_bound(m_ends, index) - m_ends.begin());
    const std::size_t begin = chunk == 0 ? 0 : m_ends[chunk - 1];
    return (*m_chunks[chunk])[index - begin];
}

void LogDocument::clear() {
    m_chunks.clear();
    m_ends.clear();
}

void LogDocument::append(std::shared_ptr<const Lines> lines) {
    if (!lines || lines->empty())
        return;
    m_ends.push_back(size() + lines->size());
    m_chunks.push_back(std::move(lines));
}

std::size_t LogDocument::dropFront(std::size_t keep) {
    std::size_t chunks = 0;
    while (chunks < m_ends.size() && size() - m_ends[chunks] >= keep)
        ++chunks;
    if (chunks == 0)
        return 0;
    const std::size_t dropped = m_ends[chunks - 1];
    m_chunks.erase(m_chunks.begin(), m_chunks.begin() + static_cast<std::ptrdiff_t>(chunks));
    m_ends.erase(m_ends.begin(), m_ends.begin() + static_cast<std::ptrdiff_t>(chunks));
    for (std::size_t &end : m_ends)
        end -= dropped;
    return dropped;
}

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

} // namespace

std::string_view messageOf(const query::LogLine &line) {
    const std::string_view text = line.text;
    if (!line.startsRecord)
        return text;
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
    const Prefix prefix = prefixOf(line.text);
    line.level = prefix.level;
    line.logger = prefix.logger;
    return line;
}

} // namespace ra::ui
