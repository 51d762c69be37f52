// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ra::text {

/// What of an error message a linear model looks at: words, pairs of words with none or one between them, and pieces of
/// 3 to 5 letters of words, each hashed into one of `buckets` (K. Weinberger et al., "Feature hashing for large scale
/// multitask learning", ICML 2009).
///
/// Words are split where the case changes ("FileNotFoundError" is four) and compared without case. Paths, URLs,
/// addresses and long numbers are what they are, whatever they say; numbers of up to three digits count only beside a
/// neighbour ("errno 13", "status 504"). A single word in quotes is mostly a name: it counts apart from others and has
/// no pieces.
///
/// An object holds no memory of its own beside its arrays and can be used for any number of messages. Linear in the
/// length of the message, of which `readBytes` count.
class ErrorFeatures {
public:
    static constexpr std::uint32_t bucketBits = 16;
    static constexpr std::size_t buckets = std::size_t{1} << bucketBits;
    static constexpr std::size_t readBytes = 1024;

    void read(std::string_view message);

    /// Buckets of words and pairs; one may occur more than once, and then counts more than once.
    [[nodiscard]] std::span<const std::uint32_t> words() const { return {m_words.data(), m_wordCount}; }
    /// Buckets of pieces of words.
    [[nodiscard]] std::span<const std::uint32_t> pieces() const { return {m_pieces.data(), m_pieceCount}; }

private:
    static constexpr std::size_t mostTokens = 128;
    static constexpr std::size_t mostPieces = 1536;

    enum class Kind : std::uint8_t { Word, Quoted, Variable };

    [[nodiscard]] std::size_t variable(std::string_view rest);
    [[nodiscard]] std::size_t quoted(std::string_view rest);
    [[nodiscard]] std::size_t word(std::string_view rest, Kind kind);
    [[nodiscard]] std::size_t number(std::string_view rest);
    void add(std::uint64_t hash, Kind kind);
    void addPieces(std::string_view lowerCase);
    void combine();

    std::array<std::uint64_t, mostTokens> m_tokens{};
    std::array<Kind, mostTokens> m_kinds{};
    std::size_t m_tokenCount = 0;
    std::array<std::uint32_t, 3 * mostTokens> m_words{};
    std::size_t m_wordCount = 0;
    std::array<std::uint32_t, mostPieces> m_pieces{};
    std::size_t m_pieceCount = 0;
};

} // namespace ra::text
