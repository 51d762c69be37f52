// SPDX-License-Identifier: GPL-3.0-or-later
// Reader::sql: one statement of the user's, kept from everything but reading.
#include "core/query/readerprivate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>

namespace ra::query {

namespace {

/// Functions that reach out of the store or load code, and one that can take minutes for a single call.
constexpr std::array forbiddenFunctions = {"load_extension", "fts3_tokenizer", "readfile",
                                           "writefile",      "edit",           "json_patch"};

/// What holds for the one statement. Time and stop are looked at between the instructions of a statement only, so that
/// what a single one of them can do must be small: its values, and their number in a row.
struct Limit {
    int which;
    int most;
};
/// In bytes, and of a row: the longest line that is read, with what stands beside it.
constexpr int longestValue = 1024 * 1024 + 4096;
constexpr std::array statementLimits = {
    Limit{SQLITE_LIMIT_LENGTH, longestValue}, Limit{SQLITE_LIMIT_COLUMN, 200},
    Limit{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1'000}, // a comparison takes pattern times text
};
constexpr int instructionsBetweenLooks = 20'000;

struct Guard {
    const std::set<std::string, std::less<>> &tables;
    std::stop_token stop;
    std::chrono::steady_clock::time_point deadline;
    std::string refusal; ///< why the authorizer said no
    bool late = false;
};

/// "0.2", "30": without zeros at the end.
std::string secondsText(Duration duration) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), toSeconds(duration));
    return {buffer.data(), error == std::errc() ? end : buffer.data()};
}

int authorize(void *context, int action, const char *first, const char *second, const char *, const char *) {
    auto &guard = *static_cast<Guard *>(context);
    const std::string_view name = first ? first : "";
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        // Without a column it is only counted, and the name may be one that the statement gave to a table of its own
        // (WITH), which can hold only what came from tables that are allowed.
        if (guard.tables.contains(name) || name == "sqlite_master" || name == "sqlite_schema" || name == "json_each" ||
            name == "json_tree" || !second || !*second)
            return SQLITE_OK;
        guard.refusal = "reading " + std::string(name) + " is not allowed";
        return SQLITE_DENY;
    case SQLITE_FUNCTION:
        if (std::none_of(forbiddenFunctions.begin(), forbiddenFunctions.end(),
                         [&](const char *f) { return second && sqlite3_stricmp(f, second) == 0; }))
            return SQLITE_OK;
        guard.refusal = std::string("the function ") + second + " is not allowed";
        return SQLITE_DENY;
    default:
        guard.refusal = "only reading is allowed here: one SELECT over the documented views";
        return SQLITE_DENY;
    }
}

int look(void *context) {
    auto &guard = *static_cast<Guard *>(context);
    guard.late = std::chrono::steady_clock::now() >= guard.deadline;
    return guard.late || guard.stop.stop_requested();
}

