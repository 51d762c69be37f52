// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/mainwindow.h"
#include "ui/models/whenfinished.h"

#include "ui/shell/actionregistry.h"
#include "ui/shell/notice.h"
#include "ui/shell/pageheader.h"
#include "ui/shell/rail.h"
#include "ui/shell/searchfield.h"
#include "ui/shell/settingspage.h"
#include "ui/shell/statusline.h"
#include "ui/shell/topbar.h"
#include "ui/shell/welcomepage.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/englishplurals.h"
#include "ui/theme/format.h"
#include "ui/widgets/keyhintbutton.h"
#include "ui/widgets/toast.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>

namespace ra::ui {

namespace {

using namespace std::chrono_literals;

constexpr int compactBelow = 1000; // narrower windows keep the icons of the rail only

QString geometryKey() {
    return QStringLiteral("window/geometry");
}

} // namespace

MainWindow::MainWindow(engine::Engine &engine, QWidget *parent)
    : QMainWindow(parent)
    , m_engine(engine)
    , m_settings(Settings::load())
    , m_entries(pageEntries())
    , m_infoPacer(700ms) {
    EnglishPlurals::install();
    setObjectName(QStringLiteral("mainWindow"));
    setMinimumSize(760, 480);
    applyTheme(m_settings.theme);
    if (const auto zone = Zone::fromName(m_settings.zone.toStdString()))
        DisplayZone::instance().setZone(*zone);
    m_actions = new ActionRegistry(this);
    makeActions();
    makeFrame();
    connectEngine();
    // A small screen gets a window that fits, with its frame.
    resize(QSize(1280, 800).boundedTo((screen()->availableSize() - QSize(0, 36)).expandedTo(minimumSize())));
    if (const QByteArray geometry = QSettings().value(geometryKey()).toByteArray(); !geometry.isEmpty())
        restoreGeometry(geometry);
    start();
}

MainWindow::~MainWindow() {
    // Pages look at the frame while they vanish; the frame goes after them.
    m_topBar->setFilterBar(nullptr, nullptr);
    qDeleteAll(m_pages);
}

void MainWindow::makeFrame() {
    auto *central = new QWidget(this);
    m_rail = new Rail(central);
    for (const PageEntry &entry : std::as_const(m_entries)) {
        if (entry.place != PageEntry::Place::Nowhere)
            m_rail->add(entry.name, entry.title, entry.iconName, entry.keys.toString(QKeySequence::NativeText),
                        entry.place == PageEntry::Place::RailBottom);
    }
    m_topBar = new TopBar(*m_actions, central);
    m_notice = new Notice(central);
    m_header = new PageHeader(central);
    m_stack = new QStackedWidget(central);
    m_status = new StatusLine(central);

    auto *content = new QWidget(central);
    auto *contentLayout = new QVBoxLayout(content);
    contentLayout->setContentsMargins(measure::gapL, measure::gapL - 2, measure::gapL, measure::gapL);
    contentLayout->setSpacing(measure::gapM);
    contentLayout->addWidget(m_notice);
    contentLayout->addWidget(m_header);
    contentLayout->addWidget(m_stack, 1);

    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_rail);
    middle->addWidget(content, 1);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_topBar);
    layout->addLayout(middle, 1);
    layout->addWidget(m_status);
    setCentralWidget(central);
    m_toast = new Toast(central);

    const auto link = [](const QString &page) {
        Link made;
        made.page = page;
        return made;
    };
    connect(m_rail, &Rail::chosen, this, [this, link](const QString &page) { navigate(link(page)); });
    connect(m_topBar, &TopBar::navigate, this, &MainWindow::navigate);
    connect(m_topBar, &TopBar::zoneClicked, this, [this, link] {
        navigate(link(QStringLiteral("settings")));
        if (auto *settings = qobject_cast<SettingsPage *>(m_page))
            settings->chooseZone();
    });
    const auto showZone = [this] { m_topBar->setZone(QString::fromStdString(displayZone().name())); };
    showZone();
    connect(&DisplayZone::instance(), &DisplayZone::changed, this, showZone);

    SearchField *search = m_topBar->search();
    search->setKeys(keyCapText(m_actions->find(QStringLiteral("go.search"))->shortcut()));
    m_searchTimer.setSingleShot(true);
    m_searchTimer.setInterval(120ms);
    connect(search, &QLineEdit::textEdited, this, [this] { m_searchTimer.start(); });
    connect(&m_searchTimer, &QTimer::timeout, this, &MainWindow::searchTyped);
    connect(search, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (text.isEmpty()) // the field's own button to clear it is no edit
            m_searchTimer.start();
    });
    connect(search, &QLineEdit::returnPressed, this, &MainWindow::searchEntered);
    connect(search, &SearchField::left, this, [this] {
        if (m_page != nullptr)
            m_page->setFocus();
    });
    connect(m_status, &StatusLine::rejectedClicked, this, &MainWindow::showRejected);
    connect(m_status, &StatusLine::cancelRequested, this, &MainWindow::stopIndexing);
}

