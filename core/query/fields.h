// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/query/frame.h"
#include "core/query/question.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// How a field is read from a column of the store.
enum class Decode : std::uint8_t {
    Integer,
    Real,
    Nanoseconds, ///< a duration, told in seconds
    Time,
    Text,
    TextId, ///< of texts
    RecipeName,
    RecipePath, ///< of recipes, by id
    RunStatus,
    StepStatus,
    RunId,
    RowTime,   ///< that of the row
    Weekday,   ///< of the row's time, 1 is Monday; read from no column
    HourOfDay, ///< of the row's time, 0 to 23
    OfSeries,  ///< of the series that a sample is of
};

/// What can be asked of the rows of a source.
struct Field {
    std::string name;
    ColumnType type = ColumnType::Number;
    std::string unit;
    Decode decode = Decode::Real;
    std::array<std::string_view, 3> sql = {}; ///< by the statements of StoreRows; of most sources there is one
    bool inRollups = false;                   ///< known for steps that are summed up

    /// What stored numbers are divided by for people.
    [[nodiscard]] double divisor() const { return decode == Decode::Nanoseconds ? 1e9 : 1; }
};

/// The fields of a source, without those named tag:NAME that samples have.
[[nodiscard]] const std::vector<Field> &fieldsOf(Source source);

/// Invalid: the source has no such field; the hint lists those it has.
[[nodiscard]] Result<Field> fieldOf(Source source, std::string_view name);

/// One value of a row. Of a Text field `integer` is the word's number; of an Integer field both are set.
struct Value {
    enum class State : std::uint8_t {
        Unknown, ///< not to be told from what is at hand: another look must decide
        Missing,
        Present
    };
    State state = State::Unknown;
    std::int64_t integer = 0;
    double number = 0;
};

/// A row of a source: a value for each field that the question needs, in the order of FieldSet.
struct Row {
    std::vector<Value> values;
    bool hasTime = false;
    std::int64_t timeNs = 0;

    void setInteger(std::size_t slot, std::int64_t value) {
        values[slot] = {Value::State::Present, value, static_cast<double>(value)};
    }
    void setNumber(std::size_t slot, double value) { values[slot] = {Value::State::Present, 0, value}; }
    void setMissing(std::size_t slot) { values[slot] = {Value::State::Missing, 0, 0}; }
};

/// The fields that a question needs, each once.
class FieldSet {
public:
    explicit FieldSet(Source source)
        : m_source(source) {}

    /// The place of the field in rows; it is added if it is new. Fails as fieldOf().
    [[nodiscard]] Result<std::size_t> slotOf(std::string_view name);
    [[nodiscard]] const std::vector<Field> &fields() const { return m_fields; }
    [[nodiscard]] Source source() const { return m_source; }

private:
    Source m_source;
    std::vector<Field> m_fields;
};

} // namespace ra::query
