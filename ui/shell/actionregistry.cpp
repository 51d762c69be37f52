// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/actionregistry.h"

#include "ui/theme/tokens.h"

#include <QCoreApplication>
#include <QHash>
#include <QMenu>
#include <QWidget>

#include <algorithm>

namespace ra::ui {

QString displayName(ActionGroup group) {
    switch (group) {
    case ActionGroup::Page:
        return QCoreApplication::translate("ActionGroup", "This page");
    case ActionGroup::Go:
        return QCoreApplication::translate("ActionGroup", "Go to");
    case ActionGroup::Reports:
        return QCoreApplication::translate("ActionGroup", "Reports");
    case ActionGroup::Sources:
        return QCoreApplication::translate("ActionGroup", "Sources");
    case ActionGroup::View:
        return QCoreApplication::translate("ActionGroup", "View");
    case ActionGroup::Help:
        return QCoreApplication::translate("ActionGroup", "Help");
    }
    return {};
}

ActionRegistry::ActionRegistry(QWidget *host)
    : QObject(host)
    , m_host(host) {}

QAction *ActionRegistry::add(const QString &id, ActionGroup group, const QString &text, const QString &iconName,
                             const QKeySequence &keys, std::function<void()> run, const QString &tip) {
    auto *action = new QAction(text, this);
    action->setObjectName(id);
    if (!iconName.isEmpty())
        action->setIcon(icon(iconName));
    action->setShortcut(keys);
    action->setToolTip(tip.isEmpty() ? text : tip);
    connect(action, &QAction::triggered, this, std::move(run));
    m_host->addAction(action);
    const auto place = std::upper_bound(m_entries.begin(), m_entries.end(), group,
                                        [](ActionGroup g, const Entry &entry) { return g < entry.group; });
    m_entries.insert(place, {action, group});
    return action;
}

void ActionRegistry::setPageActions(const QList<QAction *> &actions) {
    m_pageActions = actions;
}

QList<ActionRegistry::Entry> ActionRegistry::entries() const {
    QList<Entry> all;
    for (QAction *action : m_pageActions)
        all.append({action, ActionGroup::Page});
    const auto isOfPage = [this](const Entry &entry) {
        return std::any_of(m_pageActions.begin(), m_pageActions.end(), [&](const QAction *action) {
            return !action->objectName().isEmpty() && action->objectName() == entry.action->objectName();
        });
    };
    for (const Entry &entry : m_entries) {
        if (!isOfPage(entry))
            all.append(entry);
    }
    return all;
}

QAction *ActionRegistry::find(const QString &id) const {
    const QList<Entry> all = entries();
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Entry &entry) { return entry.action->objectName() == id; });
    return it == all.end() ? nullptr : it->action;
}

void ActionRegistry::fill(QMenu *menu) const {
    std::optional<ActionGroup> group;
    const QList<Entry> all = entries();
    for (const Entry &entry : all) {
        if (!entry.action->isVisible() || entry.action->isSeparator())
            continue;
        if (group != entry.group)
            menu->addSection(displayName(entry.group));
        group = entry.group;
        menu->addAction(entry.action);
    }
}

QStringList ActionRegistry::conflicts(const QList<QAction *> &actions) {
    QHash<QKeySequence, QString> owners;
    QStringList found;
    for (const QAction *action : actions) {
        for (const QKeySequence &keys : action->shortcuts()) {
            if (keys.isEmpty())
                continue;
            if (const auto it = owners.constFind(keys); it != owners.constEnd())
                found << QStringLiteral("%1: %2, %3").arg(keys.toString(), *it, action->objectName());
            owners.insert(keys, action->objectName());
        }
    }
    return found;
}

} // namespace ra::ui
