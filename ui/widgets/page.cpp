// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/page.h"

#include <QAbstractButton>
#include <QApplication>
#include <QKeyEvent>
#include <QPushButton>

namespace ra::ui {

namespace {

/// Whether the key presses the button.
bool presses(const QKeyEvent &key, const QAbstractButton &button) {
    if (key.key() == Qt::Key_Space || key.key() == Qt::Key_Select)
        return true;
    const auto *push = qobject_cast<const QPushButton *>(&button);
    return (key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter) && push != nullptr && push->autoDefault();
}

} // namespace

bool Page::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *button = qobject_cast<QAbstractButton *>(QApplication::focusWidget());
        if (button != nullptr && isAncestorOf(button) && presses(*static_cast<QKeyEvent *>(event), *button)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace ra::ui
