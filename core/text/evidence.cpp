// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/evidence.h"

#include "core/text/mask.h"

#include <algorithm>

namespace ra::text {

namespace {

/// The last separator before a place that is no blank; a blank where there is none.
char separatorBefore(std::string_view structure, std::size_t place) {
    std::size_t at = 0;
    for (std::size_t slot = 0; at < structure.size(); ++at) {
        if (structure[at] == slotMark && slot++ == place)
            break;
    }
    while (at > 0 && structure[at - 1] == ' ')
        --at;
    return at > 0 ? structure[at - 1] : ' ';
}

} // namespace

Words::Words() {
    static_cast<void>(id(std::string_view(&variableMark, 1)));
}

WordId Words::id(std::string_view word) {
    const auto [at, isNew] = m_ids.try_emplace(word, static_cast<WordId>(m_words.size()));
    if (isNew) {
        m_words.push_back(word);
        m_kinds.push_back(kindOf(word));
    }
    return at->second;
}

bool Judge::isVariable(const Seen &seen, std::string_view structure, std::size_t place, std::size_t equalWords) const {
    const std::size_t words = seen.words.size();
    if (equalWords < (place == 0 ? 2U : 1U) || seen.different() < 2)
        return false;
    if (seen.hasVariable || differInDigitsOnly(seen.words))
        return true;
    const char before = separatorBefore(structure, place);
    const bool isGiven = before == '=' || before == '"' || before == '\'';
    const bool areIdentifiers = isGiven || std::all_of(seen.words.begin(), seen.words.end(), [&](WordId w) {
                                    return m_words.kind(w) == WordKind::Identifier;
                                });
    if (areIdentifiers && words >= m_evidence.identifiers)
        return true;
    if (place == 0 || (equalWords < 2 && !isGiven && before != ':'))
        return false;
    return words >= m_evidence.words ||
           std::all_of(seen.words.begin(), seen.words.end(), [&](WordId w) { return m_values.contains(w); });
}

bool Judge::differInDigitsOnly(const std::vector<WordId> &words) const {
    const std::string first = withoutDigits(m_words.text(words.front()));
    if (first.size() == m_words.text(words.front()).size())
        return false;
    return std::all_of(words.begin(), words.end(), [&](WordId w) { return withoutDigits(m_words.text(w)) == first; });
}

} // namespace ra::text
