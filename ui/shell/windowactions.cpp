// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window does on demand: its actions, and the settings that they change.
#include "ui/print/printreport.h"
#include "ui/shell/actionregistry.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/rejecteddialog.h"
#include "ui/shell/searchfield.h"
#include "ui/shell/settingspage.h"
#include "ui/shell/shortcutoverlay.h"
#include "ui/shell/statusline.h"
#include "ui/shell/topbar.h"
#include "ui/shell/welcomepage.h"
#include "ui/theme/displayzone.h"
#include "ui/widgets/toast.h"

#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QGuiApplication>

namespace ra::ui {

void MainWindow::makeActions() {
    using Group = ActionGroup;
    const auto id = [](const char *name) { return QLatin1String(name); };
    m_actions->add(
        id("go.back"), Group::Go, tr("Back"), QStringLiteral("back"), Qt::ALT | Qt::Key_Left, [this] { step(false); },
        tr("Go back to where you were"));
    m_actions->add(
        id("go.forward"), Group::Go, tr("Forward"), QStringLiteral("forward"), Qt::ALT | Qt::Key_Right,
        [this] { step(true); }, tr("Go forward again"));
    for (const PageEntry &entry : std::as_const(m_entries)) {
        if (entry.place == PageEntry::Place::Nowhere)
            continue;
        m_actions->add(QStringLiteral("go.") + entry.name, Group::Go, entry.title, entry.iconName, entry.keys,
                       [this, name = entry.name] {
                           Link link;
                           link.page = name;
                           navigate(link);
                       });
    }
    const auto toSearch = [this] {
        m_topBar->search()->setFocus(Qt::ShortcutFocusReason);
        m_topBar->search()->selectAll();
    };
    m_actions->add(id("go.search"), Group::Go, tr("Search"), QStringLiteral("search"), Qt::CTRL | Qt::Key_K, toSearch,
                   tr("Search runs, steps and errors"));
    m_actions->add(id("go.find"), Group::Go, tr("Search this page"), QStringLiteral("search"), Qt::Key_Slash, toSearch,
                   tr("Narrow this page by words"));
    m_actions->add(id("go.link"), Group::Go, tr("Copy link to this place"), QStringLiteral("link"),
                   Qt::CTRL | Qt::SHIFT | Qt::Key_L, [this] {
                       QGuiApplication::clipboard()->setText(m_page->link().toUrl().toString(QUrl::FullyEncoded));
                       m_toast->show(tr("The link to this place is in the clipboard."));
                   });

    m_actions->add(
        id("report.period"), Group::Reports, tr("Report on a period…"), QStringLiteral("report"), {},
        [this] { printPeriodReport(m_engine, {}, this); }, tr("Save a report on the runs of a period as a PDF"));
    m_actions->add(
        id("sources.add"), Group::Sources, tr("Add a folder…"), QStringLiteral("folder"), Qt::CTRL | Qt::Key_O,
        [this] { chooseFolder(); }, tr("Index a folder and follow it"));
    m_actions->add(
        id("sources.rejected"), Group::Sources, tr("Rejected lines"), QStringLiteral("warning"), {},
        [this] { showRejected(); }, tr("Lines that could not be read, with their reason"));

    const auto theme = [&](const char *name, const QString &text, ThemeChoice choice) {
        m_actions->add(id(name), Group::View, text, QStringLiteral("theme"), {}, [this, choice] { setTheme(choice); });
    };
    theme("view.system", tr("Theme: as the desktop"), ThemeChoice::System);
    theme("view.light", tr("Theme: light"), ThemeChoice::Light);
    theme("view.dark", tr("Theme: dark"), ThemeChoice::Dark);
    m_actions->add(id("view.fullscreen"), Group::View, tr("Full screen"), QStringLiteral("fit"), Qt::Key_F11,
                   [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    m_actions->add(
        id("help.palette"), Group::Help, tr("Command palette"), QStringLiteral("command"),
        Qt::CTRL | Qt::SHIFT | Qt::Key_P, [this] { showPalette(); }, tr("Find any action by typing"));
    m_actions->add(
        id("help.shortcuts"), Group::Help, tr("Keyboard shortcuts"), QStringLiteral("keyboard"), Qt::Key_Question,
        [this] { showShortcuts(); }, tr("Show every shortcut that works here"));
    m_actions->add(id("help.menu"), Group::Help, tr("Menu"), QStringLiteral("menu"), Qt::Key_F10,
                   [this] { m_topBar->popupMenu(); });
    m_actions->add(id("help.quit"), Group::Help, tr("Quit"), QStringLiteral("close"), Qt::CTRL | Qt::Key_Q,
                   [this] { close(); });
}

void MainWindow::showPalette() {
    auto *palette = new CommandPalette(m_actions->entries(), this);
    connect(palette, &CommandPalette::navigate, this, &MainWindow::navigate);
    palette->popup();
}

void MainWindow::showShortcuts() {
    // closes and deletes itself
    new ShortcutOverlay(m_actions->entries(), m_page != nullptr ? m_page->keyHints() : QList<KeyHintGroup>(),
                        centralWidget());
}

void MainWindow::showRejected() {
    auto *dialog = new RejectedDialog(m_engine, this);
    dialog->open();
}

void MainWindow::connectSettings(SettingsPage *page) {
    page->setSettings(m_settings);
    page->setStopped(m_stopped);
    connect(page, &SettingsPage::followAgain, this, &MainWindow::follow);
    connect(page, &SettingsPage::addFolder, this, &MainWindow::chooseFolder);
    connect(page, &SettingsPage::removeFolder, this, &MainWindow::removeFolder);
    connect(page, &SettingsPage::zoneChosen, this, &MainWindow::setZone);
    connect(page, &SettingsPage::themeChosen, this, &MainWindow::setTheme);
}

void MainWindow::changeSettings(const Settings &settings) {
    m_settings = settings;
    m_settings.save();
    if (auto *page = qobject_cast<SettingsPage *>(m_pages.value(QStringLiteral("settings"))))
        page->setSettings(m_settings);
    if (m_welcome != nullptr)
        m_welcome->setRecent(m_settings.recentFolders);
}

void MainWindow::setTheme(ThemeChoice theme) {
    applyTheme(theme);
    Settings settings = m_settings;
    settings.theme = theme;
    changeSettings(settings);
}

void MainWindow::setZone(const QString &zone) {
    const auto known = Zone::fromName(zone.toStdString());
    if (!known) {
        m_toast->showFailure(QString::fromStdString(known.error().sentence()));
        return;
    }
    DisplayZone::instance().setZone(*known);
    Settings settings = m_settings;
    settings.zone = zone;
    changeSettings(settings);
}

void MainWindow::chooseFolder() {
    const QString begin = m_settings.recentFolders.isEmpty() ? QDir::homePath() : m_settings.recentFolders.first();
    auto *dialog = new QFileDialog(this, tr("Choose the folder below which Framework0 runs"), begin);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::addFolder);
    dialog->open();
}

void MainWindow::addFolder(const QString &folder) {
    const QString path = QDir::cleanPath(QDir(folder).absolutePath());
    Settings settings = m_settings;
    settings.remember(path);
    const bool known = settings.folders.contains(path);
    if (!known)
        settings.folders << path;
    changeSettings(settings);
    if (m_engine.isReadOnly()) {
        m_toast->show(tr("Another instance writes to this store: the folder is followed once that has ended."));
        return;
    }
    const auto followed = m_engine.followedFolders();
    if (std::find(followed.begin(), followed.end(), path.toStdString()) == followed.end())
        follow({path});
    else
        m_toast->show(tr("This folder is followed already."));
    if (m_page == m_welcome) {
        Link live;
        m_navigator.replace(live); // there is no way back to a welcome
        showPlace(live);
    }
}

void MainWindow::removeFolder(const QString &folder) {
    const Settings before = m_settings;
    Settings settings = m_settings;
    settings.folders.removeAll(folder);
    m_engine.unfollow(folder.toStdString());
    m_stopped.removeAll(folder);
    changeSettings(settings);
    showFollowed();
    m_toast->show(tr("%1 is not followed any more. Its runs stay in the store.").arg(QDir::toNativeSeparators(folder)),
                  [this, before, folder] {
                      if (!m_engine.isReadOnly())
                          follow({folder});
                      changeSettings(before);
                  });
}

void MainWindow::follow(const QStringList &folders) {
    std::vector<std::string> paths;
    for (const QString &folder : folders) {
        paths.push_back(folder.toStdString());
        m_stopped.removeAll(folder);
    }
    m_engine.follow(paths);
    showFollowed();
}

void MainWindow::stopIndexing() {
    for (const std::string &folder : m_engine.followedFolders())
        m_stopped << QString::fromStdString(folder);
    m_stopped.removeDuplicates();
    m_engine.cancelFollowing();
    m_toast->show(tr("Indexing stopped. What was read so far is kept."),
                  [this, folders = m_stopped] { follow(folders); });
    m_status->endProgress();
    showFollowed();
}

void MainWindow::showFollowed() {
    refreshLive();
    if (auto *page = qobject_cast<SettingsPage *>(m_pages.value(QStringLiteral("settings"))))
        page->setStopped(m_stopped);
}

} // namespace ra::ui
