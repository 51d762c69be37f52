// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ra::table {

/// Writes one JSON document from front to back into a string, fast enough for millions of numbers. Numbers are the
/// shortest that read back as the same double; NaN and infinities, which JSON has not, become null. Bytes of a string
/// that are no UTF-8 become U+FFFD. Commas are set by the writer; that brackets match is the caller's job.
class JsonWriter {
public:
    JsonWriter &beginObject() { return open('{'); }
    JsonWriter &endObject() { return close('}'); }
    JsonWriter &beginArray() { return open('['); }
    JsonWriter &endArray() { return close(']'); }
    JsonWriter &key(std::string_view name);

    JsonWriter &value(double number);
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) JsonWriter &value(Integer number) {
        return integer(static_cast<std::int64_t>(number));
    }
    template <typename Bool>
    requires(std::is_same_v<Bool, bool>) JsonWriter &value(Bool is) { return raw(is ? "true" : "false"); }
    JsonWriter &value(std::string_view text);
    JsonWriter &value(const char *text) { return value(std::string_view(text)); }
    JsonWriter &value(const std::string &text) { return value(std::string_view(text)); }
    /// All of them as one array.
    JsonWriter &value(std::span<const double> numbers);
    JsonWriter &null() { return raw("null"); }

    /// A value that is JSON already.
    JsonWriter &raw(std::string_view json);

    /// key() and value()
    template <typename Value>
    JsonWriter &field(std::string_view name, const Value &content) {
        key(name);
        return value(content);
    }
    /// "name":[low,high]
    JsonWriter &range(std::string_view name, double low, double high);

    /// What was written so far; the writer is empty afterwards.
    [[nodiscard]] std::string take() { return std::exchange(m_text, {}); }

private:
    JsonWriter &open(char bracket);
    JsonWriter &close(char bracket);
    JsonWriter &integer(std::int64_t number);
    void separate();
    void quote(std::string_view text);

    std::string m_text;
};

} // namespace ra::table
