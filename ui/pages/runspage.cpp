// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runspage.h"
#include "ui/models/whenfinished.h"

#include "ui/models/runtablemodel.h"
#include "ui/pages/runfilterbar.h"
#include "ui/pages/statusgrid.h"
#include "ui/print/printreport.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/celldelegate.h"
#include "ui/widgets/emptystate.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSettings>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <numeric>
#include <unordered_set>

namespace ra::ui {

namespace {

constexpr int columnWidths[runColumnCount] = {116, 170, 166, 140, 72, 66, 200, 150};

QString headerKey() {
    return QStringLiteral("runs/header");
}

} // namespace

RunsPage::RunsPage(engine::Engine &engine, QWidget *parent)
    : Page(parent)
    , m_engine(engine)
    , m_list(engine) {
    m_link.page = QStringLiteral("runs");
    m_filterBar = new RunFilterBar(this);
    m_filterBar->hide();
    m_filterBar->setLink(m_link);

    m_grid = new StatusGrid(this);
    makeTable();
    m_empty = new EmptyState(this);

    auto *host = new QWidget(this);
    m_stack = new QStackedLayout(host);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto *card = new Card(this);
    card->setBody(host);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapM);
    layout->addWidget(m_grid);
    layout->addWidget(card, 1);
    makeActions();
    setFocusProxy(m_table);

    connect(&m_list, &RunList::viewChanged, this, &RunsPage::takeView);
    connect(&m_list, &RunList::searchingChanged, this, &Page::frameChanged);
    connect(&m_list, &RunList::failed, this, [this](const Error &error) {
        m_empty->setIcon(QStringLiteral("warning"));
        m_empty->setReason(tr("The runs cannot be read"));
        m_empty->setHelp(QString::fromStdString(error.sentence()));
        m_empty->setButton({});
        if (m_model->rowCount() == 0)
            m_stack->setCurrentWidget(m_empty);
    });
    connect(m_filterBar, &RunFilterBar::linkChanged, this, [this](Link link) {
        link.text = m_link.text; // the words belong to the search field
        Q_EMIT navigate(link);
    });
    connect(m_grid, &StatusGrid::runActivated, this, [this](const QString &runId) {
        Link link;
        link.page = QStringLiteral("run");
        link.runId = runId;
        Q_EMIT navigate(link);
    });
    connect(m_grid, &StatusGrid::recipeActivated, this, [this](const QString &recipe) {
        Link link = m_link;
        link.recipe = link.recipe == recipe ? QString() : recipe;
        Q_EMIT navigate(link);
    });
    connect(m_empty, &EmptyState::buttonClicked, this, &RunsPage::clearFilter);
    connect(&DisplayZone::instance(), &DisplayZone::changed, this, [this] {
        m_model->refreshTexts();
        ask(); // ranges by days begin at other moments now
    });
    showState();
}

RunsPage::~RunsPage() {
    m_copyStop.request_stop();
    QSettings().setValue(headerKey(), m_table->horizontalHeader()->saveState());
    // The frame may hold it while the window falls apart; it is ours all the same.
    delete m_filterBar;
}

void RunsPage::resizeEvent(QResizeEvent *event) {
    Page::resizeEvent(event);
    m_grid->setMostRows(std::clamp(event->size().height() / 110, 5, 12)); // about a fifth of the page
}

void RunsPage::showEvent(QShowEvent *event) {
    Page::showEvent(event);
    m_grid->orderByRecency();
    m_orderNext = true; // what ran meanwhile is read only now
    m_list.setShown(true);
}

void RunsPage::hideEvent(QHideEvent *event) {
    Page::hideEvent(event);
    m_list.setShown(false);
}

