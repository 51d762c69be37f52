// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace ra::bench {

struct SampleStoreOptions {
    std::size_t samples = 20'000'000;
    std::size_t series = 20; ///< of four shapes in turn, ten samples a second each
    std::size_t batch = 40'000;
    int repeat = 3; ///< of queries, of which the fastest counts
    std::int64_t unitNs = 1'000;
    std::uint64_t seed = 1;
    std::string folder; ///< where the two files are made
};

/// Puts the same samples into a store and into a plain table of rows in SQLite (series, t_ns, value by series and
/// time), and asks both the same. An object with "error" where that fails.
[[nodiscard]] nlohmann::ordered_json measureSampleStore(const SampleStoreOptions &options);

} // namespace ra::bench
