// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runpage.h"

#include "ui/models/loglinesteps.h"
#include "ui/models/stepsmodel.h"
#include "ui/models/whenfinished.h"
#include "ui/print/printreport.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/timelineview.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QStackedLayout>

namespace ra::ui {

namespace {

/// A running run changes many times a second; its page need not be read from the store more often than this.
constexpr int kRefreshMs = 250;
/// A long log takes its time: then its page rests so many times longer than the reading took.
constexpr int kRestFactor = 4;
/// Until then the run before stands, so that stepping from run to run does not flicker.
constexpr int kSlowMs = 150;
constexpr int kTickMs = 1000;

} // namespace

RunPage::RunPage(engine::Engine &engine, QWidget *parent)
    : Page(parent)
    , m_engine(engine)
    , m_board(new RunBoard(this))
    , m_empty(new EmptyState(this)) {
    m_link.page = QStringLiteral("run");
    m_stack = new QStackedLayout(this);
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_board);
    m_stack->addWidget(m_empty);
    makeActions();

    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible())
            m_board->setNow(now());
    });
    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, [this] {
        if (m_again)
            refresh();
    });
    m_slow.setInterval(kSlowMs);
    m_slow.setSingleShot(true);
    connect(&m_slow, &QTimer::timeout, this, &RunPage::showReading);
    connect(&m_engine, &engine::Engine::runsCommitted, this, [this](const std::vector<std::string> &ids) {
        if (ids.empty() || std::ranges::any_of(ids, [this](const std::string &id) { return isShown(id); }))
            refresh();
    });
    connect(&m_engine, &engine::Engine::liveChanged, this, &RunPage::refreshIfChanged);
    connect(&DisplayZone::instance(), &DisplayZone::changed, this, &Page::frameChanged);
    connect(m_board, &RunBoard::stepChanged, this, [this](int step) {
        m_wantedLine = -1; // the reader, or a link, wants something else by now
        m_link.stepIndex = step;
        m_link.step =
            step < 0 ? QString() : QString::fromStdString(m_board->run().steps[static_cast<std::size_t>(step)].name);
    });
    connect(m_board, &RunBoard::lineChanged, this, [this] {
        m_wantedLine = -1;
        const query::LogLine *line = m_board->currentLine();
        m_link.line = line ? static_cast<qint64>(line->offset) : -1;
        m_link.source = line ? line->sourceId : -1;
    });
    connect(m_empty, &EmptyState::buttonClicked, this, [this] {
        Link link;
        link.page = QStringLiteral("runs");
        Q_EMIT navigate(link);
    });
}

RunPage::~RunPage() {
    m_stop.request_stop();
}

void RunPage::makeActions() {
    const auto add = [this](const QString &text, const QString &iconName, const QKeySequence &keys,
                            const QString &tip) {
        auto *action = new QAction(icon(iconName), text, this);
        action->setShortcut(keys);
        action->setToolTip(tip);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        return action;
    };
    m_report =
        add(tr("Report"), QStringLiteral("report"), QKeySequence(Qt::CTRL | Qt::Key_P), tr("Save this run as a PDF"));
    connect(m_report, &QAction::triggered, this, [this] { printRunReport(m_engine, m_link.runId, this); });
    m_toggle =
        add(tr("Table"), QStringLiteral("table"), QKeySequence(Qt::Key_T), tr("Steps as a table or as a timeline"));
    connect(m_toggle, &QAction::triggered, m_board, &RunBoard::toggleTable);
    m_copyLink = add(tr("Copy link"), QStringLiteral("link"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
                     tr("A link that opens this run, step and line"));
    connect(m_copyLink, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(link().toUrl().toString(QUrl::FullyEncoded)); });
    m_previous = add(tr("Previous run of this recipe"), QStringLiteral("up"), QKeySequence(Qt::CTRL | Qt::Key_PageUp),
                     tr("The run of this recipe before this one"));
    connect(m_previous, &QAction::triggered, this, [this] { goTo(m_neighbours.previous); });
    m_next = add(tr("Next run of this recipe"), QStringLiteral("down"), QKeySequence(Qt::CTRL | Qt::Key_PageDown),
                 tr("The run of this recipe after this one"));
    connect(m_next, &QAction::triggered, this, [this] { goTo(m_neighbours.next); });
    m_find =
        add(tr("Find in the log"), QStringLiteral("search"), QKeySequence(Qt::Key_Slash), tr("Find text in all lines"));
    connect(m_find, &QAction::triggered, m_board, &RunBoard::openFind);
    updateActions();
}

QList<QAction *> RunPage::pageActions() const {
    return {m_report, m_toggle, m_copyLink, m_previous, m_next, m_find};
}

void RunPage::updateActions() {
    const bool loaded = isShown(m_board->run().id);
    for (QAction *action : {m_report, m_toggle, m_copyLink, m_find})
        action->setEnabled(loaded && !m_missing);
    m_previous->setEnabled(loaded && !m_neighbours.previous.empty());
    m_next->setEnabled(loaded && !m_neighbours.next.empty());
}

