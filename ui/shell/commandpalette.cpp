// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/commandpalette.h"

#include "ui/shell/fuzzy.h"
#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/keyhintbutton.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace ra::ui {

namespace {

class RowDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, 34}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        const Tokens &t = tokens();
        if (option.state & QStyle::State_Selected)
            paint::box(*painter, QRectF(option.rect).adjusted(4, 1, -4, -1), t.selection, {}, 6);
        QRect rect = option.rect.adjusted(14, 0, -14, 0);
        index.data(Qt::DecorationRole)
            .value<QIcon>()
            .paint(painter, QRect(rect.left(), rect.center().y() - 8, 16, 16), Qt::AlignCenter, QIcon::Normal);
        const int cap =
            paintKeyCap(*painter, rect, index.data(PaletteModel::KeysRole).toString(), t.textSecondary, t.borderStrong);
        if (cap > 0)
            rect.setRight(rect.right() - cap - 10);
        rect.setLeft(rect.left() + 28);
        painter->setFont(captionFont());
        painter->setPen(t.textSecondary);
        const QString group = index.data(PaletteModel::GroupRole).toString();
        painter->drawText(rect, Qt::AlignRight | Qt::AlignVCenter, group);
        rect.setRight(rect.right() - QFontMetrics(captionFont()).horizontalAdvance(group) - 12);
        paintMatched(*painter, rect, option.font, index);
    }

private:
    /// The letters that were typed stand out.
    static void paintMatched(QPainter &painter, const QRect &rect, const QFont &font, const QModelIndex &index) {
        QFont strong = font;
        strong.setWeight(QFont::Bold);
        const QString text = index.data().toString();
        const auto positions = index.data(PaletteModel::PositionsRole).value<QList<int>>();
        int x = rect.left();
        for (qsizetype i = 0; i < text.size() && x < rect.right();) {
            const bool matched = positions.contains(int(i));
            qsizetype end = i;
            while (end < text.size() && positions.contains(int(end)) == matched)
                ++end;
            const QString part = text.mid(i, end - i);
            painter.setFont(matched ? strong : font);
            painter.setPen(matched ? tokens().accent : tokens().text);
            const QFontMetrics metrics(painter.font());
            painter.drawText(QRect(x, rect.top(), rect.right() - x, rect.height()),
                             Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                             metrics.elidedText(part, Qt::ElideRight, rect.right() - x));
            x += metrics.horizontalAdvance(part);
            i = end;
        }
    }
};

} // namespace

PaletteModel::PaletteModel(QList<ActionRegistry::Entry> entries, QObject *parent)
    : QAbstractListModel(parent)
    , m_entries(std::move(entries)) {
    setPattern({});
}

void PaletteModel::setPattern(const QString &pattern) {
    beginResetModel();
    m_rows.clear();
    const QString typed = pattern.trimmed();
    for (const ActionRegistry::Entry &entry : std::as_const(m_entries)) {
        if (!entry.action->isEnabled() || !entry.action->isVisible())
            continue;
        QString text = entry.action->text();
        text.remove(QLatin1Char('&'));
        if (const auto match = fuzzyMatch(typed, text))
            m_rows.append({entry.action, {}, text, displayName(entry.group), match->positions, match->score});
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row &a, const Row &b) { return a.score > b.score; });
    if (const auto place = Link::fromUrl(QUrl(typed, QUrl::StrictMode))) {
        m_rows.prepend({{}, *place, tr("Open this link"), tr("Go to"), {}, 0});
    } else if (!typed.isEmpty()) {
        Link link;
        link.page = QStringLiteral("runs");
        link.text = typed;
        m_rows.append({{}, link, tr("Search the runs for “%1”").arg(typed), tr("Go to"), {}, 0});
    }
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant PaletteModel::data(const QModelIndex &index, int role) const {
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const Row &row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return row.text;
    case Qt::AccessibleTextRole: {
        const QString keys = data(index, KeysRole).toString();
        return keys.isEmpty() ? row.text : tr("%1, %2", "action, keys").arg(row.text, keys);
    }
    case Qt::DecorationRole:
        return row.action != nullptr ? row.action->icon() : icon(QStringLiteral("search"));
    case KeysRole:
        return row.action != nullptr ? keyCapText(row.action->shortcut()) : QString();
    case GroupRole:
        return row.group;
    case PositionsRole:
        return QVariant::fromValue(row.positions);
    default:
        return {};
    }
}

QAction *PaletteModel::actionAt(int row) const {
    return row >= 0 && row < m_rows.size() ? m_rows[row].action.data() : nullptr;
}

std::optional<Link> PaletteModel::linkAt(int row) const {
    return row >= 0 && row < m_rows.size() ? m_rows[row].link : std::nullopt;
}

CommandPalette::CommandPalette(const QList<ActionRegistry::Entry> &entries, QWidget *window)
    : QFrame(window, Qt::Popup) {
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName(tr("Command palette"));
    m_model = new PaletteModel(entries, this);
    m_field = new QLineEdit(this);
    m_field->setPlaceholderText(tr("What do you want to do?"));
    m_field->setAccessibleName(tr("Find an action"));
    m_field->setMinimumHeight(34);
    m_field->installEventFilter(this);
    m_list = new QListView(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new RowDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus); // the field keeps the keys and hands them on
    m_list->setAccessibleName(tr("Actions"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::gapS, measure::gapS, measure::gapS, measure::gapS);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    m_list->setCurrentIndex(m_model->index(0));

    connect(m_field, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setPattern(text);
        fitRows();
        m_list->setCurrentIndex(m_model->index(0));
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { run(index.row()); });
}

void CommandPalette::popup() {
    const QWidget *window = parentWidget();
    const int width = std::min(600, window->width() - 80);
    const int height = std::min(430, window->height() - 120);
    m_tallest = height;
    setGeometry(QRect(window->mapToGlobal(QPoint((window->width() - width) / 2, 72)), QSize(width, height)));
    fitRows();
    show();
    m_field->setFocus();
}

void CommandPalette::fitRows() {
    const int list = m_model->rowCount() * std::max(m_list->sizeHintForRow(0), 1);
    const int around = m_field->minimumHeight() + 3 * measure::gapS + 2;
    resize(width(), std::clamp(list + around, around + 34, std::max(around + 34, m_tallest)));
}

void CommandPalette::run(int row) {
    const QPointer<QAction> action = m_model->actionAt(row);
    const std::optional<Link> link = m_model->linkAt(row);
    if (link)
        Q_EMIT navigate(*link);
    close();
    // After the popup has given back the focus, so that the action finds the window as the user left it.
    if (action != nullptr)
        QTimer::singleShot(0, action, &QAction::trigger);
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const int row = m_list->currentIndex().row(), last = m_model->rowCount() - 1;
        const auto moveTo = [&](int to) {
            m_list->setCurrentIndex(m_model->index(std::clamp(to, 0, std::max(0, last))));
            return true;
        };
        switch (key->key()) {
        case Qt::Key_Up:
            return moveTo(row > 0 ? row - 1 : last);
        case Qt::Key_Down:
            return moveTo(row < last ? row + 1 : 0);
        case Qt::Key_PageUp:
            return moveTo(row - 10);
        case Qt::Key_PageDown:
            return moveTo(row + 10);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            run(row);
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    paint::box(painter, rect(), tokens().dark ? tokens().raised : tokens().surface, tokens().borderStrong, 0);
}

} // namespace ra::ui
