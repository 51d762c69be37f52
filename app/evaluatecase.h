// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"
#include "core/table/jsonwriter.h"

#include <cstddef>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ra::app {

/// Named columns of numbers that cases refer to; null is NaN.
using Samples = std::map<std::string, std::vector<double>, std::less<>>;
/// {"data": {name: [..]}} of a document; what is no array of numbers and nulls is left out.
[[nodiscard]] Samples samplesOf(const nlohmann::json &document);

/// Something is missing in a case, or is of another kind; what() says so.
struct BadInput : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Whether this is an array of numbers and nulls.
[[nodiscard]] bool areNumbers(const nlohmann::json &array);
/// Of which these are the numbers; null is NaN.
[[nodiscard]] std::vector<double> numbersOf(const nlohmann::json &array);

/// What one case is given; both must outlive it. Its getters throw BadInput.
class CaseInput {
public:
    CaseInput(const nlohmann::json &given, const Samples &samples)
        : m_given(given)
        , m_samples(samples) {}

    [[nodiscard]] const nlohmann::json &at(const char *name) const;
    [[nodiscard]] double number(const char *name) const;
    [[nodiscard]] double number(const char *name, double otherwise) const;
    /// A whole number that is not negative, of at most 2^31.
    [[nodiscard]] std::size_t count(const char *name, double otherwise) const;
    [[nodiscard]] bool flag(const char *name) const;
    [[nodiscard]] std::string text(const char *name) const;
    /// The name of a sample, or numbers themselves.
    [[nodiscard]] std::vector<double> values(const char *name) const;

private:
    const nlohmann::json &m_given;
    const Samples &m_samples;
};

/// Writes fields, null where there is no value.
class CaseOutput {
public:
    /// Written as null.
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    explicit CaseOutput(table::JsonWriter &out)
        : m_out(out) {}
    void operator()(std::string_view name, double value) { m_out.field(name, value); }
    void operator()(std::string_view name, std::optional<double> value) { m_out.field(name, value.value_or(unknown)); }
    void operator()(std::string_view name, const std::vector<double> &values) {
        m_out.field(name, std::span<const double>(values));
    }
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

} // namespace ra::app