// --- frame
// ------------------------------------------------------------------------------------------------------------

QString RunPage::title() const {
    const Run &run = m_board->run();
    if (m_missing || run.id.empty())
        return tr("Run");
    return run.recipe.empty() ? tr("Unknown recipe") : plain(run.recipe);
}

QString RunPage::context() const {
    const Run &run = m_board->run();
    if (m_loading && (m_missing || !isShown(run.id)))
        return tr("Loading…");
    if (m_missing || run.id.empty())
        return {};
    QStringList parts;
    QString when =
        run.start ? tr("Run of %1").arg(moment(run.start, displayZone(), run.resolution)) : tr("Start unknown");
    if (run.start && run.resolution >= std::chrono::seconds(1))
        when += QLatin1Char(' ') + plusMinus(run.resolution);
    parts << when;
    if (!run.recipePath.empty())
        parts << plain(run.recipePath);
    if (run.pid > 0)
        parts << tr("pid %1").arg(run.pid);
    if (!run.thread.empty())
        parts << tr("thread %1").arg(plain(run.thread));
    return parts.join(QStringLiteral(" · "));
}

QString RunPage::place() const {
    const Run &run = m_board->run();
    if (m_missing || run.id.empty())
        return title();
    // The recipe is the crumb before; of a run without a start its id is all that tells it apart.
    return run.start ? moment(run.start, displayZone()) : plain(run.id);
}

QList<QPair<QString, Link>> RunPage::crumbs() const {
    Link runs;
    runs.page = QStringLiteral("runs");
    QList<QPair<QString, Link>> crumbs{{tr("Runs"), runs}};
    const Run &run = m_board->run();
    if (!m_missing && !run.recipe.empty()) {
        runs.recipe = QString::fromStdString(run.recipe);
        crumbs.append({plain(run.recipe), runs});
    }
    return crumbs;
}

QList<KeyHintGroup> RunPage::keyHints() const {
    return {{tr("Timeline"), TimelineView::keyHints()}, {tr("Log"), LogView::keyHints()}};
}

void RunPage::open(const Link &link) {
    m_link = link;
    m_link.page = QStringLiteral("run");
    if (!m_missing && isShown(m_board->run().id)) {
        if (m_loading && m_asked != m_link.runId) { // for another run, which is not wanted any more
            m_stop.request_stop();
            m_loading = false;
            m_slow.stop();
            m_stack->setCurrentWidget(m_board);
            updateActions();
            Q_EMIT frameChanged();
        }
        select(link);
        return;
    }
    m_wanted = link;
    ask();
}

void RunPage::select(const Link &link) {
    const std::vector<Step> &steps = m_board->run().steps;
    const std::string name = link.step.toStdString();
    const auto at = static_cast<std::size_t>(link.stepIndex);
    const auto found = std::ranges::find(steps, name, &Step::name);
    // The step at that place where it has that name; else the first of the name, as the run may have been told anew.
    if (link.stepIndex >= 0 && at < steps.size() && steps[at].name == name)
        m_board->selectStep(link.stepIndex);
    else
        m_board->selectStep(link.step.isEmpty() || found == steps.end() ? -1 : static_cast<int>(found - steps.begin()));
    if (link.line < 0)
        return;
    if (m_board->hasLog())
        m_board->selectLineAt(static_cast<std::uint64_t>(link.line), link.source);
    else
        m_wantedLine = link.line;
    m_link.source = link.source;
}

Link RunPage::link() const {
    return m_link;
}

bool RunPage::isShown(const std::string &runId) const {
    return !runId.empty() && QString::fromStdString(runId) == m_link.runId;
}

void RunPage::goTo(const std::string &runId) {
    if (runId.empty())
        return;
    Link link;
    link.page = QStringLiteral("run");
    link.runId = QString::fromStdString(runId);
    link.stepIndex = m_link.stepIndex;
    link.step = m_link.step; // the same step of another run is what one wants to see when stepping through
    Q_EMIT navigate(link);
}

// --- data
// -------------------------------------------------------------------------------------------------------------

void RunPage::ask() {
    if (m_loading && m_asked == m_link.runId) {
        m_again = true;
        return;
    }
    m_stop.request_stop(); // an answer about another run is of no use any more
    m_stop = {};
    m_loading = true;
    m_again = false;
    m_stale = false;
    m_asked = m_link.runId;
    m_cost.start();
    if (!isShown(m_board->run().id))
        m_slow.start();
    const std::stop_token stop = m_stop.get_token();
    auto asked = m_engine.ask<Loaded>(
        [id = m_asked.toStdString()](query::Reader &reader, const std::stop_token &) -> Result<Loaded> {
            Loaded loaded;
            auto run = reader.run(id);
            if (!run)
                return fail(run.error());
            // The run is what was asked for; the rest is shown where there is some.
            if (auto history = reader.history(run->recipe, run->id))
                loaded.history = std::move(*history);
            if (auto neighbours = reader.neighbours(run->id))
                loaded.neighbours = std::move(*neighbours);
            loaded.run = std::make_shared<const Run>(std::move(*run));
            return loaded;
        },
        stop);
    whenFinished(asked, this, [this, stop](const Result<Loaded> &loaded) {
        if (!stop.stop_requested())
            take(loaded);
    });
    updateActions();
    Q_EMIT frameChanged();
}

