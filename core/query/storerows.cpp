// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/storerows.h"

#include "core/store/runrow.h"

namespace ra::query {

using store::ResetAtEnd;
using store::Statement;

namespace {

// ?1 recipe; ?2 and ?3 first and last moment. Each run's rows lie together, so that the order of joins is that written.
constexpr std::string_view ofRecipe = " WHERE r.recipe_id = ?1 AND r.shown = 1";
constexpr std::string_view inRange = " AND r.start_ns BETWEEN ?2 AND ?3";
constexpr std::string_view runs = " FROM runs r";
constexpr std::string_view steps =
    " FROM runs r CROSS JOIN steps s ON s.id BETWEEN r.id << 24 AND (r.id << 24) + 16777215";
/// Those that rollups count.
constexpr std::string_view measuredSteps =
    " AND r.start_ns IS NOT NULL AND (s.status = 2 OR (s.status = 1 AND coalesce(s.duration_ns, s.end_ns - s.start_ns) "
    "IS NOT NULL))";
// As errors_v has them.
constexpr std::string_view ofAttempts =
    " FROM runs r CROSS JOIN attempts e ON (r.flags & 16) <> 0 AND e.step_id BETWEEN r.id << 24 AND (r.id << 24) + "
    "16777215 CROSS JOIN steps s ON s.id = e.step_id";
constexpr std::string_view saysSomething =
    " AND ((SELECT text FROM texts WHERE id = e.type) <> '' OR (SELECT text FROM texts WHERE id = e.message) <> '' OR "
    "(SELECT text FROM texts WHERE id = e.traceback) <> '')";
constexpr std::string_view ofSteps =
    " FROM runs r CROSS JOIN step_errors e ON (r.flags & 32) <> 0 AND e.step_id BETWEEN r.id << 24 AND (r.id << 24) + "
    "16777215 CROSS JOIN steps s ON s.id = e.step_id";
constexpr std::string_view notOfAttempts =
    " AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.step_id = e.step_id AND a.message = e.message)";
constexpr std::string_view ofRuns = " FROM runs r CROSS JOIN run_errors e ON (r.flags & 64) <> 0 AND e.run = r.id";

struct From {
    std::string_view tables;
    std::string_view condition;
    std::string_view status; ///< that tells the outcome
};

std::vector<From> fromOf(Source source) {
    switch (source) {
    case Source::Steps:
        return {{steps, measuredSteps, "s.status"}};
    case Source::AllSteps:
        return {{steps, "", "s.status"}};
    case Source::Runs:
        return {{runs, "", "r.status"}};
    case Source::Errors:
        return {{ofAttempts, saysSomething, "NULL"}, {ofSteps, notOfAttempts, "NULL"}, {ofRuns, "", "NULL"}};
    case Source::Samples:
        break;
    }
    return {};
}

Outcome outcomeOf(Source source, std::int64_t status) {
    if (source == Source::Runs) {
        switch (static_cast<RunStatus>(status)) {
        case RunStatus::Completed:
            return Outcome::Good;
        case RunStatus::Running:
        case RunStatus::Cancelled:
        case RunStatus::Interrupted: // the user's wish as well
            return Outcome::Open;
        default:
            return Outcome::Bad;
        }
    }
    const auto step = static_cast<StepStatus>(status);
    return step == StepStatus::Completed ? Outcome::Good : step == StepStatus::Failed ? Outcome::Bad : Outcome::Open;
}

} // namespace

StoreWords::StoreWords(const SQLite::Database &db, Words &words)
    : m_text(db, "SELECT text FROM texts WHERE id = ?")
    , m_words(words) {}

std::int64_t StoreWords::ofText(std::int64_t id) {
    const auto [known, isNew] = m_known.try_emplace(id, -1);
    if (isNew) {
        const ResetAtEnd reset(m_text);
        m_text.bind(id);
        if (m_text.step() && !m_text.text(0).empty())
            known->second = m_words.idOf(m_text.text(0));
    }
    return known->second;
}

StoreRows::StoreRows(const SQLite::Database &db, const Shape &shape, Words &words, StoreWords &texts)
    : m_shape(shape)
    , m_words(words)
    , m_texts(texts) {
    m_row.values.resize(shape.fields.fields().size());
    const std::vector<From> all = fromOf(shape.question.source);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::string sql = "SELECT r.id, r.start_ns, ";
        sql += all[i].status;
        for (const Field &field : shape.fields.fields()) {
            sql += ", ";
            sql += field.sql[i].empty() ? std::string_view("NULL") : field.sql[i];
        }
        sql += all[i].tables;
        sql += ofRecipe;
        sql += all[i].condition;
        m_all.emplace_back(db, sql);
        sql += inRange;
        m_bounded.emplace_back(db, sql);
    }
}

void StoreRows::read(const Statement &statement, std::size_t slot, const Field &field, int column) {
    if (field.decode == Decode::Weekday || field.decode == Decode::HourOfDay)
        return; // the clock's
    if (field.decode == Decode::RowTime) {
        if (m_row.hasTime)
            return m_row.setInteger(slot, m_row.timeNs);
        return m_row.setMissing(slot);
    }
    if (statement.isNull(column))
        return m_row.setMissing(slot);
    const auto word = [&](std::string_view text) { m_row.setInteger(slot, m_words.idOf(text)); };
    switch (field.decode) {
    case Decode::TextId: {
        const std::int64_t id = m_texts.ofText(statement.integer(column));
        if (id < 0)
            return m_row.setMissing(slot);
        return m_row.setInteger(slot, id);
    }
    case Decode::Text:
        return word(statement.text(column));
    case Decode::RunStatus:
        return word(toString(static_cast<RunStatus>(statement.integer(column))));
    case Decode::StepStatus:
        return word(toString(static_cast<StepStatus>(statement.integer(column))));
    case Decode::RunId:
        return word(store::runIdText(statement.integer(column)));
    case Decode::Real:
        return m_row.setNumber(slot, statement.real(column));
    default:
        return m_row.setInteger(slot, statement.integer(column));
    }
}

bool StoreRows::scan(const RecipeName &recipe, const Piece &piece,
                     const std::function<bool(Row &row, Outcome outcome, std::int64_t runRow)> &take) {
    const bool isBounded = piece.from != Piece::earliest || piece.to != Piece::latest;
    const std::vector<Field> &fields = m_shape.fields.fields();
    for (Statement &statement : isBounded ? m_bounded : m_all) {
        const ResetAtEnd reset(statement);
        if (isBounded)
            statement.bind(recipe.id, piece.from, piece.to == Piece::latest ? piece.to : piece.to - 1);
        else
            statement.bind(recipe.id);
        for (std::size_t slot = 0; slot < fields.size(); ++slot) {
            if (fields[slot].decode == Decode::RecipeName)
                m_row.setInteger(slot, m_words.idOf(recipe.name));
            else if (fields[slot].decode == Decode::RecipePath)
                m_row.setInteger(slot, m_words.idOf(recipe.path));
        }
        while (statement.step()) {
            m_row.hasTime = !statement.isNull(1);
            m_row.timeNs = m_row.hasTime ? statement.integer(1) : 0;
            constexpr int before = 3; // columns before those of the fields
            for (std::size_t slot = 0; slot < fields.size(); ++slot) {
                if (fields[slot].decode != Decode::RecipeName && fields[slot].decode != Decode::RecipePath)
                    read(statement, slot, fields[slot], before + static_cast<int>(slot));
            }
            if (!take(m_row, outcomeOf(m_shape.question.source, statement.integer(2)), statement.integer(0)))
                return false;
        }
    }
    return true;
}

} // namespace ra::query
