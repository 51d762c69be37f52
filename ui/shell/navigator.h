// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/link.h"

#include <QList>

namespace ra::ui {

/// Where the user was, is and may go again: the history behind back and forward. Knows no widgets.
class Navigator {
public:
    /// Goes to a new place; what lay ahead is forgotten. Going where one is changes nothing and returns false.
    bool go(const Link &link);
    /// The place in hand changed without a step of the user (a word typed into a search, a selection).
    void replace(const Link &link);

    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < m_places.size(); }
    const Link &back();
    const Link &forward();
    [[nodiscard]] bool isEmpty() const { return m_places.isEmpty(); }
    [[nodiscard]] const Link &current() const { return m_places[m_at]; }

    static constexpr qsizetype longest = 200; ///< older places are forgotten

private:
    QList<Link> m_places;
    qsizetype m_at = -1;
};

} // namespace ra::ui
