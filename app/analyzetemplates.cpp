// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/text/mask.h"
#include "core/text/templateminer.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <string_view>
#include <thread>
#include <vector>

namespace ra::app {

namespace {

struct Options {
    std::string input;
    std::string state;
    bool noAssignments = false;
};

/// Lines without their ends; a last line without an end counts, nothing behind the last end does not.
std::vector<std::string_view> linesOf(std::string_view bytes) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
        std::string_view line = bytes.substr(begin, end - begin);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        lines.push_back(line);
        begin = end + 1;
    }
    return lines;
}

/// The state that a file holds; a new one if there is no file yet.
Result<text::TemplateMiner> readState(const std::string &path) {
    if (path.empty() || !std::ifstream(path))
        return text::TemplateMiner();
    const Result<std::string> bytes = readInput(path);
    if (!bytes)
        return tl::unexpected(bytes.error());
    Result<text::TemplateMiner> miner = text::TemplateMiner::deserialise(*bytes);
    if (!miner) {
        Error error = miner.error();
        error.where = path;
        return fail(std::move(error));
    }
    return miner;
}

/// Adds the lines on several threads; a miner does not mind how its lines are shared out. The hash of each line's
/// shape.
std::vector<std::uint64_t> mine(text::TemplateMiner &miner, const std::vector<std::string_view> &lines) {
    constexpr std::size_t fewest = 20'000; // below that a thread costs more than it gains
    const std::size_t threads =
        std::clamp<std::size_t>(lines.size() / fewest, 1, std::max(1U, std::thread::hardware_concurrency()));
    std::vector<std::uint64_t> shapes(lines.size());
    std::vector<text::TemplateMiner> miners(threads, text::TemplateMiner(miner.options()));
    const auto work = [&](std::size_t part) {
        const std::size_t end = lines.size() * (part + 1) / threads;
        for (std::size_t i = lines.size() * part / threads; i < end; ++i)
            shapes[i] = miners[part].add(lines[i]);
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t part = 1; part < threads; ++part)
            others.emplace_back(work, part);
        work(0);
    }
    for (const text::TemplateMiner &part : miners)
        static_cast<void>(miner.merge(part)); // of the same options
    return shapes;
}

int run(const Options &options, const Common &) {
    const Result<std::string> bytes = readInput(options.input);
    if (!bytes)
        return complain(bytes.error());
    Result<text::TemplateMiner> miner = readState(options.state);
    if (!miner)
        return complain(miner.error());
    const std::vector<std::string_view> lines = linesOf(*bytes);
    const std::vector<std::uint64_t> shapes = mine(*miner, lines);
    const text::TemplateSet set = miner->templates();

    // Counts are of these lines; a state has seen others. A line of no template (the memory for shapes is bounded) is
    // one of its own.
    std::vector<std::uint64_t> counts(set.templates().size());
    std::map<std::uint64_t, text::Template> own;
    std::vector<std::uint64_t> assignments(lines.size());
    std::string scratch;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto position = set.resolve(shapes[i]);
        if (!position)
            position = set.find(lines[i], scratch);
        if (position) {
            ++counts[*position];
            assignments[i] = set.templates()[*position].id;
            continue;
        }
        text::Template &alone = own[shapes[i]];
        if (alone.lines++ == 0)
            alone = {shapes[i], text::readable(scratch), 1};
        assignments[i] = shapes[i];
    }
    table::JsonWriter out;
    out.beginObject().key("templates").beginArray();
    const auto write = [&](const text::Template &of, std::uint64_t count) {
        if (count > 0)
            out.beginObject()
                .field("id", text::idText(of.id))
                .field("template", of.text)
                .field("count", count)
                .endObject();
    };
    for (std::size_t i = 0; i < counts.size(); ++i)
        write(set.templates()[i], counts[i]);
    for (const auto &[id, alone] : own)
        write(alone, alone.lines);
    out.endArray();
    if (!options.noAssignments) {
        out.key("assignments").beginArray();
        for (const std::uint64_t id : assignments)
            out.value(text::idText(id));
        out.endArray();
    }
    out.endObject();
    if (!options.state.empty()) {
        std::string state;
        miner->serialise(state);
        if (const Result<void> written = writeState(options.state, state); !written)
            return complain(written.error());
    }
    return printLine(out);
}

} // namespace

void addAnalyzeTemplates(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("templates", "The statements that the lines of a log were written by");
    command->add_option("--input", options->input, "A file of lines, or - for standard input")->required();
    command->add_option("--state", options->state,
                        "A file that keeps what was learned: read first where it is there, and written at the end");
    command->add_flag("--no-assignments", options->noAssignments, "Leave out the template of each line");
    command->footer("Example: recipe-analytics analyze templates --input messages.log");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
