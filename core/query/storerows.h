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
    static constexpr std::int64_t unknown = -2;
    [[nodiscard]] std::int64_t look(std::int64_t id);

    store::Statement m_text;
    Words &m_words;
    std::unordered_map<std::int64_t, std::int64_t> m_known;
    std::vector<std::int64_t> m_common; ///< the same of small numbers, which most are; `unknown` if not looked at
};

/// Reads rows of runs, steps and errors of one recipe after the other. Throws SQLite::Exception.
class StoreRows {
public:
    /// Columns before those of the fields: start of the run, the status that tells the outcome.
    static constexpr int columnsBefore = 2;

    /// All of them must outlive it.
    StoreRows(const SQLite::Database &db, const Shape &shape, Words &words, StoreWords &texts);

    /// The statements that give all rows together. ?1 is the recipe; `isBounded`: ?2 and ?3 the first and the last
    /// moment at which runs begin.
    [[nodiscard]] const std::vector<std::string> &statements(bool isBounded) const {
        return isBounded ? m_boundedSql : m_allSql;
    }
    /// What is bound to them.
    [[nodiscard]] static std::vector<std::int64_t> valuesFor(const RecipeName &recipe, const Piece &piece);
    [[nodiscard]] static bool isBounded(const Piece &piece) {
        return piece.from != Piece::earliest || piece.to != Piece::latest;
    }

    /// The rows that follow are of this recipe.
    void begin(const RecipeName &recipe);
    /// A row of one of the statements, of which the filter has not been asked; the same object each time.
    template <typename Source>
    Row &read(const Source &source) {
        m_row.hasTime = !source.isNull(0);
        m_row.timeNs = m_row.hasTime ? source.integer(0) : 0;
        const std::vector<Field> &fields = m_shape.fields.fields();
        int column = columnsBefore;
        for (const std::size_t slot : m_slots)
            readField(source, slot, fields[slot], column++);
        return m_row;
    }
    template <typename Source>
    [[nodiscard]] Outcome outcome(const Source &source) const {
        return outcomeOf(source.integer(1));
    }

    /// Gives each row whose run began in the piece to `take` until that gives false; the filter has not been asked. The
    /// row is the same object each time.
    bool scan(const RecipeName &recipe, const Piece &piece, const std::function<bool(Row &row, Outcome outcome)> &take);

private:
    [[nodiscard]] Outcome outcomeOf(std::int64_t status) const;
    template <typename Source>
    void readField(const Source &source, std::size_t slot, const Field &field, int column) {
        if (field.decode == Decode::RowTime) {
            if (m_row.hasTime)
                m_row.setInteger(slot, m_row.timeNs);
            else
                m_row.setMissing(slot);
        } else if (source.isNull(column)) {
            m_row.setMissing(slot);
        } else if (field.decode == Decode::Real) {
            m_row.setNumber(slot, source.real(column));
        } else if (field.decode == Decode::Text) {
            m_row.setInteger(slot, m_words.idOf(source.text(column)));
        } else {
            setInteger(slot, field.decode, source.integer(column));
        }
    }
    /// Of a field that is kept as one.
    void setInteger(std::size_t slot, Decode decode, std::int64_t value);

    const SQLite::Database &m_db;
    const Shape &m_shape;
    Words &m_words;
    StoreWords &m_texts;
    std::vector<std::size_t> m_slots;      ///< that columns are read into, one each
    std::vector<std::string> m_allSql;     ///< without bounds of time
    std::vector<std::string> m_boundedSql; ///< with them
    std::vector<store::Statement> m_all;
    std::vector<store::Statement> m_bounded;
    Row m_row;
};

} // namespace ra::query
