// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/document.h"

#include "core/report/text.h"

namespace ra::report {

namespace {

QString nameOf(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return Words::tr("Running");
    case RunStatus::Completed:
        return Words::tr("Completed");
    case RunStatus::Partial:
        return Words::tr("Partial");
    case RunStatus::Failed:
        return Words::tr("Failed");
    case RunStatus::Rejected:
        return Words::tr("Rejected");
    case RunStatus::Cancelled:
        return Words::tr("Cancelled");
    case RunStatus::Interrupted:
        return Words::tr("Interrupted");
    case RunStatus::Killed:
        return Words::tr("Killed");
    case RunStatus::Timeout:
        return Words::tr("Timed out");
    case RunStatus::Abandoned:
        return Words::tr("Abandoned");
    }
    return {};
}

QString nameOf(StepStatus status) {
    switch (status) {
    case StepStatus::Running:
        return Words::tr("Running");
    case StepStatus::Completed:
        return Words::tr("Completed");
    case StepStatus::Failed:
        return Words::tr("Failed");
    case StepStatus::Skipped:
        return Words::tr("Skipped");
    case StepStatus::Interrupted:
        return Words::tr("Interrupted");
    case StepStatus::NotReached:
        return Words::tr("Not reached");
    }
    return {};
}

} // namespace

QString stateName(const State &state) {
    return std::visit([](auto status) { return nameOf(status); }, state);
}

QString shownOf(const Timeline &timeline, qint64 shown) {
    if (shown >= timeline.totalRows)
        return {};
    return Words::tr("%1 of %2 steps: failed ones, repeated ones, the longest")
        .arg(countText(shown, {}), countText(timeline.totalRows, {}));
}

QString shownOf(const Failures &failures, qint64 shown) {
    if (shown >= failures.total)
        return {};
    return Words::tr("%1 of %2 shown").arg(countText(shown, {}), countText(failures.total, {}));
}

} // namespace ra::report