void MainWindow::connectEngine() {
    m_liveTimer.setSingleShot(true);
    m_liveTimer.setInterval(200ms); // a status line that changes faster cannot be read
    connect(&m_liveTimer, &QTimer::timeout, this, &MainWindow::refreshLive);
    connect(&m_infoPacer, &Pacer::due, this, &MainWindow::refreshInfo);
    connect(&m_engine, &engine::Engine::liveChanged, this, [this] {
        if (!m_liveTimer.isActive())
            m_liveTimer.start();
    });
    connect(&m_engine, &engine::Engine::runsCommitted, &m_infoPacer, &Pacer::want);
    connect(&m_engine, &engine::Engine::indexProgress, this, [this](const Progress &progress) {
        m_status->setProgress(progress);
        m_infoPacer.want();
    });
    connect(&m_engine, &engine::Engine::failed, this,
            [this](const Error &error) { m_toast->showFailure(QString::fromStdString(error.sentence())); });
    m_status->setReadOnly(m_engine.isReadOnly());
    if (m_engine.isReadOnly())
        m_notice->tell(
            QStringLiteral("lock"),
            tr("Another instance writes to this store. This window shows what it stores, and reads your folders itself "
               "once the other has ended."));
    connect(&m_engine, &engine::Engine::becameWriter, this, [this] {
        m_status->setReadOnly(false);
        m_notice->hide();
        if (m_engine.followedFolders().empty() && !m_settings.folders.isEmpty())
            follow(m_settings.folders);
        refreshLive();
        m_toast->show(tr("The other instance has ended: this window writes to the store now."));
    });
}

void MainWindow::start() {
    const bool following = !m_engine.followedFolders().empty();
    if (!following && !m_settings.folders.isEmpty())
        follow(m_settings.folders);
    Link first;
    first.page = m_engine.followedFolders().empty() ? QStringLiteral("runs") : QStringLiteral("live");
    navigate(first);
    refreshLive();
    m_infoPacer.wantNow();
    if (!m_engine.followedFolders().empty() || m_engine.isReadOnly())
        return;
    // Nothing is followed and nothing is stored: the first start.
    whenFinished(m_engine.info(), this, [this](const Result<StoreInfo> &info) {
        if (!info || info->runs > 0 || !m_engine.followedFolders().empty())
            return;
        Link welcome;
        welcome.page = QStringLiteral("welcome");
        m_navigator.replace(welcome);
        showPlace(welcome);
    });
}

Page *MainWindow::pageFor(const QString &name) {
    if (Page *page = m_pages.value(name))
        return page;
    Page *page = nullptr;
    if (name == QLatin1String("welcome")) {
        m_welcome = new WelcomePage(QString::fromStdString(m_engine.config().storePath), m_stack);
        m_welcome->setRecent(m_settings.recentFolders);
        connect(m_welcome, &WelcomePage::chooseFolder, this, &MainWindow::chooseFolder);
        connect(m_welcome, &WelcomePage::folderChosen, this, &MainWindow::addFolder);
        page = m_welcome;
    } else {
        const auto entry =
            std::find_if(m_entries.begin(), m_entries.end(), [&](const PageEntry &e) { return e.name == name; });
        if (entry == m_entries.end())
            return pageFor(QStringLiteral("live")); // a link from a newer version
        page = entry->make(m_engine, m_stack);
        if (auto *settings = qobject_cast<SettingsPage *>(page))
            connectSettings(settings);
    }
    m_pages.insert(name, page);
    m_stack->addWidget(page);
    connect(page, &Page::navigate, this, &MainWindow::navigate);
    connect(page, &Page::frameChanged, this, [this, page] {
        if (page == m_page)
            updateFrame();
    });
    return page;
}

