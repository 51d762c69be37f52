// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runboard.h"

#include "ui/models/stepsmodel.h"
#include "ui/pages/runsummary.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/errorsview.h"
#include "ui/widgets/kpi.h"
#include "ui/widgets/logpanel.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/runtimeline.h"
#include "ui/widgets/stepstable.h"
#include "ui/widgets/timelineview.h"

#include <QBoxLayout>
#include <QSplitter>
#include <QStackedWidget>

namespace ra::ui {

namespace {

QSplitter *splitter(Qt::Orientation orientation, QWidget *parent) {
    auto *result = new QSplitter(orientation, parent);
    result->setChildrenCollapsible(false);
    result->setHandleWidth(measure::gapM);
    return result;
}

/// Where a step went when the run was read anew: a fork decided otherwise may have lost steps or have others. It keeps
/// its place where that has its name still (or only now has one), else it is the step of that name; -1: it is gone.
int carriedOver(int step, const Run &before, const Run &after) {
    if (step < 0)
        return -1;
    const auto i = static_cast<std::size_t>(step);
    const std::string &name = before.steps[i].name;
    if (i < after.steps.size() && (name.empty() || after.steps[i].name == name))
        return step;
    const auto found = std::ranges::find(after.steps, name, &Step::name);
    return found == after.steps.end() ? -1 : static_cast<int>(found - after.steps.begin());
}

void fill(Kpi *kpi, const Figure &figure) {
    kpi->setFigure(figure.figure, figure.unit);
    kpi->setComparison(figure.comparison, figure.tone);
}

} // namespace

RunBoard::RunBoard(QWidget *parent)
    : QWidget(parent)
    , m_details{std::make_shared<Run>(), {}} {
    m_remarks = new PlainLabel(this);
    m_remarks->setTone(PlainLabel::Tone::Warning);
    m_remarks->setWordWrap(true);
    m_remarks->hide();

    m_timeline = new TimelineView(this);
    m_model = new StepsModel(this);
    m_table = new StepsTable(m_model, this);
    m_twins = new QStackedWidget(this);
    m_twins->addWidget(m_timeline);
    m_twins->addWidget(m_table);
    m_timelineCard = new Card(tr("Timeline"), this);
    m_timelineCard->setHint(tr("W A S D move · T table"));
    m_timelineCard->setBody(m_twins);
    m_timelineCard->setMinimumSize(360, 190);

    m_steps = new StepsTable(m_model, this);
    m_stepsCard = new Card(tr("Steps"), this);
    m_stepsCard->setBody(m_steps);
    m_stepsCard->setMinimumWidth(230);

    m_errors = new ErrorsView(this);
    m_errorsCard = new Card(tr("Errors"), this);
    m_errorsCard->setBody(m_errors);
    m_errorsCard->setMinimumWidth(280);
    m_errorsCard->hide();
    m_log = new LogPanel(tr("Log"), this);
    m_log->setMinimumSize(320, 120);

    auto *upper = splitter(Qt::Horizontal, this);
    upper->addWidget(m_timelineCard);
    upper->addWidget(m_stepsCard);
    upper->setStretchFactor(0, 3);
    upper->setStretchFactor(1, 1);
    upper->setSizes({760, 306});
    auto *lower = splitter(Qt::Horizontal, this);
    lower->addWidget(m_log);
    lower->addWidget(m_errorsCard);
    lower->setStretchFactor(0, 3);
    lower->setStretchFactor(1, 2);
    lower->setSizes({620, 440});
    auto *rows = splitter(Qt::Vertical, this);
    rows->addWidget(upper);
    rows->addWidget(lower);
    rows->setStretchFactor(0, 3);
    rows->setStretchFactor(1, 2);
    rows->setSizes({330, 220});
    m_halves = rows;
    connect(rows, &QSplitter::splitterMoved, this, [this] { m_divided = true; });

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapM);
    layout->addWidget(m_remarks);
    layout->addWidget(makeFigures());
    layout->addWidget(rows, 1);

    connect(m_timeline, &TimelineView::currentChanged, this,
            [this](const TimelineView::Current &current) { choose(current.row, m_timeline); });
    connect(m_timeline, &TimelineView::opened, this, [this] { m_log->view()->setFocus(); });
    connect(m_timeline, &TimelineView::twinRequested, this, &RunBoard::toggleTable);
    for (StepsTable *table : {m_steps, m_table}) {
        connect(table, &StepsTable::stepSelected, this, [this, table](int step) { choose(step, table); });
        connect(table, &StepsTable::stepOpened, this, [this] { m_log->view()->setFocus(); });
    }
    connect(m_errors, &ErrorsView::stepActivated, this, [this](int step) { choose(step, m_errors); });
    connect(m_log->view(), &LogView::lineSelected, this, [this](int line) {
        choose(m_log->view()->stepOf(line), m_log);
        Q_EMIT lineChanged();
    });
}

