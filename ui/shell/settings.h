// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/tokens.h"

#include <QString>
#include <QStringList>

namespace ra::ui {

/// What the user chose, as the program keeps it between starts (QSettings of the application's name). Plain values: the
/// program reads them and hands what the engine needs to it.
struct Settings {
    QStringList folders;       ///< followed from the start
    QStringList recentFolders; ///< newest first, at most 8
    QString zone;              ///< IANA name; empty = the system's
    ThemeChoice theme = ThemeChoice::System;

    bool operator==(const Settings &) const = default;

    [[nodiscard]] static Settings load();
    void save() const;

    /// Puts a folder on top of the recent ones.
    void remember(const QString &folder);
};

} // namespace ra::ui
