// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/ingestor.h"

#include "core/engine/documentbatch.h"
#include "core/engine/forks.h"
#include "core/engine/sourcefinder.h"
#include "core/ingest/bytesource.h"
#include "core/ingest/discovery.h"
#include "core/ingest/sourcereader.h"
#include "core/live/processes.h"

#include <algorithm>
#include <chrono>

namespace ra::engine {

namespace {

constexpr std::size_t chunkSize = 4U << 20;
constexpr std::size_t statePace = 32;     ///< bytes read for a byte of checkpoint
constexpr std::size_t maxListed = 10'000; ///< rejected lines in a report; the store has them all

} // namespace

Ingestor::Ingestor(WriterThread &writer, Zone zone, std::shared_ptr<ingest::RecipeBook> book)
    : m_writer(writer)
    , m_zone(std::move(zone))
    , m_book(std::move(book)) {}

Result<IngestReport> Ingestor::run(const std::vector<std::string> &paths, const std::stop_token &stop,
                                   const ProgressSink &progress) {
    const auto begin = std::chrono::steady_clock::now();
    m_report = {};
    m_sink = &progress;
    auto found = ingest::discover(paths, {}, stop, progress);
    if (!found)
        return fail(found.error());
    for (const Error &error : found->errors)
        m_report.rejected.push_back({error.where, 0, 0, error.why, {}});
    // Recipes first: they help to read the logs.
    std::stable_partition(found->sources.begin(), found->sources.end(),
                          [](const ingest::FoundSource &source) { return source.document != nullptr; });
    m_progress = {.stage = "index", .item = {}, .done = 0, .total = 0};
    for (const ingest::FoundSource &source : found->sources)
        m_progress.total += source.fileSize;
    for (const ingest::FoundSource &source : found->sources) {
        if (stop.stop_requested())
            return fail({.kind = ErrorKind::Cancelled, .what = "read the logs", .why = "it was cancelled"});
        IngestedFile file;
        file.path = source.path;
        file.format = source.format;
        m_fileEnd = m_progress.done + source.fileSize;
        const auto read = source.document != nullptr ? readDocument(source, file) : readLines(source, file, stop);
        if (!read && read.error().kind == ErrorKind::Cancelled)
            return fail(read.error());
        if (!read)
            reject(source.path, {0, 0, read.error().why, {}}, file);
        m_report.files.push_back(std::move(file));
        advance(m_fileEnd - m_progress.done, source.path);
    }
    // Logs that were read before, and recipes that are known only now.
    auto forks = resolveForksAnew(m_writer, *m_book);
    if (!forks)
        return fail(forks.error());
    for (ingest::Batch &batch : *forks)
        m_writer.push(std::move(batch));
    if (const auto flushed = m_writer.flush(); !flushed)
        return fail(flushed.error());
    m_report.elapsed = std::chrono::steady_clock::now() - begin;
    return std::move(m_report);
}

void Ingestor::reject(const std::string &path, const ingest::RejectedLine &line, IngestedFile &file) {
    ++file.rejected;
    if (m_report.rejected.size() < maxListed)
        m_report.rejected.push_back({path, line.line, line.offset, line.reason, line.excerpt});
}

Result<void> Ingestor::readDocument(const ingest::FoundSource &found, IngestedFile &file) {
    auto batch = documentBatch(found.path, *found.document, m_zone);
    if (!batch)
        return fail(batch.error());
    file.bytes = batch->checkpoint.offset;
    file.lines = batch->checkpoint.lines;
    file.records = batch->records;
    for (const ingest::RejectedLine &line : batch->rejected)
        reject(found.path, line, file);
    for (const Recipe &recipe : batch->recipes)
        m_book->add(recipe);
    m_writer.push(std::move(*batch));
    return {};
}

Result<void> Ingestor::readLines(const ingest::FoundSource &found, IngestedFile &file, const std::stop_token &stop) {
    auto opened = ingest::ByteSource::open(found.path);
    if (!opened)
        return fail(opened.error());
    ingest::ByteSource &source = *opened;
    const auto identity = source.identity();
    if (!identity)
        return fail(identity.error());

    // Where it was left, if it was.
    ingest::SourceReader reader(m_zone, m_book);
    std::uint64_t generation = 0;
    const bool packed = source.compression() != ingest::Compression::None;
    const ingest::FileStamp stamp = source.stamp().value_or(ingest::FileStamp{});
    bool unchanged = false; // then it need not be unpacked
    const auto state = findSource(m_writer, *identity, found.path);
    if (!state)
        return fail(state.error());
    if (*state) {
        const store::SourceState &known = **state;
        generation = known.generation;
        const bool shrunk =
            !packed && stamp.size >= 0 && static_cast<std::uint64_t>(stamp.size) < known.checkpoint.offset;
        if (shrunk)
            ++generation;
        else if (known.zone == m_zone.name()) // a state of another version: from the beginning, to the same effect
            unchanged = reader.resume(known.checkpoint) && packed && known.checkpoint.packed == stamp;
    }

    const auto send = [&](ingest::Batch batch, std::string raw, std::uint64_t offset) {
        batch.path = found.path;
        batch.identity = *identity;
        batch.generation = generation;
        if (!raw.empty())
            batch.raw.push_back({offset, std::move(raw)});
        for (const ingest::RejectedLine &line : batch.rejected)
            reject(found.path, line, file);
        file.records += batch.records;
        m_writer.push(std::move(batch));
    };
    const std::uint64_t first = reader.offset();
    std::vector<ingest::RejectedLine> damage;
    std::uint64_t sinceCheckpoint = 0;
    std::uint64_t stateSize = 0;
    while (!unchanged) {
        if (stop.stop_requested())
            return fail({.kind = ErrorKind::Cancelled, .what = "read the logs", .why = "it was cancelled"});
        std::string chunk = m_writer.spareBuffer();
        chunk.resize(chunkSize);
        const std::uint64_t offset = reader.offset();
        const auto got = source.read(offset, chunk);
        if (!got) { // a damaged compressed file: what was read stands
            damage.push_back({offset, reader.lines(), got.error().why, {}});
            break;
        }
        if (*got == 0)
            break;
        chunk.resize(*got);
        reader.feed(chunk);
        advance(*got, found.path);
        // The state holds every run that never ended. It is kept as seldom as it is large, so that it costs a small
        // part of the reading however many there are.
        sinceCheckpoint += *got;
        const bool withCheckpoint = sinceCheckpoint >= stateSize * statePace;
        ingest::Batch batch = reader.takeBatch(withCheckpoint);
        if (withCheckpoint) {
            stateSize = batch.checkpoint.state.size();
            sinceCheckpoint = 0;
        }
        send(std::move(batch), std::move(chunk), offset);
    }
    file.bytes = reader.offset() - first;
    reader.finish();
    if (!reader.openRuns().empty()) {
        const live::FileKey key{identity->device, identity->inode};
        const auto holders = live::holdersOf(key, live::fileOwnerOf(found.path, key));
        reader.endOpenRuns(RunStatus::Abandoned, [&](const Run &run) {
            return live::ownerOf(run.runner, holders).liveness == live::Liveness::Gone;
        });
    }
    file.lines = reader.lines();
    if (reader.records() > 0)
        file.format = reader.format();
    ingest::Batch last = reader.takeBatch(true);
    last.rejected.insert(last.rejected.end(), damage.begin(), damage.end());
    // The checkpoint stays before a last line without its end: that one is taken again each time.
    if (packed && damage.empty() && stamp.size >= 0 && last.checkpoint.offset == reader.offset())
        last.checkpoint.packed = stamp;
    send(std::move(last), {}, 0);
    return {};
}

void Ingestor::advance(std::uint64_t bytes, const std::string &path) {
    m_progress.done = std::min(m_progress.done + bytes, m_fileEnd); // a packed file gives more than it has
    m_progress.item = path;
    if (*m_sink)
        (*m_sink)(m_progress);
}

} // namespace ra::engine
