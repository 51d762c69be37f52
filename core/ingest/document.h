// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/ingest/record.h"
#include "core/model/recipe.h"
#include "core/model/run.h"
#include "core/model/sample.h"

#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace ra::ingest {

/// A run as a whole document tells it (result object, --json-output, timeline, execution metrics). `run.start` may be
/// absent; `run.provenance` and `run.id` are left empty here.
struct DocumentRun {
    Run run;
    bool standsAlone = false; ///< whether it is an execution by itself (result objects are); else it only adds to one
                              ///< that a log shows (timelines and metrics of demonstrations do not make runs)
};

/// What a whole-file format yields.
struct Document {
    std::vector<DocumentRun> runs;
    std::vector<Recipe> recipes;
    SampleSet samples = {};
    std::vector<RejectedLine> rejected = {}; ///< parts that could not be read, each with an offset of its own
};

/// A format that is one document a file (JSON, YAML) rather than lines.
///
/// To add a format: write one file with these two functions and add one line to `documentFormats()` in document.cpp.
struct DocumentFormat {
    std::string_view name; ///< "runner-result", "recipe", ...
    /// Whether a file with this name and these first bytes (at most 64 KiB) is of this format. Cheap, no side effects.
    bool (*recognises)(std::string_view fileName, std::string_view head);
    /// Reads the whole document. Limits (FAULTS.md I6): 64 MB, depth 128, 10^4 YAML nodes from aliases.
    Result<Document> (*read)(std::string_view path, std::string_view bytes);
};

[[nodiscard]] std::span<const DocumentFormat> documentFormats();

} // namespace ra::ingest
