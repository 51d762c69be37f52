// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/live/liveboard.h"

#include <QAbstractTableModel>

#include <memory>

namespace ra::ui {

/// What runs now as a table. A new snapshot is taken as a difference: only rows whose version changed are signalled, so
/// that selection and place survive and a single change costs no more than a comparison a row.
class LiveModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { State, Recipe, Step, Elapsed, Progress, Finish, Basis, Note, NumColumns };
    enum Roles {
        StatusRole = Qt::UserRole, ///< int(RunStatus)
        AlarmRole,                 ///< bool: something failed
        WarningRole,               ///< bool: slower than usual, a repeated attempt
    };

    explicit LiveModel(QObject *parent = nullptr);

    void setSnapshot(std::shared_ptr<const live::LiveSnapshot> snapshot);
    [[nodiscard]] const live::LiveSnapshot &snapshot() const { return *m_snapshot; }
    [[nodiscard]] const live::LiveRun &runAt(int row) const { return *m_rows[static_cast<std::size_t>(row)]; }
    /// The row of a run; -1 if it is not there. O(rows).
    [[nodiscard]] int rowOf(std::string_view runId) const;

    /// The present for elapsed and remaining times; does not signal, as it concerns what is painted only.
    void setNow(Time now) { m_now = now; }
    [[nodiscard]] Time now() const { return m_now; }
    [[nodiscard]] Duration elapsedOf(const live::LiveRun &run) const;
    /// 0 to 1; moves on between snapshots by the time that passes. Nothing without an estimate.
    [[nodiscard]] std::optional<double> progressOf(const live::LiveRun &run) const;
    /// 0 to 1: the part of the steps that are behind; what there is to tell without an estimate. Nothing while the
    /// number of steps is not known.
    [[nodiscard]] static std::optional<double> stepProgressOf(const live::LiveRun &run);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// "slower than usual (+38 %), 2nd attempt"; empty if there is nothing to say.
    [[nodiscard]] static QString noteOf(const live::LiveRun &run);
    /// The message of the run's newest line, without what other columns tell.
    [[nodiscard]] static QString lastLineOf(const live::LiveRun &run);
    /// "≈ 2 m left · 18:04", "finished 18:01:07", "no estimate yet".
    [[nodiscard]] QString finishOf(const live::LiveRun &run) const;
    /// "12 runs, ±9 %", "not enough runs (1 of 5)", "first runs"; empty while it is not known.
    [[nodiscard]] static QString basisOf(const live::LiveRun &run);

private:
    using Runs = std::vector<live::LiveRun>;
    void rearrange(const Runs &to);

    std::shared_ptr<const live::LiveSnapshot> m_snapshot;
    /// While rows move one by one the model shows a mixture: then these are its rows.
    std::vector<const live::LiveRun *> m_rows;
    Time m_now{};
};

/// "48 s", "3 m 12 s", "2 h 03 m": whole seconds, for clocks that tick.
[[nodiscard]] QString tickingDuration(Duration d);

} // namespace ra::ui