void RunPage::take(const Result<Loaded> &loaded) {
    m_slow.stop();
    if (!loaded) {
        m_loading = false;
        m_pause.start(kRefreshMs);
        if (loaded.error().kind != ErrorKind::Cancelled)
            showMissing(loaded.error());
        return;
    }
    // A run may have been asked for by an id that it had once.
    m_link.runId = m_asked = QString::fromStdString(loaded->run->id);
    m_missing = false;
    m_stack->setCurrentWidget(m_board);
    m_neighbours = loaded->neighbours;
    m_board->setDetails({loaded->run, loaded->history}, now());
    if (!m_board->hasLog())
        m_board->setLogNote(tr("reading…"));
    if (const std::optional<Link> wanted = std::exchange(m_wanted, std::nullopt)) {
        // Also what this run does not have: the next run of the recipe may.
        m_link.step = wanted->step;
        m_link.stepIndex = wanted->stepIndex;
        m_link.line = wanted->line;
        select(*wanted);
    }
    if (loaded->run->status == RunStatus::Running)
        m_tick.start();
    else
        m_tick.stop();
    updateActions();
    Q_EMIT frameChanged();
    askLog();
}

void RunPage::askLog() {
    const std::stop_token stop = m_stop.get_token();
    auto asked = m_engine.ask<RunBoard::Log>(
        [id = m_asked.toStdString(), run = m_board->shared()](query::Reader &reader,
                                                              const std::stop_token &stopped) -> Result<RunBoard::Log> {
            auto lines = reader.log(id, {}, {}, stopped);
            if (!lines)
                return fail(lines.error());
            RunBoard::Log log;
            log.steps = stepsOfLines(*run, *lines);
            log.lines = std::make_shared<const std::vector<query::LogLine>>(std::move(*lines));
            return log;
        },
        stop);
    whenFinished(asked, this, [this, stop](const Result<RunBoard::Log> &log) {
        if (!stop.stop_requested())
            takeLog(log);
    });
}

void RunPage::takeLog(const Result<RunBoard::Log> &log) {
    if (log) {
        m_board->setLogNote({});
        m_board->setLog(*log);
        if (const qint64 line = std::exchange(m_wantedLine, -1); line >= 0)
            m_board->selectLineAt(static_cast<std::uint64_t>(line), m_link.source);
    } else {
        m_board->setLogNote(tr("the log cannot be read"));
    }
    m_loading = false;
    m_pause.start(static_cast<int>(std::clamp<qint64>(m_cost.elapsed() * kRestFactor, kRefreshMs, 60'000)));
    Q_EMIT frameChanged();
}

void RunPage::refresh() {
    if (!isVisible()) {
        m_stale = true;
        return;
    }
    if (m_loading || m_pause.isActive()) {
        m_again = true;
        return;
    }
    ask();
}

void RunPage::showEvent(QShowEvent *event) {
    Page::showEvent(event);
    if (std::exchange(m_stale, false))
        refresh();
}

void RunPage::showReading() {
    m_empty->setIcon(QStringLiteral("run"));
    m_empty->setReason(tr("The run is being read…"));
    m_empty->setHelp({});
    m_empty->setButton({});
    m_stack->setCurrentWidget(m_empty);
}

void RunPage::showMissing(const Error &error) {
    m_missing = true;
    m_tick.stop();
    const bool unknown = error.kind == ErrorKind::NotFound;
    m_empty->setIcon(unknown ? QStringLiteral("run") : QStringLiteral("warning"));
    m_empty->setReason(unknown ? tr("There is no run %1 in the store").arg(plain(m_link.runId.toStdString()))
                               : tr("This run cannot be read"));
    m_empty->setHelp(unknown
                         ? tr("The link may be of another store, or the run's log has not been read yet: follow the "
                              "folder that it lies in.")
                         : QString::fromStdString(error.sentence()));
    m_empty->setButton(tr("All runs"));
    m_stack->setCurrentWidget(m_empty);
    updateActions();
    Q_EMIT frameChanged();
}

void RunPage::refreshIfChanged() {
    if (m_stale || !isShown(m_board->run().id) || m_board->run().status != RunStatus::Running)
        return;
    const std::shared_ptr<const live::LiveSnapshot> snapshot = m_engine.live();
    const std::string id = m_link.runId.toStdString();
    const auto found = std::ranges::find(snapshot->runs, id, &live::LiveRun::id);
    if (found == snapshot->runs.end() || found->version == m_liveVersion)
        return;
    m_liveVersion = found->version;
    refresh();
}

} // namespace ra::ui
