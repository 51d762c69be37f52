// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QPointer>

class QAction;

namespace ra::ui {

/// A button that shows an action: icon, text, and its shortcut on a small key cap.
class KeyHintButton : public QAbstractButton {
    Q_OBJECT
public:
    explicit KeyHintButton(QAction *action, QWidget *parent = nullptr);

    /// One button in a row may carry the accent.
    void setPrimary(bool primary);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void takeFromAction();
    [[nodiscard]] QString keyText() const;

    QPointer<QAction> m_action;
    bool m_primary = false;
};

/// Draws a key cap ("Ctrl K") right-aligned and vertically centred in the rectangle; returns its width.
int paintKeyCap(QPainter &painter, const QRect &rect, const QString &keys, const QColor &text, const QColor &border);
/// The width that paintKeyCap() takes.
[[nodiscard]] int keyCapWidth(const QString &keys);
/// "Ctrl+K" as it stands on key caps: "Ctrl K".
[[nodiscard]] QString keyCapText(const QKeySequence &keys);

} // namespace ra::ui
