// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include "ui/theme/palettes.h"

#include <QCoreApplication>

namespace ra::ui {

namespace {

StateRole roleOf(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return StateRole::Running;
    case RunStatus::Completed:
        return StateRole::Completed;
    case RunStatus::Partial:
        return StateRole::Partial;
    case RunStatus::Failed:
    case RunStatus::Timeout:
        return StateRole::Failed;
    case RunStatus::Rejected:
        return StateRole::Rejected;
    case RunStatus::Cancelled:
    case RunStatus::Interrupted:
    case RunStatus::Killed:
    case RunStatus::Abandoned:
        return StateRole::Unknown;
    }
    return StateRole::Unknown;
}

StateRole roleOf(StepStatus status) {
    switch (status) {
    case StepStatus::Running:
        return StateRole::Running;
    case StepStatus::Completed:
        return StateRole::Completed;
    case StepStatus::Failed:
        return StateRole::Failed;
    case StepStatus::Skipped:
        return StateRole::Partial;
    case StepStatus::Interrupted:
    case StepStatus::NotReached:
        return StateRole::Unknown;
    }
    return StateRole::Unknown;
}

QString translated(const char *word) {
    return QCoreApplication::translate("State", word);
}

} // namespace

const Tokens &tokens() {
    return theme().tokens;
}

RoleColors colorsOf(RunStatus status) {
    return theme().role(roleOf(status));
}

RoleColors colorsOf(StepStatus status) {
    return theme().role(roleOf(status));
}

RoleColors warningColors() {
    return theme().role(StateRole::Partial);
}

const Tokens &lightTokens() {
    return lightTheme().tokens;
}

RoleColors lightColorsOf(RunStatus status) {
    return lightTheme().role(roleOf(status));
}

RoleColors lightColorsOf(StepStatus status) {
    return lightTheme().role(roleOf(status));
}

QString displayName(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return translated(QT_TRANSLATE_NOOP("State", "Running"));
    case RunStatus::Completed:
        return translated(QT_TRANSLATE_NOOP("State", "Completed"));
    case RunStatus::Partial:
        return translated(QT_TRANSLATE_NOOP("State", "Partial"));
    case RunStatus::Failed:
        return translated(QT_TRANSLATE_NOOP("State", "Failed"));
    case RunStatus::Rejected:
        return translated(QT_TRANSLATE_NOOP("State", "Rejected"));
    case RunStatus::Cancelled:
        return translated(QT_TRANSLATE_NOOP("State", "Cancelled"));
    case RunStatus::Interrupted:
        return translated(QT_TRANSLATE_NOOP("State", "Interrupted"));
    case RunStatus::Killed:
        return translated(QT_TRANSLATE_NOOP("State", "Killed"));
    case RunStatus::Timeout:
        return translated(QT_TRANSLATE_NOOP("State", "Timed out"));
    case RunStatus::Abandoned:
        return translated(QT_TRANSLATE_NOOP("State", "Abandoned"));
    }
    return {};
}

QString displayName(StepStatus status) {
    switch (status) {
    case StepStatus::Running:
        return translated(QT_TRANSLATE_NOOP("State", "Running"));
    case StepStatus::Completed:
        return translated(QT_TRANSLATE_NOOP("State", "Completed"));
    case StepStatus::Failed:
        return translated(QT_TRANSLATE_NOOP("State", "Failed"));
    case StepStatus::Skipped:
        return translated(QT_TRANSLATE_NOOP("State", "Skipped"));
    case StepStatus::Interrupted:
        return translated(QT_TRANSLATE_NOOP("State", "Interrupted"));
    case StepStatus::NotReached:
        return translated(QT_TRANSLATE_NOOP("State", "Not reached"));
    }
    return {};
}

} // namespace ra::ui
