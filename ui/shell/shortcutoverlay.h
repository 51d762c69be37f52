// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/actionregistry.h"
#include "ui/widgets/page.h"

#include <QPointer>
#include <QWidget>

namespace ra::ui {

/// Every shortcut that works now, over the window, by group: actions, then what the page's views take for themselves.
/// Any key or click closes it.
class ShortcutOverlay : public QWidget {
    Q_OBJECT
public:
    ShortcutOverlay(const QList<ActionRegistry::Entry> &entries, const QList<KeyHintGroup> &hints, QWidget *window);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    /// Which column each group stands in, so that the highest column is as low as can be and no group is torn apart.
    [[nodiscard]] QList<int> columnsOf(int columns) const;
    void paintGroup(QPainter &painter, const KeyHintGroup &group, QPoint at) const;
    [[nodiscard]] QString spoken() const;
    QList<KeyHintGroup> m_groups;
    QPointer<QWidget> m_focusBefore;
};

} // namespace ra::ui
