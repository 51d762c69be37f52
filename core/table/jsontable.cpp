// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/jsontable.h"

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <vector>

namespace ra::table {

namespace {

constexpr std::string_view blanks = " \t\r\n";

tl::unexpected<Error> bad(std::string why) {
    return fail({.what = "read the table",
                 .where = {},
                 .why = std::move(why),
                 .hint = "A table is an array of records, or an object of columns of one length"});
}

std::string asCell(std::string_view text) {
    std::string cell = "\"";
    for (const char c : text)
        cell.append(c == '"' ? 2 : 1, c);
    return cell + '"';
}

/// Cells as they are written into CSV, by rows or by columns.
class Cells {
public:
    void put(std::size_t row, std::size_t column, std::string cell) {
        if (m_rows.size() <= row)
            m_rows.resize(row + 1);
        if (m_rows[row].size() <= column)
            m_rows[row].resize(column + 1);
        m_rows[row][column] = std::move(cell);
    }
    void addRow() { m_rows.emplace_back(); }
    [[nodiscard]] std::size_t rows() const { return m_rows.size(); }
    std::size_t columnNamed(const std::string &name) {
        const auto [at, isNew] = m_places.try_emplace(name, m_names.size());
        if (isNew)
            m_names.push_back(name);
        return at->second;
    }
    [[nodiscard]] std::string csv() const {
        std::string text;
        for (const std::string &name : m_names)
            text += (text.empty() ? "" : ",") + asCell(name);
        text += '\n';
        for (const std::vector<std::string> &row : m_rows) {
            for (std::size_t i = 0; i < m_names.size(); ++i) {
                if (i > 0)
                    text += ',';
                if (i < row.size())
                    text += row[i];
            }
            text += '\n';
        }
        return text;
    }

private:
    std::vector<std::vector<std::string>> m_rows;
    std::vector<std::string> m_names;
    std::unordered_map<std::string, std::size_t> m_places;
};

/// Takes what the parser meets. Depth 1 is the array or object around all, 2 a record or a column.
class Reader : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return cell({}); }
    bool boolean(bool is) override { return cell(is ? "true" : "false"); }
    bool number_integer(number_integer_t number) override { return cell(std::to_string(number)); }
    bool number_unsigned(number_unsigned_t number) override { return cell(std::to_string(number)); }
    bool number_float(number_float_t, const string_t &digits) override { return cell(digits); }
    bool string(string_t &text) override { return cell(asCell(text)); }
    bool binary(binary_t &) override { return refuse("it holds bytes"); }

    bool start_object(std::size_t) override {
        if (m_depth == 0)
            m_outer = Outer::Object;
        else if (m_depth > 1 || m_outer == Outer::Object || m_holds == Holds::Cells)
            return refuse("a cell holds an object");
        else
            m_holds = Holds::Records;
        ++m_depth;
        m_row = m_cells.rows();

        if (m_depth == 2)
            m_cells.addRow();
        return true;
    }
    bool key(string_t &name) override {
        m_column = m_cells.columnNamed(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override {
        if (m_isLine || m_depth > 1 || (m_depth == 1 && m_outer == Outer::Array) || m_holds == Holds::Cells)
            return refuse("a cell holds an array");
        if (m_depth == 1)
            m_holds = Holds::Columns;
        else
            m_outer = Outer::Array;
        ++m_depth;
        m_row = 0;
        return true;
    }
    bool end_array() override {
        if (m_depth == 2) {
            if (m_hasLength && m_row != m_length)
                return refuse("its columns are not of one length");
            m_hasLength = true;
            m_length = m_row;
        }
        return close();
    }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override {
        return refuse("it is no JSON at byte " + std::to_string(position));
    }

    /// Another document follows, of one record.
    void next() {
        m_depth = 0;
        m_holds = Holds::Nothing;
        m_isLine = true;
    }
    [[nodiscard]] const std::string &why() const { return m_why; }
    [[nodiscard]] std::string csv() {
        if (m_outer == Outer::Array && m_holds != Holds::Records)
            m_cells.columnNamed("value");
        return m_cells.csv();
    }

private:
    enum class Outer { Nothing, Array, Object };
    enum class Holds { Nothing, Cells, Records, Columns };

    bool refuse(std::string why) {
        if (m_why.empty())
            m_why = std::move(why);
        return false;
    }
    bool close() {
        --m_depth;
        return true;
    }
    bool cell(std::string text) {
        if (m_depth == 0)
            return refuse("it is one value");
        if (m_depth == 2) {
            m_cells.put(m_row, m_column, std::move(text));
            m_row += m_holds == Holds::Columns ? 1 : 0;
            return true;
        }
        if (m_holds != Holds::Nothing && m_holds != Holds::Cells)
            return refuse("cells stand beside records or columns");
        m_holds = Holds::Cells;
        if (m_outer == Outer::Array) {
            m_cells.put(m_row++, m_cells.columnNamed("value"), std::move(text));
            return true;
        }
        m_cells.put(m_row, m_column, std::move(text));
        return true;
    }

    Cells m_cells;
    Outer m_outer = Outer::Nothing;
    Holds m_holds = Holds::Nothing;
    std::size_t m_depth = 0;
    std::size_t m_row = 0;
    std::size_t m_column = 0;
    std::size_t m_length = 0;
    bool m_hasLength = false;
    bool m_isLine = false; ///< of records
    std::string m_why;
};

/// The lines of a text that are not blank, where the first is a whole object and not the last: records line by line.
std::vector<std::string_view> recordLines(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        line = line.substr(std::min(line.find_first_not_of(blanks), line.size()));
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        if (line.empty())
            continue;
        if (lines.empty() && !(line.front() == '{' && line.back() == '}'))
            return {};
        lines.push_back(line);
    }
    return lines.size() > 1 ? lines : std::vector<std::string_view>();
}

} // namespace

bool isJson(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return false;
    if (text[first] == '{')
        return true;
    const std::size_t second = text.find_first_not_of(blanks, first + 1);
    constexpr std::string_view begins = "{[]\"-0123456789"; // of a value that is no word
    return text[first] == '[' && second != std::string_view::npos &&
           (begins.find(text[second]) != std::string_view::npos || text.substr(second).starts_with("null"));
}

Result<std::string> csvOfJson(std::string_view text) {
    Reader reader;
    const std::vector<std::string_view> lines = recordLines(text);
    if (lines.empty()) {
        if (!nlohmann::json::sax_parse(text, &reader))
            return bad(reader.why());
        return reader.csv();
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        reader.next();
        if (!nlohmann::json::sax_parse(lines[i], &reader))
            return bad("in record " + std::to_string(i + 1) + ": " + reader.why());
    }
    return reader.csv();
}

} // namespace ra::table
