// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/displayzone.h"

namespace ra::ui {

DisplayZone::DisplayZone() {
    // An unknown system zone leaves UTC, which the chip then says.
    if (auto system = Zone::fromName({}))
        m_zone = std::move(*system);
}

DisplayZone &DisplayZone::instance() {
    static DisplayZone zone;
    return zone;
}

void DisplayZone::setZone(const Zone &zone) {
    if (zone.name() == m_zone.name())
        return;
    m_zone = zone;
    Q_EMIT changed();
}

} // namespace ra::ui
