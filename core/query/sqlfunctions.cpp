// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sqlfunctions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ra::query {

namespace {

bool isNull(sqlite3_value *value) {
    return sqlite3_value_type(value) == SQLITE_NULL;
}

std::string_view textOf(sqlite3_value *value) {
    const auto *text = reinterpret_cast<const char *>(sqlite3_value_text(value));
    return {text ? text : "", static_cast<std::size_t>(text ? sqlite3_value_bytes(value) : 0)};
}

std::string_view blobOf(sqlite3_value *value) {
    const auto *blob = static_cast<const char *>(sqlite3_value_blob(value));
    return {blob ? blob : "", static_cast<std::size_t>(blob ? sqlite3_value_bytes(value) : 0)};
}

/// Where `needle` stands in `text` from `from` on. The library's search is linear; that of std::string_view is not.
std::size_t find(std::string_view text, std::string_view needle, std::size_t from = 0) {
    const void *found = ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
    return found ? static_cast<std::size_t>(static_cast<const char *>(found) - text.data()) : std::string_view::npos;
}

bool isInsideCharacter(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

void instr(sqlite3_context *context, int, sqlite3_value **arguments) {
    if (isNull(arguments[0]) || isNull(arguments[1]))
        return;
    const bool bytes =
        sqlite3_value_type(arguments[0]) == SQLITE_BLOB && sqlite3_value_type(arguments[1]) == SQLITE_BLOB;
    const std::string_view text = bytes ? blobOf(arguments[0]) : textOf(arguments[0]);
    const std::string_view needle = bytes ? blobOf(arguments[1]) : textOf(arguments[1]);
    const std::size_t at = find(text, needle);
    if (at == std::string_view::npos)
        return sqlite3_result_int(context, 0);
    const std::string_view before = text.substr(0, at);
    const auto inside = bytes ? 0 : std::count_if(before.begin(), before.end(), isInsideCharacter);
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(at) - inside + 1);
}

void replace(sqlite3_context *context, int, sqlite3_value **arguments) {
    if (isNull(arguments[0]) || isNull(arguments[1]) || isNull(arguments[2]))
        return;
    const std::string_view text = textOf(arguments[0]);
    const std::string_view needle = textOf(arguments[1]);
    const std::string_view by = textOf(arguments[2]);
    if (needle.empty())
        return sqlite3_result_value(context, arguments[0]);
    const auto most =
        static_cast<std::size_t>(sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1));
    std::string result;
    std::size_t at = 0;
    for (;;) {
        const std::size_t next = std::min(find(text, needle, at), text.size());
        result += text.substr(at, next - at);
        if (next == text.size())
            break;
        result += by;
        at = next + needle.size();
        if (result.size() > most)
            return sqlite3_result_error_toobig(context);
    }
    sqlite3_result_text64(context, result.data(), result.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// The characters of a text, from the first or from the last.
std::vector<std::string_view> charactersOf(std::string_view text) {
    std::vector<std::string_view> characters;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (static_cast<unsigned char>(text[at]) >= 0xC0 && end < text.size() && isInsideCharacter(text[end]))
            ++end;
        characters.push_back(text.substr(at, end - at));
        at = end;
    }
    return characters;
}

template <bool fromLeft, bool fromRight>
void trim(sqlite3_context *context, int, sqlite3_value **arguments) {
    if (isNull(arguments[0]) || isNull(arguments[1]))
        return;
    const std::string_view text = textOf(arguments[0]);
    const std::vector<std::string_view> named = charactersOf(textOf(arguments[1]));
    const std::unordered_set<std::string_view> dropped(named.begin(), named.end());
    const std::vector<std::string_view> characters = charactersOf(text);
    auto first = characters.begin();
    auto last = characters.end();
    while (fromLeft && first != last && dropped.contains(*first))
        ++first;
    while (fromRight && first != last && dropped.contains(*(last - 1)))
        --last;
    if (first == last)
        return sqlite3_result_text(context, "", 0, SQLITE_STATIC);
    const char *begin = first->data();
    const char *end = (last - 1)->data() + (last - 1)->size();
    sqlite3_result_text64(context, begin, static_cast<std::uint64_t>(end - begin), SQLITE_TRANSIENT, SQLITE_UTF8);
}

} // namespace

void addSteadyFunctions(sqlite3 *db) {
    using Function = void (*)(sqlite3_context *, int, sqlite3_value **);
    const auto add = [db](const char *name, int arguments, Function function) {
        // Fails only while a statement runs or without memory; SQLite's own function goes on then.
        static_cast<void>(sqlite3_create_function_v2(db, name, arguments,
                                                     SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nullptr,
                                                     function, nullptr, nullptr, nullptr));
    };
    add("instr", 2, instr);
    add("replace", 3, replace);
    add("trim", 2, trim<true, true>);
    add("ltrim", 2, trim<true, false>);
    add("rtrim", 2, trim<false, true>);
}

} // namespace ra::query
