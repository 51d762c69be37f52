// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"

#include "core/ingest/documentjson.h"
#include "core/ingest/yamltree.h"

#include <algorithm>

namespace ra::ingest {

namespace {

/// A step with what decides about its place.
struct Entry {
    RecipeStep step;
    bool hasName = false;
    YamlScalar::Type idxType = YamlScalar::Int;
    double idxNumber = 0;
    std::string idxText;
};

bool isNumber(YamlScalar::Type type) {
    return type == YamlScalar::Bool || type == YamlScalar::Int || type == YamlScalar::Float;
}

bool comparable(const Entry &a, const Entry &b) {
    return (isNumber(a.idxType) && isNumber(b.idxType)) || (a.idxType == b.idxType && a.idxType != YamlScalar::Null);
}

bool before(const Entry &a, const Entry &b) {
    return isNumber(a.idxType) ? a.idxNumber < b.idxNumber : a.idxText < b.idxText;
}

std::vector<std::string> readNames(const YamlTree &tree, const YamlNode *node) {
    std::vector<std::string> names;
    if (!node || (node->kind == YamlNode::Scalar && node->scalar.type == YamlScalar::Null))
        return names;
    if (node->kind == YamlNode::Scalar) {
        names.push_back(tree.text(*node));
        return names;
    }
    const std::size_t stride = node->kind == YamlNode::Mapping ? 2 : 1; // the keys of a mapping
    for (std::size_t i = 0; i < node->children.size(); i += stride)
        names.push_back(tree.text(tree.at(node->children[i])));
    return names;
}

/// The first of several fields that is there.
const YamlNode *firstOf(const YamlTree &tree, const YamlNode &mapping, std::initializer_list<std::string_view> keys) {
    for (std::string_view key : keys) {
        if (const YamlNode *found = tree.find(mapping, key))
            return found;
    }
    return nullptr;
}

std::string fieldText(const YamlTree &tree, const YamlNode &mapping, std::string_view key) {
    const YamlNode *found = tree.find(mapping, key);
    const bool isText = found && found->kind == YamlNode::Scalar && found->scalar.type != YamlScalar::Null;
    return isText ? tree.text(*found) : std::string();
}

void refuse(Recipe &recipe, std::string why) {
    if (recipe.runnable)
        recipe.refusal = std::move(why);
    recipe.runnable = false;
}

Entry readStep(const YamlTree &tree, const YamlNode &node, std::size_t position) {
    Entry entry;
    entry.idxNumber = static_cast<double>(position);
    if (const YamlNode *name = tree.find(node, "name")) {
        entry.hasName = true;
        entry.step.name = tree.text(*name);
    }
    if (const YamlNode *idx = tree.find(node, "idx")) {
        // Lists and mappings cannot be ordered among others either: like null.
        entry.idxType = idx->kind == YamlNode::Scalar ? idx->scalar.type : YamlScalar::Null;
        entry.idxNumber = idx->scalar.number;
        entry.idxText = idx->scalar.text;
    }
    // Templates name a scriptlet where recipes name a module.
    if (const YamlNode *module = firstOf(tree, node, {"module", "scriptlet"}))
        entry.step.module = tree.text(*module);
    if (const YamlNode *function = tree.find(node, "function"))
        entry.step.className = tree.text(*function);
    entry.step.dependsOn = readNames(tree, firstOf(tree, node, {"depends_on", "dependencies"}));
    return entry;
}

void readSteps(const YamlTree &tree, const YamlNode &steps, Recipe &recipe) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < steps.children.size(); ++i) {
        const YamlNode &node = tree.at(steps.children[i]);
        const std::string at = "Step " + std::to_string(i);
        if (node.kind != YamlNode::Mapping) {
            refuse(recipe, at + " must be a dictionary, got " + std::string(YamlTree::typeName(node)));
            continue;
        }
        if (!tree.find(node, "module") || !tree.find(node, "function"))
            refuse(recipe, at + " missing required 'module' or 'function' field");
        entries.push_back(readStep(tree, node, i));
    }
    bool sortable = true;
    for (std::size_t i = 1; i < entries.size() && sortable; ++i) {
        sortable = comparable(entries[i - 1], entries[i]);
        if (!sortable) {
            refuse(recipe, "'<' not supported between instances of '" +
                               std::string(pythonTypeName(entries[i].idxType)) + "' and '" +
                               std::string(pythonTypeName(entries[i - 1].idxType)) + "'");
        }
    }
    if (sortable)
        std::stable_sort(entries.begin(), entries.end(), before);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].hasName)
            entries[i].step.name = "step_" + std::to_string(i);
        recipe.steps.push_back(std::move(entries[i].step));
    }
}

/// The dialect with a mapping of tasks: name -> implementation {plugin, action}, dependencies.
void readTasks(const YamlTree &tree, const YamlNode &tasks, Recipe &recipe) {
    for (std::size_t i = 0; i + 1 < tasks.children.size(); i += 2) {
        const YamlNode &task = tree.at(tasks.children[i + 1]);
        RecipeStep step;
        step.name = tree.text(tree.at(tasks.children[i]));
        step.dependsOn = readNames(tree, firstOf(tree, task, {"depends_on", "dependencies"}));
        if (const YamlNode *implementation = tree.find(task, "implementation")) {
            step.module = fieldText(tree, *implementation, "plugin");
            step.className = fieldText(tree, *implementation, "action");
            if (implementation->kind == YamlNode::Scalar)
                step.module = tree.text(*implementation);
        }
        recipe.steps.push_back(std::move(step));
    }
}

