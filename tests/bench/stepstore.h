// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace ra::bench {

struct StepStoreOptions {
    std::size_t samples = 20'000'000; ///< of the memory of the processes that the recipes run in
    std::size_t recipes = 40;         ///< a process each, in which its runs follow each other for 30 days
    std::size_t stepsARun = 12;
    std::size_t samplesAStep = 100; ///< on average, of which some fall between the runs: ten a second of ten seconds
    int repeat = 5;                 ///< of questions, of which the fastest and the slowest are told
    std::uint64_t seed = 1;
    std::string only;    ///< the name of the only question; empty: all
    bool askRows = true; ///< make and ask the tables of rows too
    std::string folder;  ///< where the two files are made; those that are there are asked as they are
};

/// Puts the same runs, steps and samples into a store and into two plain tables of rows in SQLite, and asks both what
/// users ask: the store by questions (core/query), the tables by SQL. An object with "error" where that fails.
[[nodiscard]] nlohmann::ordered_json measureStepStore(const StepStoreOptions &options);

} // namespace ra::bench
