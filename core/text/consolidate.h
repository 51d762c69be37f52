// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::text {

/// A masked line, how many lines had it, and its identity.
struct Shape {
    std::string_view masked;
    std::uint64_t lines = 0;
    std::uint64_t hash = 0;
};

/// How many different words in one place of sentences that are equal else make it a variable.
struct Evidence {
    /// Names that no sentence has: with digits, full stops, underscores, capitals within.
    std::uint32_t identifiers = 3;
    /// Words. Few places of a program write sentences that differ in one word only, hardly ever more than three; what
    /// is filled in has no such bound.
    std::uint32_t words = 4;

    bool operator==(const Evidence &) const = default;
};

/// Templates of shapes. A pattern is a masked text whose lists of variables are joined (joinLists), to compare others
/// with; the text is the same but for such lists where all shapes have the same one.
struct Grouping {
    std::vector<std::uint32_t> groupOf; ///< one a shape
    std::vector<std::string> masked;    ///< one a template: its text
    std::vector<std::string> patterns;  ///< one a template
};

/// Joins shapes that differ in variables only. The result depends on the shapes as a set, not on their order.
///
/// 1. Shapes whose lists of variables differ in nothing but length are one.
/// 2. Among shapes with the same separators, a place is a variable where shapes that are equal else have a variable
///    there, or words that differ in digits only, or as many different words as Evidence asks for. Words that proved to
///    be values that way speak for a variable elsewhere: two of them are enough.
/// 3. Words of one statement occur equally often; the largest set of equally frequent words of a shape is its root.
///    Among shapes of the same root, places with rarer words are variables if these are different enough, and separate
///    the shapes otherwise. (S. Yu, P. He, N. Chen, Y. Wu, "Brain: log parsing with bidirectional parallel tree", IEEE
///    TSC 16 (2023).)
///
/// The first word of a line is taken for a variable by its looks only, since statements begin with what they are
/// about (P. He, J. Zhu, Z. Zheng, M. Lyu, "Drain: an online log parsing approach with fixed depth tree", ICWS 2017).
/// O(shapes x slots) for a bounded number of rounds.
[[nodiscard]] Grouping consolidate(std::span<const Shape> shapes, const Evidence &evidence = {});

} // namespace ra::text
