// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/zone.h"
#include "core/engine/engine.h"
#include "core/engine/writerthread.h"
#include "core/ingest/discovery.h"
#include "core/ingest/recipebook.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::engine {

/// Reads files and folders once: recipes and other documents first, then logs, each from where it was left. A thread
/// decodes while the writer stores; memory is bounded by the writer's queue.
class Ingestor {
public:
    Ingestor(WriterThread &writer, Zone zone, std::shared_ptr<ingest::RecipeBook> book);

    /// Blocks until everything is committed. What cannot be read is listed in the report and does not end it. Counts of
    /// runs are the caller's to fill in, from what the writer commits.
    [[nodiscard]] Result<IngestReport> run(const std::vector<std::string> &paths, const std::stop_token &stop,
                                           const ProgressSink &progress);

private:
    [[nodiscard]] Result<void> readDocument(const ingest::FoundSource &found, IngestedFile &file);
    [[nodiscard]] Result<void> readLines(const ingest::FoundSource &found, IngestedFile &file,
                                         const std::stop_token &stop);
    void reject(const std::string &path, const ingest::RejectedLine &line, IngestedFile &file);
    void advance(std::uint64_t bytes, const std::string &path);

    WriterThread &m_writer;
    Zone m_zone;
    std::shared_ptr<ingest::RecipeBook> m_book;
    IngestReport m_report;
    Progress m_progress;
    std::uint64_t m_fileEnd = 0; ///< what m_progress.done is at the end of the file that is read
    const ProgressSink *m_sink = nullptr;
};

} // namespace ra::engine
