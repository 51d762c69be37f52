// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/consolidate.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ra::text {

/// A log statement: what is the same in all its lines, and "<*>" where they differ.
struct Template {
    std::uint64_t id = 0;    ///< the least hash of its shapes; the same whenever and wherever it is mined
    std::string text;        ///< blanks within are one space
    std::uint64_t lines = 0; ///< that were added and are of it

    bool operator==(const Template &) const = default;
};

/// Identity of a masked line: XXH3 with 64 bits, the same on every machine. That two masked lines of one log share it
/// is as likely as 10^-9 for 200,000 different ones, and is taken not to happen.
[[nodiscard]] std::uint64_t shapeHash(std::string_view masked);

/// Hexadecimal, 16 digits: how ids are shown.
[[nodiscard]] std::string idText(std::uint64_t id);

/// The templates at one moment: immutable, for any number of threads.
class TemplateSet {
public:
    TemplateSet() = default;
    explicit TemplateSet(std::span<const Shape> shapes, const Evidence &evidence = {});

    /// Most lines first, those with as many by id.
    [[nodiscard]] const std::vector<Template> &templates() const { return m_templates; }

    /// Position in templates() of the template that a line is of; nothing if it is of none. `scratch` spares memory
    /// over many calls. A line of a known shape takes one look-up; others are compared with the templates of the same
    /// separators, of which the one with the fewest variables is taken.
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view line, std::string &scratch) const;

    /// Position of the template that an id means now. Ids that were given earlier stay good: a template whose id has
    /// changed, since a shape with a lower hash was seen or templates became one, is found under each former id.
    [[nodiscard]] std::optional<std::uint32_t> resolve(std::uint64_t id) const;

private:
    struct Pattern {
        std::vector<std::string> words;
        std::uint32_t position = 0;
        std::uint32_t literals = 0;
    };
    [[nodiscard]] std::optional<std::uint32_t> match(std::string_view masked) const;

    std::vector<Template> m_templates;
    std::unordered_map<std::uint64_t, std::uint32_t> m_ofShape;
    std::unordered_map<std::string, std::vector<Pattern>> m_patterns; ///< by structure
};

} // namespace ra::text