void RunsPage::makeTable() {
    m_model = new RunTableModel(this);
    m_table = new QTableView(this);
    styleTable(*m_table);
    m_table->setModel(m_model);
    m_table->setObjectName(QStringLiteral("runsTable"));
    m_table->setAccessibleName(tr("Runs"));
    m_table->setItemDelegate(new CellDelegate(CellDelegate::Tone::Text, m_table));
    const auto delegate = [this](RunColumn column, QAbstractItemDelegate *cell) {
        m_table->setItemDelegateForColumn(int(column), cell);
    };
    delegate(RunColumn::State, new StateDelegate(RunTableModel::StatusRole, m_table));
    delegate(RunColumn::Recipe, new CellDelegate(CellDelegate::Tone::Strong, m_table));
    delegate(RunColumn::Started, new CellDelegate(CellDelegate::Tone::QuietFigures, m_table));
    delegate(RunColumn::Duration, new DurationDelegate(RunTableModel::RatioRole, m_table));
    delegate(RunColumn::Steps, new CellDelegate(CellDelegate::Tone::Figures, m_table));
    delegate(RunColumn::Failed, new CellDelegate(CellDelegate::Tone::Alarm, m_table));
    delegate(RunColumn::Error, new CellDelegate(CellDelegate::Tone::Secondary, m_table));
    delegate(RunColumn::Id, new CellDelegate(CellDelegate::Tone::Code, m_table));

    QHeaderView *header = m_table->horizontalHeader();
    header->setStretchLastSection(false);
    header->setSectionsMovable(true);
    for (int column = 0; column < runColumnCount; ++column)
        m_table->setColumnWidth(column, columnWidths[column]);
    if (const QByteArray state = QSettings().value(headerKey()).toByteArray(); !state.isEmpty())
        header->restoreState(state);
    header->setSectionResizeMode(int(RunColumn::Error), QHeaderView::Stretch);
    header->setSortIndicator(int(RunColumn::Started), Qt::DescendingOrder);
    m_table->setSortingEnabled(true);

    connect(m_table, &QTableView::activated, this, &RunsPage::openRow);
    connect(m_model, &RunTableModel::sortRequested, this, [this](RunColumn column, bool descending) {
        RunList::Question question = m_list.question();
        question.sortBy = column;
        question.descending = descending;
        m_toTop = true;
        m_list.ask(question);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const bool any = m_table->selectionModel()->hasSelection();
        m_openAction->setEnabled(any);
        m_copyAction->setEnabled(any);
    });
}

void RunsPage::makeActions() {
    const auto add = [this](const char *name, const QString &text, const QString &iconName, const QKeySequence &keys) {
        auto *action = new QAction(icon(iconName), text, this);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(keys);
        // Only with the focus inside, so that Enter and copying go on to work in the search field.
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        return action;
    };
    m_openAction = add("runs.open", tr("Open run"), QStringLiteral("run"), Qt::Key_Return);
    m_openAction->setShortcuts({Qt::Key_Return, Qt::Key_Enter});
    m_openAction->setToolTip(tr("Open the selected run"));
    m_openAction->setEnabled(false);
    connect(m_openAction, &QAction::triggered, this, [this] { openRow(m_table->currentIndex()); });
    m_reportAction =
        add("report.period", tr("Report on a period…"), QStringLiteral("report"), QKeySequence(Qt::CTRL | Qt::Key_P));
    m_reportAction->setToolTip(tr("Save a report on the runs of a period as a PDF"));
    m_reportAction->setShortcutContext(Qt::WindowShortcut);
    connect(m_reportAction, &QAction::triggered, this,
            [this] { printPeriodReport(m_engine, TimeRange{m_link.range}, this); });
    m_copyAction = add("runs.copy", tr("Copy rows"), QStringLiteral("copy"), QKeySequence::Copy);
    m_copyAction->setToolTip(tr("Copy the selected rows for a spreadsheet"));
    m_copyAction->setEnabled(false);
    connect(m_copyAction, &QAction::triggered, this, &RunsPage::copyRows);
    m_clearAction =
        add("runs.clear", tr("Clear filter"), QStringLiteral("close"), QKeySequence(Qt::CTRL | Qt::Key_Backspace));
    m_clearAction->setToolTip(tr("Show all runs again"));
    m_clearAction->setShortcutContext(Qt::WindowShortcut);
    m_clearAction->setVisible(false);
    connect(m_clearAction, &QAction::triggered, this, &RunsPage::clearFilter);
}

