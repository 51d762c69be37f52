// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/time.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the document formats that are JSON share: reading within limits, and taking fields that may be of any type.

namespace ra::ingest {

/// Limits of one document, for JSON and YAML alike.
inline constexpr std::size_t documentSizeLimit = 64U << 20;
inline constexpr std::size_t documentDepthLimit = 128;
/// Of brackets, commas and colons; keeps the parsed form near 100 MB.
inline constexpr std::uint64_t documentValueLimit = 2'000'000;

/// Parses a whole document. Tolerates a byte-order mark, NaN and infinities (which become empty strings, so that a
/// reader of numbers finds none), lone surrogates and stray bytes. Fails beyond the limits, and for what is not JSON.
[[nodiscard]] Result<nlohmann::json> readJson(std::string_view path, std::string_view bytes);

/// The failure of a document that is well-formed but not what its format asks for.
[[nodiscard]] tl::unexpected<Error> notThatFormat(std::string_view path, std::string why);

/// How a text begins, seen as JSON.
struct JsonOutline {
    bool isObject = false;
    bool isArray = false;               ///< of which `keys` describe the first object
    std::vector<std::string_view> keys; ///< of the outermost object, as far as the text goes; escapes as written

    [[nodiscard]] bool has(std::string_view key) const;
};
[[nodiscard]] JsonOutline jsonOutline(std::string_view head);

/// Fields of an object; nothing (or empty) if the field is absent or of another type.
[[nodiscard]] const nlohmann::json *member(const nlohmann::json &object, const char *key);
[[nodiscard]] std::string textOf(const nlohmann::json &object, const char *key);
[[nodiscard]] std::optional<double> numberOf(const nlohmann::json &object, const char *key);
[[nodiscard]] std::optional<int> intOf(const nlohmann::json &object, const char *key);
[[nodiscard]] std::optional<bool> boolOf(const nlohmann::json &object, const char *key);
[[nodiscard]] std::vector<std::string> textsOf(const nlohmann::json &object, const char *key);
/// The members of an array that are objects.
[[nodiscard]] std::vector<const nlohmann::json *> objectsOf(const nlohmann::json &object, const char *key);

/// Seconds as the runner's float durations, to the nanosecond.
[[nodiscard]] std::optional<Duration> durationOf(const nlohmann::json &object, const char *key);
/// Float seconds since 1970, to the microsecond (a double tells no more today). 0 and less mean "not yet".
[[nodiscard]] std::optional<Time> secondsTimeOf(const nlohmann::json &object, const char *key);
/// ISO 8601 text with a zone.
[[nodiscard]] std::optional<Time> isoTimeOf(const nlohmann::json &object, const char *key);

/// A scalar as Python prints it: None, False, 90, 1e-05; texts as they are.
[[nodiscard]] std::string pythonTextOf(const nlohmann::json &value);

} // namespace ra::ingest
