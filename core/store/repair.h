// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/store/verify.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::store {

/// What became of the rows of a table.
struct SavedTable {
    std::string name;
    std::uint64_t saved = 0;
    std::uint64_t damaged =
        0;                  ///< found, and not saved: their content is not what was written, or another has their place
    std::uint64_t made = 0; ///< stand in for lost ones that others refer to

    bool operator==(const SavedTable &) const = default;
};

struct RepairReport {
    bool wasSound = false; ///< nothing was done
    std::string aside;     ///< where the damaged file is now; its write-ahead log lies beside it
    std::uint64_t pages = 0;
    std::uint64_t damagedPages = 0; ///< of rows, that cannot be read
    std::uint64_t strayPages = 0;   ///< to which nothing led any more, and whose rows were saved
    std::uint64_t lostPages = 0;    ///< of rows, of which it is not clear whose they are
    std::uint64_t damagedRows = 0;  ///< on readable pages, that make no sense
    std::vector<SavedTable> tables;
    bool readAgain = false; ///< logs that are still there will be read again for what is missing
    VerifyReport check;     ///< of the new file
};

/// Makes a sound store of a damaged one. Reads the damaged file page by page without SQLite, saves every row that is
/// intact into a new file, verifies that, and only then puts it in place of the other, which stays beside it as
/// PATH.damaged (or .damaged-2, ...) and is never written to. Killed at any moment, the store is the old or the new
/// one. Needs room for a second store. Rollups are made anew; where something is missing, logs are read again.
///
/// Errors: Busy: somebody writes to it; NotFound; Invalid: no store, or of a newer program; Damaged: nothing can be
/// saved; Cancelled. The store is then as it was.
[[nodiscard]] Result<RepairReport> repair(const std::string &path, const std::stop_token &stop = {},
                                          const ProgressSink &progress = {});

/// Whether a repair was killed between its last steps: finishRepair() does the rest.
[[nodiscard]] bool isRepairPending(const std::string &path);
/// Under the writer lock, before the store is opened.
[[nodiscard]] Result<void> finishRepair(const std::string &path);

} // namespace ra::store
