// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/actionregistry.h"

#include <QWidget>

namespace ra::ui {

/// Every shortcut that works now, over the window, by group. Any key or click closes it.
class ShortcutOverlay : public QWidget {
    Q_OBJECT
public:
    ShortcutOverlay(const QList<ActionRegistry::Entry> &entries, QWidget *window);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Line {
        QString keys, text;
        bool heading = false;
    };
    [[nodiscard]] QString spoken() const;
    QList<Line> m_lines;
};

} // namespace ra::ui
