// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/base/time.h"
#include "core/model/archived.h"
#include "core/model/retention.h"
#include "core/store/repair.h"
#include "core/store/verify.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::engine {

// What is done to a store that nobody else writes to, without an engine: for the command line. All open it, do one
// thing and close it; Busy: another process writes to it. See store::Store for what they do and how they fail.

/// Reads only, also beside a writer.
[[nodiscard]] Result<store::VerifyReport> verifyStore(const std::string &path, const std::stop_token &stop,
                                                      const ProgressSink &progress);
[[nodiscard]] Result<store::RepairReport> repairStore(const std::string &path, const std::stop_token &stop,
                                                      const ProgressSink &progress);

/// The policy that is saved in it.
[[nodiscard]] Result<RetentionPolicy> retentionOf(const std::string &path);

struct RetainOptions {
    bool preview = false; ///< only tell what would go
    bool save = false;    ///< the policy is that of the store from now on; not with a preview
};
/// As of now.
[[nodiscard]] Result<Retained> retain(const std::string &path, const RetentionPolicy &policy,
                                      const RetainOptions &options, const std::stop_token &stop,
                                      const ProgressSink &progress);

/// The ids of all pinned runs afterwards, newest first.
[[nodiscard]] Result<std::vector<std::string>> pinRuns(const std::string &path, std::span<const std::string> runIds,
                                                       bool on);

struct Compacted {
    std::uint64_t bytesBefore = 0;
    std::uint64_t bytes = 0;
};
[[nodiscard]] Result<Compacted> compactStore(const std::string &path, const std::stop_token &stop,
                                             const ProgressSink &progress);

enum class Archiving : bool { Move, Copy };
/// What ended before a moment into a file of its own.
[[nodiscard]] Result<Archived> archiveStore(const std::string &path, const std::string &file, Time before,
                                            Archiving archiving, const std::stop_token &stop,
                                            const ProgressSink &progress);
/// What came out of the file.
[[nodiscard]] Result<Archived> attachArchive(const std::string &path, const std::string &file,
                                             const std::stop_token &stop, const ProgressSink &progress);

} // namespace ra::engine
