// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/choicepopup.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScreen>
#include <QSortFilterProxyModel>
#include <QStringListModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace ra::ui {

namespace {

constexpr int choiceHeight = 28; // as the rows of menus

/// A choice as a menu would show it.
class ChoiceDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        return {option.fontMetrics.horizontalAdvance(index.data().toString()) + 2 * measure::gapS, choiceHeight};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        const Tokens &t = tokens();
        const bool current = option.state & QStyle::State_Selected;
        if (current || option.state & QStyle::State_MouseOver)
            paint::box(*painter, QRectF(option.rect).adjusted(0, 1, 0, -1), current ? t.selection : t.raised, {}, 4);
        const QRect text = option.rect.adjusted(measure::gapS, 0, -measure::gapS, 0);
        painter->setFont(option.font);
        painter->setPen(t.text);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                          option.fontMetrics.elidedText(index.data().toString(), option.textElideMode, text.width()));
    }
};

} // namespace

ChoicePopup::ChoicePopup(const QStringList &choices, const QString &current, QWidget *parent)
    : QFrame(parent, Qt::Popup) {
    setAttribute(Qt::WA_DeleteOnClose);
    m_model = new QStringListModel(choices, this);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);

    m_search = new QLineEdit(this);
    m_search->setPlaceholderText(tr("Type to filter"));
    m_search->setAccessibleName(tr("Filter the choices"));
    m_search->setClearButtonEnabled(false);
    m_search->installEventFilter(this);
    m_list = new QListView(this);
    m_list->setModel(m_proxy);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setMouseTracking(true);
    m_list->setFocusPolicy(Qt::NoFocus); // the search line keeps the keys and hands them on
    m_list->setAccessibleName(tr("Choices"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setItemDelegate(new ChoiceDelegate(m_list));

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::gapS, measure::gapS, measure::gapS, measure::gapS);
    layout->addWidget(m_search);
    layout->addWidget(m_list);

    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_proxy->setFilterFixedString(text);
        m_list->setCurrentIndex(m_proxy->index(0, 0));
    });
    connect(m_list, &QListView::clicked, this, &ChoicePopup::pickCurrent);
    const qsizetype row = std::max<qsizetype>(0, choices.indexOf(current));
    m_list->setCurrentIndex(m_proxy->mapFromSource(m_model->index(int(row))));
}

void ChoicePopup::popupBelow(QWidget *anchor) {
    const int rows = std::min(12, m_proxy->rowCount());
    const int width = std::clamp(m_list->sizeHintForColumn(0) + 48, 220, 420);
    const int height = rows * choiceHeight + m_search->sizeHint().height() + 4 * measure::gapS;
    QPoint at = anchor->mapToGlobal(QPoint(0, anchor->height() + 4));
    if (const QScreen *screen = anchor->screen()) {
        const QRect area = screen->availableGeometry();
        at.setX(std::clamp(at.x(), area.left(), std::max(area.left(), area.right() - width)));
        at.setY(std::clamp(at.y(), area.top(), std::max(area.top(), area.bottom() - height)));
    }
    setGeometry(QRect(at, QSize(width, height)));
    show();
    m_search->setFocus();
    m_list->scrollTo(m_list->currentIndex(), QAbstractItemView::PositionAtCenter);
}

void ChoicePopup::pickCurrent() {
    const QModelIndex index = m_proxy->mapToSource(m_list->currentIndex());
    if (!index.isValid())
        return;
    Q_EMIT picked(index.row());
    close();
}

bool ChoicePopup::eventFilter(QObject *watched, QEvent *event) {
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const int row = m_list->currentIndex().row();
        const int last = m_proxy->rowCount() - 1;
        switch (key->key()) {
        case Qt::Key_Up:
            m_list->setCurrentIndex(m_proxy->index(std::max(0, row - 1), 0));
            return true;
        case Qt::Key_Down:
            m_list->setCurrentIndex(m_proxy->index(std::min(last, row + 1), 0));
            return true;
        case Qt::Key_PageUp:
            m_list->setCurrentIndex(m_proxy->index(std::max(0, row - 10), 0));
            return true;
        case Qt::Key_PageDown:
            m_list->setCurrentIndex(m_proxy->index(std::min(last, row + 10), 0));
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            pickCurrent();
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void ChoicePopup::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    paint::box(painter, rect(), tokens().surface, tokens().borderStrong, 0);
}

} // namespace ra::ui
