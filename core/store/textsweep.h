// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"
#include "core/store/texts.h"

#include <cstdint>
#include <memory>

namespace ra::store {

/// Removes texts that nothing refers to any more, in pieces of some milliseconds: first everything that refers to texts
/// is looked through, from one end to the other, and what it names is marked; then what is not marked goes. What is
/// written in between is marked by the writer of texts, so that a sweep may take hours. Memory: a bit for every text.
/// The newest text stays, so that no number is given twice: readers remember texts by theirs. Throws SQLite::Exception.
class TextSweep {
public:
    /// Rows that a piece looks at, and texts that it removes.
    struct Piece {
        int rows = 20'000;
        int removals = 500;
    };

    TextSweep(SQLite::Database &db, TextWriter &texts)
        : TextSweep(db, texts, Piece{}) {}
    TextSweep(SQLite::Database &db, TextWriter &texts, Piece piece);
    ~TextSweep();
    TextSweep(const TextSweep &) = delete;
    TextSweep &operator=(const TextSweep &) = delete;

    /// Something has gone that referred to texts.
    void request() { m_wanted = true; }
    [[nodiscard]] bool isWanted() const { return m_wanted || m_phase != Phase::Idle; }
    /// A piece, in a transaction of the caller's; false if there is nothing to do.
    bool sweepSome();
    /// After a rollback: what was looked through may be there again. A sweep begins anew.
    void forget();

private:
    enum class Phase { Idle, Marking, Removing };
    void begin();
    void markSome();
    void removeSome();
    void end();

    SQLite::Database &m_db;
    TextWriter &m_texts;
    Piece m_piece;
    bool m_wanted = false;
    Phase m_phase = Phase::Idle;
    TextMarks m_marks;
    std::size_t m_table = 0;           ///< that is looked through
    std::unique_ptr<Statement> m_scan; ///< of it, bound to the place reached
    std::int64_t m_last = 0;           ///< text looked at last
};

} // namespace ra::store
