// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/errormodel.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ra::text {

/// A sentence to learn from, with its places for variables.
struct Sentence {
    ErrorClass is = ErrorClass::Unknown;
    std::string pattern;
};

/// Reads the sentences of resources/errors: one a line, behind a line "== CLASS"; '#' begins a comment, blank lines are
/// none. In a sentence `$path`, `$num` and the like stand for any such thing, `{a|b|}` for one of its parts, which may
/// hold places but no braces; "{{" is a brace. `where` names the text in errors: kind Failed, with the line.
[[nodiscard]] Result<std::vector<Sentence>> readSentences(std::string_view text, const std::string &where);

/// How many parts the largest group in braces has; 1 if there is none. As many variations show each part once.
[[nodiscard]] std::size_t partsOfLargestGroup(std::string_view pattern);

/// The sentence with its places filled, as the `variation`th time: what stands before and behind it (levels, times,
/// names of programs and exceptions, places in the code), its case, and a word left out now and then vary whatever the
/// class, so that none of this is learnt. The parts of its largest group come in turn. Depends on its arguments alone.
[[nodiscard]] std::string vary(const Sentence &sentence, std::uint32_t variation);

} // namespace ra::text
