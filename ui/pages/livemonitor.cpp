// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/livemonitor.h"

#include "ui/models/whenfinished.h"
#include "ui/pages/livetable.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/logpanel.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/timelineview.h"

#include <QBoxLayout>
#include <QSplitter>
#include <QStackedWidget>

namespace ra::ui {

namespace {

constexpr Duration kWindow = std::chrono::minutes(30);
constexpr std::size_t kTailLines = 20'000;

bool needsLook(const live::LiveRun &run) {
    if (run.status == RunStatus::Running)
        return run.failedSteps > 0 || run.attempt > 1 || (run.estimate && run.estimate->slower);
    return run.status != RunStatus::Completed && run.status != RunStatus::Cancelled;
}

} // namespace

LiveMonitor::LiveMonitor(QWidget *parent)
    : QWidget(parent)
    , m_snapshot(std::make_shared<live::LiveSnapshot>())
    , m_stored(std::make_shared<query::RunColumns>())
    , m_origin(now())
    , m_notice(new PlainLabel(this))
    , m_model(new LiveModel(this))
    , m_table(new LiveTable(m_model, this))
    , m_tableCard(new Card(this))
    , m_tableOrEmpty(new QStackedWidget(this))
    , m_empty(new EmptyState(this))
    , m_lanesCard(new Card(tr("Executions by lane"), this))
    , m_lanesView(new TimelineView(this))
    , m_log(new LogPanel(tr("Log"), this)) {
    m_notice->setTone(PlainLabel::Tone::Warning);
    m_notice->setWordWrap(true);
    m_notice->hide();

    m_tableOrEmpty->addWidget(m_table);
    m_tableOrEmpty->addWidget(m_empty);
    m_tableCard->setBody(m_tableOrEmpty);
    m_empty->setIcon(QStringLiteral("live"));
    m_empty->setReason(tr("Nothing runs now"));

    m_lanesView->setWallClock(true);
    m_lanesView->setOpensOnDoubleClick(true);
    m_lanesView->setAccessibleName(tr("Executions by lane"));
    m_lanesView->setDescriber([this](int row, int bar) { return describeLane(row, bar); });
    m_lanesView->setAccessibleDescription(tr(
        "Bars over time. W and S zoom, A and D move, arrows select, Enter opens, T goes to the table of what runs."));
    m_lanesCard->setHint(tr("W A S D to move · Enter opens · T table"));
    m_lanesCard->setBody(m_lanesView);
    m_lanesCard->setMinimumHeight(150);

    m_log->setNote(tr("all sources"));
    m_log->setLive(true);
    m_log->setMinimumHeight(110);
    m_log->view()->setCapacity(kTailLines);
    m_log->view()->setFollowing(true);

    auto *parts = new QSplitter(Qt::Vertical, this);
    parts->setChildrenCollapsible(false);
    parts->setHandleWidth(measure::gapM);
    parts->addWidget(m_tableCard);
    parts->addWidget(m_lanesCard);
    parts->addWidget(m_log);
    parts->setStretchFactor(0, 4);
    parts->setStretchFactor(1, 4);
    parts->setStretchFactor(2, 3);
    parts->setSizes({260, 260, 170});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapM);
    layout->addWidget(m_notice);
    layout->addWidget(parts, 1);

    connect(m_table, &LiveTable::painted, this, &LiveMonitor::painted);
    connect(m_table, &LiveTable::runOpened, this, &LiveMonitor::runOpened);
    connect(m_empty, &EmptyState::buttonClicked, this, &LiveMonitor::settingsRequested);
    connect(m_lanesView, &TimelineView::opened, this, [this](const TimelineView::Current &what) {
        if (const std::string run = runAt(m_lanes, {what.row, what.bar}); !run.empty())
            Q_EMIT runOpened(QString::fromStdString(run));
    });
    connect(m_lanesView, &TimelineView::twinRequested, this, [this] {
        const TimelineView::Current current = m_lanesView->current();
        m_table->select(runAt(m_lanes, {current.row, current.bar}));
    });
    m_laneClock.setInterval(1000);
    connect(&m_laneClock, &QTimer::timeout, this, &LiveMonitor::buildLanes);
    setFolders({});
    showParts();
}

void LiveMonitor::setFolders(const std::vector<std::string> &folders) {
    if (folders.empty()) {
        m_empty->setHelp(tr("No folder is followed.\nChoose the one in which Framework0 runs."));
        m_empty->setButton(tr("Choose a folder…"), QStringLiteral("folder"));
        return;
    }
    QStringList paths;
    for (const std::string &folder : folders)
        paths << plain(folder);
    constexpr qsizetype shown = 4;
    const qsizetype more = paths.size() - shown;
    QString list = paths.mid(0, shown).join(QLatin1Char('\n'));
    if (more > 0)
        list += QLatin1Char('\n') + tr("and %n more", nullptr, static_cast<int>(more));
    m_empty->setHelp(tr("Executions show here once they write a log.\n"
                        "Start Framework0 with LOG_TO_FILE=1\nin a folder that is followed:\n%1")
                         .arg(list));
    m_empty->setButton(tr("Follow other folders…"), QStringLiteral("folder"));
}

