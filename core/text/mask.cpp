// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/mask.h"

#include "core/text/characters.h"
#include "core/text/entities.h"

#include <algorithm>
#include <array>

namespace ra::text {

namespace {

/// Whether a token of letters, digits and what is no delimiter has a number in it that makes it a variable.
bool hasNumber(std::string_view token) {
    std::size_t digits = 0, run = 0;
    bool isHexadecimal = true;
    for (std::size_t i = 0; i < token.size(); ++i) {
        const char c = token[i];
        if (isOf(c, Digit)) {
            if (i == 0 || !isOf(token[i - 1], Digit | Letter))
                return true; // "16K", "rdd_2", "Switch<0>": the number stands alone in the name
            ++digits;
            if (++run >= 3 || digits >= 4)
                return true; // too many to be part of a word
        } else {
            run = 0;
            isHexadecimal &= isOf(c, HexLetter);
        }
    }
    if (digits == 0)
        return false;
    const bool isVersion = (token[0] == 'v' || token[0] == 'V') && digits + 1 == token.size();
    return isVersion || (isHexadecimal && (token.size() >= 6 || (token.size() >= 4 && digits >= 2)));
}

bool isTruthValue(std::string_view token) {
    switch (token.size()) {
    case 4:
        return equalsLower(token, "true") || equalsLower(token, "null");
    case 5:
        return equalsLower(token, "false");
    default:
        return false;
    }
}

/// Eight and more letters that are hexadecimal digits: no word is spelt with six letters only.
bool isHexadecimalWord(std::string_view token) {
    return token.size() >= 8 && std::all_of(token.begin(), token.end(), [](char c) { return isOf(c, HexLetter); });
}

/// Sizes for people change their unit with the amount: it is part of the value.
bool isSizeUnit(std::string_view token) {
    static constexpr std::array<std::string_view, 10> units = {"B",  "KB",  "kB",  "MB",  "GB",
                                                               "TB", "KiB", "MiB", "GiB", "TiB"};
    return std::find(units.begin(), units.end(), token) != units.end();
}

/// Builds the masked line, joining variables as it goes.
class Writer {
public:
    explicit Writer(std::string &out)
        : m_out(out) {
        m_out.clear();
    }

    void variable() {
        const std::size_t size = m_out.size();
        if (size >= 1 && m_out[size - 1] == variableMark)
            return;
        if (size >= 2 && m_out[size - 2] == variableMark && (m_out[size - 1] == ' ' || m_out[size - 1] == '.')) {
            m_out.pop_back();
            return;
        }
        m_out.push_back(variableMark);
    }
    void blank() {
        if (!m_out.empty() && m_out.back() != ' ')
            m_out.push_back(' ');
    }
    void literal(std::string_view text) { m_out.append(text); }
    void literal(char c) { m_out.push_back(c); }
    [[nodiscard]] bool followsVariable() const {
        return m_out.size() >= 2 && m_out.back() == ' ' && m_out[m_out.size() - 2] == variableMark;
    }
    /// "for user ", "invalid user ", "user=", "rhost=": what follows is a name, whatever it looks like.
    [[nodiscard]] bool expectsName() const {
        if (m_out.ends_with("user=") || m_out.ends_with("host=") || m_out.ends_with("username="))
            return true;
        if (!m_out.ends_with(" user "))
            return false;
        const std::string_view before = std::string_view(m_out).substr(0, m_out.size() - 6);
        return before.ends_with(" for") || before.ends_with("nvalid") || before.ends_with(" of") ||
               before.ends_with(" by") || before.ends_with("unknown");
    }

