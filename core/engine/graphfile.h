// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/graph/taskgraph.h"

#include <string>
#include <string_view>
#include <vector>

namespace ra::engine {

/// A file of steps and what they wait for.
struct GraphFile {
    graph::TaskGraph graph;
    bool durationsKnown = true;               ///< a recipe has none; each step then counts as one second
    std::vector<std::string> unknownNames;    ///< that steps wait for, or are waited for by, and that no step has
    std::vector<std::string> withoutDuration; ///< ids whose duration is missing, negative or no number: they count as 0
};

/// Reads WfFormat (1.0 to 1.5), Framework0's timelines and recipes (YAML or JSON), told apart by their content. Several
/// steps of one name get the ids "name", "name (2)"...; who waits for that name waits for the last of them before
/// itself, else for the first.
[[nodiscard]] Result<GraphFile> readGraph(const std::string &path, std::string bytes);

} // namespace ra::engine