QString RunsPage::title() const {
    return tr("Runs");
}

QString RunsPage::context() const {
    if (m_list.isLoading())
        return tr("reading…");
    const RunView &view = *m_list.view();
    const qint64 shown = qint64(view.rows.size());
    const qint64 all = qint64(view.columns->size());
    QString text = isNarrowed() ? withCount(tr("%1 of %n run(s)", nullptr, int(all)), all).arg(count(shown))
                                : withCount(tr("%n run(s)", nullptr, int(all)), all);
    if (view.partial)
        text = tr("the newest %1 runs, reading the rest…").arg(count(shown));
    else if (m_list.isSearching())
        text = tr("%1 · searching steps and errors…").arg(text);
    return text;
}

QList<QAction *> RunsPage::pageActions() const {
    return {m_clearAction, m_reportAction, m_openAction, m_copyAction};
}

QWidget *RunsPage::filterBar() {
    return m_filterBar;
}

bool RunsPage::isNarrowed() const {
    return !m_link.recipe.isEmpty() || !m_link.status.isEmpty() || !m_link.text.isEmpty() ||
           !TimeRange{m_link.range}.isAll();
}

void RunsPage::open(const Link &link) {
    const bool same = link == m_link;
    m_link = link;
    m_link.page = QStringLiteral("runs");
    if (m_filterBar != nullptr)
        m_filterBar->setLink(m_link);
    m_clearAction->setVisible(isNarrowed());
    if (!same) {
        m_toTop = true;
        ask();
    }
}

void RunsPage::ask() {
    RunList::Question question = m_list.question();
    question.filter.recipe = m_link.recipe.toStdString();
    question.filter.text = m_link.text.trimmed().toStdString();
    question.filter.statuses.clear();
    for (const QString &word : m_link.status.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (const auto status = runStatusFromString(word.trimmed().toStdString()))
            question.filter.statuses.push_back(*status);
    }
    question.range = TimeRange{m_link.range};
    m_list.ask(question);
}

void RunsPage::takeView(std::shared_ptr<const RunView> view, RunViewChange change) {
    m_grid->setView(view);
    if (std::exchange(m_orderNext, false))
        m_grid->orderByRecency();
    if (m_filterBar != nullptr) {
        QStringList recipes;
        for (const std::string &recipe : view->columns->recipes)
            recipes << QString::fromStdString(recipe);
        recipes.sort(Qt::CaseInsensitive);
        m_filterBar->setRecipes(recipes);
    }
    QScrollBar *bar = m_table->verticalScrollBar();
    if (change.kind == RunViewChange::Kind::Reset) {
        resetKeepingPlace(view);
    } else {
        // New runs on top push nothing away from under the reader, unless the reader is at the top to see them come.
        const int before = bar->value();
        const int added = int(change.prepended);
        m_model->setView(std::move(view), change);
        if (before > 0 && added > 0)
            bar->setValue(before + added * measure::row);
    }
    if (std::exchange(m_toTop, false))
        bar->setValue(0);
    showState();
    Q_EMIT frameChanged();
}

