// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <cstdint>
#include <optional>

namespace ra {

/// For how long things are kept in a store; nothing: for ever. A period counts from the end of a run, from the moment
/// of a sample, from the last line of a block of raw lines, and is rounded up to whole days of UTC.
struct RetentionPolicy {
    std::optional<Duration> samples = {}; ///< as they were measured
    std::optional<Duration> log = {};     ///< raw lines
    std::optional<Duration> rollups = {}; ///< of samples and of steps; not shorter than samples and runs
    std::optional<Duration> runs = {};    ///< with their steps and errors
    /// Bytes that stay free on the disk of the store: where there are fewer, samples and raw lines go earlier, the
    /// oldest day first, and after them runs.
    std::uint64_t keepFreeBytes = 0;

    [[nodiscard]] bool isEmpty() const { return !samples && !log && !rollups && !runs && keepFreeBytes == 0; }
    bool operator==(const RetentionPolicy &) const = default;
};

/// What has gone, or would go.
struct Retained {
    std::uint64_t samples = 0;
    std::uint64_t logBytes = 0; ///< of raw lines, as they were read
    std::uint64_t rollups = 0;
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    /// In the file, for what comes next; store compact gives them back to the disk.
    std::uint64_t freedBytes = 0;
    /// That it takes more instead: what sums up few samples, and is kept in their place, can be larger than they were.
    std::uint64_t takenBytes = 0;

    bool operator==(const Retained &) const = default;
};

} // namespace ra
