// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/models/pacer.h"
#include "ui/shell/navigator.h"
#include "ui/shell/pages.h"
#include "ui/shell/settings.h"

#include <QHash>
#include <QMainWindow>
#include <QTimer>

class QStackedWidget;

namespace ra::ui {

class ActionRegistry;
class Notice;
class PageHeader;
class Rail;
class SettingsPage;
class StatusLine;
class Toast;
class TopBar;
class WelcomePage;

/// The frame around the pages: rail, top bar, title line, status line; and the way from one place to another.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    /// Takes theme, zone and (unless the engine follows some already) folders from the stored settings.
    explicit MainWindow(engine::Engine &engine, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Goes to a place and remembers it.
    void navigate(const Link &link);
    /// The same of a link from outside; says so where it leads nowhere.
    void openUrl(const QString &url);
    [[nodiscard]] Page *currentPage() const { return m_page; }
    [[nodiscard]] ActionRegistry &actions() { return *m_actions; }
    /// Follows a folder from now on, and at the next start.
    void addFolder(const QString &folder);
    void setTheme(ThemeChoice theme);
    void setZone(const QString &zone);

    void showPalette();
    void showShortcuts();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void makeActions();
    void makeFrame();
    void connectEngine();
    void start();

    void showPlace(const Link &link);
    void step(bool forward);
    [[nodiscard]] Page *pageFor(const QString &name);
    void connectSettings(SettingsPage *page);
    void updateFrame();
    void searchTyped();
    void searchEntered();

    void chooseFolder();
    void removeFolder(const QString &folder);
    void follow(const QStringList &folders);
    void stopIndexing();
    void showFollowed();
    void changeSettings(const Settings &settings);
    void showRejected();
    void refreshLive();
    void refreshInfo();

    engine::Engine &m_engine;
    Settings m_settings;
    QStringList m_stopped; ///< were followed when the user cancelled their indexing
    Navigator m_navigator;
    ActionRegistry *m_actions = nullptr;
    QList<PageEntry> m_entries;
    QHash<QString, Page *> m_pages; ///< made when first needed
    Page *m_page = nullptr;
    WelcomePage *m_welcome = nullptr;

    Rail *m_rail = nullptr;
    TopBar *m_topBar = nullptr;
    Notice *m_notice = nullptr;
    PageHeader *m_header = nullptr;
    QStackedWidget *m_stack = nullptr;
    StatusLine *m_status = nullptr;
    Toast *m_toast = nullptr;

    QTimer m_liveTimer, m_searchTimer;
    Pacer m_infoPacer; ///< of refreshInfo(): counting a large store takes its time
};

} // namespace ra::ui
