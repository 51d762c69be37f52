// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace ra::query {

/// A sequence that grows at its end without moving what is there, but for the first few: millions of objects are
/// neither moved nor in memory twice.
template <typename T>
class Chunked {
public:
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] T &operator[](std::size_t index) { return m_chunks[index / length][index % length]; }
    [[nodiscard]] const T &operator[](std::size_t index) const { return m_chunks[index / length][index % length]; }
    /// Adds so many new ones.
    void grow(std::size_t count) {
        for (; count > 0; --count) {
            if (m_size % length == 0)
                m_chunks.emplace_back();
            else if (m_chunks.size() > 1 && m_chunks.back().size() == 1)
                m_chunks.back().reserve(length);
            m_chunks.back().emplace_back();
            ++m_size;
        }
    }

private:
    static constexpr std::size_t length = 4096;
    std::vector<std::vector<T>> m_chunks;
    std::size_t m_size = 0;
};

} // namespace ra::query
