// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"

#include <memory>
#include <random>
#include <string>

namespace ra::test {

/// Columns of n runs of 40 recipes, newest first, the same for the same seed: for tables of any size without a store.
[[nodiscard]] inline std::shared_ptr<query::RunColumns> syntheticRuns(std::size_t n, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    auto c = std::make_shared<query::RunColumns>();
    for (int i = 0; i < 40; ++i) {
        c->recipes.push_back("recipe_" + std::to_string(i));
        c->recipePaths.push_back("jobs/recipe_" + std::to_string(i) + ".yaml");
    }
    c->errors = {"", "ConnectionError: no route to host", "ValueError: bad amount 'n/a'", "MemoryError"};
    std::int64_t start = 1'795'456'664'000'000'000; // 23 Nov 2026
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t dice = random();
        const RunStatus status = dice % 100 < 92   ? RunStatus::Completed
                                 : dice % 100 < 96 ? RunStatus::Failed
                                 : dice % 100 < 98 ? RunStatus::Partial
                                                   : RunStatus(dice / 100 % runStatusCount);
        const bool good = status == RunStatus::Completed;
        c->rowId.push_back(std::int64_t(n - i));
        c->id.push_back(random());
        c->recipe.push_back(std::uint32_t((dice >> 8) % 40));
        c->status.push_back(status);
        c->startNs.push_back(start);
        c->durationNs.push_back(std::int64_t((dice >> 16) % 120'000'000'000));
        c->totalSteps.push_back(10);
        c->completedSteps.push_back(good ? 10 : 7);
        c->failedSteps.push_back(good ? 0 : 1);
        c->error.push_back(good ? 0 : std::uint32_t(1 + (dice >> 24) % 3));
        start -= std::int64_t(random() % 60'000'000'000);
    }
    return c;
}

} // namespace ra::test
