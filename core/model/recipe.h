// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace ra {

/// One step of a recipe file, in the order in which the runner executes them.
struct RecipeStep {
    std::string name; ///< as the runner prints it: "step_2", "False", "90"
    std::string module;
    std::string className;
    std::vector<std::string> dependsOn; ///< names; without effect on the runner

    bool operator==(const RecipeStep &) const = default;
};

/// A recipe file.
struct Recipe {
    std::string path; ///< of the file as found
    std::string name; ///< the `name` field, else the file name without extension
    std::string description;
    std::string version;
    bool runnable = true; ///< whether the runner would accept it
    std::string refusal;  ///< why not
    std::vector<RecipeStep> steps;

    bool operator==(const Recipe &) const = default;
};

} // namespace ra
