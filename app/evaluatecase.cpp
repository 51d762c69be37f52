// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluatecase.h"

#include <algorithm>
#include <cmath>

namespace ra::app {

using nlohmann::json;

bool areNumbers(const json &array) {
    return array.is_array() &&
           std::ranges::all_of(array, [](const json &value) { return value.is_number() || value.is_null(); });
}

std::vector<double> numbersOf(const json &array) {
    std::vector<double> values;
    for (const json &value : array)
        values.push_back(value.is_null() ? CaseOutput::unknown : value.get<double>());
    return values;
}

const json &CaseInput::at(const char *name) const {
    const auto found = m_given.find(name);
    if (found == m_given.end())
        throw BadInput(std::string("the input has no \"") + name + '"');
    return *found;
}

double CaseInput::number(const char *name) const {
    const json &value = at(name);
    if (!value.is_number())
        throw BadInput(std::string("\"") + name + "\" is no number");
    return value.get<double>();
}

double CaseInput::number(const char *name, double otherwise) const {
    return m_given.contains(name) ? number(name) : otherwise;
}

std::size_t CaseInput::count(const char *name, double otherwise) const {
    const double value = number(name, otherwise);
    if (!(value >= 0) || value > 0x1p31 || value != std::floor(value))
        throw BadInput(std::string("\"") + name + "\" is no count");
    return static_cast<std::size_t>(value);
}

bool CaseInput::flag(const char *name) const {
    return m_given.value(name, json(false)) == true;
}

std::string CaseInput::text(const char *name) const {
    const json &value = at(name);
    if (!value.is_string())
        throw BadInput(std::string("\"") + name + "\" is no text");
    return value.get<std::string>();
}

std::vector<double> CaseInput::values(const char *name) const {
    const json &value = at(name);
    if (areNumbers(value))
        return numbersOf(value);
    const auto found = value.is_string() ? m_samples.find(value.get<std::string>()) : m_samples.end();
    if (found == m_samples.end())
        throw BadInput(std::string("\"") + name + "\" names no sample");
    return found->second;
}

Samples samplesOf(const json &document) {
    Samples samples;
    const auto data = document.find("data");
    if (data == document.end() || !data->is_object())
        return samples;
    for (const auto &[name, values] : data->items()) {
        if (areNumbers(values))
            samples.emplace(name, numbersOf(values));
    }
    return samples;
}

} // namespace ra::app
