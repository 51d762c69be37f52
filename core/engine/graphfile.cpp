// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/graphfile.h"

#include "core/ingest/document.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <simdjson.h>
#include <span>

namespace ra::engine {

namespace {

namespace dom = simdjson::dom;

constexpr graph::Task nobody = std::numeric_limits<graph::Task>::max();

/// Numbers of names, which must outlive it; a name that comes again keeps its first number.
class Names {
public:
    explicit Names(std::size_t count)
        : m_slots(std::bit_ceil(2 * count + 2), nobody) {}

    /// The number of the name; a new one is given `number`.
    graph::Task add(std::string_view name, graph::Task number) {
        const std::size_t slot = slotOf(name);
        if (m_slots[slot] == nobody) {
            m_slots[slot] = static_cast<graph::Task>(m_names.size());
            m_names.push_back(name);
            m_numbers.push_back(number);
        }
        return m_numbers[m_slots[slot]];
    }
    [[nodiscard]] graph::Task find(std::string_view name) const {
        const graph::Task entry = m_slots[slotOf(name)];
        return entry == nobody ? nobody : m_numbers[entry];
    }

private:
    [[nodiscard]] std::size_t slotOf(std::string_view name) const {
        std::size_t slot = std::hash<std::string_view>()(name) & (m_slots.size() - 1);
        while (m_slots[slot] != nobody && m_names[m_slots[slot]] != name)
            slot = (slot + 1) & (m_slots.size() - 1);
        return slot;
    }
    std::vector<graph::Task> m_slots;
    std::vector<std::string_view> m_names;
    std::vector<graph::Task> m_numbers;
};

tl::unexpected<Error> notAGraph(const std::string &path, std::string why) {
    return fail({.what = "read the graph",
                 .where = path,
                 .why = std::move(why),
                 .hint = "WfFormat and Framework0's recipes and timelines are read"});
}

std::optional<dom::array> arrayOf(dom::element parent, std::string_view key) {
    dom::array found;
    return parent[key].get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
}

std::optional<double> numberOf(dom::element parent, std::string_view key) {
    double found = 0;
    return parent[key].get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
}

/// A duration in seconds; NaN if there is none that can be.
double durationOf(dom::element parent, std::string_view key) {
    const std::optional<double> seconds = numberOf(parent, key);
    return seconds && *seconds >= 0 ? *seconds : std::numeric_limits<double>::quiet_NaN();
}

std::optional<std::string_view> textOf(dom::element parent, std::string_view key) {
    std::string_view found;
    return parent[key].get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
}

/// Calls with each text of an array, if there is one.
template <typename Take>
void eachText(dom::element parent, std::string_view key, Take take) {
    const auto array = arrayOf(parent, key);
    if (!array)
        return;
    for (const dom::element element : *array) {
        std::string_view text;
        if (element.get(text) == simdjson::SUCCESS)
            take(text);
    }
}

/// Makes the graph, and tells what it had to leave out once each.
void finish(GraphFile &file, std::vector<std::string> ids, std::vector<double> durations,
            std::span<const graph::Edge> edges) {
    std::ranges::sort(file.unknownNames);
    file.unknownNames.erase(std::unique(file.unknownNames.begin(), file.unknownNames.end()), file.unknownNames.end());
    for (std::size_t task = 0; task < ids.size(); ++task) {
        if (!std::isfinite(durations[task]))
            file.withoutDuration.push_back(ids[task]);
    }
    file.graph = graph::TaskGraph(std::move(ids), std::move(durations), edges);
}

/// Newer files keep runtimes apart from the specification, older ones have both in one list of tasks or jobs.
Result<GraphFile> readWorkflow(const std::string &path, dom::element workflow) {
    dom::element specification;
    const bool isNew = workflow["specification"].get(specification) == simdjson::SUCCESS;
    auto tasks = arrayOf(isNew ? specification : workflow, "tasks");
    if (!tasks)
        tasks = arrayOf(workflow, "jobs");
    if (!tasks)
        return notAGraph(path, "the workflow has no tasks");
    std::vector<dom::element> elements;
    Names names(tasks->size());
    std::vector<std::string> ids;
    for (const dom::element task : *tasks) {
        const auto id = textOf(task, "id");
        const auto name = id ? id : textOf(task, "name");
        if (!name)
            return notAGraph(path, "task " + std::to_string(ids.size()) + " has no id");
        const auto number = static_cast<graph::Task>(ids.size());
        if (names.add(*name, number) != number)
            return notAGraph(path, "two tasks have the id " + std::string(*name));
        ids.emplace_back(*name);
        elements.push_back(task);
    }
    std::vector<double> durations(ids.size());
    std::vector<graph::Edge> edges;
    std::vector<std::string> unknownNames;
    for (graph::Task task = 0; task < elements.size(); ++task) {
        const auto known = [&](std::string_view name) {
            const graph::Task other = names.find(name);
            if (other == nobody)
                unknownNames.emplace_back(name);
            return other;
        };
        eachText(elements[task], "children", [&](std::string_view child) {
            if (const graph::Task other = known(child); other != nobody)
                edges.emplace_back(task, other);
        });
        eachText(elements[task], "parents", [&](std::string_view parent) {
            if (const graph::Task other = known(parent); other != nobody)
                edges.emplace_back(other, task);
        });
        const bool isNewer = numberOf(elements[task], "runtimeInSeconds").has_value();
        durations[task] = durationOf(elements[task], isNewer ? "runtimeInSeconds" : "runtime");
    }
    dom::element execution;
    if (workflow["execution"].get(execution) == simdjson::SUCCESS) {
        if (const auto executed = arrayOf(execution, "tasks")) {
            for (const dom::element task : *executed) {
                const graph::Task number = names.find(textOf(task, "id").value_or(std::string_view()));
                if (number != nobody)
                    durations[number] = durationOf(task, "runtimeInSeconds");
            }
        }
    }
    GraphFile file{.graph = {}, .unknownNames = std::move(unknownNames), .withoutDuration = {}};
    finish(file, std::move(ids), std::move(durations), edges);
    return file;
}

/// A step of Framework0, which waits for others by name.
struct NamedStep {
    std::string name;
    double duration = 0;
    std::vector<std::string> waitsFor;
};

GraphFile fromSteps(std::span<const NamedStep> steps, bool durationsKnown) {
    GraphFile file;
    file.durationsKnown = durationsKnown;
    std::vector<std::string> ids;
    std::vector<double> durations;
    std::vector<graph::Edge> edges;
    for (const NamedStep &step : steps) {
        const auto before = std::ranges::count(steps.first(ids.size()), step.name, &NamedStep::name);
        ids.push_back(before == 0 ? step.name : step.name + " (" + std::to_string(before + 1) + ")");
        durations.push_back(step.duration);
    }
    for (graph::Task task = 0; task < steps.size(); ++task) {
        for (const std::string &parent : steps[task].waitsFor) {
            graph::Task found = nobody;
            for (graph::Task other = 0; other < steps.size(); ++other) {
                if (steps[other].name == parent && (found == nobody || other < task))
                    found = other;
            }
            if (found != nobody)
                edges.emplace_back(found, task);
            else
                file.unknownNames.push_back(parent);
        }
    }
    finish(file, std::move(ids), std::move(durations), edges);
    return file;
}

GraphFile readTimeline(dom::array steps) {
    std::vector<NamedStep> read;
    for (const dom::element step : steps) {
        NamedStep &named = read.emplace_back();
        named.name = std::string(textOf(step, "name").value_or(std::string_view("?")));
        named.duration = durationOf(step, "execution_time");
        eachText(step, "dependencies", [&](std::string_view name) { named.waitsFor.emplace_back(name); });
    }
    return fromSteps(read, true);
}

Result<GraphFile> readRecipe(const std::string &path, std::string_view bytes) {
    const auto formats = ingest::documentFormats();
    const auto format = std::ranges::find(formats, std::string_view("recipe"), &ingest::DocumentFormat::name);
    const Result<ingest::Document> document = format->read(path, bytes);
    if (!document)
        return tl::unexpected(document.error());
    if (document->recipes.empty() || document->recipes.front().steps.empty())
        return notAGraph(path, "it has no steps");
    std::vector<NamedStep> steps;
    for (const RecipeStep &step : document->recipes.front().steps)
        steps.push_back({step.name, 1, step.dependsOn});
    return fromSteps(steps, false);
}

} // namespace

Result<GraphFile> readGraph(const std::string &path, std::string bytes) {
    bytes.reserve(bytes.size() + simdjson::SIMDJSON_PADDING);
    dom::parser parser;
    dom::element root;
    if (parser.parse(bytes.data(), bytes.size(), false).get(root) != simdjson::SUCCESS || !root.is_object())
        return readRecipe(path, bytes);
    dom::element workflow;
    if (root["workflow"].get(workflow) == simdjson::SUCCESS)
        return readWorkflow(path, workflow);
    const auto steps = arrayOf(root, "steps");
    if (steps && textOf(root, "recipe_id"))
        return readTimeline(*steps);
    return readRecipe(path, bytes);
}

} // namespace ra::engine
