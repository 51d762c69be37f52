// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rail.h"

#include "ui/theme/fonts.h"
#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace ra::ui {

namespace {
constexpr int compactWidth = 52;
}

RailButton::RailButton(const QString &text, const QString &iconName, QWidget *parent)
    : QAbstractButton(parent) {
    setText(text);
    setIcon(ra::ui::icon(iconName));
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void RailButton::setCount(const QString &count) {
    if (count == m_count)
        return;
    m_count = count;
    describe();
    update();
}

void RailButton::setCompact(bool compact) {
    m_compact = compact;
    update();
}

void RailButton::describe() {
    setAccessibleName(m_count.isEmpty() ? text() : tr("%1, %2", "page, count").arg(text(), m_count));
}

QSize RailButton::sizeHint() const {
    return {measure::rail - 16, 32};
}

void RailButton::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    if (isChecked())
        paint::box(painter, rect(), t.selection, {}, 6);
    else if (underMouse())
        paint::box(painter, rect(), t.dark ? t.raised : t.window, {}, 6);
    if (hasFocus())
        paint::focusFrame(painter, rect(), 6);
    const QRect iconRect(m_compact ? (width() - 18) / 2 : 9, (height() - 18) / 2, 18, 18);
    icon().paint(&painter, iconRect, Qt::AlignCenter, isChecked() ? QIcon::Active : QIcon::Normal);
    if (m_compact)
        return;
    QFont font = this->font();
    font.setWeight(isChecked() ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    painter.setPen(isChecked() ? t.text : t.textSecondary);
    painter.drawText(rect().adjusted(36, 0, -8, 0), Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setFont(captionFont());
    painter.setPen(t.textSecondary);
    drawFigures(painter, rect().adjusted(36, 0, -10, 0), Qt::AlignRight, m_count);
}

void RailButton::keyPressEvent(QKeyEvent *event) {
    // Up and down walk the rail, as they do in any list.
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        Q_EMIT moved(event->key() == Qt::Key_Down ? 1 : -1);
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

Rail::Rail(QWidget *parent)
    : QWidget(parent) {
    setFixedWidth(measure::rail);
    setAccessibleName(tr("Pages"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::gapS, measure::gapS, measure::gapS + 1, measure::gapS);
    layout->setSpacing(2);
    m_top = new QVBoxLayout;
    m_bottom = new QVBoxLayout;
    m_top->setSpacing(2);
    m_bottom->setSpacing(2);
    layout->addLayout(m_top);
    layout->addStretch(1);
    layout->addLayout(m_bottom);
}

void Rail::add(const QString &page, const QString &text, const QString &iconName, const QString &keys, bool atBottom) {
    auto *button = new RailButton(text, iconName, this);
    button->setToolTip(keys.isEmpty() ? text : tr("%1 (%2)", "page, keys").arg(text, keys));
    (atBottom ? m_bottom : m_top)->addWidget(button);
    m_buttons.insert(page, button);
    connect(button, &QAbstractButton::clicked, this, [this, page] { Q_EMIT chosen(page); });
    connect(button, &RailButton::moved, this, [this, button](int by) { moveFocus(button, by); });
}

void Rail::moveFocus(RailButton *from, int by) {
    QList<QWidget *> inOrder;
    for (const QVBoxLayout *layout : {m_top, m_bottom}) {
        for (int i = 0; i < layout->count(); ++i)
            inOrder << layout->itemAt(i)->widget();
    }
    const qsizetype to = inOrder.indexOf(from) + by;
    if (to >= 0 && to < inOrder.size())
        inOrder[to]->setFocus(by > 0 ? Qt::TabFocusReason : Qt::BacktabFocusReason);
}

void Rail::setCurrent(const QString &page) {
    // None for a place outside of the rail. Not an exclusive group: Qt would let Tab reach the checked button only.
    const RailButton *current = m_buttons.value(page);
    for (RailButton *button : std::as_const(m_buttons))
        button->setChecked(button == current);
}

void Rail::setCount(const QString &page, const QString &count) {
    if (RailButton *button = m_buttons.value(page))
        button->setCount(count);
}

void Rail::setCompact(bool compact) {
    setFixedWidth(compact ? compactWidth : measure::rail);
    for (RailButton *button : std::as_const(m_buttons))
        button->setCompact(compact);
}

void Rail::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.fillRect(rect(), tokens().surface);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), tokens().border);
}

} // namespace ra::ui
