// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/consolidate.h"
#include "core/text/slots.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ra::text {

using WordId = std::uint32_t;
inline constexpr WordId variableWord = 0;

/// Words by number; the variable mark is 0. The texts must outlive this.
class Words {
public:
    Words();
    WordId id(std::string_view word);
    [[nodiscard]] std::string_view text(WordId id) const { return m_words[id]; }
    [[nodiscard]] WordKind kind(WordId id) const { return m_kinds[id]; }

private:
    std::unordered_map<std::string_view, WordId> m_ids;
    std::vector<std::string_view> m_words;
    std::vector<WordKind> m_kinds;
};

/// What has been seen in one place of sentences.
struct Seen {
    std::vector<WordId> words; ///< different ones, ascending, without the variable
    bool hasVariable = false;

    /// How many different things.
    [[nodiscard]] std::size_t different() const { return words.size() + (hasVariable ? 1 : 0); }
};

/// Decides which places are variables.
class Judge {
public:
    Judge(const Words &words, const Evidence &evidence)
        : m_words(words)
        , m_evidence(evidence) {}

    /// Whether what differs in a place, while `equalWords` words in other places are equal, are values of a variable.
    /// `structure` is that of Slots.
    [[nodiscard]] bool isVariable(const Seen &seen, std::string_view structure, std::size_t place,
                                  std::size_t equalWords) const;
    /// Words that have proved to be values.
    void learn(const std::vector<WordId> &values) { m_values.insert(values.begin(), values.end()); }

private:
    [[nodiscard]] bool differInDigitsOnly(const std::vector<WordId> &words) const;

    const Words &m_words;
    Evidence m_evidence;
    std::unordered_set<WordId> m_values;
};

} // namespace ra::text