/// The name of the first type in `node` that json.dumps refuses; empty if there is none. Aliases are followed, which
/// the reader of the tree has bounded.
std::string_view notSerialisable(const YamlTree &tree, const YamlNode &node) {
    if (node.isSet)
        return "set";
    if (node.kind == YamlNode::Scalar) {
        switch (node.scalar.type) {
        case YamlScalar::Date:
            return "date";
        case YamlScalar::DateTime:
            return "datetime";
        case YamlScalar::Bytes:
            return "bytes";
        default:
            return {};
        }
    }
    for (std::uint32_t child : node.children) {
        if (const std::string_view type = notSerialisable(tree, tree.at(child)); !type.empty())
            return type;
    }
    return {};
}

void checkContext(const YamlTree &tree, const YamlNode &root, Recipe &recipe) {
    for (std::string_view key : {"config", "metadata"}) {
        const YamlNode *node = tree.find(root, key);
        const std::string_view type = node ? notSerialisable(tree, *node) : std::string_view();
        if (!type.empty()) {
            refuse(recipe, "Value for key 'recipe." + std::string(key) + "' is not JSON-serializable: Object of type " +
                               std::string(type) + " is not JSON serializable");
        }
    }
}

Result<Document> read(std::string_view path, std::string_view bytes) {
    const Result<YamlTree> tree = readYaml(path, bytes);
    if (!tree)
        return tl::unexpected(tree.error());
    Document document;
    Recipe &recipe = document.recipes.emplace_back();
    recipe.path = path;
    recipe.name = recipeNameFromPath(path);
    if (!tree->refusal.empty())
        refuse(recipe, "Failed to parse recipe YAML: " + tree->refusal);
    if (!tree->root || tree->at(*tree->root).kind != YamlNode::Mapping) {
        refuse(recipe, "Failed to load recipe file: Recipe file must contain a YAML dictionary, got " +
                           std::string(tree->root ? YamlTree::typeName(tree->at(*tree->root)) : "NoneType"));
        return document;
    }
    const YamlNode &root = tree->at(*tree->root);
    const YamlNode *nested = tree->find(root, "recipe");
    const YamlNode *steps = tree->find(root, "steps");
    const YamlNode &body = !steps && nested && nested->kind == YamlNode::Mapping ? *nested : root;
    if (std::string name = fieldText(*tree, body, "name"); !name.empty())
        recipe.name = std::move(name);
    recipe.description = fieldText(*tree, body, "description");
    recipe.version = fieldText(*tree, body, "version");
    if (!steps) {
        refuse(recipe, "Recipe file missing required 'steps' section");
        steps = tree->find(body, "steps");
    } else if (steps->kind != YamlNode::Sequence) {
        refuse(recipe, "Recipe 'steps' must be a list, got " + std::string(YamlTree::typeName(*steps)));
    }
    if (steps && steps->kind == YamlNode::Sequence)
        readSteps(*tree, *steps, recipe);
    else if (const YamlNode *tasks = tree->find(body, "tasks"); tasks && tasks->kind == YamlNode::Mapping)
        readTasks(*tree, *tasks, recipe);
    checkContext(*tree, root, recipe);
    return document;
}

/// Whether `head` is a block mapping as far as its outermost lines tell, and the keys there.
bool outermostKeys(std::string_view head, bool whole, std::vector<std::string_view> &keys) {
    for (std::size_t at = 0; at < head.size();) {
        const std::size_t end = std::min(head.find('\n', at), head.size());
        const std::string_view line = head.substr(at, end - at);
        at = end + 1;
        if (end == head.size() && !whole)
            break; // perhaps cut
        if (line.find_first_not_of(" \t\r") != 0 || line[0] == '#' || line.starts_with("- ") || line == "-" ||
            line[0] == '%' || line[0] == '}' || line[0] == ']' || line.starts_with("---") || line.starts_with("..."))
            continue;
        const auto colon = line.find(':');
        if (colon > 80 || // or there is none

            (colon + 1 < line.size() && line[colon + 1] != ' ' && line[colon + 1] != '\r'))
            return false;
        keys.push_back(line.substr(0, colon));
    }
    return true;
}

bool recognises(std::string_view /*fileName*/, std::string_view head) {
    constexpr std::size_t headSize = 64U << 10;
    const bool whole = head.size() < headSize;
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    // Without a step of its own kind, a mapping with "steps" may be any program's; cheap, and wrong for nearly all
    // files.
    const auto holds = [&](std::string_view word) { return head.find(word) != std::string_view::npos; };
    const bool isEmptyList = holds("steps: []") || holds("\"steps\": []");
    if (!isEmptyList && !holds("function") && !holds("scriptlet") && !holds("implementation") && !holds("module"))
        return false;
    if (head.find('\0') != std::string_view::npos)
        return false;
    std::vector<std::string_view> keys;
    if (head.find_first_not_of(" \t\r\n") < head.size() && head[head.find_first_not_of(" \t\r\n")] == '{') {
        keys = jsonOutline(head).keys;
        // Results, graphs and timelines have steps too.
        if (std::find(keys.begin(), keys.end(), "recipe_id") != keys.end())
            return false;
    } else if (!outermostKeys(head, whole, keys)) {
        return false;
    }
    const auto has = [&](std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
    return has("steps") || (has("recipe") && holds("steps")) || (has("tasks") && holds("implementation"));
}

} // namespace

const DocumentFormat recipeFormat = {.name = "recipe", .recognises = recognises, .read = read};

} // namespace ra::ingest
