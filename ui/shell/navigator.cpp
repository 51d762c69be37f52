// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/navigator.h"

namespace ra::ui {

bool Navigator::go(const Link &link) {
    if (!isEmpty() && current() == link)
        return false;
    m_places.resize(m_at + 1);
    m_places.append(link);
    if (m_places.size() > longest)
        m_places.removeFirst();
    m_at = m_places.size() - 1;
    return true;
}

void Navigator::replace(const Link &link) {
    if (isEmpty())
        go(link);
    else
        m_places[m_at] = link;
}

const Link &Navigator::back() {
    if (canGoBack())
        --m_at;
    return current();
}

const Link &Navigator::forward() {
    if (canGoForward())
        ++m_at;
    return current();
}

} // namespace ra::ui
