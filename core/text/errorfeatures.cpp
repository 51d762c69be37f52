// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/errorfeatures.h"

#include "core/text/characters.h"
#include "core/text/entities.h"

#include <algorithm>

namespace ra::text {

namespace {

constexpr std::size_t longestWord = 30;

// Multiplication by an odd number without structure; the high bits of the product depend on all bits (Knuth, TAOCP 3,
// section 6.4).
constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

/// What keeps the kinds of features apart.
enum Salt : std::uint64_t { OfWord = 1, OfQuoted = 2, OfPair = 3, OfSkip = 4, OfPiece = 5 };

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t with) {
    hash = (hash ^ with) * golden;
    return hash ^ (hash >> 29);
}

constexpr std::uint32_t bucket(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash * golden) >> (64 - ErrorFeatures::bucketBits));
}

constexpr std::uint64_t hashOf(std::string_view text) {
    std::uint64_t hash = text.size();
    for (const char c : text)
        hash = mix(hash, static_cast<unsigned char>(c));
    return hash;
}

constexpr std::uint64_t pathToken = hashOf("/path"), urlToken = hashOf("/url"), addressToken = hashOf("/address"),
                        hostToken = hashOf("/host"), numberToken = hashOf("/number"), quotedToken = hashOf("/quoted");

constexpr bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}

/// Length of the word at the beginning of a text of letters and digits: up to where the case changes, as in "Not|Found"
/// and "HTTP|Error". Digits belong to the letters before them ("x509").
std::size_t caseWordLength(std::string_view text) {
    std::size_t i = 1;
    for (; i < text.size() && isOf(text[i], Letter | Digit); ++i) {
        const bool startsWord =
            isUpper(text[i]) && (!isUpper(text[i - 1]) ||
                                 (i + 1 < text.size() && i > 1 && isOf(text[i + 1], Letter) && !isUpper(text[i + 1])));
        // "IPv4", "PIDs" and "OOMs" begin no word in the middle
        if (startsWord && !(i + 2 == text.size()))
            break;
    }
    return i;
}

} // namespace

void ErrorFeatures::add(std::uint64_t hash, Kind kind) {
    if (m_tokenCount == mostTokens)
        return;
    m_tokens[m_tokenCount] = hash;
    m_kinds[m_tokenCount++] = kind;
}

void ErrorFeatures::addPieces(std::string_view lowerCase) {
    // The word between marks of its ends, of which each piece is five bytes at most and so a number by itself.
    std::array<char, longestWord + 2> marked{};
    marked[0] = '_';
    std::copy(lowerCase.begin(), lowerCase.end(), marked.begin() + 1);
    const std::size_t size = lowerCase.size() + 2;
    marked[size - 1] = '_';
    for (std::size_t begin = 0; begin < size; ++begin) {
        std::uint64_t piece = OfPiece;
        const std::size_t most = std::min<std::size_t>(5, size - begin);
        for (std::size_t n = 0; n < most; ++n) {
            piece = (piece << 8) | static_cast<unsigned char>(marked[begin + n]);
            // The whole word is a feature of its own.
            if (n >= 2 && n + 1 < size && m_pieceCount < mostPieces)
                m_pieces[m_pieceCount++] = bucket(mix(piece, OfPiece));
        }
    }
}

std::size_t ErrorFeatures::word(std::string_view rest, Kind kind) {
    std::array<char, longestWord> letters{};
    std::size_t size = 0;
    std::size_t i = 0;
    const std::size_t length = caseWordLength(rest);
    for (; i < length; ++i) {
        if (size < longestWord)
            letters[size++] = lower(rest[i]);
    }
    // "can't", "doesn't"
    if (i + 1 < rest.size() && rest[i] == '\'' && rest[i + 1] == 't') {
        if (size < longestWord)
            letters[size++] = 't';
        i += 2;
    }
    const std::string_view lowerCase(letters.data(), size);
    const auto digits = std::count_if(lowerCase.begin(), lowerCase.end(), [](char c) { return isOf(c, Digit); });
    if (digits > 3) { // an id
        add(numberToken, Kind::Variable);
        return i;
    }
    add(hashOf(lowerCase), kind);
    if (kind == Kind::Word)
        addPieces(lowerCase);
    return i;
}

std::size_t ErrorFeatures::number(std::string_view rest) {
    std::size_t i = 0;
    bool plain = true;
    for (; i < rest.size() && isOf(rest[i], Letter | Digit); ++i)
        plain = plain && isOf(rest[i], Digit);
    // Times and versions: "12:30:01", "1.2.3"
    while (i + 1 < rest.size() && (rest[i] == '.' || rest[i] == ':') && isOf(rest[i + 1], Digit)) {
        plain = false;
        for (++i; i < rest.size() && isOf(rest[i], Letter | Digit); ++i) {
        }
    }
    add(plain && i <= 3 ? hashOf(rest.substr(0, i)) : numberToken, Kind::Variable);
    return i;
}

