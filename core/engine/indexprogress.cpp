// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/indexprogress.h"

#include <algorithm>

namespace ra::engine {

namespace {

constexpr auto progressEvery = std::chrono::milliseconds(100);

} // namespace

void IndexProgress::tell(bool atEnd, const ProgressSink &sink) {
    const auto at = Clock::now();
    const bool complete = m_progress.total > 0 && m_progress.done >= m_progress.total;
    if (!sink || m_progress.total == 0 || (at - m_told < progressEvery && !(atEnd && complete)))
        return;
    m_told = at;
    Progress shown = m_progress;
    shown.done = std::min(shown.done, shown.total);
    sink(shown);
    if (complete)
        m_progress = {.stage = "index", .item = {}, .done = 0, .total = 0};
}

} // namespace ra::engine
