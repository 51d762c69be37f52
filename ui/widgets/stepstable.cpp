// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/stepstable.h"

#include "ui/theme/fonts.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/celldelegate.h"
#include "ui/widgets/elidedlabel.h"

#include <QHeaderView>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QToolTip>

namespace ra::ui {

namespace {

/// A step's state by shape before its name.
class StepDelegate : public CellDelegate {
public:
    explicit StepDelegate(QObject *parent)
        : CellDelegate(Tone::Text, parent) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        paintSurface(*painter, option, index);
        const auto status = static_cast<StepStatus>(index.data(StepsModel::StatusRole).toInt());
        const QRect rect = option.rect.adjusted(padding, 0, -padding, 0);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        paintStatusShape(*painter, QRectF(rect.left(), rect.center().y() - 6.5, 14, 14), status);
        painter->restore();
        const bool absent = status == StepStatus::Skipped || status == StepStatus::NotReached;
        painter->setFont(option.font);
        painter->setPen(absent ? tokens().textSecondary : tokens().text);
        const QRect text = rect.adjusted(22, 0, 0, 0);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          option.fontMetrics.elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
        paintFocus(*painter, option);
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        return CellDelegate::sizeHint(option, index) + QSize(22, 0);
    }
};

/// Figures to the right; a change worth a look in the colour of what costs time.
class ChangeDelegate : public CellDelegate {
public:
    explicit ChangeDelegate(QObject *parent)
        : CellDelegate(Tone::Figures, parent) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        paintSurface(*painter, option, index);
        painter->setFont(option.font);
        painter->setPen(index.data(StepsModel::NotableRole).toBool() ? colorsOf(RunStatus::Failed).line
                                                                     : tokens().textSecondary);
        drawFigures(*painter, option.rect.adjusted(padding, 0, -padding, 0), Qt::AlignRight, index.data().toString());
        paintFocus(*painter, option);
    }
};

} // namespace

StepsTable::StepsTable(StepsModel *model, QWidget *parent)
    : QTableView(parent)
    , m_model(model)
    , m_proxy(new QSortFilterProxyModel(this)) {
    m_proxy->setSourceModel(model);
    m_proxy->setSortRole(StepsModel::SortRole);
    styleTable(*this);
    verticalHeader()->setDefaultSectionSize(measure::row);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setModel(m_proxy);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setAccessibleName(tr("Steps"));
    setItemDelegate(new CellDelegate(CellDelegate::Tone::Figures, this));
    setItemDelegateForColumn(StepsModel::Name, new StepDelegate(this));
    setItemDelegateForColumn(StepsModel::Change, new ChangeDelegate(this));
    setSortingEnabled(true);
    // -1: the run's order, until a header is clicked.
    horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder);
    horizontalHeader()->setSortIndicatorClearable(true);
    horizontalHeader()->setStretchLastSection(false);
    m_proxy->sort(-1);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        if (!m_setting)
            Q_EMIT stepSelected(current.isValid() ? m_proxy->mapToSource(current).row() : -1);
    });
    connect(this, &QTableView::doubleClicked, this,
            [this](const QModelIndex &index) { Q_EMIT stepOpened(m_proxy->mapToSource(index).row()); });
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &StepsTable::arrangeColumns);
}

int StepsTable::currentStep() const {
    return currentIndex().isValid() ? m_proxy->mapToSource(currentIndex()).row() : -1;
}

void StepsTable::setCurrentStep(int step) {
    if (step == currentStep())
        return;
    m_setting = true;
    const QModelIndex index = step < 0 ? QModelIndex() : m_proxy->mapFromSource(m_model->index(step, StepsModel::Name));
    if (index.isValid()) {
        setCurrentIndex(index);
        scrollTo(index);
    } else {
        clearSelection();
        setCurrentIndex({});
    }
    m_setting = false;
}

void StepsTable::arrangeColumns() {
    const int width = viewport()->width();
    setColumnHidden(StepsModel::Started, width < 560);
    setColumnHidden(StepsModel::Attempts, width < 460);
    setColumnHidden(StepsModel::Share, width < 380);
    const QFontMetrics metrics(font());
    const auto need = [&](const char16_t *widest) {
        return metrics.horizontalAdvance(QString::fromUtf16(widest)) + 2 * 10 + 4;
    };
    horizontalHeader()->setSectionResizeMode(StepsModel::Name, QHeaderView::Stretch);
    setColumnWidth(StepsModel::Started, need(u"00:00:00.000"));
    setColumnWidth(StepsModel::Time, need(u"1 m 35.9 s"));
    setColumnWidth(StepsModel::Attempts, need(u"Attempts  "));
    setColumnWidth(StepsModel::Share, need(u"100.0 %"));
    setColumnWidth(StepsModel::Change, need(u"+100 %"));
}

void StepsTable::resizeEvent(QResizeEvent *event) {
    QTableView::resizeEvent(event);
    arrangeColumns();
}

bool StepsTable::viewportEvent(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString text = indexAt(help->pos()).data(Qt::ToolTipRole).toString();
        QToolTip::showText(help->globalPos(), plainToolTip(text), viewport());
        return true;
    }
    return QTableView::viewportEvent(event);
}

void StepsTable::keyPressEvent(QKeyEvent *event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentStep() >= 0) {
        Q_EMIT stepOpened(currentStep());
        return;
    }
    if (event->key() == Qt::Key_Escape && currentStep() >= 0) {
        setCurrentStep(-1);
        Q_EMIT stepSelected(-1);
        return;
    }
    // Letters belong to the page's shortcuts, not to a search for a row that begins with them.
    if (!event->text().isEmpty() && event->text().at(0).isPrint() && event->key() != Qt::Key_Space) {
        event->ignore();
        return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace ra::ui
