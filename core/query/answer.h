// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/query/frame.h"
#include "core/query/plan.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::query {

/// How large an answer may become.
struct GroupLimits {
    std::size_t maxGroups = 500'000;
    std::size_t maxBytes = std::size_t{512} * 1024 * 1024; ///< of groups while they are gathered, about
};

/// What answered a question.
struct Explanation {
    Plan plan;
    std::uint64_t rows = 0;         ///< of runs, steps, errors that were read one by one
    std::uint64_t rollups = 0;      ///< of steps or samples
    std::uint64_t headers = 0;      ///< of segments that were not decoded
    std::uint64_t decoded = 0;      ///< segments
    std::uint64_t samples = 0;      ///< that were looked at one by one
    std::uint64_t groups = 0;       ///< before `having` and `limit`
    std::uint64_t connections = 0;  ///< that read ahead of the reader's own
    std::uint64_t staleUnits = 0;   ///< hours or days whose rollups did not count yet, so that rows were read
    bool isExact = true;            ///< else quantiles are within 1 % of the true ones
    std::vector<std::string> notes; ///< what limits the answer

    /// Lines for people.
    [[nodiscard]] std::string text() const;
};

struct Answer {
    Frame frame;
    Explanation explanation;
};

/// Takes a page of an answer; false: no more is wanted.
using PageSink = std::function<bool(const Frame &page)>;

struct AskOptions {
    GroupLimits limits = {};
    std::stop_token stop = {};  ///< looked at within some milliseconds of work
    ProgressSink progress = {}; ///< stage "query"
    /// Connections that may read ahead, where there is much to read; 0 to 4. The answer is the same.
    unsigned mostConnections = 4;
};

} // namespace ra::query
