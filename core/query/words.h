// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ra::query {

/// Texts and numbers for them, so that the rows of a question hold and compare numbers.
class Words {
public:
    /// The number of a text, from 0 on; the same for the same text.
    [[nodiscard]] std::int64_t idOf(std::string_view text) {
        if (const auto found = m_ids.find(text); found != m_ids.end())
            return found->second;
        const std::string &kept = m_texts.emplace_back(text);
        m_bytes += kept.size() + sizeof(std::string);
        const auto id = static_cast<std::int64_t>(m_texts.size()) - 1;
        m_ids.emplace(kept, id);
        return id;
    }
    [[nodiscard]] const std::string &text(std::int64_t id) const { return m_texts[static_cast<std::size_t>(id)]; }
    [[nodiscard]] std::size_t size() const { return m_texts.size(); }
    /// What they take, about.
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

private:
    std::deque<std::string> m_texts; ///< do not move, as the map looks at them
    std::unordered_map<std::string_view, std::int64_t> m_ids;
    std::size_t m_bytes = 0;
};

} // namespace ra::query
