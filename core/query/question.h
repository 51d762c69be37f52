// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/query/localbucket.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A question to the store as a plain value: what to look at, which of it, by what, and what to make of it.

namespace ra::query {

/// What the rows are that a question is about.
enum class Source : std::uint8_t {
    /// Steps that came to an end: completed with a known duration, or failed, of runs with a known start. What is
    /// summed up by minute, hour and day answers for them.
    Steps,
    AllSteps, ///< every step, whatever its status, skipped and running ones too
    Runs,
    Errors,  ///< as errors_v: of attempts, of steps, of runs as a whole
    Samples, ///< measured values of the metric that the question names
};
/// "steps", "allsteps", "runs", "errors", "samples".
[[nodiscard]] std::string_view toString(Source source);

enum class Comparison : std::uint8_t {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,       ///< equal to one of the values
    Like,     ///< % stands for any text, _ for one byte; letters of ASCII in either case
    Contains, ///< in any case
    Missing,  ///< there is no value
};

/// A value to compare with. Durations are in seconds, sizes in bytes.
using Literal = std::variant<double, std::string>;

/// Which rows count. A comparison with a value that is missing is false, so its negation by Not is true.
struct Filter {
    enum class Kind : std::uint8_t { Everything, And, Or, Not, Compare };
    Kind kind = Kind::Everything;
    std::vector<Filter> parts = {}; ///< of And, Or, Not (one)
    std::string field = {};         ///< of Compare; in Question::having a column
    Comparison comparison = Comparison::Equal;
    std::vector<Literal> values = {}; ///< one, of In any number, of Missing none

    bool operator==(const Filter &) const = default;
};

[[nodiscard]] Filter compare(std::string field, Comparison comparison, Literal value);
[[nodiscard]] Filter isMissing(std::string field);
[[nodiscard]] Filter isIn(std::string field, std::vector<Literal> values);
[[nodiscard]] Filter both(Filter a, Filter b);
[[nodiscard]] Filter either(Filter a, Filter b);
[[nodiscard]] Filter negated(Filter filter);

/// What rows are put together by: a field, or a stretch of time on the clocks of the question's zone.
struct Key {
    std::string field = {};                   ///< "recipe", "step", "weekday", "hour", "tag:table", ...; else of time:
    std::optional<BucketUnit> unit = {};      ///< a stretch of the calendar
    std::optional<std::int64_t> seconds = {}; ///< or of so many seconds, from midnight on
    std::optional<std::int64_t> points = {};  ///< or such that there are at most so many of them in the range

    [[nodiscard]] bool isTime() const { return unit || seconds || points; }
    bool operator==(const Key &) const = default;
};

/// What is made of the rows of a group.
enum class AggregateKind : std::uint8_t {
    Count, ///< of rows, or of values of a field
    Sum,
    Mean,
    Min,
    Max,
    Stddev, ///< of the sample (n - 1)
    Quantile,
    First, ///< the value at the earliest time
    Last,
    Delta,     ///< last minus first
    Rate,      ///< what a counter rose a second; a fall is a new beginning at 0; of several series their sum
    Slope,     ///< least squares, a second
    ErrorRate, ///< failed ones as a share of those that completed or failed
    Histogram, ///< counts of equal bins, as JSON
    Top,       ///< the most frequent values with their counts, as JSON
};

struct Aggregate {
    AggregateKind kind = AggregateKind::Count;
    std::string field = {}; ///< empty for Count of rows, and for ErrorRate
    double q = 0;           ///< of Quantile, in [0, 1]
    double low = 0;         ///< of Histogram, as the next two
    double high = 0;
    int bins = 0;          ///< of Histogram 1 to 10,000; of Top how many, 1 to 1,000
    std::string name = {}; ///< of the column; empty: as text() has it

    /// As it is written in the text of a question: "quantile(duration, 0.95)".
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string columnName() const { return name.empty() ? text() : name; }
    bool operator==(const Aggregate &) const = default;
};

struct Order {
    std::string column = {};
    bool descending = false;

    bool operator==(const Order &) const = default;
};

struct Question {
    Source source = Source::Steps;
    std::string metric = {};                ///< of Samples
    std::optional<Time> since = {};         ///< rows of runs that begin at or after it; samples at or after it
    std::optional<Time> until = {};         ///< before it
    Filter where = {};                      ///< over fields of the source
    std::vector<Key> by = {};               ///< may be empty: one group of all
    std::vector<Aggregate> aggregates = {}; ///< none: the count of rows
    std::vector<std::string> select = {};   ///< fields of the rows themselves, then without by and aggregates
    Filter having = {};                     ///< over columns of the answer
    std::vector<Order> order = {};          ///< empty: by the keys; rows themselves as they are found
    std::size_t limit = 0;                  ///< rows of the answer; 0: all
    std::size_t offset = 0;                 ///< rows of the answer that are left out before the first
    std::string zone = {};                  ///< IANA, for weekday, hour and stretches of time; empty: the system's

    bool operator==(const Question &) const = default;
};

/// "bucket(day)", "bucket(300s)", "points(1000)", or the field: also the name of the column.
[[nodiscard]] std::string columnName(const Key &key);

} // namespace ra::query
