// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/filterchip.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"

#include <QEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QStyleOptionButton>

namespace ra::ui {

namespace {
constexpr int chipHeight = 26, padding = 10, gap = 5;
}

FilterChip::FilterChip(const QString &label, QWidget *parent)
    : QAbstractButton(parent)
    , m_label(label) {
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void FilterChip::setValue(const QString &value, bool narrows) {
    m_value = value;
    m_narrows = narrows;
    setAccessibleName(m_label.isEmpty() ? value : tr("%1: %2").arg(m_label, value));
    updateGeometry();
    update();
}

void FilterChip::setWidestValue(int width) {
    m_widest = width;
    updateGeometry();
}

void FilterChip::setChevron(bool shown) {
    m_chevron = shown;
    updateGeometry();
}

QString FilterChip::shownValue() const {
    QFont bold = font();
    bold.setWeight(QFont::Medium);
    return QFontMetrics(bold).elidedText(m_value, Qt::ElideMiddle, m_widest);
}

QSize FilterChip::sizeHint() const {
    QFont bold = font();
    bold.setWeight(QFont::Medium);
    int width = 2 * padding + QFontMetrics(bold).horizontalAdvance(shownValue());
    if (!m_label.isEmpty())
        width += fontMetrics().horizontalAdvance(m_label) + gap;
    if (m_chevron)
        width += 12 + gap;
    return {width, chipHeight};
}

void FilterChip::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    QStyleOptionButton option;
    option.initFrom(this);
    if (isDown())
        option.state |= QStyle::State_Sunken;
    paint::button(painter, option);
    if (m_narrows && !hasFocus())
        paint::box(painter, rect(), t.selection, t.accent, 6);
    int left = padding;
    if (!m_label.isEmpty()) {
        painter.setPen(t.textSecondary);
        painter.drawText(QRect(left, 0, width(), chipHeight), Qt::AlignLeft | Qt::AlignVCenter, m_label);
        left += fontMetrics().horizontalAdvance(m_label) + gap;
    }
    QFont bold = font();
    bold.setWeight(m_label.isEmpty() ? QFont::Normal : QFont::Medium);
    painter.setFont(bold);
    painter.setPen(m_label.isEmpty() ? t.textSecondary : t.text);
    painter.drawText(QRect(left, 0, width(), chipHeight), Qt::AlignLeft | Qt::AlignVCenter, shownValue());
    if (m_chevron)
        paint::chevron(painter, QRectF(width() - padding - 12, 0, 12, chipHeight), Qt::DownArrow, t.textSecondary);
}

void FilterChip::changeEvent(QEvent *event) {
    QAbstractButton::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

void FilterChip::keyPressEvent(QKeyEvent *event) {
    // As combo boxes do: Down opens the choice.
    if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

} // namespace ra::ui
