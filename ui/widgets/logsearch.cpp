// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logsearch.h"

#include <algorithm>
#include <cstring>

namespace ra::ui {

namespace {

[[nodiscard]] constexpr char folded(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

[[nodiscard]] bool equalFolded(const char *a, const char *b, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        if (folded(a[i]) != folded(b[i]))
            return false;
    }
    return true;
}

} // namespace

bool containsText(std::string_view text, std::string_view needle) {
    if (needle.empty())
        return true;
    if (needle.size() > text.size())
        return false;
    // memchr for both cases of the first letter finds candidates faster than any loop over bytes could.
    const char lower = folded(needle[0]);
    const char upper = lower >= 'a' && lower <= 'z' ? static_cast<char>(lower - ('a' - 'A')) : lower;
    const char *const last = text.data() + (text.size() - needle.size());
    const auto search = [&](char first) {
        for (const char *at = text.data(); at <= last; ++at) {
            at = static_cast<const char *>(std::memchr(at, first, static_cast<std::size_t>(last - at) + 1));
            if (!at)
                return false;
            if (equalFolded(at + 1, needle.data() + 1, needle.size() - 1))
                return true;
        }
        return false;
    };
    return search(lower) || (upper != lower && search(upper));
}

bool LogFilter::admits(std::string_view text) const {
    return std::ranges::all_of(include, [&](const std::string &word) { return containsText(text, word); }) &&
           std::ranges::none_of(exclude, [&](const std::string &word) { return containsText(text, word); });
}

LogFilter LogFilter::fromText(std::string_view text) {
    LogFilter filter;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == ' ') {
            ++at;
            continue;
        }
        const bool excludes = text[at] == '-';
        at += excludes ? 1 : 0;
        std::size_t end;
        std::size_t next;
        if (at < text.size() && text[at] == '"') {
            ++at;
            end = std::min(text.find('"', at), text.size()); // a phrase that is still being typed ends with the text
            next = end + 1;
        } else {
            end = std::min(text.find(' ', at), text.size());
            next = end;
        }
        if (end > at)
            (excludes ? filter.exclude : filter.include).emplace_back(text.substr(at, end - at));
        at = next;
    }
    return filter;
}

LogScan scanLog(const LogDocument &document, const LogFilter &filter, std::string_view needle, std::size_t from,
                std::stop_token stop) {
    LogScan scan;
    const bool filters = !filter.isEmpty();
    std::size_t i = from;
    for (; i < document.size(); ++i) {
        if (i % 4096 == 0 && stop.stop_requested())
            break;
        const query::LogLine &line = document.at(i);
        const auto number = static_cast<std::uint32_t>(i);
        if (filters) {
            if (!filter.admits(line.text))
                continue;
            scan.admitted.push_back(number);
        }
        if (!needle.empty() && containsText(line.text, needle))
            scan.matches.push_back(number);
        if (levelOf(line) == LineLevel::Error && line.startsRecord)
            scan.errors.push_back(number);
    }
    scan.scannedTo = i;
    return scan;
}

} // namespace ra::ui
