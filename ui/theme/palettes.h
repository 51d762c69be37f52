// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"

namespace ra::ui {

/// The roles that carry states. Which state wears which role is decided in tokens.cpp.
enum class StateRole { Completed, Failed, Partial, Running, Rejected, Unknown };
inline constexpr int stateRoleCount = 6;

/// One theme: every colour that the program paints with.
struct Theme {
    Tokens tokens;
    RoleColors roles[stateRoleCount];

    [[nodiscard]] const RoleColors &role(StateRole r) const { return roles[static_cast<int>(r)]; }
};

/// The two themes of the look; for tests (contrast) and for applyTheme().
[[nodiscard]] const Theme &lightTheme();
[[nodiscard]] const Theme &darkTheme();

/// The theme in force.
[[nodiscard]] const Theme &theme();

/// The Qt palette that a theme means.
[[nodiscard]] QPalette paletteOf(const Theme &theme);

} // namespace ra::ui
