// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "app/evaluate.h"

#include "core/table/inorder.h"

#include <iostream>
#include <memory>
#include <thread>

namespace ra::app {

namespace {

struct Options {
    std::string input;
};

tl::unexpected<Error> notReadable(const std::string &path, std::string why) {
    return fail(
        {.what = "read the cases",
         .where = path,
         .why = std::move(why),
         .hint = R"(They look like {"data":{"x":[1,2]},"cases":[{"id":"1","fn":"summary","input":{"data":"x"}}]})"});
}

int run(const Options &options, const Common &common) {
    const Result<std::string> bytes = readInput(options.input);
    if (!bytes)
        return complain(bytes.error());
    const auto document = nlohmann::json::parse(*bytes, nullptr, false);
    if (document.is_discarded())
        return complain(notReadable(options.input, "it is no JSON").value());
    const auto cases = document.is_object() ? document.find("cases") : document.end();
    if (!document.is_object() || cases == document.end() || !cases->is_array())
        return complain(notReadable(options.input, "it has no array \"cases\"").value());
    const Samples samples = samplesOf(document);

    std::cout << "{\"results\":[";
    std::size_t failed = 0;
    bool isFirst = true;
    struct Line {
        std::string text;
        bool isError = false;
    };
    table::inOrder(
        cases->size(), std::thread::hardware_concurrency(),
        [&](std::size_t i) {
            const nlohmann::json &given = (*cases)[i];
            table::JsonWriter out;
            out.beginObject();
            if (given.is_object() && given.contains("id")) {
                if (const nlohmann::json &id = given["id"]; id.is_string())
                    out.field("id", id.get_ref<const std::string &>());
                else if (id.is_number())
                    out.field("id", id.get<double>());
            }
            const Result<void> done = evaluate(given, samples, out);
            if (!done)
                out.field("error", done.error().why);
            out.endObject();
            return Line{out.take(), !done};
        },
        [&](const Line &line) {
            std::cout << (isFirst ? "" : ",") << line.text;
            isFirst = false;
            failed += static_cast<std::size_t>(line.isError);
            return !common.stop.stop_requested();
        });
    std::cout << "]}\n";
    return failed == 0 ? Done : DoneInPart;
}

} // namespace

void addAnalyzeEval(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("eval", "Single statistics functions by their names, from JSON");
    command->add_option("--input", options->input, "A JSON file of data and cases, or - for standard input")
        ->required();
    command->footer("Example: recipe-analytics analyze eval --input cases.json");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
