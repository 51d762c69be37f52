// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/fonts.h"
#include "ui/theme/palettes.h"
#include "ui/theme/style.h"
#include "ui/theme/systemscheme.h"

#include <QApplication>
#include <QPixmapCache>
#include <QToolTip>

namespace ra::ui {

namespace {

ThemeChoice s_choice = ThemeChoice::System;
const Theme *s_theme = nullptr;

void show(const Theme &theme) {
    if (s_theme == &theme)
        return;
    s_theme = &theme;
    const QPalette palette = paletteOf(theme);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
}

} // namespace

const Theme &theme() {
    return s_theme != nullptr ? *s_theme : lightTheme();
}

ThemeChoice currentTheme() {
    return s_choice;
}

void applyTheme(ThemeChoice choice) {
    SystemScheme &system = SystemScheme::instance(); // looks at the platform's palette before ours replaces it
    static bool styled = false;
    if (!styled) {
        styled = true;
        QApplication::setStyle(new Style); // owned by the application
        QApplication::setFont(chooseBodyFont());
        QObject::connect(&system, &SystemScheme::changed, qApp, [] {
            if (s_choice == ThemeChoice::System)
                applyTheme(ThemeChoice::System);
        });
    }
    s_choice = choice;
    const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && system.isDark());
    show(dark ? darkTheme() : lightTheme());
}

} // namespace ra::ui
