// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/keyhintbutton.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"

#include <QAction>
#include <QEvent>
#include <QPainter>
#include <QStyleOptionButton>

namespace ra::ui {

namespace {
constexpr int buttonHeight = 28, padding = 10, iconSide = 16;
}

QString keyCapText(const QKeySequence &keys) {
    QString text = keys.toString(QKeySequence::NativeText);
    // "Ctrl++" keeps its last plus: it is the key.
    for (qsizetype at = 0; (at = text.indexOf(QLatin1Char('+'), at)) >= 0 && at + 1 < text.size(); ++at)
        text[at] = QLatin1Char(' ');
    return text;
}

int keyCapWidth(const QString &keys) {
    return keys.isEmpty() ? 0 : std::max(18, QFontMetrics(captionFont()).horizontalAdvance(keys) + 10);
}

int paintKeyCap(QPainter &painter, const QRect &rect, const QString &keys, const QColor &text, const QColor &border) {
    const int width = keyCapWidth(keys);
    if (width == 0)
        return 0;
    const int capHeight = QFontMetrics(captionFont()).height() + 4;
    const QRect cap(rect.right() - width + 1, rect.center().y() - capHeight / 2, width, capHeight);
    paint::box(painter, cap, {}, border, 4);
    painter.save();
    painter.setFont(captionFont());
    painter.setPen(text);
    painter.drawText(cap, Qt::AlignCenter | Qt::TextSingleLine, keys);
    painter.restore();
    return width;
}

KeyHintButton::KeyHintButton(QAction *action, QWidget *parent)
    : QAbstractButton(parent)
    , m_action(action) {
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(action, &QAction::changed, this, &KeyHintButton::takeFromAction);
    connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
    takeFromAction();
}

void KeyHintButton::setPrimary(bool primary) {
    m_primary = primary;
    update();
}

void KeyHintButton::takeFromAction() {
    if (m_action == nullptr)
        return;
    QString label = m_action->text();
    label.remove(QLatin1Char('&'));
    // No setShortcut(): the action itself listens, and a second listener would make the key ambiguous.
    setText(label);
    setIcon(m_action->icon());
    setEnabled(m_action->isEnabled());
    setVisible(m_action->isVisible());
    setToolTip(m_action->toolTip());
    setAccessibleName(label);
    setAccessibleDescription(keyText());
    updateGeometry();
    update();
}

QString KeyHintButton::keyText() const {
    return m_action == nullptr ? QString() : keyCapText(m_action->shortcut());
}

QSize KeyHintButton::sizeHint() const {
    int width = 2 * padding + fontMetrics().horizontalAdvance(text());
    if (!icon().isNull())
        width += iconSide + 6;
    if (const int cap = keyCapWidth(keyText()); cap > 0)
        width += cap + 8 - 4;
    return {width, buttonHeight};
}

void KeyHintButton::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    QStyleOptionButton option;
    option.initFrom(this);
    if (isDown())
        option.state |= QStyle::State_Sunken;
    if (m_action != nullptr && m_action->isChecked())
        option.state |= QStyle::State_On;
    if (m_primary)
        option.features |= QStyleOptionButton::DefaultButton;
    paint::button(painter, option);

    const Tokens &t = tokens();
    const bool onAccent = m_primary && isEnabled();
    int left = padding;
    if (!icon().isNull()) {
        icon().paint(&painter, QRect(left, (buttonHeight - iconSide) / 2, iconSide, iconSide), Qt::AlignCenter,
                     isEnabled() ? QIcon::Active : QIcon::Disabled);
        left += iconSide + 6;
    }
    painter.setPen(!isEnabled() ? t.textFaint : (onAccent ? paint::onAccent() : t.text));
    painter.drawText(QRect(left, 0, width() - left, buttonHeight),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text());
    paintKeyCap(painter, rect().adjusted(0, 0, -6, 0), keyText(), onAccent ? paint::onAccent() : t.textSecondary,
                onAccent ? paint::onAccent() : t.border);
}

void KeyHintButton::changeEvent(QEvent *event) {
    QAbstractButton::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

} // namespace ra::ui
