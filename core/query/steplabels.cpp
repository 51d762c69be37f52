// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/steplabels.h"

#include <algorithm>

namespace ra::query {

using ingest::RecordKind;

std::string StepLabels::unfinishedStep() const {
    for (std::size_t i = m_ended; i < m_run.steps.size(); ++i) {
        const StepStatus status = m_run.steps[i].status;
        if (status != StepStatus::Skipped && status != StepStatus::NotReached)
            return m_run.steps[i].name;
    }
    return {};
}

void StepLabels::close(std::string step) {
    std::fill(m_labels.begin() + static_cast<std::ptrdiff_t>(m_open), m_labels.end(), step);
    m_open = m_labels.size();
    m_last = std::move(step);
}

void StepLabels::add(const ingest::Record &record) {
    switch (record.kind) {
    case RecordKind::StepCompleted:
    case RecordKind::StepFailed: {
        m_labels.emplace_back();
        close(std::string(record.text));
        const auto step = std::find_if(m_run.steps.begin() + static_cast<std::ptrdiff_t>(m_ended), m_run.steps.end(),
                                       [&](const Step &s) { return s.name == record.text; });
        if (step != m_run.steps.end())
            m_ended = static_cast<std::size_t>(step - m_run.steps.begin()) + 1;
        return;
    }
    case RecordKind::StepStopping:
    case RecordKind::StepContinuing:
    case RecordKind::StepSkipped:
        if (m_open < m_labels.size())
            close(unfinishedStep());
        m_labels.emplace_back();
        close(std::string(record.text));
        return;
    case RecordKind::RunStarted:
    case RecordKind::RunFinished:
    case RecordKind::RunFailed:
    case RecordKind::LoadFailed:
    case RecordKind::NoSteps:
    case RecordKind::CancelRequested:
    case RecordKind::CancelSkipping:
    case RecordKind::GlobalError:
    case RecordKind::StepsValidated:
        if (m_open < m_labels.size())
            close(unfinishedStep());
        m_labels.emplace_back();
        close({});
        return;
    default:
        m_labels.emplace_back();
    }
}

void StepLabels::addContinuation() {
    const bool closed = m_open == m_labels.size();
    m_labels.emplace_back();
    if (closed)
        close(m_last);
}

std::vector<std::string> StepLabels::finish() {
    if (m_open < m_labels.size())
        close(unfinishedStep());
    return std::move(m_labels);
}

} // namespace ra::query
