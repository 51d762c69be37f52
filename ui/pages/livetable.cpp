// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/livetable.h"

#include "ui/theme/fonts.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/celldelegate.h"
#include "ui/widgets/elidedlabel.h"

#include <QHeaderView>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace ra::ui {

namespace {

const live::LiveRun &runOf(const QModelIndex &index) {
    return static_cast<const LiveModel *>(index.model())->runAt(index.row());
}

/// The step's name, and quieter "4 of 9".
class StepCell : public CellDelegate {
public:
    explicit StepCell(QObject *parent)
        : CellDelegate(Tone::Text, parent) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        paintSurface(*painter, option, index);
        const live::LiveRun &run = runOf(index);
        QRect rect = option.rect.adjusted(padding, 0, -padding, 0);
        painter->setFont(option.font);
        if (run.step.empty()) {
            painter->setPen(tokens().textSecondary);
            painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine, index.data().toString());
        } else {
            const QString place = run.totalSteps
                                      ? LiveModel::tr("%1 of %2").arg(count(run.stepIndex), count(*run.totalSteps))
                                      : count(run.stepIndex);
            const int placeWidth = option.fontMetrics.horizontalAdvance(place);
            const QString name = option.fontMetrics.elidedText(plain(run.step), Qt::ElideMiddle,
                                                               std::max(0, rect.width() - placeWidth - 6));
            painter->setPen(tokens().text);
            painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine, name);
            rect.setLeft(rect.left() + option.fontMetrics.horizontalAdvance(name) + 6);
            painter->setPen(tokens().textSecondary);
            painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine, place);
        }
        paintFocus(*painter, option);
    }
};

/// A bar and its per cent. Without an estimate the steps done tell how far it is, as an outline only: steps are not
/// equally long.
class ProgressCell : public CellDelegate {
public:
    explicit ProgressCell(QObject *parent)
        : CellDelegate(Tone::QuietFigures, parent) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        paintSurface(*painter, option, index);
        const live::LiveRun &run = runOf(index);
        const auto *model = static_cast<const LiveModel *>(index.model());
        const QRect rect = option.rect.adjusted(padding, 0, -padding, 0);
        painter->setFont(option.font);
        const int figures = option.fontMetrics.horizontalAdvance(QStringLiteral("100 %")) + 8;
        const QRectF track(rect.left(), rect.center().y() - 2.5, std::max(20, rect.width() - figures), 6);
        const RoleColors colors = colorsOf(run.status);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens().dark ? tokens().border : tokens().grid);
        painter->drawRoundedRect(track, 3, 3);
        const std::optional<double> progress = model->progressOf(run);
        const double part = progress ? *progress : LiveModel::stepProgressOf(run).value_or(0);
        if (part > 0) {
            QRectF done = track;
            done.setWidth(std::max(6.0, track.width() * std::min(part, 1.0)));
            painter->setBrush(progress ? colors.line : colors.fill);
            painter->drawRoundedRect(done, 3, 3);
        }
        painter->restore();
        painter->setPen(tokens().textSecondary);
        drawFigures(*painter, QRectF(rect), Qt::AlignRight, index.data().toString());
        paintFocus(*painter, option);
    }
};

/// What needs a look, in the colour that says how much, and quieter what the execution wrote last.
class NoteCell : public CellDelegate {
public:
    explicit NoteCell(QObject *parent)
        : CellDelegate(Tone::Text, parent) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        paintSurface(*painter, option, index);
        const QRect rect = option.rect.adjusted(padding, 0, -padding, 0);
        painter->setFont(option.font);
        const live::LiveRun &run = runOf(index);
        const QString note = LiveModel::noteOf(run);
        const int flags = Qt::AlignVCenter | Qt::TextSingleLine;
        int left = rect.left();
        if (!note.isEmpty()) {
            painter->setPen(index.data(LiveModel::AlarmRole).toBool() ? colorsOf(RunStatus::Failed).line
                                                                      : warningColors().line);
            const QString shown = option.fontMetrics.elidedText(note, Qt::ElideRight, rect.width());
            painter->drawText(rect, flags, shown);
            left += option.fontMetrics.horizontalAdvance(shown) + measure::gapM;
        }
        const QRect rest(left, rect.top(), rect.right() - left + 1, rect.height());
        if (rest.width() > 30) {
            painter->setPen(tokens().textSecondary);
            painter->drawText(
                rest, flags,
                option.fontMetrics.elidedText(LiveModel::lastLineOf(run).left(300), Qt::ElideRight, rest.width()));
        }
        paintFocus(*painter, option);
    }
};

