// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"

#include <QString>

namespace ra::report {

// Pictures of the HTML page, drawn as inline SVG of rectangles, lines and text: nothing in them can act.

/// A small shape for a state, with its name for those who cannot see it.
[[nodiscard]] QString stateMark(const State &state);
[[nodiscard]] QString svgOf(const Timeline &timeline);
[[nodiscard]] QString svgOf(const Outcomes &outcomes);

} // namespace ra::report
