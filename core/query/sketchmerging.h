// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/stats/sketch.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ra::query {

/// Merges sketches by groups on threads of its own, while the caller's reads them: half of the work of a question over
/// many rollups. Each thread has groups of its own. What waits is bounded.
class SketchMerging {
public:
    /// `maxBytes`: of the sketches, about.
    SketchMerging(unsigned threads, std::size_t maxBytes);
    ~SketchMerging();
    SketchMerging(const SketchMerging &) = delete;
    SketchMerging &operator=(const SketchMerging &) = delete;

    /// The bytes of a sketch, which are copied. False: something failed, which finish() tells.
    bool add(std::size_t group, std::string_view sketch);
    /// Waits, and gives what each group came to: the bytes of its only sketch, or several merged. Damaged: one was
    /// none. Failed: more than allowed.
    [[nodiscard]] Result<void> finish(const std::function<Result<void>(std::size_t group, std::string &&only,
                                                                       std::unique_ptr<stats::Sketch> merged)> &take);

private:
    struct Batch {
        std::vector<std::pair<std::size_t, std::size_t>> entries; ///< group, length of its bytes
        std::string bytes;
    };
    struct Slot {
        std::string only;
        std::unique_ptr<stats::Sketch> merged;
    };
    struct Lane {
        Batch filling; ///< the caller's
        std::deque<Batch> waiting;
        std::vector<Slot> slots; ///< the thread's, by group / lanes
        std::thread thread;
    };
    void loop(Lane &lane);
    [[nodiscard]] Result<void> merge(Lane &lane, const Batch &batch, std::size_t &bytes);
    bool hand(Lane &lane);
    void end();

    std::size_t m_maxBytes;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_bytes = 0;
    bool m_ended = false;
    std::optional<Error> m_error;
    std::vector<std::unique_ptr<Lane>> m_lanes;
};

} // namespace ra::query
