// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>
#include <QDialog>

namespace ra::ui {

/// Lines that no decoder could read: where they stand, why, and their beginning.
class RejectedModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { File, Line, Reason, Excerpt, NumColumns };
    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<query::RejectedRow> rows);
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<query::RejectedRow> m_rows;
};

/// Shows the newest rejected lines of the store. Deletes itself when it closes.
class RejectedDialog : public QDialog {
    Q_OBJECT
public:
    RejectedDialog(engine::Engine &engine, QWidget *parent);

    static constexpr std::size_t most = 10'000;
};

} // namespace ra::ui