std::size_t ErrorFeatures::variable(std::string_view rest) {
    const char c = rest.front();
    std::size_t length = 0;
    if (isOf(c, Letter)) {
        if ((length = urlLength(rest)) > 0)
            add(urlToken, Kind::Variable);
        else if ((length = pathLength(rest)) > 0 || (length = relativePathLength(rest)) > 0)
            add(pathToken, Kind::Variable);
        else if ((length = uuidLength(rest)) > 0)
            add(numberToken, Kind::Variable);
        else if ((length = ipv6Length(rest)) > 0)
            add(addressToken, Kind::Variable);
        else if ((length = hostLength(rest)) > 0)
            add(hostToken, Kind::Variable);
    } else if (isOf(c, Digit)) {
        if ((length = ipv4Length(rest)) > 0 || (length = ipv6Length(rest)) > 0)
            add(addressToken, Kind::Variable);
        else if ((length = uuidLength(rest)) > 0)
            add(numberToken, Kind::Variable);
    } else if (c == '/' || c == '.' || c == '~') {
        if ((length = pathLength(rest)) > 0) {
            add(pathToken, Kind::Variable);
        }
    }
    if (length > 0 && m_kinds[m_tokenCount - 1] == Kind::Variable && m_tokens[m_tokenCount - 1] == pathToken) {
        // What a file is for shows in the end of its name.
        const std::size_t dot = rest.substr(0, length).rfind('.');
        if (dot != std::string_view::npos && dot > 0 && length - dot > 1 && length - dot <= 6 &&
            isOf(rest[dot - 1], Letter | Digit) && isOf(rest[dot + 1], Letter))
            add(hashOf(rest.substr(dot, length - dot)), Kind::Quoted);
    }
    return length;
}

std::size_t ErrorFeatures::quoted(std::string_view rest) {
    const char quote = rest.front() == '`' ? '\'' : rest.front();
    std::size_t end = 1;
    for (; end < rest.size() && rest[end] != quote && rest[end] != rest.front(); ++end) {
        if (isOf(rest[end], Blank))
            return 0; // a sentence, whose words are as good as others
    }
    if (end == rest.size() || end > 120)
        return 0;
    const std::string_view content = rest.substr(1, end - 1);
    for (std::size_t i = 0; i < content.size();) {
        if (isOf(content[i], Letter))
            i += word(content.substr(i), Kind::Quoted);
        else
            ++i;
    }
    if (content.empty() || !isOf(content.front(), Letter))
        add(quotedToken, Kind::Variable);
    return end + 1;
}

void ErrorFeatures::combine() {
    const auto context = [this](std::size_t i) { return m_kinds[i] == Kind::Quoted ? quotedToken : m_tokens[i]; };
    for (std::size_t i = 0; i < m_tokenCount; ++i) {
        if (m_kinds[i] == Kind::Word)
            m_words[m_wordCount++] = bucket(mix(m_tokens[i], OfWord));
        else if (m_kinds[i] == Kind::Quoted)
            m_words[m_wordCount++] = bucket(mix(m_tokens[i], OfQuoted));
        if (i >= 1)
            m_words[m_wordCount++] = bucket(mix(mix(context(i - 1), OfPair), context(i)));
        if (i >= 2)
            m_words[m_wordCount++] = bucket(mix(mix(context(i - 2), OfSkip), context(i)));
    }
}

void ErrorFeatures::read(std::string_view message) {
    m_tokenCount = m_wordCount = m_pieceCount = 0;
    message = message.substr(0, readBytes);
    bool starts = true; // whether a name, path or quotation may begin here
    for (std::size_t i = 0; i < message.size() && m_tokenCount < mostTokens;) {
        const std::string_view rest = message.substr(i);
        const char c = rest.front();
        std::size_t length = starts ? variable(rest) : 0;
        if (length == 0 && starts && (c == '\'' || c == '"' || c == '`'))
            length = quoted(rest);
        if (length == 0 && isOf(c, Letter))
            length = word(rest, Kind::Word);
        if (length == 0 && isOf(c, Digit))
            length = number(rest);
        starts = length == 0 && (isOf(c, WordEnd) || c == '`');
        i += std::max<std::size_t>(length, 1);
    }
    combine();
}

} // namespace ra::text
