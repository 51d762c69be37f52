// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"

#include "core/ingest/documentjson.h"
#include "core/ingest/jsonscan.h"

#include <array>

namespace ra::ingest {

namespace {

using nlohmann::json;

/// The first field, and how objects begin before it: json.dumps with indent=2 and without.
constexpr std::string_view firstField = "\"status\": \"";
constexpr std::array<std::string_view, 3> beginnings = {"{\n  ", "{\r\n  ", "{"};
/// Bounds the search in text that opens what it never closes, and in what is nested and no run: so many bytes may be
/// looked at in vain.
constexpr std::size_t objectLimit = 1U << 20;
constexpr std::size_t futileLimit = 64U << 20;

std::optional<DocumentRun> readObject(std::string_view text) {
    const Result<json> object = readJson("--json-output", text);
    if (!object || !member(*object, "recipe_path"))
        return std::nullopt;
    DocumentRun read;
    Run &run = read.run;
    run.recipePath = textOf(*object, "recipe_path");
    run.recipe = recipeNameFromPath(run.recipePath);
    run.resolution = std::chrono::microseconds(1);
    if (textOf(*object, "status") == "error") {
        run.status = RunStatus::Rejected;
        run.errors.push_back(textOf(*object, "error"));
        return read;
    }
    const std::optional<bool> success = boolOf(*object, "success");
    if (!success || !member(*object, "context_keys"))
        return std::nullopt;
    run.completedSteps = intOf(*object, "completed_steps").value_or(0);
    run.status = *success ? RunStatus::Completed : run.completedSteps > 0 ? RunStatus::Partial : RunStatus::Failed;
    run.totalSteps = intOf(*object, "total_steps");
    run.duration = durationOf(*object, "execution_time");
    return read;
}

/// Where the next object may begin, at `from` or later.
std::size_t nextOpening(std::string_view text, std::size_t from) {
    for (std::size_t field = text.find(firstField, from); field != std::string_view::npos;
         field = text.find(firstField, field + 1)) {
        for (std::string_view beginning : beginnings) {
            const std::string_view before = text.substr(from, field - from);
            if (before.ends_with(beginning))
                return field - beginning.size();
        }
    }
    return std::string_view::npos;
}

bool recognises(std::string_view /*fileName*/, std::string_view head) {
    // What the command prints begins with exactly these keys, whether alone or after the prints of steps.
    for (std::size_t at = nextOpening(head, 0); at != std::string_view::npos; at = nextOpening(head, at + 1)) {
        const JsonOutline outline = jsonOutline(head.substr(at));
        if (outline.has("recipe_path") && (outline.has("context_keys") || outline.has("error")))
            return true;
    }
    return false;
}

Result<Document> read(std::string_view path, std::string_view bytes) {
    if (bytes.size() > documentSizeLimit)
        return notThatFormat(path, "it is larger than 64 MB");
    Document document{.runs = jsonOutputRuns(bytes), .recipes = {}};
    if (document.runs.empty())
        return notThatFormat(path, "it has no JSON output of a run");
    return document;
}

} // namespace

std::vector<DocumentRun> jsonOutputRuns(std::string_view stdoutText) {
    std::vector<DocumentRun> runs;
    std::size_t futile = 0;
    for (std::size_t at = nextOpening(stdoutText, 0); at != std::string_view::npos && futile < futileLimit;) {
        const std::string_view rest = stdoutText.substr(at, objectLimit);
        const char *end = jsonValueEnd(rest.data(), rest.data() + rest.size());
        std::optional<DocumentRun> run;
        if (end)
            run = readObject({rest.data(), static_cast<std::size_t>(end - rest.data())});
        if (run)
            runs.push_back(std::move(*run));
        else
            futile += end ? static_cast<std::size_t>(end - rest.data()) : rest.size();
        at = nextOpening(stdoutText, run ? static_cast<std::size_t>(end - stdoutText.data()) : at + 1);
    }
    return runs;
}

const DocumentFormat runnerJsonOutputFormat = {.name = "runner-json-output", .recognises = recognises, .read = read};

} // namespace ra::ingest
