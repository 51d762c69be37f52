// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/record.h"
#include "core/model/run.h"

#include <string>
#include <vector>

namespace ra::query {

/// Tells line by line which step of a run is speaking. Steps run one after another, so all between the end of one and
/// the end of the next belongs to the next. Feed all lines of a run in order, then finish().
class StepLabels {
public:
    explicit StepLabels(const Run &run)
        : m_run(run) {}

    void add(const ingest::Record &record);
    void addContinuation();
    /// The step names of all lines fed, empty for lines of the run itself.
    [[nodiscard]] std::vector<std::string> finish();

private:
    /// The step that runs after those that ended: what it said is not closed by an end.
    [[nodiscard]] std::string unfinishedStep() const;
    void close(std::string step);

    const Run &m_run;
    std::vector<std::string> m_labels;
    std::size_t m_open = 0;  ///< index of the first line that waits for the end of its step
    std::size_t m_ended = 0; ///< steps of the run up to the last that ended
    std::string m_last;      ///< label of the last closed line
};

} // namespace ra::query
