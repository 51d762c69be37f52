// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/ingest/batch.h"
#include "core/ingest/runassembler.h"
#include "core/ingest/samplecollector.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::ingest {

/// Reads the lines of one source from bytes in chunks of any size. What comes out depends on the bytes alone.
///
/// One thread at a time. Memory is bounded by the runs that are open and by one line of at most maxLine bytes.
class SourceReader {
public:
    /// Lines longer than this are decoded from their first bytes only (and said to be); the raw bytes are kept whole.
    static constexpr std::size_t maxLine = std::size_t{1024} * 1024;

    explicit SourceReader(const Zone &zone, std::shared_ptr<const RecipeBook> book = nullptr);

    /// Goes on where a checkpoint was taken. False: the state is of another version; start at offset 0 then.
    [[nodiscard]] bool resume(const Checkpoint &checkpoint);

    /// Where the next bytes must begin.
    [[nodiscard]] std::uint64_t offset() const { return m_offset + m_partialLength; }

    void feed(std::span<const char> bytes);

    /// The source ends here for now: takes a last line without line end, too. The checkpoint stays before it, so that
    /// reading can go on when the line goes on. Feed nothing afterwards; once more does nothing.
    void finish();

    /// See RunAssembler::endOpenRuns; all of them by default.
    void endOpenRuns(
        RunStatus status, const std::function<bool(const Run &)> &isGone = [](const Run &) { return true; }) {
        m_assembler.endOpenRuns(status, isGone);
    }
    [[nodiscard]] std::vector<const Run *> openRuns() const { return m_assembler.openRuns(); }

    /// What was learned since the last call: runs, samples, rejected lines, record count and, if asked for, the
    /// checkpoint (an empty state and offset 0 otherwise). Path, identity and raw bytes are the caller's to fill in.
    [[nodiscard]] Batch takeBatch(bool withCheckpoint);

    [[nodiscard]] std::uint64_t lines() const { return m_lines; }
    [[nodiscard]] std::uint64_t records() const { return m_allRecords; }
    /// Name of the format that most records are of; "text" if none was recognised.
    [[nodiscard]] std::string_view format() const;

private:
    void takeLine(std::string_view line, std::uint64_t size, bool ended);
    void reject(std::uint64_t offset, std::string_view line, std::string reason);
    [[nodiscard]] Checkpoint checkpointNow() const;

    Zone m_zone;
    std::shared_ptr<const RecipeBook> m_book;
    RunAssembler m_assembler;
    std::uint64_t m_offset = 0; ///< end of the last whole line taken
    std::uint64_t m_lines = 0;
    std::string m_partial; ///< the first maxLine bytes of the line begun
    std::uint64_t m_partialLength = 0;
    std::string m_scratch;    ///< a line made valid UTF-8
    std::size_t m_format = 0; ///< index of the format that matched last
    std::array<std::uint64_t, 16> m_tally{};
    std::uint64_t m_records = 0; ///< since the last batch
    std::uint64_t m_allRecords = 0;
    bool m_foreignEncoding = false;
    SampleCollector m_samples;
    std::vector<RejectedLine> m_rejected;
    Checkpoint m_final; ///< set by finish()
    bool m_finished = false;
};

/// `line` made valid UTF-8: bytes that are not are read as Latin-1, which is what such hosts write.
[[nodiscard]] std::string toUtf8(std::string_view line);

} // namespace ra::ingest
