// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rejecteddialog.h"
#include "ui/models/whenfinished.h"

#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/celldelegate.h"
#include "ui/widgets/elidedlabel.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace ra::ui {

void RejectedModel::setRows(std::vector<query::RejectedRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int RejectedModel::rowCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

int RejectedModel::columnCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : NumColumns;
}

QVariant RejectedModel::data(const QModelIndex &index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const query::RejectedRow &row = m_rows[std::size_t(index.row())];
    if (role == Qt::ToolTipRole) {
        const std::string &text = index.column() == File     ? row.path
                                  : index.column() == Reason ? row.reason
                                                             : row.excerpt;
        return plainToolTip(plain(text).left(2000));
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case File:
        return plain(row.path);
    case Line:
        return row.line > 0 ? count(qint64(row.line)) : tr("at %1", "offset").arg(count(qint64(row.offset)));
    case Reason:
        return plain(row.reason);
    case Excerpt:
        return plain(row.excerpt).left(500);
    default:
        return {};
    }
}

QVariant RejectedModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Line ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case File:
        return tr("File");
    case Line:
        return tr("Line");
    case Reason:
        return tr("Why it could not be read");
    case Excerpt:
        return tr("Beginning");
    default:
        return {};
    }
}

RejectedDialog::RejectedDialog(engine::Engine &engine, QWidget *parent)
    : QDialog(parent) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Rejected lines"));
    resize(std::min(980, parent->width() - 60), std::min(560, parent->height() - 60));

    auto *model = new RejectedModel(this);
    auto *table = new QTableView(this);
    styleTable(*table);
    table->setModel(model);
    table->setAccessibleName(tr("Rejected lines"));
    table->setItemDelegate(new CellDelegate(CellDelegate::Tone::Secondary, table));
    table->setItemDelegateForColumn(RejectedModel::File, new CellDelegate(CellDelegate::Tone::Text, table));
    table->setItemDelegateForColumn(RejectedModel::Line, new CellDelegate(CellDelegate::Tone::Figures, table));
    table->setItemDelegateForColumn(RejectedModel::Excerpt, new CellDelegate(CellDelegate::Tone::Code, table));
    table->setColumnWidth(RejectedModel::File, 260);
    table->setColumnWidth(RejectedModel::Line, 90);
    table->setColumnWidth(RejectedModel::Reason, 240);

    auto *card = new Card(tr("Lines that could not be read"), this);
    card->setCaption(tr("reading…"));
    card->setBody(table);
    auto *help =
        new PlainLabel(tr("Nothing is dropped silently: each of these lines is kept with its place and the reason. "
                          "The rest of their files was read."),
                       this);
    help->setTone(PlainLabel::Tone::Secondary);
    help->setWordWrap(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::gapL, measure::gapL, measure::gapL, measure::gapL);
    layout->setSpacing(measure::gapM);
    layout->addWidget(help);
    layout->addWidget(card, 1);
    layout->addWidget(buttons);

    using Rows = std::vector<query::RejectedRow>;
    whenFinished(engine.ask<Rows>([](query::Reader &reader, std::stop_token) { return reader.rejected(most); }), this,
                 [card, model](Result<Rows> rows) {
                     if (!rows) {
                         card->setCaption(QString::fromStdString(rows.error().sentence()));
                         return;
                     }
                     card->setCaption(rows->size() >= most ? tr("the newest %1").arg(count(qint64(rows->size())))
                                                           : count(qint64(rows->size())));
                     model->setRows(std::move(*rows));
                 });
}

} // namespace ra::ui