/// Puts the guard over a connection for one statement.
class Guarding {
public:
    /// `mustStop` looks at the guard meanwhile.
    Guarding(sqlite3 *db, Guard &guard, std::function<bool()> &mustStop)
        : m_db(db)
        , m_mustStop(mustStop) {
        m_mustStop = [&guard] { return look(&guard) != 0; };
        for (std::size_t i = 0; i < statementLimits.size(); ++i)
            m_before[i] = sqlite3_limit(db, statementLimits[i].which, statementLimits[i].most);
        // What a statement of the user's sorts or gathers may be larger than the memory.
        sqlite3_exec(db, "PRAGMA temp_store = FILE", nullptr, nullptr, nullptr);
        sqlite3_set_authorizer(db, authorize, &guard);
        sqlite3_progress_handler(db, instructionsBetweenLooks, look, &guard);
    }
    ~Guarding() {
        m_mustStop = [] { return false; };
        sqlite3_set_authorizer(m_db, nullptr, nullptr);
        sqlite3_progress_handler(m_db, 0, nullptr, nullptr);
        sqlite3_exec(m_db, "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr);
        for (std::size_t i = 0; i < statementLimits.size(); ++i)
            sqlite3_limit(m_db, statementLimits[i].which, m_before[i]);
    }
    Guarding(const Guarding &) = delete;
    Guarding &operator=(const Guarding &) = delete;

private:
    sqlite3 *m_db;
    std::function<bool()> &m_mustStop;
    std::array<int, statementLimits.size()> m_before{};
};

struct Finalize {
    void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3_stmt, Finalize>;

Error refused(std::string where, std::string why, std::string hint = {}) {
    return {.kind = ErrorKind::Invalid,
            .what = "run the SQL",
            .where = std::move(where),
            .why = std::move(why),
            .hint = std::move(hint)};
}

/// "at line 2, column 14 near 'FORM'".
std::string placeOf(std::string_view statement, int offset) {
    if (offset < 0 || static_cast<std::size_t>(offset) > statement.size())
        return {};
    const std::string_view before = statement.substr(0, static_cast<std::size_t>(offset));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto start = before.rfind('\n');
    const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    const std::string_view rest = statement.substr(static_cast<std::size_t>(offset));
    const std::string_view word = rest.substr(0, std::min(rest.find_first_of(" \t\r\n"), std::size_t(24)));
    return "at line " + std::to_string(line) + ", column " + std::to_string(column) +
           (word.empty() ? "" : " near '" + std::string(word) + "'");
}

/// What a cell of the answer takes.
std::size_t bytesOf(sqlite3_stmt *statement, int column) {
    const int type = sqlite3_column_type(statement, column);
    if (type != SQLITE_TEXT && type != SQLITE_BLOB)
        return sizeof(Cell);
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return sizeof(Cell) + (type == SQLITE_BLOB ? 2 * bytes + 3 : bytes); // in hexadecimal digits
}

Cell cellOf(sqlite3_stmt *statement, int column) {
    const auto bytes = [&](const void *data) {
        return std::string_view(static_cast<const char *>(data ? data : ""),
                                static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    };
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return std::int64_t(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
        return sqlite3_column_double(statement, column);
    case SQLITE_TEXT:
        return std::string(bytes(sqlite3_column_text(statement, column)));
    case SQLITE_BLOB: {
        // As SQL writes it.
        std::string text = "x'";
        for (const char c : bytes(sqlite3_column_blob(statement, column))) {
            text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
            text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
        }
        return text + "'";
    }
    default:
        return std::monostate();
    }
}

} // namespace

Result<Table> Reader::sql(std::string_view statement, const SqlLimits &limits, std::stop_token stop) {
    sqlite3 *const db = d->db.getHandle();
    Guard guard{d->tables, stop, std::chrono::steady_clock::now() + limits.timeout, {}, false};
    const Guarding guarding(db, guard, d->mustStop);

    const auto failed = [&](int code) -> Error {
        if (stop.stop_requested())
            return cancelled("run the SQL");
        if (guard.late) {
            return {.kind = ErrorKind::Failed,
                    .what = "run the SQL",
                    .where = {},
                    .why = "it took longer than " + secondsText(limits.timeout) + " s",
                    .hint = "Ask for less: by one series, between two times, or of what is summed up (rollups, "
                            "step_rollups)"};
        }
        if (!guard.refusal.empty())
            return refused({}, guard.refusal);
        if (code == SQLITE_TOOBIG) {
            return refused({}, "a value or a row of it is longer than 1 MiB",
                           "Ask for parts of long texts, for example substr(text, 1, 1000)");
        }
        if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_BUSY || code == SQLITE_IOERR)
            return store::fromException(SQLite::Exception(db, code), "run the SQL", d->path);
        return refused(placeOf(statement, sqlite3_error_offset(db)), sqlite3_errmsg(db));
    };
    const auto prepare = [&](std::string_view text, Handle &handle, std::string_view &rest) {
        sqlite3_stmt *raw = nullptr;
        const char *tail = nullptr;
        const int code = sqlite3_prepare_v2(db, text.data(), static_cast<int>(text.size()), &raw, &tail);
        handle.reset(raw);
        rest = tail ? text.substr(static_cast<std::size_t>(tail - text.data())) : std::string_view();
        return code;
    };

    // SQLite takes what lies behind a NUL for the statement's end without a word.
    if (statement.find('\0') != std::string_view::npos)
        return fail(refused({}, "it holds a NUL character"));
    if (statement.size() > 1'000'000)
        return fail(refused({}, "it is longer than a million characters"));
    Handle handle;
    std::string_view rest = statement;
    while (!handle && !rest.empty()) {
        if (const int code = prepare(rest, handle, rest); code != SQLITE_OK)
            return fail(failed(code));
    }
    if (!handle)
        return fail(refused({}, "there is no statement", "Write for example: SELECT * FROM runs_v LIMIT 10"));
    while (!rest.empty()) {
        // Comments and blanks may follow, and nothing else: not even what is no SQL.
        Handle second;
        const auto at = static_cast<int>(rest.data() - statement.data());
        if (prepare(rest, second, rest) != SQLITE_OK || second)
            return fail(refused(placeOf(statement, at), "there is more than one statement", "Run them one by one"));
    }
    if (!sqlite3_stmt_readonly(handle.get()))
        return fail(refused({}, "only reading is allowed here"));

    Table table;
    const int columns = sqlite3_column_count(handle.get());
    for (int column = 0; column < columns; ++column)
        table.columns.emplace_back(sqlite3_column_name(handle.get(), column));
    std::size_t bytes = 0;
    for (;;) {
        const int code = sqlite3_step(handle.get());
        if (code == SQLITE_DONE)
            return table;
        if (code != SQLITE_ROW)
            return fail(failed(code & 0xff));
        for (int column = 0; column < columns; ++column)
            bytes += bytesOf(handle.get(), column);
        if (table.rows.size() >= limits.maxRows || bytes > limits.maxBytes) {
            table.truncated = true;
            return table;
        }
        std::vector<Cell> &row = table.rows.emplace_back();
        row.reserve(static_cast<std::size_t>(columns));
        for (int column = 0; column < columns; ++column)
            row.push_back(cellOf(handle.get(), column));
    }
}

} // namespace ra::query
