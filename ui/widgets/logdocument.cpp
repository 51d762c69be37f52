// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logdocument.h"

#include <algorithm>

namespace ra::ui {

const query::LogLine &LogDocument::at(std::size_t index) const {
    const auto chunk = static_cast<std::size_t>(std::ranges::upper_bound(m_ends, index) - m_ends.begin());
    const std::size_t begin = chunk == 0 ? 0 : m_ends[chunk - 1];
    return (*m_chunks[chunk])[index - begin];
}

void LogDocument::clear() {
    m_chunks.clear();
    m_ends.clear();
}

void LogDocument::append(std::shared_ptr<const Lines> lines) {
    if (!lines || lines->empty())
        return;
    m_ends.push_back(size() + lines->size());
    m_chunks.push_back(std::move(lines));
}

std::size_t LogDocument::dropFront(std::size_t keep) {
    std::size_t chunks = 0;
    while (chunks < m_ends.size() && size() - m_ends[chunks] >= keep)
        ++chunks;
    if (chunks == 0)
        return 0;
    const std::size_t dropped = m_ends[chunks - 1];
    m_chunks.erase(m_chunks.begin(), m_chunks.begin() + static_cast<std::ptrdiff_t>(chunks));
    m_ends.erase(m_ends.begin(), m_ends.begin() + static_cast<std::ptrdiff_t>(chunks));
    for (std::size_t &end : m_ends)
        end -= dropped;
    return dropped;
}

} // namespace ra::ui
