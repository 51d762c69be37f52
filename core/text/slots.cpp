// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/slots.h"

#include "core/text/characters.h"
#include "core/text/mask.h"

#include <algorithm>

namespace ra::text {

namespace {

/// Length of the words in quotes that begin at the place, without the quotes; 0 if these are no quotes around words
/// without variables.
std::size_t quotedLength(std::string_view text, std::size_t at) {
    constexpr std::size_t longest = 80;
    const char quote = text[at];
    if ((quote != '"' && quote != '\'') || (at > 0 && !isOf(text[at - 1], WordEnd)))
        return 0;
    const std::size_t end = text.substr(0, at + longest).find(quote, at + 1);
    if (end == std::string_view::npos || end == at + 1 || (end + 1 < text.size() && !isOf(text[end + 1], WordEnd)))
        return 0;
    const std::string_view quoted = text.substr(at + 1, end - at - 1);
    return quoted.find(variableMark) == std::string_view::npos && quoted.front() != ' ' && quoted.back() != ' '
               ? quoted.size()
               : 0;
}

/// Whether what stands between two separators is a place that holds nothing: "()", "''".
bool isEmptyPlace(char before, char after) {
    switch (before) {
    case '(':
        return after == ')';
    case '[':
        return after == ']';
    case '{':
        return after == '}';
    case '"':
    case '\'':
        return after == before;
    default:
        return false;
    }
}

} // namespace

std::string joinLists(std::string_view masked) {
    std::string out;
    out.reserve(masked.size());
    for (std::size_t i = 0; i < masked.size(); ++i) {
        out.push_back(masked[i]);
        if (masked[i] != variableMark)
            continue;
        for (std::size_t next = i + 1; next < masked.size();) {
            std::size_t marks = 0;
            while (next < masked.size() && std::string_view(" ,;:|/-#+").find(masked[next]) != std::string_view::npos) {
                marks += masked[next] != ' ';
                ++next;
            }
            if (next == masked.size() || masked[next] != variableMark || marks > 2)
                break;
            i = next++;
        }
    }
    return out;
}

Slots slotsOf(std::string_view text) {
    Slots slots;
    for (std::size_t i = 0; i < text.size();) {
        // The mark is a control character, thus a blank to the masking, but never the end of a slot.
        const auto endsWord = [&](std::size_t at) { return text[at] != variableMark && isOf(text[at], WordEnd); };
        if (endsWord(i)) {
            slots.structure.push_back(text[i]);
            if (i + 1 < text.size() && isEmptyPlace(text[i], text[i + 1])) {
                slots.structure.push_back(slotMark);
                slots.words.push_back(text.substr(i + 1, 0));
                slots.structure.push_back(text[++i]);
            } else if (const std::size_t length = quotedLength(text, i)) {
                slots.structure.push_back(slotMark);
                slots.words.push_back(text.substr(i + 1, length));
                i += length + 1;
                slots.structure.push_back(text[i]);
            }
            ++i;
            continue;
        }
        const std::size_t begin = i;
        while (i < text.size() && !endsWord(i))
            ++i;
        slots.structure.push_back(slotMark);
        slots.words.push_back(text.substr(begin, i - begin));
    }
    return slots;
}

std::string textOf(std::string_view structure, const std::vector<std::string_view> &words) {
    std::string text;
    std::size_t slot = 0;
    for (const char c : structure) {
        if (c == slotMark)
            text += words[slot++];
        else
            text += c;
    }
    return text;
}

WordKind kindOf(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        const bool isInside = i > 0 && i + 1 < word.size();
        if (isOf(c, Digit) || c == variableMark || c == '@' || c == '\\' || (isInside && (c == '.' || c == '_')) ||
            (i > 0 && c >= 'A' && c <= 'Z' && word[i - 1] >= 'a' && word[i - 1] <= 'z'))
            return WordKind::Identifier;
    }
    return WordKind::Plain;
}

std::string withoutDigits(std::string_view word) {
    if (equalsLower(word, "ipv4") || equalsLower(word, "ipv6"))
        return std::string(word);
    std::string out;
    std::copy_if(word.begin(), word.end(), std::back_inserter(out), [](char c) { return !isOf(c, Digit); });
    return out;
}

} // namespace ra::text
