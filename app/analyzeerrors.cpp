// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/analyze.h"
#include "core/text/errormodel.h"
#include "core/text/failure.h"
#include "core/text/shipped/shippedmodel.h"
#include "core/text/templateminer.h"

#include <fstream>
#include <memory>
#include <string>

namespace ra::app {

namespace {

struct Options {
    std::string input;
    std::string column = "message";
    std::string model;
    std::string corrections;
};

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
        model.learn(text::readFailure(messages->at(i)).message, *is);
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
    std::vector<text::Failure> failures;
    std::vector<std::uint64_t> shapes;
    for (const std::string &cell : *cells) {
        failures.push_back(text::readFailure(cell));
        shapes.push_back(miner.add(failures.back().message));
    }
    const text::TemplateSet templates = miner.templates();
    const auto scratch = std::make_unique<text::ErrorFeatures>();
    table::JsonWriter out;
    out.beginArray();
    for (std::size_t i = 0; i < failures.size(); ++i) {
        const text::Failure &failure = failures[i];
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
        out.field("signature", text::idText(failure.signature)).endObject();
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
