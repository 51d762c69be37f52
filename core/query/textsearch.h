// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// Whether a text contains another in any case. Letters beyond ASCII are compared by their Unicode case folding.
class Needle {
public:
    explicit Needle(std::string_view text);
    [[nodiscard]] bool isIn(std::string_view text) const;
    [[nodiscard]] bool isEmpty() const { return m_text.empty(); }

    /// A line within a longer text: [begin, end), without its "\n".
    struct Line {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    /// The lines of `text` that contain it, in order; each of them ends with a "\n" or with the text. About 2 GB/s for
    /// ASCII: the text is folded in one pass, and lines without it are never looked at by themselves. `scratch` is the
    /// caller's, so that several threads can search at once.
    void appendLines(std::string_view text, std::string &scratch, std::vector<Line> &lines) const;

private:
    std::string m_text; ///< folded
    bool m_ascii = true;
};

/// Finds runs by what their steps are called and their errors say.
class TextSearch {
public:
    explicit TextSearch(const SQLite::Database &db)
        : m_db(db) {}

    /// Ids of rows of shown runs in ascending order. None: cancelled.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> runs(std::string_view text, const std::stop_token &stop);

private:
    const SQLite::Database &m_db;
};

} // namespace ra::query
