// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/mixed.h"

#include "core/table/complaints.h"
#include "core/table/numbercell.h"
#include "core/table/rows.h"
#include "core/table/timecolumn.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

namespace ra::table {

namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

tl::unexpected<Error> badColumn(const std::string &name, const char *why) {
    return fail({.kind = ErrorKind::Invalid, .what = "read the table", .why = "column \"" + name + "\" " + why});
}

/// The next row that is one; an error ends the table.
Result<bool> nextRow(Rows &rows, std::size_t columns) {
    while (rows.next()) {
        if (rows.isUnclosed())
            return unclosed(rows.line());
        if (rows.isBlank() && columns > 1)
            continue;
        if (rows.cells().size() < columns)
            return badLine(rows.line(), "it has fewer cells than the header");
        return true;
    }
    return false;
}

Result<std::vector<std::string>> headerOf(Rows &rows) {
    std::vector<std::string> names;
    if (!rows.next())
        return fail({.kind = ErrorKind::Invalid, .what = "read the table", .why = "it is empty"});
    if (rows.isUnclosed())
        return unclosed(rows.line());
    for (const std::string_view cell : rows.cells())
        names.emplace_back(trimmed(cell));
    return names;
}

std::size_t placeOf(const std::vector<std::string> &names, const std::string &name) {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? nowhere : static_cast<std::size_t>(at - names.begin());
}

/// Numbers for texts.
class Dictionary {
public:
    explicit Dictionary(const std::vector<std::string> &known) {
        for (const std::string &text : known)
            m_numbers.emplace(text, m_numbers.size());
    }
    /// Of a new text the next number, which is taken down unless the dictionary is closed.
    double numberFor(std::string_view text, std::vector<std::string> *texts) {
        const auto at = m_numbers.find(std::string(text));
        if (at != m_numbers.end())
            return static_cast<double>(at->second);
        const std::size_t next = m_numbers.size();
        if (texts != nullptr) {
            m_numbers.emplace(text, next);
            texts->emplace_back(text);
        }
        return static_cast<double>(next);
    }

private:
    std::unordered_map<std::string, std::size_t> m_numbers;
};

/// Reads cells into columns whose kind is known. `places` are those of the columns in a row, or nowhere.
Result<void> fill(std::string_view text, MixedTable &table, const std::vector<std::size_t> &places, std::size_t time,
                  bool learns) {
    Rows rows(text);
    const auto names = headerOf(rows);
    TimeColumn times;
    std::vector<Dictionary> dictionaries;
    for (const MixedColumn &column : table.columns)
        dictionaries.emplace_back(column.categories);
    for (;;) {
        const Result<bool> row = nextRow(rows, names->size());
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return {};
        for (std::size_t j = 0; j < table.columns.size(); ++j) {
            MixedColumn &column = table.columns[j];
            const std::string_view cell = places[j] == nowhere ? "" : trimmed(rows.cells()[places[j]]);
            if (cell.empty())
                column.values.push_back(missing);
            else if (column.isText)
                column.values.push_back(dictionaries[j].numberFor(cell, learns ? &column.categories : nullptr));
            else
                column.values.push_back(numberOf(cell).value_or(missing));
        }
        if (time == nowhere)
            continue;
        const std::optional<double> moment = times.read(rows.cells()[time]);
        if (!moment)
            return times.complaint(rows.line(), rows.cells()[time]);
        table.times.push_back(*moment);
    }
}

} // namespace

Result<MixedTable> readMixed(std::string_view text, const MixedRequest &request) {
    Rows rows(text);
    const auto names = headerOf(rows);
    if (!names)
        return tl::unexpected(names.error());
    std::size_t time = nowhere;
    for (const std::string &name : request.times) {
        if (time == nowhere)
            time = placeOf(*names, name);
    }
    if (time == nowhere && request.timeRequired)
        return badColumn(request.times.front(), "is not there");
    std::vector<std::string> wanted = request.columns;
    if (wanted.empty()) {
        for (std::size_t i = 0; i < names->size(); ++i) {
            if (i != time)
                wanted.push_back((*names)[i]);
        }
    }
    MixedTable table;
    std::vector<std::size_t> places;
    for (const std::string &name : wanted) {
        if (std::count(names->begin(), names->end(), name) > 1)
            return badColumn(name, "is there more than once");
        places.push_back(placeOf(*names, name));
        if (places.back() == nowhere)
            return badColumn(name, "is not there");
        table.columns.push_back({.name = name, .values = {}, .categories = {}});
    }
    for (;;) {
        const Result<bool> row = nextRow(rows, names->size());
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            break;
        for (std::size_t j = 0; j < places.size(); ++j) {
            MixedColumn &column = table.columns[j];
            column.isText = column.isText || !numberOf(rows.cells()[places[j]]);
        }
    }
    if (const Result<void> done = fill(text, table, places, time, true); !done)
        return tl::unexpected(done.error());
    return table;
}

Result<MixedTable> readMixedLike(std::string_view text, const MixedTable &like) {
    Rows rows(text);
    const auto names = headerOf(rows);
    if (!names)
        return tl::unexpected(names.error());
    MixedTable table;
    std::vector<std::size_t> places;
    for (const MixedColumn &column : like.columns) {
        if (std::count(names->begin(), names->end(), column.name) > 1)
            return badColumn(column.name, "is there more than once");
        places.push_back(placeOf(*names, column.name));
        table.columns.push_back(
            {.name = column.name, .values = {}, .categories = column.categories, .isText = column.isText});
    }
    if (!places.empty() && std::all_of(places.begin(), places.end(), [](std::size_t at) { return at == nowhere; })) {
        std::string wanted;
        for (const MixedColumn &column : like.columns)
            wanted += (wanted.empty() ? "" : ", ") + column.name;
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the table",
                     .where = {},
                     .why = "it has none of the columns that are known",
                     .hint = "Known are: " + wanted});
    }
    if (const Result<void> done = fill(text, table, places, nowhere, false); !done)
        return tl::unexpected(done.error());
    return table;
}

} // namespace ra::table
