// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/livepage.h"

#include "ui/models/whenfinished.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/logpanel.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/timelineview.h"

#include <QAction>
#include <QVBoxLayout>

namespace ra::ui {

namespace {

/// Enough for half an hour of a busy workstation.
constexpr std::size_t kLaneRuns = 5000;
/// More snapshots than the display shows would only keep the window's thread busy.
constexpr int kFrameMs = 16;

} // namespace

LivePage::LivePage(engine::Engine &engine, QWidget *parent)
    : Page(parent)
    , m_engine(engine)
    , m_monitor(new LiveMonitor(this))
    , m_pause(new QAction(icon(QStringLiteral("pause")), tr("Pause view"), this))
    , m_find(new QAction(icon(QStringLiteral("search")), tr("Find in the log"), this))
    , m_filter(new QAction(icon(QStringLiteral("filter")), tr("Filter the log"), this)) {
    m_link.page = QStringLiteral("live");
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_monitor);

    m_pause->setShortcut(Qt::Key_Space);
    m_pause->setCheckable(true);
    m_pause->setToolTip(tr("Hold what is on the screen. The runs' own logs keep every line written meanwhile; here the "
                           "newest %1 are caught up with.")
                            .arg(count(static_cast<qint64>(live::LiveBoard::maxTail))));
    connect(m_pause, &QAction::toggled, this, &LivePage::setPaused);
    m_find->setShortcut(Qt::Key_Slash);
    connect(m_find, &QAction::triggered, m_monitor->log(), &LogPanel::openFind);
    m_filter->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_L));
    connect(m_filter, &QAction::triggered, m_monitor->log(), &LogPanel::focusFilter);
    for (QAction *action : {m_pause, m_find, m_filter}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
    }

    m_storedLater.setSingleShot(true);
    m_storedLater.setInterval(1000);
    connect(&m_storedLater, &QTimer::timeout, this, &LivePage::askStored);
    connect(&m_engine, &engine::Engine::liveChanged, this, &LivePage::takeAtDisplayRate);
    m_pace.setSingleShot(true);
    m_pace.setTimerType(Qt::PreciseTimer);
    m_pace.setInterval(kFrameMs);
    connect(&m_pace, &QTimer::timeout, this, [this] {
        if (std::exchange(m_again, false))
            takeAtDisplayRate();
    });
    connect(&m_engine, &engine::Engine::runsCommitted, this, [this] {
        if (isVisible() && !m_storedLater.isActive())
            m_storedLater.start();
    });
    connect(m_monitor, &LiveMonitor::painted, this, &LivePage::painted);
    connect(m_monitor, &LiveMonitor::runOpened, this, [this](const QString &runId) {
        Link link;
        link.page = QStringLiteral("run");
        link.runId = runId;
        Q_EMIT navigate(link);
    });
    connect(m_monitor, &LiveMonitor::settingsRequested, this, [this] {
        Link link;
        link.page = QStringLiteral("settings");
        Q_EMIT navigate(link);
    });
    m_monitor->setFolders(m_engine.followedFolders());
    takeSnapshot();
}

QString LivePage::title() const {
    return tr("Live");
}

QString LivePage::context() const {
    QStringList parts;
    if (m_paused)
        parts << tr("held: press Space to go on");
    parts << (m_monitor->running() > 0 ? tr("%n executions running", nullptr, m_monitor->running())
                                       : tr("nothing runs now"));
    if (m_monitor->needLook() > 0)
        parts << tr("%n to look at", nullptr, m_monitor->needLook());
    return parts.join(QStringLiteral(" · "));
}

QList<QAction *> LivePage::pageActions() const {
    return {m_pause, m_find, m_filter};
}

QList<KeyHintGroup> LivePage::keyHints() const {
    QList<KeyHint> lanes = TimelineView::keyHints();
    lanes.append({tr("T"), tr("To the table of what runs")});
    return {{tr("Lanes"), lanes}, {tr("Log"), LogView::keyHints()}};
}

void LivePage::open(const Link &link) {
    m_link = link;
    m_link.page = QStringLiteral("live");
    m_monitor->setFolders(m_engine.followedFolders());
}

void LivePage::setPaused(bool paused) {
    if (paused == m_paused)
        return;
    m_paused = paused;
    m_pause->setChecked(paused);
    m_pause->setText(paused ? tr("Resume view") : tr("Pause view"));
    m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    if (!paused)
        takeSnapshot();
    m_monitor->setHeld(paused);
    if (!paused)
        askStored();
    Q_EMIT frameChanged();
}

void LivePage::takeAtDisplayRate() {
    if (m_pace.isActive() || !isVisible()) {
        m_again = true;
        return;
    }
    m_pace.start();
    takeSnapshot();
}

void LivePage::takeSnapshot() {
    if (m_paused)
        return;
    m_monitor->setSnapshot(m_engine.live());
    if (const QString text = LivePage::context(); text != m_shownContext) {
        m_shownContext = text;
        Q_EMIT frameChanged();
    }
}

void LivePage::askStored() {
    if (m_askingStored || m_paused)
        return;
    m_askingStored = true;
    using Columns = std::shared_ptr<const query::RunColumns>;
    auto asked = m_engine.ask<Columns>(
        [](query::Reader &reader, const std::stop_token &) { return reader.newestRunColumns(kLaneRuns); });
    whenFinished(asked, this, [this](const Result<Columns> &columns) {
        m_askingStored = false;
        if (columns && !m_paused)
            m_monitor->setStored(*columns);
    });
}

void LivePage::showEvent(QShowEvent *event) {
    Page::showEvent(event);
    takeSnapshot();
    askStored();
}

} // namespace ra::ui
