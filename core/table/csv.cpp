// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/csv.h"

#include "core/table/complaints.h"
#include "core/table/decimal.h"
#include "core/table/numbercell.h"
#include "core/table/rows.h"
#include "core/table/timecolumn.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace ra::table {

namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// Finds columns by name.
class Header {
public:
    explicit Header(const Rows &rows) {
        for (const std::string_view cell : rows.cells())
            m_names.emplace_back(trimmed(cell));
    }
    [[nodiscard]] std::size_t find(std::string_view name) const {
        const auto at = std::ranges::find(m_names, name);
        return at == m_names.end() ? nowhere : static_cast<std::size_t>(at - m_names.begin());
    }
    [[nodiscard]] std::size_t findFirst(const std::vector<std::string> &names) const {
        for (const std::string &name : names) {
            if (const std::size_t at = find(name); at != nowhere)
                return at;
        }
        return nowhere;
    }
    [[nodiscard]] tl::unexpected<Error> missing(const std::string &name, const std::string &role) const {
        std::string all;
        for (const std::string &have : m_names)
            all += (all.empty() ? "" : ", ") + have;
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the table",
                     .where = {},
                     .why = "it has no column \"" + name + "\"" + role,
                     .hint = "Its columns are: " + all});
    }
    [[nodiscard]] const std::vector<std::string> &names() const { return m_names; }

private:
    std::vector<std::string> m_names;
};

/// Which series the rows belong to.
class SeriesIndex {
public:
    SeriesIndex(Table &table, const Request &request)
        : m_table(table)
        , m_columns(request.values.size())
        , m_remainders(request.remainders ? m_columns : 0) {}

    Series &of(std::string_view name) {
        // Rows of a series mostly follow each other.
        if (m_last != nowhere && m_table.series[m_last].name == name)
            return m_table.series[m_last];
        const auto [at, isNew] = m_places.try_emplace(std::string(name), m_table.series.size());
        if (isNew)
            add(std::string(name));
        m_last = at->second;
        return m_table.series[m_last];
    }
    void add(std::string name) {
        Series &series = m_table.series.emplace_back();
        series.name = std::move(name);
        series.columns.resize(m_columns);
        series.remainders.resize(m_remainders);
    }

private:
    Table &m_table;
    std::size_t m_columns;
    std::size_t m_remainders;
    std::size_t m_last = nowhere;
    std::unordered_map<std::string, std::size_t> m_places;
};

tl::unexpected<Error> noHeader() {
    return fail(
        {.what = "read the table", .where = {}, .why = "it is empty", .hint = "The first line names the columns"});
}

/// Where the wanted columns are.
struct Places {
    std::vector<std::size_t> values;
    std::size_t time = nowhere;
    std::size_t series = nowhere;
    std::size_t last = 0;
};

Result<Places> placesOf(const Header &header, const Request &request) {
    Places places;
    for (const std::string &name : request.values) {
        const std::size_t at = header.find(name);
        if (at == nowhere)
            return header.missing(name, " of values");
        places.values.push_back(at);
        places.last = std::max(places.last, at);
    }
    places.time = header.findFirst(request.times);
    if (places.time == nowhere && request.timeRequired)
        return header.missing(request.times.front(), " of times");
    places.series = header.findFirst(request.series);
    if (places.series == nowhere && request.seriesRequired)
        return header.missing(request.series.front(), " that tells series apart");
    for (const std::size_t at : {places.time, places.series}) {
        if (at != nowhere)
            places.last = std::max(places.last, at);
    }
    return places;
}

} // namespace

Result<Table> readCsv(std::string_view text, const Request &request) {
    Rows rows(text);
    if (!rows.next())
        return noHeader();
    if (rows.isUnclosed())
        return unclosed(rows.line());
    const Header header(rows);
    const Result<Places> places = placesOf(header, request);
    if (!places)
        return tl::unexpected(places.error());

    Table table;
    table.columnNames = header.names();
    table.hasTimes = places->time != nowhere;
    table.hasSeries = places->series != nowhere;
    SeriesIndex index(table, request);
    if (!table.hasSeries)
        index.add({});
    TimeColumn times;
    const bool blankIsMissing = header.names().size() == 1;
    while (rows.next()) {
        if (rows.isBlank() && !blankIsMissing)
            continue;
        if (rows.isUnclosed())
            return unclosed(rows.line());
        const auto &cells = rows.cells();
        if (cells.size() <= places->last)
            return badLine(rows.line(), "it has " + std::to_string(cells.size()) + " of " +
                                            std::to_string(header.names().size()) + " columns");
        Series &series = table.hasSeries ? index.of(cells[places->series]) : table.series.front();
        if (table.hasTimes) {
            const std::optional<double> time = times.read(cells[places->time]);
            if (!time)
                return times.complaint(rows.line(), cells[places->time]);
            series.times.push_back(*time);
        }
        for (std::size_t i = 0; i < places->values.size(); ++i) {
            const std::string_view cell = cells[places->values[i]];
            const std::optional<double> value = numberOf(cell);
            if (!value)
                return badLine(rows.line(), shown(cell) + " in column \"" + request.values[i] + "\" is no number",
                               "Leave the cell empty where a value is missing");
            series.columns[i].push_back(*value);
            if (request.remainders)
                series.remainders[i].push_back(decimalRemainder(trimmed(cell), *value));
        }
    }
    table.timesAreText = times.areText();
    return table;
}

Result<std::vector<std::string>> readCsvTexts(std::string_view text, std::string_view column) {
    Rows rows(text);
    if (!rows.next())
        return noHeader();
    if (rows.isUnclosed())
        return unclosed(rows.line());
    const Header header(rows);
    const std::size_t place = header.find(column);
    if (place == nowhere)
        return header.missing(std::string(column), "");
    std::vector<std::string> texts;
    while (rows.next()) {
        if (rows.isBlank() && header.names().size() > 1)
            continue;
        if (rows.isUnclosed())
            return unclosed(rows.line());
        if (rows.cells().size() <= place)
            return badLine(rows.line(), "it has " + std::to_string(rows.cells().size()) + " of " +
                                            std::to_string(header.names().size()) + " columns");
        texts.emplace_back(rows.cells()[place]);
    }
    return texts;
}

} // namespace ra::table
