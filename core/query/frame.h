// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// What the values of a column are.
enum class ColumnType : std::uint8_t {
    Time,    ///< nanoseconds since 1970, UTC
    Integer, ///< 64 bits
    Number,  ///< double
    Text,    ///< one of the column's words
};
/// "time", "integer", "number", "text".
[[nodiscard]] std::string_view toString(ColumnType type);

/// One column. Of `integers` and `numbers` only that one is filled which the type needs; where a value is missing it
/// holds 0.
struct FrameColumn {
    std::string name;
    ColumnType type = ColumnType::Number;
    std::string unit;                                      ///< "s", "bytes", "%"; empty without
    std::vector<std::int64_t> integers;                    ///< times, integers, or places in `words`
    std::vector<double> numbers;                           ///< may hold infinities, never NaN
    std::vector<std::uint8_t> present;                     ///< 0 where there is no value; as long as the column
    std::shared_ptr<const std::vector<std::string>> words; ///< of Text; may be shared by columns

    [[nodiscard]] std::size_t size() const { return present.size(); }
    [[nodiscard]] bool has(std::size_t row) const { return present[row] != 0; }
    /// Of a Text column; empty where there is no value.
    [[nodiscard]] std::string_view text(std::size_t row) const;
    /// Of any column but Text, as a double; NaN where there is no value.
    [[nodiscard]] double number(std::size_t row) const;

    void reserve(std::size_t rows);
    void addMissing();
    void addInteger(std::int64_t value);
    /// NaN is no value.
    void addNumber(double value);
};

/// An immutable table of typed columns: what every question to the store is answered by.
class Frame {
public:
    Frame() = default;
    /// Columns of equal length.
    explicit Frame(std::vector<FrameColumn> columns);

    [[nodiscard]] std::size_t rows() const { return m_columns.empty() ? 0 : m_columns.front().size(); }
    [[nodiscard]] const std::vector<FrameColumn> &columns() const { return m_columns; }
    /// Null if there is none of that name.
    [[nodiscard]] const FrameColumn *column(std::string_view name) const;
    /// Gives pages of at most so many rows until `take` gives false; one at least.
    void eachPage(std::size_t rowsOfPage, const std::function<bool(const Frame &page)> &take) const;
    /// One below the other; all have the columns of the first.
    [[nodiscard]] static Frame joined(std::span<const Frame> frames);
    /// What it takes, about.
    [[nodiscard]] std::size_t bytes() const;
    /// These rows in this order. O(rows × columns).
    [[nodiscard]] Frame pick(std::span<const std::size_t> rows) const;

private:
    std::vector<FrameColumn> m_columns;
};

} // namespace ra::query
