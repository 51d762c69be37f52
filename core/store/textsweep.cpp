// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/textsweep.h"

#include "core/base/crashpoint.h"

#include <array>
#include <string>

namespace ra::store {

namespace {

/// More texts than this (32 MiB of marks) are not swept.
constexpr std::int64_t mostTexts = std::int64_t{1} << 28;

/// What names texts, in an order in which no row can pass its name on to a place behind the one that is looked at:
/// rollups of steps take theirs from steps and from those of removed ones, and those of days from those of hours.
struct Naming {
    const char *table;
    const char *keys; ///< its primary key
    int keyCount;
    const char *names; ///< columns that are numbers of texts
    int nameCount;
};
constexpr std::array namings = {
    Naming{"steps", "id", 1, "name, class", 2},
    Naming{"attempts", "step_id, number", 2, "type, message, traceback", 3},
    Naming{"step_errors", "step_id, position", 2, "message", 1},
    Naming{"run_errors", "run, position", 2, "message", 1},
    Naming{"runs", "id", 1, "first_error, execution_id, thread, notes, provenance", 5},
    Naming{"gone_step_rollups", "recipe_id, bucket, step", 3, "step", 1}, // what is put there from below stays there
    Naming{"kept_step_rollups", "recipe_id, level, bucket, step", 4, "step", 1},
};

} // namespace

TextSweep::TextSweep(SQLite::Database &db, TextWriter &texts, Piece piece)
    : m_db(db)
    , m_texts(texts)
    , m_piece(piece) {}

TextSweep::~TextSweep() {
    m_texts.markIn(nullptr);
}

bool TextSweep::sweepSome() {
    switch (m_phase) {
    case Phase::Idle:
        if (!m_wanted)
            return false;
        begin();
        break;
    case Phase::Marking:
        markSome();
        break;
    case Phase::Removing:
        removeSome();
        break;
    }
    return true;
}

void TextSweep::forget() {
    if (m_phase == Phase::Idle)
        return;
    end();
    m_wanted = true;
}

void TextSweep::begin() {
    m_wanted = false;
    const std::int64_t newest = m_db.execAndGet("SELECT coalesce(max(id), 0) FROM texts").getInt64();
    if (newest <= 0 || newest > mostTexts)
        return;
    m_marks.reset(newest);
    m_texts.markIn(&m_marks);
    m_table = 0;
    m_scan.reset();
    m_last = 0;
    m_phase = Phase::Marking;
}

void TextSweep::end() {
    m_texts.markIn(nullptr);
    m_marks.reset(0);
    m_scan.reset();
    m_phase = Phase::Idle;
}

void TextSweep::markSome() {
    const Naming &naming = namings[m_table];
    if (!m_scan) {
        std::string marks = "?";
        for (int key = 1; key < naming.keyCount; ++key)
            marks += ", ?";
        m_scan = std::make_unique<Statement>(m_db, std::string("SELECT ") + naming.keys + ", " + naming.names +
                                                       " FROM " + naming.table + " WHERE (" + naming.keys + ") > (" +
                                                       marks + ") ORDER BY " + naming.keys + " LIMIT " +
                                                       std::to_string(m_piece.rows));
        for (int key = 1; key <= naming.keyCount; ++key)
            m_scan->bindAt(key, INT64_MIN);
    }
    std::array<std::int64_t, 4> place{};
    int rows = 0;
    while (m_scan->step()) {
        ++rows;
        for (int key = 0; key < naming.keyCount; ++key)
            place[static_cast<std::size_t>(key)] = m_scan->integer(key);
        for (int name = naming.keyCount; name < naming.keyCount + naming.nameCount; ++name)
            m_marks.mark(m_scan->integer(name));
    }
    if (rows == m_piece.rows) {
        for (int key = 0; key < naming.keyCount; ++key)
            m_scan->bindAt(key + 1, place[static_cast<std::size_t>(key)]);
        return;
    }
    m_scan.reset();
    if (++m_table == namings.size())
        m_phase = Phase::Removing;
}

void TextSweep::removeSome() {
    Statement select(m_db, "SELECT id FROM texts WHERE id > ? AND id < ? ORDER BY id LIMIT ?");
    Statement drop(m_db, "DELETE FROM texts WHERE id = ?");
    select.bind(m_last, m_marks.newest(), m_piece.rows);
    std::vector<std::int64_t> unnamed;
    int rows = 0;
    while (unnamed.size() < static_cast<std::size_t>(m_piece.removals) && select.step()) {
        ++rows;
        m_last = select.integer(0);
        if (!m_marks.has(m_last))
            unnamed.push_back(m_last);
    }
    const bool isLast = rows < m_piece.rows && unnamed.size() < static_cast<std::size_t>(m_piece.removals);
    select.reset();
    for (const std::int64_t id : unnamed) {
        drop.bind(id);
        drop.run();
    }
    if (!unnamed.empty())
        m_texts.forget();
    crashPoint("retain.texts");
    if (isLast)
        end();
}

} // namespace ra::store
