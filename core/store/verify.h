// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::store {

/// Something in a store that is not what was written.
struct Damage {
    std::string where; ///< a table and which row of it, or "the file"
    std::string what;

    bool operator==(const Damage &) const = default;
};

/// What was looked at, and what is wrong with it.
struct VerifyReport {
    static constexpr std::size_t mostListed = 200;

    std::uint64_t bytes = 0; ///< of the file
    std::uint64_t runs = 0;
    std::uint64_t blocks = 0; ///< of raw lines
    std::uint64_t logBytes = 0;
    std::uint64_t segments = 0;
    std::uint64_t samples = 0; ///< in segments
    std::uint64_t rollups = 0;
    std::uint64_t damages = 0;
    std::vector<Damage> damage; ///< the first of them

    [[nodiscard]] bool isSound() const { return damages == 0; }
    void note(std::string where, std::string what);
};

/// Looks at everything in a store: what it declares, SQLite's own integrity check, rows that refer to others that are
/// not there, every block of raw lines and every segment of samples unpacked and held against its checksums and against
/// what its row says, rollups against the samples and rollups that they sum up. Reads only, also beside a writer, of
/// which it sees one moment. Memory is bounded; time is that of reading the file once and of unpacking it.
///
/// Damage is an answer, not an error. Errors: NotFound; Damaged where the file is no store at all, or its head is gone;
/// Invalid for a schema of another version; Cancelled.
[[nodiscard]] Result<VerifyReport> verify(const std::string &path, const std::stop_token &stop = {},
                                          const ProgressSink &progress = {});

} // namespace ra::store
