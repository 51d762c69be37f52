// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runview.h"

#include <QAbstractTableModel>

namespace ra::ui {

/// The newest runs of each recipe, a row a recipe, newest at the right. The recipe that ran last is on top when the
/// rows are ordered; after that they keep their places whatever runs, and recipes that come are put on top, so that
/// nothing moves away under the pointer. A recipe with fewer runs than columns leaves its left cells empty. The
/// vertical header names the recipes.
class StatusGridModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Roles {
        StatusRole = Qt::UserRole, ///< int(RunStatus); invalid for an empty cell
        RunIdRole,                 ///< QString; invalid for an empty cell
    };
    static constexpr int mostRuns = int(lastRunsPerRecipe);

    explicit StatusGridModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    /// How many runs each row shows, 1 to mostRuns.
    void setRuns(int runs);
    [[nodiscard]] int runs() const { return m_runs; }

    /// The cell of a run; invalid where none shows it.
    [[nodiscard]] QModelIndex indexOf(const QString &runId) const;

    /// Takes columns and facts of the view; its filter and order do not matter here.
    void setView(std::shared_ptr<const RunView> view);

    /// Puts the recipe that ran last on top again.
    void orderByRecency();

    /// The cell of the newest run of all; invalid where there is none.
    [[nodiscard]] QModelIndex newest() const;

    /// As the store names it; empty for none.
    [[nodiscard]] QString recipeAt(int row) const;

private:
    [[nodiscard]] std::optional<std::uint32_t> runRow(const QModelIndex &index) const;
    [[nodiscard]] QString describe(std::uint32_t row) const;

    void setRows(std::shared_ptr<const RunView> view, std::vector<std::uint32_t> rows);

    int m_runs = 28;
    std::vector<std::uint32_t> m_rows; ///< recipes of m_view
    std::shared_ptr<const RunView> m_view = std::make_shared<RunView>();
};

} // namespace ra::ui