/// A failed run's row is marked at its edge too: the eye finds it among a thousand.
class AlarmStateCell : public StateDelegate {
public:
    explicit AlarmStateCell(QObject *parent)
        : StateDelegate(LiveModel::StatusRole, parent) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        StateDelegate::paint(painter, option, index);
        if (index.data(LiveModel::AlarmRole).toBool())
            painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height() - 1),
                              colorsOf(RunStatus::Failed).line);
    }
};

} // namespace

LiveTable::LiveTable(LiveModel *model, QWidget *parent)
    : QTableView(parent)
    , m_model(model) {
    styleTable(*this);
    verticalHeader()->setDefaultSectionSize(measure::row);
    setModel(model);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setAccessibleName(tr("Executions running now"));
    setObjectName(QStringLiteral("liveTable"));
    setItemDelegate(new CellDelegate(CellDelegate::Tone::Text, this));
    setItemDelegateForColumn(LiveModel::State, new AlarmStateCell(this));
    setItemDelegateForColumn(LiveModel::Recipe, new CellDelegate(CellDelegate::Tone::Strong, this));
    setItemDelegateForColumn(LiveModel::Step, new StepCell(this));
    setItemDelegateForColumn(LiveModel::Elapsed, new CellDelegate(CellDelegate::Tone::Figures, this));
    setItemDelegateForColumn(LiveModel::Progress, new ProgressCell(this));
    setItemDelegateForColumn(LiveModel::Finish, new CellDelegate(CellDelegate::Tone::Text, this));
    setItemDelegateForColumn(LiveModel::Basis, new CellDelegate(CellDelegate::Tone::QuietFigures, this));
    setItemDelegateForColumn(LiveModel::Note, new NoteCell(this));
    horizontalHeader()->setSectionsMovable(true);
    connect(this, &QTableView::activated, this, [this](const QModelIndex &index) {
        Q_EMIT runOpened(QString::fromStdString(m_model->runAt(index.row()).id));
    });
    m_clock.setInterval(1000);
    m_clock.setTimerType(Qt::PreciseTimer);
    connect(&m_clock, &QTimer::timeout, this, &LiveTable::tick);
}

void LiveTable::setSnapshot(std::shared_ptr<const live::LiveSnapshot> snapshot) {
    const int top = verticalScrollBar()->value();
    const QPersistentModelIndex anchor =
        top > 0 ? QPersistentModelIndex(indexAt(QPoint(0, 0))) : QPersistentModelIndex();
    const int offset = anchor.isValid() ? rowViewportPosition(anchor.row()) : 0;
    m_model->setSnapshot(std::move(snapshot));
    if (anchor.isValid()) {
        const int moved = rowViewportPosition(anchor.row()) - offset;
        if (moved != 0)
            verticalScrollBar()->setValue(verticalScrollBar()->value() + moved);
    }
    measureRecipes();
    // A corner pixel, so that every snapshot is painted and painted() tells of it, also if no visible row changed.
    viewport()->update(0, 0, 1, 1);
}

void LiveTable::measureRecipes() {
    // Each name once: it only grows, so that columns do not move with every run that comes and goes.
    const int before = m_widestRecipe;
    for (const live::LiveRun &run : m_model->snapshot().runs) {
        if (m_recipesSeen.size() < 2000 && m_recipesSeen.insert(run.recipe).second)
            m_widestRecipe = std::max(m_widestRecipe, fontMetrics().horizontalAdvance(plain(run.recipe)));
    }
    if (m_widestRecipe != before)
        arrangeColumns();
}