void RunBoard::shareHeight() {
    if (m_divided)
        return;
    constexpr int aboveRows = measure::cardHeader + 64; // minimap, axis, header of the table
    constexpr int leastRows = 4;
    const int whole = m_halves->height() - m_halves->handleWidth();
    const int steps = std::max(leastRows, static_cast<int>(std::min<std::size_t>(m_details.run->steps.size(), 1000)));
    const int upper = std::min(aboveRows + steps * (measure::row + 1), whole * 3 / 5);
    m_halves->setSizes({upper, whole - upper});
}

void RunBoard::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    layout()->activate();
    shareHeight();
}

QWidget *RunBoard::makeFigures() {
    auto *row = new QWidget(this);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapM);
    const auto add = [&](const QString &label) {
        auto *kpi = new Kpi(label, row);
        layout->addWidget(kpi, 1);
        return kpi;
    };
    m_status = add(tr("Status"));
    m_duration = add(tr("Duration"));
    m_longest = add(tr("Longest step"));
    m_retries = add(tr("Lost to retries"));
    m_failures = add(tr("Failures"));
    return row;
}

void RunBoard::setDetails(const Details &details, Time now) {
    Q_ASSERT(details.run);
    const bool another = details.run->id != m_details.run->id;
    const bool moreSteps = another || details.run->steps.size() != m_details.run->steps.size();
    const int stepBefore = m_step;
    m_step = another ? -1 : carriedOver(m_step, *m_details.run, *details.run);
    m_details = details;
    if (another) {
        m_hasLog = false;
        m_log->view()->setLines(std::make_shared<std::vector<query::LogLine>>());
        m_log->view()->markStep(-1);
        m_log->view()->setFollowing(details.run->status == RunStatus::Running);
        m_timeline->setCurrent({});
        m_errors->setEntries({}); // nothing of how the other run's were folded and scrolled
    }
    m_log->setLive(details.run->status == RunStatus::Running);
    const Run &run = *m_details.run;
    m_remarks->setText({});
    showFigures(now);
    m_timeline->setData(std::make_shared<timeline::Data>(timelineOf(run, now)));
    if (another)
        m_timeline->fitAll();
    m_model->setRun(m_details.run, basis(), now);
    QStringList caption;
    caption << tr("%n steps", nullptr, static_cast<int>(run.steps.size()));
    if (run.resolution >= std::chrono::seconds(1))
        caption << tr("times %1").arg(plusMinus(run.resolution));
    m_timelineCard->setCaption(caption.join(QStringLiteral(" · ")));
    m_stepsCard->setCaption(basis() ? tr("vs median of %1").arg(count(basis()->runs)) : QString());
    showErrors();
    showStep();
    if (m_step != stepBefore) {
        m_log->view()->markStep(m_step);
        Q_EMIT stepChanged(m_step);
    }
    updateLogNote();
    if (moreSteps)
        shareHeight();
}

void RunBoard::setNow(Time now) {
    if (m_details.run->status != RunStatus::Running)
        return;
    showFigures(now);
    m_timeline->setData(std::make_shared<timeline::Data>(timelineOf(*m_details.run, now)));
    m_model->setRun(m_details.run, basis(), now);
}

std::optional<query::RecipeHistory> RunBoard::basis() const {
    return m_details.history && m_details.history->runs >= leastCompared ? m_details.history : std::nullopt;
}

void RunBoard::showFigures(Time now) {
    const RunSummary summary = summarise(*m_details.run, m_details.history, now);
    m_status->setStatus(m_details.run->status);
    m_status->setFigure(displayName(m_details.run->status));
    m_status->setComparison(summary.steps);
    fill(m_duration, summary.duration);
    fill(m_longest, summary.longest);
    fill(m_retries, summary.retries);
    fill(m_failures, summary.failures);
    m_remarks->setText(summary.remarks);
    m_remarks->setVisible(!summary.remarks.isEmpty());
}

void RunBoard::showErrors() {
    std::vector<ErrorsView::Entry> entries;
    for (const RunError &error : errorsOf(*m_details.run)) {
        ErrorsView::Entry entry;
        entry.step = error.step;
        entry.place = error.name.empty() ? tr("the whole run") : plain(error.name);
        if (error.attempt > 0 && error.attempts > 1)
            entry.place +=
                QStringLiteral(" · ") + tr("attempt %1 of %2").arg(count(error.attempt), count(error.attempts));
        entry.type = plain(error.type);
        entry.message = error.message;
        entry.traceback = error.traceback;
        entries.push_back(std::move(entry));
    }
    m_errors->setEntries(entries);
    m_errorsCard->setCaption(tr("%1", "number of errors").arg(count(static_cast<qint64>(entries.size()))));
    m_errorsCard->setVisible(!entries.empty());
}