void MainWindow::navigate(const Link &link) {
    // What lies behind is remembered as it was left: with the selection made there, not as it was entered.
    if (m_page != nullptr && !m_navigator.isEmpty())
        m_navigator.replace(m_page->link());
    m_navigator.go(link);
    showPlace(link);
}

void MainWindow::openUrl(const QString &url) {
    if (const auto link = Link::fromUrl(QUrl(url)))
        navigate(*link);
    else
        m_toast->showFailure(
            tr("%1 leads to no place in this program. It may come from a newer version.").arg(url.left(100)));
}

void MainWindow::step(bool forward) {
    if (m_page != nullptr)
        m_navigator.replace(m_page->link());
    showPlace(forward ? m_navigator.forward() : m_navigator.back());
}

void MainWindow::showPlace(const Link &link) {
    Page *page = pageFor(link.page);
    if (page != m_page) {
        m_page = page;
        m_stack->setCurrentWidget(page);
        m_topBar->setFilterBar(page->filterBar(), page);
    }
    page->open(link);
    if (!m_topBar->search()->hasFocus())
        page->setFocus();
    updateFrame();
}

void MainWindow::updateFrame() {
    const QString name = m_page->link().page;
    m_rail->setCurrent(name == QLatin1String("run") ? QStringLiteral("runs") : name);
    m_header->setTitle(m_page->title(), m_page->context());
    const QList<QAction *> actions = m_page->pageActions();
    for (QAction *action : actions) {
        if (!m_page->actions().contains(action))
            m_page->addAction(action); // so that its keys work while the page shows
    }
    m_header->setActions(actions);
    m_actions->setPageActions(actions);
    m_topBar->setCrumbs(m_page->crumbs(), m_page->place());
    setWindowTitle(tr("%1 — Recipe Analytics", "page").arg(m_page->title()));
    m_actions->find(QStringLiteral("go.back"))->setEnabled(m_navigator.canGoBack());
    m_actions->find(QStringLiteral("go.forward"))->setEnabled(m_navigator.canGoForward());
    m_actions->find(QStringLiteral("go.find"))->setEnabled(m_page->searches());
    SearchField *search = m_topBar->search();
    const QString text = m_page->searches() ? m_page->link().text : QString();
    if (!search->hasFocus() && search->text() != text)
        search->setText(text);
}

void MainWindow::searchTyped() {
    if (m_page == nullptr || !m_page->searches())
        return;
    Link link = m_page->link();
    const QString text = m_topBar->search()->text();
    if (link.text == text)
        return;
    link.text = text;
    // A step of the history a letter would make back useless.
    m_navigator.replace(link);
    m_page->open(link);
    updateFrame();
}

void MainWindow::searchEntered() {
    m_searchTimer.stop();
    if (m_page != nullptr && m_page->searches()) {
        searchTyped();
        m_page->setFocus();
        return;
    }
    Link link;
    link.page = QStringLiteral("runs");
    link.text = m_topBar->search()->text();
    navigate(link);
    m_page->setFocus();
}

void MainWindow::refreshLive() {
    const auto snapshot = m_engine.live();
    m_status->setLive(*snapshot, !m_engine.followedFolders().empty());
    const auto running = std::count_if(snapshot->runs.begin(), snapshot->runs.end(),
                                       [](const live::LiveRun &run) { return run.status == RunStatus::Running; });
    m_rail->setCount(QStringLiteral("live"), running > 0 ? count(running) : QString());
}

void MainWindow::refreshInfo() {
    whenFinished(m_engine.info(), this, [this](const Result<StoreInfo> &info) {
        m_infoPacer.answered();
        if (!info)
            return; // busy or cancelled: the figures shown stay until the next time
        m_status->setStore(*info);
        m_rail->setCount(QStringLiteral("runs"), count(qint64(info->runs)));
    });
}

void MainWindow::resizeEvent(QResizeEvent *event) {
    QMainWindow::resizeEvent(event);
    m_rail->setCompact(width() < compactBelow);
}

void MainWindow::closeEvent(QCloseEvent *event) {
    QSettings().setValue(geometryKey(), saveGeometry());
    QMainWindow::closeEvent(event);
}

} // namespace ra::ui
