// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QList>
#include <QObject>

#include <functional>

class QMenu;

namespace ra::ui {

/// Where an action stands in the menu, and under which heading in the overlay of shortcuts.
enum class ActionGroup { Page, Go, Reports, Sources, View, Help };
inline constexpr int actionGroupCount = 6;
[[nodiscard]] QString displayName(ActionGroup group);

/// Every action of the window, once: menu, shortcuts, command palette and the overlay of shortcuts read it.
class ActionRegistry : public QObject {
    Q_OBJECT
public:
    struct Entry {
        QAction *action = nullptr;
        ActionGroup group = ActionGroup::Page;
    };

    /// `host` is the widget whose window the shortcuts work in.
    explicit ActionRegistry(QWidget *host);

    /// Adds an action. `id` is stable and untranslated; text and tip are translated.
    QAction *add(const QString &id, ActionGroup group, const QString &text, const QString &iconName,
                 const QKeySequence &keys, std::function<void()> run, const QString &tip = {});

    /// The actions of the page in sight; they replace those of the page before.
    void setPageActions(const QList<QAction *> &actions);

    /// Page actions first, then the window's in the order of their groups. An action of the page goes before one of the
    /// window with the same id: it knows what the page shows.
    [[nodiscard]] QList<Entry> entries() const;
    [[nodiscard]] QAction *find(const QString &id) const;

    /// Puts everything into a menu, one section a group.
    void fill(QMenu *menu) const;

    /// Shortcuts that two of the actions claim, for tests: empty is right.
    [[nodiscard]] static QStringList conflicts(const QList<QAction *> &actions);

private:
    QWidget *m_host;
    QList<Entry> m_entries;
    QList<QAction *> m_pageActions;
};

} // namespace ra::ui
