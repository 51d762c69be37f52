// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/evaluate.h"
#include "core/stats/intervals.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <unordered_map>

namespace ra::app::evaluation {

using nlohmann::json;
using Values = std::vector<double>;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// What one case is given. Its getters throw BadInput; evaluate() turns that into an error.
struct BadInput : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline bool areNumbers(const json &array) {
    return array.is_array() &&
           std::ranges::all_of(array, [](const json &value) { return value.is_number() || value.is_null(); });
}

inline Values numbersOf(const json &array) {
    Values values;
    for (const json &value : array)
        values.push_back(value.is_null() ? unknown : value.get<double>());
    return values;
}

class Input {
public:
    Input(const json &given, const Samples &samples)
        : m_given(given)
        , m_samples(samples) {}

    [[nodiscard]] const json &at(const char *name) const {
        const auto found = m_given.find(name);
        if (found == m_given.end())
            throw BadInput(std::string("the input has no \"") + name + '"');
        return *found;
    }
    [[nodiscard]] double number(const char *name) const {
        const json &value = at(name);
        if (!value.is_number())
            throw BadInput(std::string("\"") + name + "\" is no number");
        return value.get<double>();
    }
    [[nodiscard]] double number(const char *name, double otherwise) const {
        return m_given.contains(name) ? number(name) : otherwise;
    }
    [[nodiscard]] bool flag(const char *name) const { return m_given.value(name, json(false)) == true; }
    [[nodiscard]] std::string text(const char *name) const {
        const json &value = at(name);
        if (!value.is_string())
            throw BadInput(std::string("\"") + name + "\" is no text");
        return value.get<std::string>();
    }
    /// The name of a sample, or numbers themselves.
    [[nodiscard]] Values values(const char *name) const {
        const json &value = at(name);
        if (areNumbers(value))
            return numbersOf(value);
        const auto found = value.is_string() ? m_samples.find(value.get<std::string>()) : m_samples.end();
        if (found == m_samples.end())
            throw BadInput(std::string("\"") + name + "\" names no sample");
        return found->second;
    }

private:
    const json &m_given;
    const Samples &m_samples;
};

/// Writes fields, null where there is no value.
class Output {
public:
    explicit Output(table::JsonWriter &out)
        : m_out(out) {}
    void operator()(std::string_view name, double value) { m_out.field(name, value); }
    void operator()(std::string_view name, std::optional<double> value) { m_out.field(name, value.value_or(unknown)); }
    void operator()(std::string_view name, const Values &values) { m_out.field(name, std::span<const double>(values)); }
    void interval(std::string_view low, std::string_view high, const std::optional<stats::Interval> &interval) {
        (*this)(low, interval ? interval->low : unknown);
        (*this)(high, interval ? interval->high : unknown);
    }
    /// A member of a result that may not be there.
    template <typename T, typename Member>
    void of(std::string_view name, const T &result, Member member) {
        if (result)
            (*this)(name, (*result).*member);
        else
            (*this)(name, unknown);
    }

private:
    table::JsonWriter &m_out;
};

/// What evaluates a case. Functions by their names are in a table.
using Function = void (*)(const Input &, Output &);
using Functions = std::unordered_map<std::string, Function>;

/// Tests of randomness, of tables and of stationarity, sizes of samples, weights and hours of the day.
[[nodiscard]] const Functions &moreFunctions();

} // namespace ra::app::evaluation
