// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/engine/graphfile.h"
#include "core/graph/schedule.h"
#include "core/table/inorder.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

namespace ra::app {

namespace {

struct Options {
    std::string input;
    std::vector<std::uint32_t> workers = {2, 4, 8};
    std::vector<std::string> whatIf; ///< ID=SECONDS
};

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

void writeIds(table::JsonWriter &out, std::string_view name, const graph::TaskGraph &graph,
              const std::vector<graph::Task> &tasks) {
    out.key(name).beginArray();
    for (const graph::Task task : tasks)
        out.value(graph.id(task));
    out.endArray();
}

/// "makespan_s": {"2": ...}, each number of workers on a thread of its own.
void writeMakespans(table::JsonWriter &out, const graph::TaskGraph &graph, const graph::Order &order,
                    const graph::Timing &timing, const std::vector<std::uint32_t> &workers) {
    const std::vector<std::uint32_t> priorities = graph::prioritiesOf(graph, order, timing);
    out.key("makespan_s").beginObject();
    std::size_t at = 0;
    table::inOrder(
        workers.size(), std::thread::hardware_concurrency(),
        [&](std::size_t i) { return graph::listSchedule(order, priorities, workers[i]).makespan; },
        [&](double makespan) {
            out.field(std::to_string(workers[at++]), makespan);
            return true;
        });
    out.endObject();
}

void writeBottlenecks(table::JsonWriter &out, const graph::TaskGraph &graph, const graph::Order &order,
                      const graph::Timing &timing) {
    out.key("bottlenecks").beginArray();
    for (const graph::Bottleneck &bottleneck : graph::bottlenecks(graph, order, timing)) {
        out.beginObject().field("id", graph.id(bottleneck.task)).field("runtime_s", bottleneck.duration);
        out.field("share", timing.criticalPath > 0 ? bottleneck.share : unknown).field("gain_s", bottleneck.gain);
        out.endObject();
    }
    out.endArray();
}

/// The graph with the durations that --what-if gives.
Result<graph::TaskGraph> changed(const graph::TaskGraph &graph, const std::vector<std::string> &changes) {
    std::vector<double> durations(graph.durations().begin(), graph.durations().end());
    for (const std::string &change : changes) {
        const auto bad = [&](std::string why) {
            return fail({.kind = ErrorKind::Invalid,
                         .what = "change the duration",
                         .where = change,
                         .why = std::move(why),
                         .hint = "Give for example --what-if load=2.5"});
        };
        const std::size_t equals = change.rfind('=');
        double seconds = 0;
        const char *end = change.data() + change.size();
        if (equals == std::string::npos)
            return bad("it is not ID=SECONDS");
        const auto [rest, error] = std::from_chars(change.data() + equals + 1, end, seconds);
        if (error != std::errc() || rest != end || !(seconds >= 0) || !std::isfinite(seconds))
            return bad("it is not ID=SECONDS");
        const std::string id = change.substr(0, equals);
        graph::Task task = 0;
        while (task < graph.size() && graph.id(task) != id)
            ++task;
        if (task == graph.size())
            return bad("there is no such task");
        durations[task] = seconds;
    }
    return graph.with(std::move(durations));
}

Result<void> writeWhatIf(table::JsonWriter &out, const graph::TaskGraph &graph, const Options &options) {
    const Result<graph::TaskGraph> other = changed(graph, options.whatIf);
    if (!other)
        return tl::unexpected(other.error());
    const graph::Order order = graph::orderOf(*other).order;
    const graph::Timing timing = graph::timingOf(order);
    out.key("what_if").beginObject();
    out.field("work_s", other->work()).field("critical_path_s", timing.criticalPath);
    writeMakespans(out, *other, order, timing, options.workers);
    out.endObject();
    return {};
}

/// What of the file did not count, if there is something.
void writeLeftOut(table::JsonWriter &out, std::string_view key, const std::vector<std::string> &names) {
    if (names.empty())
        return;
    out.key(key).beginArray();
    for (const std::string &name : names)
        out.value(name);
    out.endArray();
}

/// A graph that cannot run: says which steps wait for each other.
int reportCycles(const graph::TaskGraph &graph, const std::vector<std::vector<graph::Task>> &cycles,
                 const std::string &path) {
    table::JsonWriter out;
    out.beginObject().field("tasks", graph.size()).field("edges", graph.edgeCount());
    out.key("cycles").beginArray();
    for (const auto &cycle : cycles) {
        out.beginArray();
        for (const graph::Task task : cycle)
            out.value(graph.id(task));
        out.endArray();
    }
    out.endArray().endObject();
    printLine(out);
    std::string words;
    for (const graph::Task task : cycles.front())
        words += graph.id(task) + " -> ";
    return complain({.what = "order the steps",
                     .where = path,
                     .why = "they wait for each other: " + words + graph.id(cycles.front().front())});
}

int run(const Options &given, const Common &) {
    Options options = given;
    options.workers = withoutRepeats(given.workers);
    Result<std::string> bytes = readInput(options.input);
    if (!bytes)
        return complain(bytes.error());
    const Result<engine::GraphFile> file = engine::readGraph(options.input, std::move(*bytes));
    if (!file)
        return complain(file.error());
    const graph::TaskGraph &graph = file->graph;
    const graph::Ordering ordering = graph::orderOf(graph);
    if (!ordering.cycles.empty())
        return reportCycles(graph, ordering.cycles, options.input);
    const graph::Order &order = ordering.order;
    const graph::Timing timing = graph::timingOf(order);
    const double work = graph.work();

    table::JsonWriter out;
    out.beginObject().field("tasks", graph.size()).field("edges", graph.edgeCount());
    out.field("durations", file->durationsKnown ? "recorded" : "assumed");
    out.field("work_s", work).field("critical_path_s", timing.criticalPath);
    writeIds(out, "critical_path", graph, graph::criticalPath(graph, order, timing));
    writeIds(out, "critical_tasks", graph, graph::criticalTasks(graph, order, timing));
    out.field("max_parallelism", graph::maxParallelism(order, timing));
    out.field("average_parallelism", timing.criticalPath > 0 ? work / timing.criticalPath : unknown);
    out.key("lower_bound_s").beginObject();
    for (const std::uint32_t workers : options.workers)
        out.field(std::to_string(workers), graph::lowerBound(timing.criticalPath, work, workers));
    out.endObject();
    writeMakespans(out, graph, order, timing, options.workers);
    if (!options.whatIf.empty()) {
        if (const Result<void> done = writeWhatIf(out, graph, options); !done)
            return complain(done.error());
    }
    writeBottlenecks(out, graph, order, timing);
    out.key("slack_s").beginObject();
    for (graph::Task task = 0; task < graph.size(); ++task)
        out.field(graph.id(task), timing.slack(order.positions[task]));
    out.endObject();
    writeLeftOut(out, "unknown_dependencies", file->unknownNames);
    writeLeftOut(out, "without_duration", file->withoutDuration);
    out.endObject();
    return printLine(out);
}

} // namespace

void addAnalyzeGraph(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("graph", "What takes longest where steps wait for each other");
    command->add_option("--input", options->input, "A workflow (WfFormat), a Framework0 timeline or recipe, or -")
        ->required();
    command->add_option("--workers", options->workers, "Numbers of workers to plan for, separated by commas")
        ->delimiter(',')
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str();
    command->add_option("--what-if", options->whatIf, "What if a step took another time: ID=SECONDS; may repeat");
    command->footer("Example: recipe-analytics analyze graph --input timeline.json --workers 2,4 --what-if load=1.5");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
