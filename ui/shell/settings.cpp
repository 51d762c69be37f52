// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings.h"

#include <QSettings>

namespace ra::ui {

namespace {

constexpr qsizetype mostRecent = 8;

// Words rather than numbers: the file stays readable, and an unknown word falls back.
QString themeWord(ThemeChoice choice) {
    switch (choice) {
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    case ThemeChoice::System:
        break;
    }
    return QStringLiteral("system");
}

ThemeChoice themeFromWord(const QString &word) {
    for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
        if (word == themeWord(choice))
            return choice;
    }
    return ThemeChoice::System;
}

} // namespace

Settings Settings::load() {
    const QSettings stored;
    Settings settings;
    settings.folders = stored.value(QStringLiteral("folders")).toStringList();
    settings.recentFolders = stored.value(QStringLiteral("recentFolders")).toStringList();
    settings.zone = stored.value(QStringLiteral("zone")).toString();
    settings.theme = themeFromWord(stored.value(QStringLiteral("theme")).toString());
    return settings;
}

void Settings::save() const {
    QSettings stored;
    stored.setValue(QStringLiteral("folders"), folders);
    stored.setValue(QStringLiteral("recentFolders"), recentFolders);
    stored.setValue(QStringLiteral("zone"), zone);
    stored.setValue(QStringLiteral("theme"), themeWord(theme));
}

void Settings::remember(const QString &folder) {
    recentFolders.removeAll(folder);
    recentFolders.prepend(folder);
    while (recentFolders.size() > mostRecent)
        recentFolders.removeLast();
}

} // namespace ra::ui
