// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settingcard.h"

namespace ra::ui {

void layOutSetting(Card &card) {
    card.setBodyPadding(true);
    card.setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

PlainLabel *settingNote(const QString &text, QWidget *parent) {
    auto *label = new PlainLabel(text, parent);
    label->setTone(PlainLabel::Tone::Secondary);
    label->setWordWrap(true);
    return label;
}

} // namespace ra::ui
