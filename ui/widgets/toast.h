// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QTimer>

#include <functional>

class QPushButton;

namespace ra::ui {

class PlainLabel;

/// A short message over the lower edge of its parent that goes by itself, with "Undo" where something can be taken
/// back. It stays while the pointer or the focus is on it.
class Toast : public QFrame {
    Q_OBJECT
public:
    explicit Toast(QWidget *parent);

    void show(const QString &message);
    void show(const QString &message, std::function<void()> undo);
    /// A failure: stays longer and is marked by shape and colour.
    void showFailure(const QString &message);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void present(const QString &message, std::chrono::milliseconds stay);
    void place();

    PlainLabel *m_text = nullptr;
    QPushButton *m_undoButton = nullptr;
    std::function<void()> m_undo;
    QTimer m_timer;
    bool m_failure = false;
};

} // namespace ra::ui
