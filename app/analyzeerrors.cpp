// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/text/errormodel.h"
#include "core/text/shipped/shippedmodel.h"
#include "core/text/templateminer.h"
#include "core/text/traceback.h"

#include <fstream>
#include <memory>
#include <string>
#include <xxhash.h>

namespace ra::app {

namespace {

struct Options {
    std::string input;
    std::string column = "message";
    std::string model;
    std::string corrections;
};

/// What a cell says: its exception, and the text that the class is told from.
struct Failure {
    std::string exception;                    ///< empty if it names none
    std::string message;                      ///< of a traceback its last line
    std::optional<std::uint64_t> fingerprint; ///< of a traceback
};

/// The last line of what the head of a traceback was cut off from, or of a SyntaxError, which has none.
std::string_view lastOfFrames(std::string_view cell) {
    const std::size_t first = cell.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || !cell.substr(first).starts_with("File \""))
        return {};
    const std::string_view whole = cell.substr(0, cell.find_last_not_of(" \t\r\n") + 1);
    return whole.substr(whole.rfind('\n') + 1);
}

Failure failureOf(const std::string &cell) {
    if (const auto trace = text::parseTraceback(cell)) {
        const text::TraceException &raised = trace->raised();
        return {raised.type, raised.type + ": " + raised.message, text::fingerprint(*trace)};
    }
    if (const auto [type, message] = text::splitException(lastOfFrames(cell)); !type.empty())
        return {std::string(type), std::string(lastOfFrames(cell)), {}};
    return {std::string(text::splitException(cell).type), cell, {}};
}

/// What is the same of the same failures: of a traceback the way to it, else exception, class and template.
std::uint64_t signatureOf(const Failure &failure, text::ErrorClass is, std::uint64_t templateId) {
    if (failure.fingerprint)
        return *failure.fingerprint;
    return XXH3_64bits_withSeed(failure.exception.data(), failure.exception.size(),
                                templateId + static_cast<std::uint64_t>(is));
}

/// The model that a file holds; the shipped one if there is no file yet.
Result<text::ErrorModel> readModel(const std::string &path) {
    if (path.empty() || !std::ifstream(path))
        return text::shippedErrorModel();
    const Result<std::string> bytes = readInput(path);
    if (!bytes)
        return tl::unexpected(bytes.error());
    Result<text::ErrorModel> model = text::ErrorModel::deserialise(*bytes);
    if (!model) {
        Error error = model.error();
        error.where = path;
        return fail(std::move(error));
    }
    return model;
}

/// Learns from a CSV file of messages and the classes that they are of, in their order.
Result<void> learn(text::ErrorModel &model, const std::string &path) {
    const Result<std::string> bytes = readCsvInput(path);
    if (!bytes)
        return tl::unexpected(bytes.error());
    const auto messages = table::readCsvTexts(*bytes, "message");
    const auto classes = table::readCsvTexts(*bytes, "class");
    if (!messages || !classes)
        return tl::unexpected(messages ? classes.error() : messages.error());
    for (std::size_t i = 0; i < messages->size(); ++i) {
        const auto is = text::errorClassNamed(classes->at(i));
        if (!is)
            return fail({.what = "learn from", .where = path, .why = "there is no class \"" + classes->at(i) + "\""});
        model.learn(failureOf(messages->at(i)).message, *is);
    }
    return {};
}

int run(const Options &options, const Common &) {
    const Result<std::string> bytes = readCsvInput(options.input);
    if (!bytes)
        return complain(bytes.error());
    const Result<std::vector<std::string>> cells = table::readCsvTexts(*bytes, options.column);
    if (!cells)
        return complain(cells.error());
    Result<text::ErrorModel> model = readModel(options.model);
    if (!model)
        return complain(model.error());
    if (!options.corrections.empty()) {
        if (const Result<void> learnt = learn(*model, options.corrections); !learnt)
            return complain(learnt.error());
        std::string state;
        model->serialise(state);
        if (const Result<void> written = writeState(options.model, state); !written)
            return complain(written.error());
    }

    text::TemplateMiner miner;
    std::vector<Failure> failures;
    std::vector<std::uint64_t> shapes;
    for (const std::string &cell : *cells) {
        failures.push_back(failureOf(cell));
        shapes.push_back(miner.add(failures.back().message));
    }
    const text::TemplateSet templates = miner.templates();
    const auto scratch = std::make_unique<text::ErrorFeatures>();
    table::JsonWriter out;
    out.beginArray();
    for (std::size_t i = 0; i < failures.size(); ++i) {
        const Failure &failure = failures[i];
        const text::ErrorVerdict verdict = model->classify(failure.message, *scratch);
        const auto position = templates.resolve(shapes[i]);
        const std::uint64_t id = position ? templates.templates()[*position].id : shapes[i];
        out.beginObject()
            .field("class", text::nameOf(verdict.said))
            .field("best_class", text::nameOf(verdict.best))
            .field("probability", verdict.probability)
            .field("template_id", text::idText(id));
        if (failure.exception.empty())
            out.key("exception").null();
        else
            out.field("exception", failure.exception);
        out.field("signature", text::idText(signatureOf(failure, verdict.said, id))).endObject();
    }
    out.endArray();
    return printLine(out);
}

} // namespace

void addAnalyzeErrors(CLI::App &analyze, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = analyze.add_subcommand("errors", "What kinds of mishaps error messages tell of");
    command->add_option("--input", options->input, "A CSV file with a header, or - for standard input")->required();
    command->add_option("--column", options->column, "The column of messages or tracebacks")->capture_default_str();
    CLI::Option *model = command->add_option(
        "--model", options->model, "A file that keeps what was learnt from corrections; begins as the shipped model");
    command
        ->add_option("--corrections", options->corrections,
                     "A CSV file with columns message and class, to learn from first; the model is written")
        ->needs(model);
    command->footer("Example: recipe-analytics analyze errors --input failures.csv --column message");
    onChosen(*command, action, options, run);
}

} // namespace ra::app
