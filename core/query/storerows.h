// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/plan.h"
#include "core/query/shape.h"
#include "core/query/words.h"
#include "core/store/statement.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ra::query {

/// What a row came to, for error_rate().
enum class Outcome : std::uint8_t { Open, Good, Bad };

/// A recipe as runs name it.
struct RecipeName {
    std::int64_t id = 0;
    std::string name;
    std::string path;
};

/// Numbers of texts in the store as numbers of words.
class StoreWords {
public:
    StoreWords(const SQLite::Database &db, Words &words);
    /// Of texts.id; -1 for the empty text.
    [[nodiscard]] std::int64_t ofText(std::int64_t id);

private:
    store::Statement m_text;
    Words &m_words;
    std::unordered_map<std::int64_t, std::int64_t> m_known;
};

/// Reads rows of runs, steps and errors of one recipe after the other. Throws SQLite::Exception.
class StoreRows {
public:
    /// All of them must outlive it.
    StoreRows(const SQLite::Database &db, const Shape &shape, Words &words, StoreWords &texts);

    /// Gives each row whose run began in the piece to `take` until that gives false; the filter has not been asked. The
    /// row is the same object each time.
    bool scan(const RecipeName &recipe, const Piece &piece,
              const std::function<bool(Row &row, Outcome outcome, std::int64_t runRow)> &take);

private:
    void read(const store::Statement &statement, std::size_t slot, const Field &field, int column);

    const Shape &m_shape;
    Words &m_words;
    StoreWords &m_texts;
    std::vector<store::Statement> m_all;     ///< without bounds of time
    std::vector<store::Statement> m_bounded; ///< with them
    Row m_row;
};

} // namespace ra::query