void LiveMonitor::setSnapshot(std::shared_ptr<const live::LiveSnapshot> snapshot) {
    Q_ASSERT(snapshot);
    const bool hadRuns = !m_snapshot->runs.empty();
    const int rows = m_model->rowCount();
    m_snapshot = std::move(snapshot);
    countRuns(*m_snapshot);
    m_table->setSnapshot(m_snapshot);
    appendTail(*m_snapshot);
    const QString notice = plain(m_snapshot->notice);
    if (notice != m_notice->text()) {
        m_notice->setText(notice);
        m_notice->setVisible(!notice.isEmpty());
    }
    if (rows != m_model->rowCount())
        showParts();
    if (hadRuns == m_snapshot->runs.empty())
        buildLanes(); // the first ones show at once, all others with the clock
}

void LiveMonitor::countRuns(const live::LiveSnapshot &snapshot) {
    m_running = 0;
    m_needLook = 0;
    for (const live::LiveRun &run : snapshot.runs) {
        m_running += run.status == RunStatus::Running;
        m_needLook += needsLook(run);
    }
}

void LiveMonitor::appendTail(const live::LiveSnapshot &snapshot) {
    const std::size_t first = firstNew(m_tail, snapshot.tail);
    if (first == snapshot.tail.size())
        return;
    LogDocument::Lines lines;
    lines.reserve(snapshot.tail.size() - first + 1);
    if (first == 0 && !m_tail.empty() && snapshot.tail.size() >= 100) {
        query::LogLine gap;
        gap.text = tr("… lines came faster than this view takes them; all of them are in the runs' logs").toStdString();
        lines.push_back(std::move(gap));
    }
    for (std::size_t i = first; i < snapshot.tail.size(); ++i)
        lines.push_back(lineFromText(snapshot.tail[i].first, snapshot.tail[i].second));
    m_tail = snapshot.tail;
    m_log->view()->appendLines(std::move(lines));
}

void LiveMonitor::setStored(std::shared_ptr<const query::RunColumns> stored) {
    Q_ASSERT(stored);
    m_stored = std::move(stored);
    buildLanes();
}

void LiveMonitor::buildLanes() {
    if (m_buildingLanes || m_held || !isVisible()) {
        m_lanesAgain = m_buildingLanes; // also those on their way when the view was held are put off by it
        return;
    }
    m_buildingLanes = true;
    m_lanesAgain = false;
    // Thousands of runs are sorted into lanes: not on the window's thread.
    auto built = inBackground([stored = m_stored, board = m_snapshot, origin = m_origin] {
        return lanesOf(*stored, *board, origin, std::max(now(), board->taken), kWindow);
    });
    whenFinished(built, this, [this](const Lanes &lanes) {
        m_buildingLanes = false;
        if (m_held)
            return; // built anew when it goes on
        const bool had = !m_lanes.data->rows.empty();
        const TimelineView::Current current = m_lanesView->current();
        const LanePlace moved = placeIn(lanes, m_lanes, {current.row, current.bar});
        m_lanes = lanes;
        m_lanesView->setData(m_lanes.data);
        m_lanesCard->setCaption(tr("each bar one run · last %n minutes", nullptr,
                                   static_cast<int>(lanes.window / std::chrono::minutes(1))));
        m_lanesView->moveCurrent({moved.row, moved.bar});
        if (had == m_lanes.data->rows.empty())
            showParts();
        if (m_lanesAgain)
            buildLanes();
    });
}

QString LiveMonitor::describeLane(int row, int bar) const {
    const timeline::Data &shownData = *m_lanes.data;
    const QString recipe = plain(shownData.rows[static_cast<std::size_t>(row)].name);
    if (bar < 0) {
        const timeline::Row &lane = shownData.rows[static_cast<std::size_t>(row)];
        const QString runs = tr("%n runs", nullptr, static_cast<int>(lane.barCount));
        return lane.lane == 0 ? tr("%1, %2", "recipe, runs").arg(recipe, runs)
                              : tr("%1, lane %2, %3", "recipe, number, runs").arg(recipe, count(lane.lane + 1), runs);
    }
    const timeline::Bar &shown = shownData.bars[static_cast<std::size_t>(bar)];
    const QString times = clock(shownData.origin + Duration(shown.start), displayZone()) + QStringLiteral(" – ") +
                          (shown.open ? tr("now") : clock(shownData.origin + Duration(shown.end), displayZone()));
    static const std::array<RunStatus, timeline::barStateCount> states{
        RunStatus::Cancelled, RunStatus::Completed, RunStatus::Running, RunStatus::Abandoned,
        RunStatus::Rejected,  RunStatus::Partial,   RunStatus::Failed};
    return QStringList{recipe, displayName(states[static_cast<std::size_t>(shown.state)]),
                       duration(Duration(shown.end - shown.start)), times}
        .join(QStringLiteral(", "));
}

void LiveMonitor::showParts() {
    const bool runs = m_model->rowCount() > 0;
    const bool lanes = !m_lanes.data->rows.empty();
    m_tableOrEmpty->setCurrentWidget(runs ? static_cast<QWidget *>(m_table) : m_empty);
    m_lanesCard->setVisible(runs || lanes);
    m_log->setVisible(runs || m_log->view()->document().size() > 0);
    // Few rows need no more room than they have.
    m_tableCard->setMinimumHeight(std::min(std::max(m_table->heightOfRows(), 110), 170));
    m_tableCard->setMaximumHeight(runs ? std::max(m_table->heightOfRows() + 14, 110) : QWIDGETSIZE_MAX);
}

void LiveMonitor::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    setHeld(m_held);
}

void LiveMonitor::setHeld(bool held) {
    m_held = held;
    m_table->setHeld(held);
    if (held || !isVisible()) {
        m_laneClock.stop();
        return;
    }
    m_laneClock.start();
    buildLanes();
}

void LiveMonitor::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    m_laneClock.stop();
}

} // namespace ra::ui
