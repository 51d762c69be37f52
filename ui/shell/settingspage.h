// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/shell/settings.h"
#include "ui/widgets/page.h"

class QButtonGroup;
class QListWidget;
class QPushButton;

namespace ra::ui {

class FilterChip;
class PlainLabel;
class RetentionCard;
class StoreCard;

/// What the user chooses: folders, time zone, theme, each announced at once and made so by the window; and the store,
/// with what it keeps.
class SettingsPage : public Page {
    Q_OBJECT
public:
    explicit SettingsPage(engine::Engine &engine, QWidget *parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QString context() const override;
    void open(const Link &link) override;
    [[nodiscard]] Link link() const override;

    void setSettings(const Settings &settings);
    /// Folders of which the indexing was cancelled: they stay in the list though nothing follows them.
    void setStopped(const QStringList &folders);
    void chooseZone();

Q_SIGNALS:
    void addFolder();
    /// These are listed, and shall be indexed and followed again.
    void followAgain(const QStringList &folders);
    void removeFolder(const QString &folder);
    void zoneChosen(const QString &zone);
    void themeChosen(ra::ui::ThemeChoice theme);

private:
    QWidget *makeSources();
    QWidget *makeZone();
    QWidget *makeTheme();
    void showFolders();

    engine::Engine &m_engine;
    Settings m_settings;
    QListWidget *m_folders = nullptr;
    QStringList m_stopped;
    QStringList m_idle; ///< listed but not followed
    PlainLabel *m_noFolder = nullptr;
    QWidget *m_idleRow = nullptr;
    PlainLabel *m_idleNote = nullptr;
    QPushButton *m_remove = nullptr;
    FilterChip *m_zone = nullptr;
    QButtonGroup *m_theme = nullptr;
    StoreCard *m_store = nullptr;
    RetentionCard *m_retention = nullptr;
};

} // namespace ra::ui
