// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/link.h"

#include <QStringList>
#include <QWidget>

namespace ra::ui {

class FilterChip;

/// The chips that narrow the Runs page: range of time, recipe, status. Speaks in links, as everything about places
/// does.
class RunFilterBar : public QWidget {
    Q_OBJECT
public:
    explicit RunFilterBar(QWidget *parent = nullptr);

    void setLink(const Link &link);
    /// The recipes to choose from, sorted.
    void setRecipes(const QStringList &recipes) { m_recipes = recipes; }

Q_SIGNALS:
    void linkChanged(const ra::ui::Link &link);

private:
    void openRange();
    void openRecipe();
    void openStatus();
    void askForDays();
    void change(const Link &link);

    Link m_link;
    QStringList m_recipes;
    FilterChip *m_range = nullptr;
    FilterChip *m_recipe = nullptr;
    FilterChip *m_status = nullptr;
};

} // namespace ra::ui
