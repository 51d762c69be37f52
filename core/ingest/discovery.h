// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/ingest/document.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::ingest {

struct DiscoveryOptions {
    bool hiddenFolders = false; ///< whether to enter folders whose name begins with a dot (below those given)
};

/// A file worth reading.
struct FoundSource {
    std::string path;
    std::string format;                       ///< of its first record or document; "text" for a file given by name
    const DocumentFormat *document = nullptr; ///< null for lines
    std::uint64_t fileSize = 0;               ///< as stored (compressed)
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
};

struct Discovery {
    std::vector<FoundSource> sources; ///< rotated siblings together, the oldest first; each file once
    std::vector<Error> errors;        ///< folders and files that could not be read; the others are complete
    std::uint64_t looked = 0;         ///< files that were looked into
};

/// Finds the sources among `paths`: files, and everything below folders, told by content (see classify.h). Symbolic
/// links are followed, each folder and file is visited once. Databases are never sources; files given by name are even
/// if nothing in them is recognised. Reports progress with stage "scan", in files. Fails only when stopped.
[[nodiscard]] Result<Discovery> discover(std::span<const std::string> paths, const DiscoveryOptions &options = {},
                                         const std::stop_token &stop = {}, const ProgressSink &progress = {});

} // namespace ra::ingest
