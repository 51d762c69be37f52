// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/statusgrid.h"

#include "ui/models/statusgridmodel.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/celldelegate.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QSettings>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace ra::ui {

namespace {

constexpr int cellWidth = 18, cellHeight = 20, nameWidth = 180;

QString foldedKey() {
    return QStringLiteral("runs/gridFolded");
}

/// Recipe names, right-aligned next to their squares, without the lines of a table header.
class NameHeader : public QHeaderView {
public:
    explicit NameHeader(QWidget *parent)
        : QHeaderView(Qt::Vertical, parent) {
        setSectionsClickable(true);
        setSectionResizeMode(QHeaderView::Fixed);
        setMinimumSectionSize(cellHeight); // first: it bounds the default
        setDefaultSectionSize(cellHeight);
        setFixedWidth(nameWidth);
    }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override {
        painter->setFont(captionFont());
        painter->setPen(tokens().textSecondary);
        const QString name = model()->headerData(section, Qt::Vertical).toString();
        const QRect text = rect.adjusted(measure::cardPadding, 0, -measure::gapS, 0);
        painter->drawText(text, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine,
                          QFontMetrics(captionFont()).elidedText(name, Qt::ElideMiddle, text.width()));
    }
};

} // namespace

StatusGrid::StatusGrid(QWidget *parent)
    : Card(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    m_model = new StatusGridModel(this);
    m_table = new QTableView(this);
    m_table->setModel(m_model);
    m_table->setVerticalHeader(new NameHeader(m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setCornerButtonEnabled(false);
    m_table->setTabKeyNavigation(false);
    m_table->setMouseTracking(true);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setItemDelegate(new StatusSquareDelegate(StatusGridModel::StatusRole, m_table));
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setMinimumSectionSize(cellWidth);
    m_table->horizontalHeader()->setDefaultSectionSize(cellWidth);
    m_table->setAccessibleName(tr("Newest runs of each recipe"));
    m_table->setAccessibleDescription(tr("A row a recipe, newest run at the right. Enter opens the run."));
    m_table->installEventFilter(this);
    setBody(m_table);
    bodyLayout()->setContentsMargins(0, measure::gapS, 0, measure::gapS);
    describe();

    m_fold = new QToolButton(this);
    m_fold->setAutoRaise(true);
    m_fold->setFixedSize(26, 26);
    addHeaderWidget(m_fold);
    connect(m_fold, &QToolButton::clicked, this, [this] {
        fold(!isCollapsed());
        QSettings().setValue(foldedKey(), isCollapsed());
    });
    fold(QSettings().value(foldedKey(), false).toBool());

    connect(m_table, &QTableView::clicked, this, &StatusGrid::activate);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        if (!m_keeping)
            m_chosen = true;
    });
    connect(m_table->verticalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        const QString recipe = m_model->recipeAt(section);
        if (!recipe.isEmpty())
            Q_EMIT recipeActivated(recipe);
    });
}

void StatusGrid::setView(std::shared_ptr<const RunView> view) {
    const QString current = chosenRun();
    m_keeping = true;
    m_model->setView(std::move(view));
    m_keeping = false;
    fit(current);
}

void StatusGrid::orderByRecency() {
    const QString current = chosenRun();
    m_keeping = true;
    m_model->orderByRecency();
    m_keeping = false;
    fit(current);
}

void StatusGrid::setMostRows(int rows) {
    m_mostRows = rows;
    fit(chosenRun());
}

void StatusGrid::describe() {
    const int recipes = m_model->rowCount();
    setTitle(tr("Last %n run(s) by recipe", nullptr, m_model->runs()));
    setCaption(recipes > m_mostRows ? tr("newest right · %1 recipes, scroll for more").arg(count(recipes))
                                    : tr("newest right"));
}

QString StatusGrid::chosenRun() const {
    return m_chosen ? m_table->currentIndex().data(StatusGridModel::RunIdRole).toString() : QString();
}

void StatusGrid::keepCurrent(const QString &runId) {
    QModelIndex current = runId.isEmpty() ? QModelIndex() : m_model->indexOf(runId);
    m_chosen = current.isValid();
    if (!m_chosen)
        current = m_model->newest();
    m_keeping = true;
    m_table->setAutoScroll(false);
    m_table->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    m_table->setAutoScroll(true);
    m_keeping = false;
}

void StatusGrid::resizeEvent(QResizeEvent *event) {
    Card::resizeEvent(event);
    fit(chosenRun());
}

bool StatusGrid::eventFilter(QObject *watched, QEvent *event) {
    // Enter is the grid's own while it has the focus: the page's action of that key is about the table below.
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if ((key == Qt::Key_Return || key == Qt::Key_Enter) && m_table->currentIndex().isValid()) {
            event->accept();
            if (event->type() == QEvent::KeyPress)
                activate(m_table->currentIndex());
            return true;
        }
    }
    return Card::eventFilter(watched, event);
}

void StatusGrid::activate(const QModelIndex &index) {
    const QString runId = index.data(StatusGridModel::RunIdRole).toString();
    if (!runId.isEmpty())
        Q_EMIT runActivated(runId);
}

void StatusGrid::fold(bool folded) {
    setCollapsed(folded);
    m_fold->setIcon(icon(folded ? QStringLiteral("down") : QStringLiteral("up")));
    const QString text = folded ? tr("Show the newest runs of each recipe") : tr("Fold this card away");
    m_fold->setToolTip(text);
    m_fold->setAccessibleName(text);
}

void StatusGrid::fit(const QString &chosen) {
    constexpr int scrollBar = 16;
    m_keeping = true;
    m_model->setRuns((width() - nameWidth - 2 * measure::gapXs - scrollBar) / cellWidth);
    m_keeping = false;
    m_table->setFixedHeight(std::clamp(m_model->rowCount(), 1, m_mostRows) * cellHeight);
    describe();
    keepCurrent(chosen);
}

} // namespace ra::ui
