// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/ingest/yamlscalar.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra::ingest {

/// One value of a YAML document.
struct YamlNode {
    enum Kind : std::uint8_t { Scalar, Sequence, Mapping };
    Kind kind = Scalar;
    bool isSet = false; ///< a mapping with the tag !!set
    YamlScalar scalar;
    std::vector<std::uint32_t> children; ///< ids; of a mapping key, value, key, value ...
    std::uint64_t expanded = 1;          ///< nodes that it stands for when aliases are followed
};

/// A YAML document as a flat table; an alias is its anchor's id, so nothing is ever copied.
struct YamlTree {
    std::vector<YamlNode> nodes;
    std::optional<std::uint32_t> root; ///< nothing for an empty stream
    std::string refusal;               ///< why PyYAML's safe loader would not load it; the tree is what came before

    [[nodiscard]] const YamlNode &at(std::uint32_t id) const { return nodes[id]; }
    /// The value of a text key, merge keys (<<) followed; the last of several with the same key, as in Python.
    [[nodiscard]] const YamlNode *find(const YamlNode &mapping, std::string_view key) const;
    /// Python's name of its type: "dict", "list", "NoneType", ...
    [[nodiscard]] static std::string_view typeName(const YamlNode &node);
    /// str() of it.
    [[nodiscard]] std::string text(const YamlNode &node) const;

private:
    [[nodiscard]] const YamlNode *find(const YamlNode &mapping, std::string_view key, int depth) const;
    [[nodiscard]] std::string repr(const YamlNode &node) const;
};

/// Reads a YAML 1.1 stream of one document with PyYAML's rules for scalars. What PyYAML would refuse is not an error
/// but a tree with `refusal` set; an error is only what goes beyond the limits: 64 MB, depth 128, 200,000 nodes,
/// 10,000 nodes that aliases stand for, an alias inside its own anchor.
[[nodiscard]] Result<YamlTree> readYaml(std::string_view path, std::string_view bytes);

} // namespace ra::ingest
