// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/card.h"
#include "ui/widgets/elidedlabel.h"

namespace ra::ui {

/// Lays a card out as those of the settings page are: indented, and as high as it needs to be.
void layOutSetting(Card &card);

/// A quiet sentence that wraps.
[[nodiscard]] PlainLabel *settingNote(const QString &text, QWidget *parent);

} // namespace ra::ui
