// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/query/answer.h"
#include "core/query/frame.h"
#include "core/query/shape.h"
#include "core/query/words.h"

#include <cstddef>
#include <vector>

namespace ra::query {

/// The rows of a question that asks for them one by one (Question::select). Without an order they go on a page at a
/// time, and no more than a page is in memory; with one, those that may still be among the first are kept.
class Listing {
public:
    /// Rows that are kept for an order at most; a limit beyond it, or none, is refused where there are more.
    static constexpr std::size_t mostOrdered = 1'000'000;

    /// All of them must outlive it.
    Listing(const Shape &shape, const Words &words, std::size_t pageRows, const PageSink &sink);

    /// False: nothing more is wanted. Failed: more rows than an order allows.
    [[nodiscard]] Result<bool> add(const Row &row);
    /// Gives the last page, which may be empty where there was none before.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] std::size_t taken() const { return m_taken; }

private:
    void begin();
    [[nodiscard]] Frame page();
    [[nodiscard]] Result<void> shorten();
    bool give(const Frame &frame);

    const Shape &m_shape;
    const Words &m_words;
    std::size_t m_pageRows;
    const PageSink &m_sink;
    std::vector<FrameColumn> m_columns;
    std::vector<std::vector<std::string>> m_texts; ///< by column
    std::size_t m_rows = 0;                        ///< in the columns
    std::size_t m_skipped = 0;                     ///< of the offset
    std::size_t m_taken = 0;                       ///< that passed the filter
    std::size_t m_given = 0;
    Frame m_best; ///< with an order, those before
    bool m_gavePage = false;
    bool m_isWanted = true;
};

} // namespace ra::query
