// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcutoverlay.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/keyhintbutton.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>

namespace ra::ui {

namespace {

constexpr int lineHeight = 26, groupGap = 14, columnWidth = 340, margin = 24, titleHeight = 48;

int heightOf(const KeyHintGroup &group) {
    return (int(group.hints.size()) + 1) * lineHeight + groupGap;
}

} // namespace

ShortcutOverlay::ShortcutOverlay(const QList<ActionRegistry::Entry> &entries, const QList<KeyHintGroup> &hints,
                                 QWidget *window)
    : QWidget(window) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(QStringLiteral("shortcutOverlay"));
    std::optional<ActionGroup> group;
    QStringList taken; // a page's action goes before the window's of the same keys
    for (const ActionRegistry::Entry &entry : entries) {
        const QString keys = keyCapText(entry.action->shortcut());
        if (keys.isEmpty() || !entry.action->isVisible() || taken.contains(keys))
            continue;
        taken << keys;
        if (group != entry.group)
            m_groups.append({displayName(entry.group), {}});
        group = entry.group;
        QString text = entry.action->text();
        text.remove(QLatin1Char('&'));
        m_groups.last().hints.append({keys, text});
    }
    // What belongs to the page stands together.
    const bool page = !entries.isEmpty() && entries.first().group == ActionGroup::Page && !m_groups.isEmpty();
    for (qsizetype i = 0; i < hints.size(); ++i)
        m_groups.insert((page ? 1 : 0) + i, hints[i]);
    setAccessibleName(tr("Keyboard shortcuts"));
    setAccessibleDescription(spoken());
    window->installEventFilter(this);
    m_focusBefore = QApplication::focusWidget();
    setGeometry(window->rect());
    show();
    raise();
    setFocus();
}

QString ShortcutOverlay::spoken() const {
    QStringList parts;
    for (const KeyHintGroup &group : m_groups) {
        parts << group.title + QLatin1Char(':');
        for (const KeyHint &hint : group.hints)
            parts << tr("%1, %2", "action, keys").arg(hint.text, hint.keys);
    }
    return parts.join(QStringLiteral(". "));
}

QList<int> ShortcutOverlay::columnsOf(int columns) const {
    int whole = 0, highest = 0;
    for (const KeyHintGroup &group : m_groups) {
        whole += heightOf(group);
        highest = std::max(highest, heightOf(group));
    }
    // The lowest height into which the groups fit in their order.
    for (int limit = std::max(highest, whole / columns);; limit += lineHeight) {
        QList<int> places;
        int column = 0, used = 0;
        for (const KeyHintGroup &group : m_groups) {
            if (used > 0 && used + heightOf(group) > limit) {
                ++column;
                used = 0;
            }
            used += heightOf(group);
            places << column;
        }
        if (column < columns)
            return places;
    }
}

void ShortcutOverlay::paintGroup(QPainter &painter, const KeyHintGroup &group, QPoint at) const {
    const Tokens &t = tokens();
    QRect line(at, QSize(columnWidth - margin, lineHeight));
    painter.setFont(cardHeaderFont());
    painter.setPen(t.text);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, group.title);
    painter.fillRect(QRect(line.left(), line.bottom(), line.width(), 1), t.border);
    for (const KeyHint &hint : group.hints) {
        line.translate(0, lineHeight);
        painter.setFont(bodyFont());
        painter.setPen(t.textSecondary);
        const int cap = paintKeyCap(painter, line, hint.keys, t.text, t.borderStrong);
        painter.drawText(line.adjusted(0, 0, -cap - 8, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(hint.text, Qt::ElideRight, line.width() - cap - 8));
    }
}

void ShortcutOverlay::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    QColor veil = t.window;
    veil.setAlphaF(0.8F);
    painter.fillRect(rect(), veil);

    const int columns = std::clamp((width() - 2 * margin - 64) / columnWidth, 1, 3);
    const QList<int> places = columnsOf(columns);
    QList<int> heights(columns, 0);
    for (qsizetype i = 0; i < m_groups.size(); ++i)
        heights[places[i]] += heightOf(m_groups[i]);
    const int used = places.isEmpty() ? 1 : places.last() + 1;
    const QSize size(used * columnWidth + margin,
                     *std::max_element(heights.begin(), heights.end()) - groupGap + titleHeight + 2 * margin);
    const QRect panel(QPoint((width() - size.width()) / 2, std::max(16, (height() - size.height()) / 2)), size);
    paint::box(painter, panel, t.surface, t.borderStrong, measure::cardRadius);

    const QRect inner = panel.adjusted(margin, margin, -margin, -margin);
    painter.setFont(pageTitleFont());
    painter.setPen(t.text);
    painter.drawText(QRect(inner.topLeft(), QSize(inner.width(), 28)), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("Keyboard shortcuts"));
    painter.setFont(captionFont());
    painter.setPen(t.textSecondary);
    painter.drawText(QRect(inner.topLeft(), QSize(inner.width(), 28)), Qt::AlignRight | Qt::AlignVCenter,
                     tr("any key closes this"));
    QList<int> tops(columns, inner.top() + titleHeight);
    for (qsizetype i = 0; i < m_groups.size(); ++i) {
        int &top = tops[places[i]];
        paintGroup(painter, m_groups[i], QPoint(inner.left() + places[i] * columnWidth, top));
        top += heightOf(m_groups[i]);
    }
}

void ShortcutOverlay::keyPressEvent(QKeyEvent *event) {
    event->accept();
    close();
}

void ShortcutOverlay::mousePressEvent(QMouseEvent *) {
    close();
}

void ShortcutOverlay::closeEvent(QCloseEvent *event) {
    QWidget::closeEvent(event);
    if (m_focusBefore && hasFocus())
        m_focusBefore->setFocus();
}

bool ShortcutOverlay::eventFilter(QObject *watched, QEvent *event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

} // namespace ra::ui
