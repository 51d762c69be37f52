// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/link.h"

#include <QWidget>

class QHBoxLayout;
class QMenu;
class QToolButton;

namespace ra::ui {

class ActionRegistry;
class FilterChip;
class SearchField;

/// Back, forward, where one is, the search, the filter of the page in sight, the zone, and the menu.
class TopBar : public QWidget {
    Q_OBJECT
public:
    explicit TopBar(const ActionRegistry &actions, QWidget *parent = nullptr);

    void setCrumbs(const QList<QPair<QString, Link>> &crumbs, const QString &title);
    /// The page's filter bar, or none. The widget before goes back to its owner, hidden.
    void setFilterBar(QWidget *bar, QWidget *owner);
    void setZone(const QString &zone);
    [[nodiscard]] SearchField *search() const { return m_search; }
    void popupMenu();

Q_SIGNALS:
    void navigate(const ra::ui::Link &link);
    void zoneClicked();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QToolButton *addTool(const ActionRegistry &actions, const char *id);

    const ActionRegistry &m_actions;
    QHBoxLayout *m_layout = nullptr;
    QHBoxLayout *m_crumbs = nullptr;
    QWidget *m_crumbHost = nullptr;
    SearchField *m_search = nullptr;
    QWidget *m_filterHost = nullptr;
    QWidget *m_filterBar = nullptr;
    QWidget *m_filterOwner = nullptr;
    FilterChip *m_zone = nullptr;
    QToolButton *m_menuButton = nullptr;
    QList<QPair<QString, Link>> m_shownCrumbs;
    QString m_shownTitle;
};

} // namespace ra::ui