void RunsPage::resetKeepingPlace(const std::shared_ptr<const RunView> &view) {
    // What a reset forgets, by run id: the selection (as far as a person made it), the current row, the top row.
    constexpr std::size_t most = 10'000;
    std::unordered_set<std::uint64_t> selected;
    const QItemSelection ranges = m_table->selectionModel()->selection();
    const int rows = m_model->rowCount();
    const int rowsSelected =
        std::accumulate(ranges.begin(), ranges.end(), 0,
                        [](int sum, const QItemSelectionRange &range) { return sum + range.height(); });
    // All stays all: of the same runs in another order, of fewer of them, and of what came to them since.
    const bool all = rows > 0 && rowsSelected == rows && (!m_toTop || int(view->rows.size()) <= rows);
    // A part of the selection passed for all of it would be worse than none.
    for (const QItemSelectionRange &range : ranges) {
        for (int row = range.top(); row <= range.bottom() && !all && std::size_t(rowsSelected) <= most; ++row)
            selected.insert(m_model->runIdAt(row));
    }
    std::optional<std::uint64_t> current, top;
    const QModelIndex currentIndex = m_table->currentIndex();
    if (currentIndex.isValid())
        current = m_model->runIdAt(currentIndex.row());
    const int topRow = m_table->rowAt(0);
    const int within = topRow >= 0 ? m_table->rowViewportPosition(topRow) : 0;
    if (topRow > 0)
        top = m_model->runIdAt(topRow);

    m_model->setView(view);
    if (!current && selected.empty() && !top && !all)
        return;
    QItemSelection again;
    if (all && !view->rows.empty())
        again.select(m_model->index(0, 0), m_model->index(int(view->rows.size()) - 1, runColumnCount - 1));
    int newCurrent = -1, newTop = -1;
    for (int row = 0; row < int(view->rows.size()); ++row) {
        const std::uint64_t id = view->columns->id[view->rows[std::size_t(row)]];
        if (current == id)
            newCurrent = row;
        if (top == id)
            newTop = row;
        if (!selected.empty() && selected.contains(id))
            again.select(m_model->index(row, 0), m_model->index(row, runColumnCount - 1));
    }
    if (newCurrent >= 0)
        m_table->selectionModel()->setCurrentIndex(m_model->index(newCurrent, std::max(0, currentIndex.column())),
                                                   QItemSelectionModel::NoUpdate);
    m_table->selectionModel()->select(again, QItemSelectionModel::ClearAndSelect);
    if (newTop >= 0)
        m_table->verticalScrollBar()->setValue(newTop * measure::row - within);
}

void RunsPage::showState() {
    const RunView &view = *m_list.view();
    m_grid->setVisible(!view.columns->recipes.empty());
    if (m_list.isLoading() || !view.rows.empty()) {
        m_stack->setCurrentWidget(m_table);
        return;
    }
    if (isNarrowed()) {
        m_empty->setIcon(QStringLiteral("filter"));
        m_empty->setReason(tr("No run matches the filter"));
        m_empty->setHelp(m_list.isSearching() ? tr("Step names and error texts are still being searched.")
                                              : tr("None of the %n run(s) in the store has all of this.", nullptr,
                                                   int(view.columns->size())));
        m_empty->setButton(tr("Show all runs"), QStringLiteral("close"));
    } else {
        m_empty->setIcon(QStringLiteral("runs"));
        m_empty->setReason(tr("No runs yet"));
        m_empty->setHelp(tr("Runs appear here as soon as a followed folder holds a log, a result or a metrics file of "
                            "Framework0. Folders are chosen in the settings."));
        m_empty->setButton({});
    }
    m_stack->setCurrentWidget(m_empty);
}

void RunsPage::openRow(const QModelIndex &index) {
    if (!index.isValid())
        return;
    Link link;
    link.page = QStringLiteral("run");
    link.runId = index.data(RunTableModel::RunIdRole).toString();
    Q_EMIT navigate(link);
}

void RunsPage::copyRows() {
    QList<QPair<int, int>> ranges;
    for (const QItemSelectionRange &range : m_table->selectionModel()->selection())
        ranges.append({range.top(), range.bottom()});
    std::sort(ranges.begin(), ranges.end());
    m_copyStop.request_stop();
    m_copyStop = {};
    // A million rows are a hundred megabytes of text: made elsewhere, put into the clipboard here.
    const auto copied = inBackground([view = m_model->view(), ranges, zone = displayZone(),
                                      stop = m_copyStop.get_token()] { return runsAsTsv(*view, ranges, zone, stop); });
    whenFinished(copied, this, [](const QString &tsv) {
        if (!tsv.isEmpty())
            QGuiApplication::clipboard()->setText(tsv);
    });
}

void RunsPage::clearFilter() {
    Link link;
    link.page = QStringLiteral("runs");
    Q_EMIT navigate(link);
}

} // namespace ra::ui
