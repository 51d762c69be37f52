// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"

#include <QObject>

namespace ra::ui {

/// The one time zone in which every page shows times; the chip in the top bar names it. Window thread only.
class DisplayZone : public QObject {
    Q_OBJECT
public:
    static DisplayZone &instance();

    [[nodiscard]] const Zone &zone() const { return m_zone; }
    void setZone(const Zone &zone);

Q_SIGNALS:
    void changed();

private:
    DisplayZone();
    Zone m_zone;
};

/// Shorthand for what painters and models ask for all the time.
[[nodiscard]] inline const Zone &displayZone() {
    return DisplayZone::instance().zone();
}

} // namespace ra::ui