int LiveTable::heightOfRows() const {
    return horizontalHeader()->height() + m_model->rowCount() * verticalHeader()->defaultSectionSize() + 2;
}

void LiveTable::select(const std::string &runId) {
    if (m_model->rowCount() == 0)
        return;
    setCurrentIndex(m_model->index(std::max(0, m_model->rowOf(runId)), 0));
    setFocus(Qt::ShortcutFocusReason);
}

std::string LiveTable::currentRun() const {
    return currentIndex().isValid() ? m_model->runAt(currentIndex().row()).id : std::string();
}

void LiveTable::paintEvent(QPaintEvent *event) {
    QTableView::paintEvent(event);
    Q_EMIT painted(m_model->snapshot().version);
}

void LiveTable::tick() {
    m_model->setNow(now());
    // Only what time alone changes, and only where rows are.
    const int left = columnViewportPosition(LiveModel::Elapsed);
    const int right = columnViewportPosition(LiveModel::Finish) + columnWidth(LiveModel::Finish);
    if (m_model->rowCount() > 0)
        viewport()->update(
            QRect(QPoint(std::min(left, right), 0), QPoint(std::max(left, right), viewport()->height())));
}

void LiveTable::showEvent(QShowEvent *event) {
    QTableView::showEvent(event);
    runClock();
}

void LiveTable::setHeld(bool held) {
    m_held = held;
    runClock();
}

void LiveTable::runClock() {
    if (m_held || !isVisible()) {
        m_clock.stop();
        return;
    }
    tick();
    m_clock.start();
}

void LiveTable::hideEvent(QHideEvent *event) {
    QTableView::hideEvent(event);
    m_clock.stop();
}

void LiveTable::arrangeColumns() {
    const QFontMetrics metrics(font());
    const auto need = [&](const char16_t *widest) {
        return metrics.horizontalAdvance(QString::fromUtf16(widest)) + 22;
    };
    const int width = viewport()->width();
    // What is least missed goes first where there is little room.
    setColumnHidden(LiveModel::Basis, width < 900);
    int fixed = 0;
    const auto fix = [&](LiveModel::Columns column, int columnWidth) {
        setColumnWidth(column, columnWidth);
        fixed += isColumnHidden(column) ? 0 : columnWidth;
    };
    fix(LiveModel::State, need(u"Abandoned") + 21);
    fix(LiveModel::Elapsed, need(u"10 m 20.0 s"));
    fix(LiveModel::Progress, std::clamp(width / 9, 104, 240));
    fix(LiveModel::Finish, need(u"≈ 1 m 40 s left · 00:00") + 4);
    fix(LiveModel::Basis, need(u"not enough runs (0 of 0)"));
    // Names, notes and lines share the rest; names need no more than names have.
    const int rest = std::max(0, width - fixed);
    const int most = std::min(rest * 45 / 100, 320);
    const int recipe = std::clamp(m_widestRecipe + 22, std::clamp(rest * 27 / 100, 90, 260), std::max(most, 90));
    setColumnWidth(LiveModel::Recipe, recipe);
    setColumnWidth(LiveModel::Step, std::clamp((rest - recipe) * 48 / 100, 120, 320));
}

void LiveTable::resizeEvent(QResizeEvent *event) {
    QTableView::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        arrangeColumns();
}

bool LiveTable::viewportEvent(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        QToolTip::showText(help->globalPos(), plainToolTip(indexAt(help->pos()).data(Qt::ToolTipRole).toString()),
                           viewport());
        return true;
    }
    return QTableView::viewportEvent(event);
}

void LiveTable::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (const std::string run = currentRun(); !run.empty())
            Q_EMIT runOpened(QString::fromStdString(run));
        return;
    }
    // Letters and the blank belong to the page's shortcuts.
    if (!event->text().isEmpty() && event->text().at(0).isPrint()) {
        event->ignore();
        return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace ra::ui