void RunBoard::setLog(const Log &log) {
    Q_ASSERT(log.lines);
    LogView *view = m_log->view();
    const bool first = !m_hasLog;
    m_hasLog = true;
    // The run's times may come from a file that knows them better than its log does.
    const bool wholeSeconds = std::ranges::all_of(*log.lines, [](const query::LogLine &line) {
        return !line.time || line.time->time_since_epoch() % std::chrono::seconds(1) == Duration::zero();
    });
    const Duration resolution = m_details.run->resolution;
    view->setResolution(wholeSeconds ? std::max<Duration>(resolution, std::chrono::seconds(1)) : resolution);
    view->setLines(log.lines);
    view->setSteps(log.steps);
    if (first && m_step >= 0)
        view->showLine(view->firstLineOf(m_step));
    updateLogNote();
}

void RunBoard::setLogNote(const QString &note) {
    m_logNote = note;
    updateLogNote();
}

void RunBoard::selectStep(int step) {
    choose(step, nullptr);
}

void RunBoard::choose(int step, QObject *origin) {
    if (step >= static_cast<int>(m_details.run->steps.size()))
        step = -1;
    if (step == m_step)
        return;
    m_step = step;
    // Setting the others signals nothing back that is not this very step.
    if (origin != m_timeline)
        m_timeline->setCurrent({step, -1});
    if (origin != m_steps)
        m_steps->setCurrentStep(step);
    if (origin != m_table)
        m_table->setCurrentStep(step);
    LogView *view = m_log->view();
    view->markStep(step);
    if (origin != m_log && step >= 0)
        view->showLine(view->firstLineOf(step));
    updateLogNote();
    Q_EMIT stepChanged(step);
}

void RunBoard::showStep() {
    // The views drop their selection without a word where their rows are replaced.
    if (m_timeline->current().row != m_step)
        m_timeline->setCurrent({m_step, -1});
    m_steps->setCurrentStep(m_step);
    m_table->setCurrentStep(m_step);
}

void RunBoard::sayWhyThereAreNoLines() {
    LogView *view = m_log->view();
    if (!m_logNote.isEmpty())
        view->setEmptyText(m_logNote);
    else if (!m_hasLog || m_details.run->status == RunStatus::Running)
        view->setEmptyText({});
    else
        view->setEmptyText(tr("No log of this run was found"),
                           tr("What is known of it comes from other files. Its lines show here once the log that it "
                              "wrote lies in a folder that is followed; Framework0 writes one with LOG_TO_FILE=1."));
}

void RunBoard::updateLogNote() {
    sayWhyThereAreNoLines();
    if (!m_logNote.isEmpty()) {
        m_log->setNote(m_logNote);
        return;
    }
    if (m_step < 0 || m_log->view()->document().size() == 0) {
        m_log->setNote({}); // without any line, that the step has none says nothing
        return;
    }
    const QString name = shownName(m_details.run->steps[static_cast<std::size_t>(m_step)]);
    const int first = m_log->view()->firstLineOf(m_step);
    m_log->setNote(first >= 0 ? tr("%1 from line %2").arg(name, count(first + 1)) : tr("no line of %1").arg(name));
}

void RunBoard::selectLineAt(std::uint64_t offset, std::int64_t source) {
    const LogDocument &document = m_log->view()->document();
    for (std::size_t i = 0; i < document.size(); ++i) {
        const query::LogLine &line = document.at(i);
        if (line.offset != offset || (source >= 0 && line.sourceId != source))
            continue;
        m_log->view()->setCurrentLine(static_cast<int>(i));
        choose(m_log->view()->stepOf(static_cast<int>(i)), m_log);
        return;
    }
}

const query::LogLine *RunBoard::currentLine() const {
    const int line = m_log->view()->currentLine();
    return line < 0 ? nullptr : &m_log->view()->document().at(static_cast<std::size_t>(line));
}

bool RunBoard::showsTable() const {
    return m_twins->currentWidget() == m_table;
}

void RunBoard::toggleTable() {
    const bool table = !showsTable();
    const bool focused = m_twins->currentWidget()->hasFocus() || m_steps->hasFocus();
    m_twins->setCurrentWidget(table ? static_cast<QWidget *>(m_table) : m_timeline);
    m_timelineCard->setTitle(table ? tr("Steps as a table") : tr("Timeline"));
    m_timelineCard->setHint(table ? tr("T timeline") : tr("W A S D move · T table"));
    m_stepsCard->setVisible(!table); // the same twice would only take room
    if (focused)
        m_twins->currentWidget()->setFocus();
}

void RunBoard::openFind() {
    m_log->openFind();
}

} // namespace ra::ui
