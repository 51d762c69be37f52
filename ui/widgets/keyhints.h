// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace ra::ui {

/// Keys that a view takes for itself while it has the focus, for people: they are no actions, but want to be found.
struct KeyHint {
    QString keys, text;
};

struct KeyHintGroup {
    QString title; ///< of the view: "Timeline"
    QList<KeyHint> hints;
};

} // namespace ra::ui
