// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sourcefinder.h"

#include "core/engine/documentbatch.h"
#include "core/ingest/bytesource.h"

#include <algorithm>

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

} // namespace

Result<std::optional<store::SourceState>> findSource(WriterThread &writer, const ingest::SourceIdentity &identity,
                                                     const std::string &path) {
    using Found = Result<std::optional<store::SourceState>>;
    return writer.call<Found>([&](store::Store &store) -> Found {
        return store.findSource(identity, path, [&](std::uint32_t length) -> std::optional<std::uint64_t> {
            auto source = ingest::ByteSource::open(path);
            std::vector<char> head(length);
            if (!source)
                return std::nullopt;
            const auto got = source->read(0, head);
            if (!got || *got < length)
                return std::nullopt;
            return ingest::headHash(head);
        });
    });
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
