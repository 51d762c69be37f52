// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ra {

/// What a store holds and how it grows.
struct StoreInfo {
    std::string path;
    std::uint64_t bytes = 0; ///< of the file, without its write-ahead log
    int schema = 0;
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    std::uint64_t samples = 0;
    std::uint64_t sampleBytes = 0; ///< of segments, and of what is not sealed yet, about
    std::uint64_t segments = 0;
    std::uint64_t logBytesRaw = 0;    ///< of the logs that are kept, as they were read
    std::uint64_t logBytesStored = 0; ///< what these take in the store
    std::uint64_t rejected = 0;       ///< lines
    std::uint64_t diskFreeBytes = 0;  ///< on the disk of the store; 0 if unknown
    double growthBytesPerDay = 0;     ///< 0 while less than a day is known
};

/// The size in so many days, if the store grows on as it did over the last month.
[[nodiscard]] inline double bytesIn(const StoreInfo &info, int days) {
    return static_cast<double>(info.bytes) + info.growthBytesPerDay * days;
}

/// When the disk would be full, in days from now; nothing where the store does not grow or the disk does not tell.
[[nodiscard]] inline std::optional<double> daysUntilDiskIsFull(const StoreInfo &info) {
    if (info.growthBytesPerDay <= 0 || info.diskFreeBytes == 0)
        return std::nullopt;
    return static_cast<double>(info.diskFreeBytes) / info.growthBytesPerDay;
}

} // namespace ra
