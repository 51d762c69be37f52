// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/documentbatch.h"

#include "core/ingest/bytesource.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace ra::engine {

namespace {

constexpr std::size_t maxDocument = 64U << 20;

Result<std::string> readWhole(ingest::ByteSource &source) {
    std::string bytes;
    for (;;) {
        const std::size_t begin = bytes.size();
        bytes.resize(begin + (1U << 20));
        const auto got = source.read(begin, std::span(bytes).subspan(begin));
        if (!got)
            return fail(got.error());
        bytes.resize(begin + *got);
        if (*got == 0)
            return bytes;
        if (bytes.size() > maxDocument) {
            return fail({.kind = ErrorKind::Invalid,
                         .what = "read the document",
                         .where = source.path(),
                         .why = "it is larger than 64 MB",
                         .hint = "Documents of this size are not read"});
        }
    }
}

std::string idOf(const Run &run, std::uint32_t ordinal) {
    const std::int64_t start = run.start ? toNs(*run.start) : 0;
    const std::int64_t duration = run.duration ? run.duration->count() : 0;
    std::string key = "document\n" + run.recipePath + '\n' + run.recipe + '\n' + std::to_string(start) + '\n' +
                      std::to_string(duration) + '\n' + std::to_string(ordinal);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(XXH3_64bits(key.data(), key.size())));
    return text;
}

/// What cannot be so is kept as it stands, and said to be doubtful.
void noteContradictions(Run &run) {
    const bool backwards =
        (run.start && run.end && *run.end < *run.start) || run.duration.value_or(Duration{}).count() < 0;
    const bool stepBackwards = std::any_of(run.steps.begin(), run.steps.end(), [](const Step &step) {
        return (step.start && step.end && *step.end < *step.start) || step.duration.value_or(Duration{}).count() < 0;
    });
    if (!backwards && !stepBackwards)
        return;
    run.suspect = true;
    run.notes.emplace_back("clock-set-back");
}

} // namespace

std::vector<ingest::RunChange> changesOf(const ingest::Document &document) {
    std::vector<ingest::RunChange> changes;
    std::map<std::string, std::uint32_t> seen;
    for (std::size_t i = 0; i < document.runs.size(); ++i) {
        ingest::RunChange change;
        change.part = static_cast<std::uint32_t>(i);
        change.standsAlone = document.runs[i].standsAlone;
        change.run = document.runs[i].run;
        noteContradictions(change.run);
        change.run.id = idOf(change.run, 0);
        if (const std::uint32_t ordinal = seen[change.run.id]++; ordinal > 0)
            change.run.id = idOf(change.run, ordinal);
        changes.push_back(std::move(change));
    }
    return changes;
}

Result<ingest::Batch> documentBatch(const std::string &path, const ingest::DocumentFormat &format, const Zone &zone) {
    auto source = ingest::ByteSource::open(path);
    if (!source)
        return fail(source.error());
    const auto identity = source->identity();
    if (!identity)
        return fail(identity.error());
    const auto bytes = readWhole(*source);
    if (!bytes)
        return fail(bytes.error());
    ingest::Batch batch;
    batch.path = path;
    batch.identity = *identity;
    batch.format = format.name;
    batch.zone = zone.name();
    batch.whole = true;
    const auto lines = static_cast<std::uint64_t>(std::count(bytes->begin(), bytes->end(), '\n'));
    batch.checkpoint = {bytes->size(), lines, {}};
    const auto document = format.read(path, *bytes);
    if (document) {
        batch.runs = changesOf(*document);
        batch.recipes = document->recipes;
        batch.samples = document->samples;
        batch.rejected = document->rejected;
        batch.records = batch.runs.size() + batch.recipes.size();
        if (batch.runs.empty()) // else they are part of what is said of the runs
            batch.records += batch.samples.samples.size();
    } else {
        batch.rejected.push_back({0, 0, document.error().why, {}});
    }
    return batch;
}

} // namespace ra::engine
