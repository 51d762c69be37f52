// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/searchfield.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/keyhintbutton.h"

#include <QKeyEvent>
#include <QPainter>

namespace ra::ui {

SearchField::SearchField(QWidget *parent)
    : QLineEdit(parent) {
    setPlaceholderText(tr("Search runs, steps, errors"));
    setAccessibleName(tr("Search runs, steps and errors"));
    setToolTip(tr("Words in recipes, paths, run ids, step names and error texts"));
    setClearButtonEnabled(true);
    setTextMargins(20, 0, 0, 0);
}

void SearchField::setKeys(const QString &keys) {
    m_keys = keys;
    update();
}

void SearchField::paintEvent(QPaintEvent *event) {
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    icon(QStringLiteral("search")).paint(&painter, QRect(7, (height() - 16) / 2, 16, 16));
    if (text().isEmpty() && !hasFocus())
        paintKeyCap(painter, rect().adjusted(0, 0, -5, 0), m_keys, tokens().textSecondary, tokens().border);
}

void SearchField::keyPressEvent(QKeyEvent *event) {
    if (event->key() != Qt::Key_Escape) {
        QLineEdit::keyPressEvent(event);
        return;
    }
    if (text().isEmpty())
        Q_EMIT left();
    else
        clear();
}

} // namespace ra::ui
