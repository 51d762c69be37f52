// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ra::ingest {

/// A YAML scalar as PyYAML's safe loader sees it.
struct YamlScalar {
    enum Type { Null, Bool, Int, Float, Date, DateTime, Bytes, Str, Invalid };
    Type type = Str;
    std::string text;  ///< str() of the value; of Invalid: why the loader refuses it
    double number = 0; ///< of Bool, Int, Float, for comparing
};

/// Python's name of the type: "NoneType", "str", ...
[[nodiscard]] std::string_view pythonTypeName(YamlScalar::Type type);

/// A plain scalar by YAML 1.1's rules as PyYAML applies them: no/yes/on/off are booleans, 010 is eight, 0x10 sixteen,
/// 1:30 ninety, 1_000 a thousand, 2026-03-01 a date, 1e3 text, nothing and ~ null.
[[nodiscard]] YamlScalar resolvePlain(std::string_view plain);

/// A scalar with an explicit tag ("tag:yaml.org,2002:int"). Invalid for tags that a safe loader does not know.
[[nodiscard]] YamlScalar resolveTagged(std::string_view tag, std::string_view value);

} // namespace ra::ingest
