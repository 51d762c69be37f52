// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/record.h"
#include "core/model/recipe.h"
#include "core/model/run.h"
#include "core/model/sample.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ra::ingest {

/// What makes a file the same file under renaming, compression and restarts.
struct SourceIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t headHash = 0;   ///< XXH3 of the first headLength decompressed bytes
    std::uint32_t headLength = 0; ///< at most 1,024; grows while the file is shorter than that

    bool operator==(const SourceIdentity &) const = default;
};

/// Tells that a file was not written to since.
struct FileStamp {
    std::int64_t size = -1;      ///< as stored, in bytes
    std::int64_t modifiedNs = 0; ///< since the Unix epoch

    bool operator==(const FileStamp &) const = default;
};

/// How surely a line belongs to its run.
enum class Certainty : std::uint8_t {
    Certain,  ///< it names the runner, carries the run's thread, or only this run was open
    Likely,   ///< the only run whose recipe has this class as its current step
    Possible, ///< one of several that fit: the last that spoke
};

/// A stretch of a source's bytes that belongs to a run.
struct LineSpan {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    Certainty certainty = Certainty::Certain;

    bool operator==(const LineSpan &) const = default;
};

/// What one source says about one run: a new value for what (source, firstOffset, part) said before. Applying the same
/// change twice, or a later one in place of an earlier one, gives the same state.
struct RunChange {
    std::uint64_t firstOffset = 0; ///< of the run's first line in the source
    std::uint32_t part = 0;        ///< tells runs apart that begin at one offset (documents with several runs)
    bool standsAlone = true;       ///< false: never shown by itself, only merged into a run that a log shows
    bool headless = false;         ///< the run's first line is not in this source
    Run run;                       ///< run.steps holds the steps from firstStep on; steps before are unchanged
    std::uint32_t firstStep = 0;
    std::vector<LineSpan> spans; ///< the run's lines found since the last change (append), ascending
    bool replaceSpans = false;   ///< spans replaces all earlier ones instead of being appended
    bool withdrawn = false;      ///< the source says after all that there is no such run
};

/// What is kept of runs that shared a runner name, so that they can be told apart anew when more of their recipes is
/// known: see ForkCluster. A new value for what (source, firstOffset) was before.
struct ForkRecord {
    std::uint64_t firstOffset = 0;        ///< of the first run's first line
    std::vector<std::string> recipePaths; ///< of the runs, as the log has them, in the order of their starts
    std::uint64_t basis = 0;              ///< what was known of these recipes; see forkBasis
    std::string data;                     ///< a saved ForkCluster; opaque

    bool operator==(const ForkRecord &) const = default;
};

/// A stretch of raw bytes of a source, to be kept compressed.
struct RawBytes {
    std::uint64_t offset = 0;
    std::string bytes;
};

/// Where reading a source goes on after a restart, committed together with what was read before it.
struct Checkpoint {
    std::uint64_t offset = 0;                       ///< everything before it is in the store
    std::uint64_t lines = 0;                        ///< number of line ends before offset
    std::string state;                              ///< SourceReader's saved state; opaque
    std::optional<FileStamp> packed = std::nullopt; ///< of a compressed file of which all is before offset
};

/// All that was learned from one stretch of one source. One batch is one transaction.
struct Batch {
    std::string path; ///< of the source now
    SourceIdentity identity;
    std::string format;           ///< name of the prevailing format
    std::string zone;             ///< IANA name for its local times
    std::uint64_t generation = 0; ///< counts truncations: a generation is a source of its own
    std::vector<RunChange> runs;
    std::vector<ForkRecord> forks;
    std::vector<Recipe> recipes;
    SampleSet samples;
    std::vector<RejectedLine> rejected;
    std::vector<RawBytes> raw;
    std::uint64_t records = 0; ///< records in this stretch
    Checkpoint checkpoint;
    /// All that the source says (a document): what it said before and does not say here is withdrawn. One that could
    /// not be understood has only a rejected line, and takes nothing back.
    bool whole = false;
};

} // namespace ra::ingest
