// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace ra::engine {

/// How far the reading of what was there before is, in bytes, while files come and go. One thread at a time.
class IndexProgress {
public:
    /// There is more to read.
    void expect(std::uint64_t bytes) { m_progress.total += bytes; }
    /// Some of it was read, of this file.
    void read(std::uint64_t bytes, const std::string &path) {
        m_progress.done += bytes;
        m_progress.item = path;
    }
    /// Tells `sink`, unless it is empty or was told within the last tenth of a second: of the end, where all that was
    /// expected has been read, in any case if `atEnd`. After the end it begins anew.
    void tell(bool atEnd, const ProgressSink &sink);

private:
    using Clock = std::chrono::steady_clock;

    Progress m_progress{.stage = "index", .item = {}, .done = 0, .total = 0};
    Clock::time_point m_told{};
};

} // namespace ra::engine
