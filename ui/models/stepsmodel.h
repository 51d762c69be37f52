// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"

#include <QAbstractTableModel>

#include <memory>
#include <optional>

namespace ra::ui {

/// The steps of a run as a table, one row a step in the run's order: the timeline's twin.
class StepsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { Name, Started, Time, Attempts, Share, Change, NumColumns };
    enum Roles {
        SortRole = Qt::UserRole, ///< raw: nanoseconds, counts, shares; invalid where unknown
        StatusRole,              ///< int(StepStatus)
        NotableRole,             ///< bool: the change is large enough to look at
    };

    explicit StepsModel(QObject *parent = nullptr);

    /// The same run with as many steps or more is taken as its progress: rows are inserted and changed, else all is
    /// reset.
    void setRun(std::shared_ptr<const Run> run, std::optional<query::RecipeHistory> history, ra::Time now);
    [[nodiscard]] const Run &run() const { return *m_run; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// How long a step took, or has taken by now.
    [[nodiscard]] static std::optional<Duration> durationOf(const Step &step, ra::Time now);

private:
    /// What a row shows, worked out once when the run changes.
    struct Derived {
        std::optional<Duration> duration;
        std::optional<double> share;  ///< of the run's duration
        std::optional<double> change; ///< against the recipe's median: 0.38 is "+38 %"
        std::optional<Duration> median;
        bool notable = false;
        bool operator==(const Derived &) const = default;
    };
    [[nodiscard]] std::vector<Derived> derive(ra::Time now) const;
    [[nodiscard]] QString text(const Step &step, const Derived &derived, int column) const;
    [[nodiscard]] QVariant sortValue(const Step &step, const Derived &derived, int column) const;
    [[nodiscard]] QString toolTip(const Step &step, const Derived &derived, int column) const;

    std::shared_ptr<const Run> m_run;
    std::optional<query::RecipeHistory> m_history;
    std::vector<Derived> m_derived;
};

/// "±1 s": how well times of that resolution are known.
[[nodiscard]] QString plusMinus(Duration resolution);

/// A step's name for people. The log of a running step may not have told it yet: then its class, else its number.
[[nodiscard]] QString shownName(const Step &step);

/// "+38 %", "−1 %", "0 %": a change with its sign.
[[nodiscard]] QString signedPercent(double change);

} // namespace ra::ui
