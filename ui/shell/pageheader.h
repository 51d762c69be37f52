// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QList>
#include <QWidget>

class QHBoxLayout;

namespace ra::ui {

class ElidedLabel;

/// The line above a page: its title, one line of context, and at most three of its actions with their keys.
class PageHeader : public QWidget {
    Q_OBJECT
public:
    explicit PageHeader(QWidget *parent = nullptr);

    void setTitle(const QString &title, const QString &context);
    void setActions(const QList<QAction *> &actions);

    static constexpr int mostActions = 3;

private:
    ElidedLabel *m_title = nullptr;
    ElidedLabel *m_context = nullptr;
    QHBoxLayout *m_buttons = nullptr;
    QList<QAction *> m_shown;
};

} // namespace ra::ui
