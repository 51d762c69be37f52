// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ra::text {

/// Stands for a slot in Slots::structure.
inline constexpr char slotMark = '\x02';

/// A masked line cut where paths end too: slots, which may vary, between separators, which never do.
struct Slots {
    std::vector<std::string_view> words; ///< slots; an empty one between brackets or quotes that hold nothing, and all
                                         ///< words in quotes that hold no variable are one
    std::string structure; ///< separators with a mark for each slot: equal if and only if all separators are
};

/// The text with variables that are joined by nothing but one of `,;:|/-#` and blanks, and by any number of it, as one:
/// lists of different lengths become equal.
[[nodiscard]] std::string joinLists(std::string_view masked);

/// Cuts a text, which must outlive the result.
[[nodiscard]] Slots slotsOf(std::string_view masked);

/// The text of slots and separators again.
[[nodiscard]] std::string textOf(std::string_view structure, const std::vector<std::string_view> &words);

/// How much a word in a place where other words have been seen speaks for a variable.
enum class WordKind {
    Plain,      ///< a word of a sentence
    Identifier, ///< a name that no sentence has: with digits, full stops, underscores, or capitals within
};
[[nodiscard]] WordKind kindOf(std::string_view word);

/// The word without its digits: "bglio78" and "bglio617" are numbers of one thing. "IPv4" and "IPv6" are two
/// things, and stay as they are.
[[nodiscard]] std::string withoutDigits(std::string_view word);

} // namespace ra::text
