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

Outcome outcomeOfStatus(Source source, std::int64_t status) {
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

std::int64_t StoreWords::look(std::int64_t id) {
    const ResetAtEnd reset(m_text);
    m_text.bind(id);
    return m_text.step() && !m_text.text(0).empty() ? m_words.idOf(m_text.text(0)) : -1;
}

std::int64_t StoreWords::ofText(std::int64_t id) {
    constexpr std::int64_t small = 65'536;
    if (id >= 0 && id < small) {
        const auto place = static_cast<std::size_t>(id);
        if (place >= m_common.size())
            m_common.resize(place + 1, unknown);
        if (m_common[place] == unknown)
            m_common[place] = look(id);
        return m_common[place];
    }
    const auto [known, isNew] = m_known.try_emplace(id, -1);
    if (isNew)
        known->second = look(id);
    return known->second;
}

StoreRows::StoreRows(const SQLite::Database &db, const Shape &shape, Words &words, StoreWords &texts)
    : m_db(db)
    , m_shape(shape)
    , m_words(words)
    , m_texts(texts) {
    const std::vector<Field> &fields = shape.fields.fields();
    m_row.values.resize(fields.size());
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        const Decode decode = fields[slot].decode;
        const bool isOfRecipe = decode == Decode::RecipeName || decode == Decode::RecipePath;
        const bool isOfClock = decode == Decode::Weekday || decode == Decode::HourOfDay;
        if (!isOfRecipe && !isOfClock)
            m_slots.push_back(slot);
    }
    const std::vector<From> all = fromOf(shape.question.source);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::string sql = "SELECT r.start_ns, ";
        sql += all[i].status;
        for (const std::size_t slot : m_slots) {
            sql += ", ";
            sql += fields[slot].sql[i].empty() ? std::string_view("NULL") : fields[slot].sql[i];
        }
        sql += all[i].tables;
        sql += ofRecipe;
        sql += all[i].condition;
        m_allSql.push_back(sql);
        sql += inRange;
        m_boundedSql.push_back(std::move(sql));
    }
}

std::vector<std::int64_t> StoreRows::valuesFor(const RecipeName &recipe, const Piece &piece) {
    if (!isBounded(piece))
        return {recipe.id};
    return {recipe.id, piece.from, piece.to == Piece::latest ? piece.to : piece.to - 1};
}

void StoreRows::begin(const RecipeName &recipe) {
    const std::vector<Field> &fields = m_shape.fields.fields();
    for (std::size_t slot = 0; slot < fields.size(); ++slot) {
        if (fields[slot].decode == Decode::RecipeName)
            m_row.setInteger(slot, m_words.idOf(recipe.name));
        else if (fields[slot].decode == Decode::RecipePath)
            m_row.setInteger(slot, m_words.idOf(recipe.path));
    }
}

void StoreRows::setInteger(std::size_t slot, Decode decode, std::int64_t value) {
    switch (decode) {
    case Decode::TextId: {
        const std::int64_t id = m_texts.ofText(value);
        if (id < 0)
            return m_row.setMissing(slot);
        return m_row.setInteger(slot, id);
    }
    case Decode::RunStatus:
        return m_row.setInteger(slot, m_words.idOf(toString(static_cast<RunStatus>(value))));
    case Decode::StepStatus:
        return m_row.setInteger(slot, m_words.idOf(toString(static_cast<StepStatus>(value))));
    case Decode::RunId:
        return m_row.setInteger(slot, m_words.idOf(store::runIdText(value)));
    default:
        return m_row.setInteger(slot, value);
    }
}

Outcome StoreRows::outcomeOf(std::int64_t status) const {
    return outcomeOfStatus(m_shape.question.source, status);
}

bool StoreRows::scan(const RecipeName &recipe, const Piece &piece,
                     const std::function<bool(Row &row, Outcome outcome)> &take) {
    std::vector<Statement> &ready = isBounded(piece) ? m_bounded : m_all;
    for (const std::string &sql : statements(isBounded(piece))) {
        if (ready.size() < m_allSql.size())
            ready.emplace_back(m_db, sql);
    }
    begin(recipe);
    const std::vector<std::int64_t> values = valuesFor(recipe, piece);
    for (Statement &statement : ready) {
        const ResetAtEnd reset(statement);
        for (std::size_t i = 0; i < values.size(); ++i)
            statement.bindAt(static_cast<int>(i) + 1, values[i]);
        while (statement.step()) {
            if (!take(read(statement), outcome(statement)))
                return false;
        }
    }
    return true;
}

} // namespace ra::query
