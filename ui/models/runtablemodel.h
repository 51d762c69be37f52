// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "ui/models/runview.h"

#include <QAbstractTableModel>

namespace ra::ui {

/// What a cell says to people; `row` is a row of the columns. Any thread.
[[nodiscard]] QString runText(const RunView &view, std::uint32_t row, RunColumn column, const Zone &zone);
/// A column's name.
[[nodiscard]] QString runColumnName(RunColumn column);
/// Rows of the view [first, last] one line each, columns separated by tabs, a header first: for spreadsheets. Any
/// thread; empty when stopped.
[[nodiscard]] QString runsAsTsv(const RunView &view, const QList<QPair<int, int>> &ranges, const Zone &zone,
                                const std::stop_token &stop = {});

/// The Runs table over a view computed elsewhere. Sorting is asked for by a signal, because it happens off the window's
/// thread; the answer comes as a new view.
class RunTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Roles {
        SortRole = Qt::UserRole, ///< the raw value: nanoseconds, counts, words
        StatusRole,              ///< int(RunStatus)
        RatioRole,               ///< duration by the recipe's median; invalid without one
        RunIdRole,               ///< QString of 16 hex digits
    };

    explicit RunTableModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    /// Emits sortRequested().
    void sort(int column, Qt::SortOrder order) override;

    /// Replaces the view. `change` must describe the step from the view held now; Reset is always allowed.
    void setView(std::shared_ptr<const RunView> view, RunViewChange change = {});
    [[nodiscard]] const std::shared_ptr<const RunView> &view() const { return m_view; }

    [[nodiscard]] std::uint64_t runIdAt(int row) const;
    /// Times are shown in another zone now.
    void refreshTexts();

Q_SIGNALS:
    void sortRequested(ra::ui::RunColumn column, bool descending);

private:
    [[nodiscard]] QVariant sortValue(std::uint32_t row, RunColumn column) const;
    [[nodiscard]] QString toolTip(std::uint32_t row, RunColumn column) const;
    [[nodiscard]] std::optional<double> ratio(std::uint32_t row) const;

    std::shared_ptr<const RunView> m_view = std::make_shared<RunView>();
};

} // namespace ra::ui
