// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPainter>
#include <QPalette>

namespace ra::ui {

/// The colours of the look, named by role (LOOK.md): never write a colour elsewhere.
struct Tokens {
    QColor window, surface, raised;
    QColor border, borderStrong, grid;
    QColor text, textSecondary, textFaint;
    QColor accent, selection;
    bool dark = false;
};

/// A role's line and fill. Text on a fill uses Tokens::text.
struct RoleColors {
    QColor line, fill;
};

enum class ThemeChoice { System, Light, Dark };

/// The tokens in force. Window thread only.
[[nodiscard]] const Tokens &tokens();
/// Sets palette, style and font of the application and the tokens; every widget gets a palette change event.
void applyTheme(ThemeChoice choice);
[[nodiscard]] ThemeChoice currentTheme();

[[nodiscard]] RoleColors colorsOf(RunStatus status);
[[nodiscard]] RoleColors colorsOf(StepStatus status);
[[nodiscard]] RoleColors warningColors();

/// The light theme's tokens and state colours whatever the theme in force: for paper. Any thread.
[[nodiscard]] const Tokens &lightTokens();
[[nodiscard]] RoleColors lightColorsOf(RunStatus status);
[[nodiscard]] RoleColors lightColorsOf(StepStatus status);

/// "Completed", "Failed", ... translated, for people.
[[nodiscard]] QString displayName(RunStatus status);
[[nodiscard]] QString displayName(StepStatus status);

/// Paints the state's shape (LOOK.md: filled circle, cross, half circle, triangle, ...) into a square, in the role's
/// line colour: every state is told by shape as well as by colour.
void paintStatusShape(QPainter &painter, const QRectF &square, RunStatus status);
void paintStatusShape(QPainter &painter, const QRectF &square, StepStatus status);
/// The same in a given colour.
void paintStatusShape(QPainter &painter, const QRectF &square, RunStatus status, const QColor &color);
void paintStatusShape(QPainter &painter, const QRectF &square, StepStatus status, const QColor &color);

/// An icon of ours (SVG in resources/icons, one stroke weight), tinted with the text colour of the theme in force.
[[nodiscard]] QIcon icon(const QString &name);

/// Lengths of the look in device-independent pixels.
namespace measure {
inline constexpr int gapXs = 4, gapS = 8, gapM = 12, gapL = 16, gapXl = 24;
inline constexpr int cardRadius = 8, cardHeader = 36, cardPadding = 12;
inline constexpr int row = 30, rail = 168, topBar = 44, statusBar = 26;
} // namespace measure

/// Type relative to the system font.
[[nodiscard]] QFont bodyFont();
[[nodiscard]] QFont captionFont();
[[nodiscard]] QFont cardHeaderFont();
[[nodiscard]] QFont pageTitleFont();
[[nodiscard]] QFont headlineFont();
[[nodiscard]] QFont logFont(); ///< monospace, for log text only

} // namespace ra::ui