    /// Blanks at the end, and what joining leaves: "<*> <*>" by way of a literal never happens.
    void finish() {
        while (!m_out.empty() && m_out.back() == ' ')
            m_out.pop_back();
    }

private:
    std::string &m_out;
};

/// Length of a number at the beginning of a word: a sign, digits, an exponent. 0 for anything else.
std::size_t signedNumberLength(std::string_view text) {
    std::size_t i = 0;
    if (text[0] == '-' || text[0] == '+')
        ++i;
    const std::size_t begin = i;
    while (i < text.size() && (isOf(text[i], Digit) || (text[i] == '.' && i > begin)))
        ++i;
    while (i > begin && text[i - 1] == '.')
        --i;
    if (i == begin)
        return 0;
    if (i + 2 < text.size() && (text[i] == 'e' || text[i] == 'E') && (text[i + 1] == '-' || text[i + 1] == '+') &&
        isOf(text[i + 2], Digit)) {
        i += 2;
        while (i < text.size() && isOf(text[i], Digit))
            ++i;
    }
    return i == text.size() || isOf(text[i], Delimiter) ? i : 0;
}

/// The longest of the things that are variables as a whole and may have delimiters in them.
std::size_t entityLength(std::string_view text) {
    const char c = text[0];
    if (c == '/' || c == '.' || c == '~' || c == '\\')
        return pathLength(text);
    if (isOf(c, Digit) || isOf(c, HexLetter) || c == ':') {
        for (const auto length : {uuidLength, macLength, ipv4Length, ipv6Length}) {
            if (const std::size_t found = length(text))
                return found;
        }
    }
    if (!isOf(c, Digit | Letter))
        return 0;
    // What ends the first token tells what can come at all, for nearly all words nothing.
    std::size_t end = 1;
    while (end < text.size() && !isOf(text[end], Delimiter))
        ++end;
    if (end == text.size())
        return 0;
    switch (text[end]) {
    case ':': {
        const std::size_t url = urlLength(text);
        return url > 0 ? url : pathLength(text);
    }
    case '+':
        return urlLength(text);
    case '.':
    case '@':
        return hostLength(text);
    case '-': {
        const std::size_t url = urlLength(text);
        return url > 0 ? url : hostLength(text);
    }
    case '/':
        return relativePathLength(text);
    case ' ':
    case ',':
        return end == 3 ? dateLength(text) : 0;
    default:
        return 0;
    }
}

bool beginsWord(std::string_view line, std::size_t at) {
    return at == 0 || isOf(line[at - 1], WordEnd) || line[at - 1] == '<' || line[at - 1] == '>' ||
           line[at - 1] == '@' || line[at - 1] == '#';
}

} // namespace

void maskLine(std::string_view line, std::string &out) {
    line = line.substr(0, maskedBytes);
    Writer writer(out);
    for (std::size_t i = 0; i < line.size();) {
        const char c = line[i];
        if (isOf(c, Blank)) {
            writer.blank();
            ++i;
            continue;
        }
        if (beginsWord(line, i)) {
            std::size_t length = entityLength(line.substr(i));
            if (length == 0 && (c == '-' || c == '+' || isOf(c, Digit)))
                length = signedNumberLength(line.substr(i));
            if (length > 0) {
                writer.variable();
                i += length;
                continue;
            }
        }
        if (isOf(c, Delimiter)) {
            writer.literal(c);
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < line.size() && !isOf(line[end], Delimiter))
            ++end;
        if (end + 1 < line.size() && line[end] == '-' && line[end - 1] == '_' && isOf(line[end + 1], Digit)) {
            ++end; // "blk_-17": the sign of the number
            while (end < line.size() && !isOf(line[end], Delimiter))
                ++end;
        }
        const std::string_view token = line.substr(i, end - i);
        if (hasNumber(token) || isTruthValue(token) || isHexadecimalWord(token) || writer.expectsName() ||
            (writer.followsVariable() && isSizeUnit(token)))
            writer.variable();
        else
            writer.literal(token);
        i = end;
    }
    writer.finish();
}

std::string readable(std::string_view masked) {
    std::string text;
    for (std::size_t i = 0; i < masked.size(); ++i) {
        if (masked[i] != variableMark) {
            text += masked[i];
            continue;
        }
        text += "<*>";
        for (std::size_t next = i + 1; next < masked.size(); ++next) {
            if (masked[next] == variableMark)
                i = next;
            else if (masked[next] != ' ' && !(masked[next] == '.' && masked[next - 1] == variableMark))
                break;
        }
    }
    return text;
}

} // namespace ra::text
