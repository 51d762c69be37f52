// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace ra::ui {

/// One place in the rail: icon, name, count.
class RailButton : public QAbstractButton {
    Q_OBJECT
public:
    RailButton(const QString &text, const QString &iconName, QWidget *parent);
    void setCount(const QString &count);
    void setCompact(bool compact);
    QSize sizeHint() const override;

Q_SIGNALS:
    /// The reader wants the place above (-1) or below (1).
    void moved(int by);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void nextCheckState() override {} ///< what is checked is where the window is, which the rail is told

private:
    void describe();
    QString m_count;
    bool m_compact = false;
};

/// The rail at the left: where one can go. Its entries are data; a new page is one call of add(). In narrow windows
/// only the icons stay.
class Rail : public QWidget {
    Q_OBJECT
public:
    explicit Rail(QWidget *parent = nullptr);

    void add(const QString &page, const QString &text, const QString &iconName, const QString &keys, bool atBottom);
    void setCurrent(const QString &page);
    void setCount(const QString &page, const QString &count);
    void setCompact(bool compact);

Q_SIGNALS:
    void chosen(const QString &page);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void moveFocus(RailButton *from, int by);

    QHash<QString, RailButton *> m_buttons;
    QVBoxLayout *m_top = nullptr;
    QVBoxLayout *m_bottom = nullptr;
};

} // namespace ra::ui
