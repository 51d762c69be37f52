// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcutoverlay.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/keyhintbutton.h"

#include <QKeyEvent>
#include <QPainter>

namespace ra::ui {

namespace {
constexpr int lineHeight = 28, columnWidth = 320, margin = 24, titleHeight = 44;
}

ShortcutOverlay::ShortcutOverlay(const QList<ActionRegistry::Entry> &entries, QWidget *window)
    : QWidget(window) {
    setAttribute(Qt::WA_DeleteOnClose);
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(QStringLiteral("shortcutOverlay"));
    std::optional<ActionGroup> group;
    for (const ActionRegistry::Entry &entry : entries) {
        if (entry.action->shortcut().isEmpty() || !entry.action->isVisible())
            continue;
        if (group != entry.group)
            m_lines.append({{}, displayName(entry.group), true});
        group = entry.group;
        QString text = entry.action->text();
        text.remove(QLatin1Char('&'));
        m_lines.append({keyCapText(entry.action->shortcut()), text, false});
    }
    setAccessibleName(tr("Keyboard shortcuts"));
    setAccessibleDescription(spoken());
    window->installEventFilter(this);
    setGeometry(window->rect());
    show();
    raise();
    setFocus();
}

QString ShortcutOverlay::spoken() const {
    QStringList parts;
    for (const Line &line : m_lines)
        parts << (line.heading ? line.text + QLatin1Char(':') : tr("%1, %2", "action, keys").arg(line.text, line.keys));
    return parts.join(QStringLiteral(". "));
}

void ShortcutOverlay::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens();
    QColor veil = t.window;
    veil.setAlphaF(0.8F);
    painter.fillRect(rect(), veil);

    const int columns = std::clamp((width() - 2 * margin - 64) / columnWidth, 1, 3);
    const int perColumn = int((m_lines.size() + columns - 1) / columns);
    const QSize size(columns * columnWidth + 2 * margin, perColumn * lineHeight + titleHeight + 2 * margin);
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
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        const int column = int(i) / perColumn, row = int(i) % perColumn;
        const QRect line(inner.left() + column * columnWidth, inner.top() + titleHeight + row * lineHeight,
                         columnWidth - margin, lineHeight);
        const Line &content = m_lines[i];
        painter.setFont(content.heading ? cardHeaderFont() : bodyFont());
        painter.setPen(content.heading ? t.accent : t.text);
        const int cap = content.heading ? 0 : paintKeyCap(painter, line, content.keys, t.text, t.borderStrong);
        painter.drawText(line.adjusted(0, 0, -cap - 8, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(content.text, Qt::ElideRight, line.width() - cap - 8));
    }
}

void ShortcutOverlay::keyPressEvent(QKeyEvent *event) {
    event->accept();
    close();
}

void ShortcutOverlay::mousePressEvent(QMouseEvent *) {
    close();
}

bool ShortcutOverlay::eventFilter(QObject *watched, QEvent *event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

} // namespace ra::ui
