// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"
#include "ui/models/logline.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace ra::ui {

/// The lines of a log in immutable chunks: copies share them, so that a search on another thread works on a snapshot
/// while lines go on arriving.
class LogDocument {
public:
    using Lines = std::vector<query::LogLine>;

    [[nodiscard]] std::size_t size() const { return m_ends.empty() ? 0 : m_ends.back(); }
    /// O(log chunks). `index` must be below size().
    [[nodiscard]] const query::LogLine &at(std::size_t index) const;

    void clear();
    void append(std::shared_ptr<const Lines> lines);
    /// Drops whole chunks from the front as long as at least `keep` lines stay; returns how many lines went.
    std::size_t dropFront(std::size_t keep);

private:
    std::vector<std::shared_ptr<const Lines>> m_chunks;
    std::vector<std::size_t> m_ends; ///< by chunk: the number of lines up to its end
};

} // namespace ra::ui
