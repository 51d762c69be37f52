// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runtablemodel.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"

#include <QLocale>

namespace ra::ui {

namespace {

std::optional<Duration> durationAt(const query::RunColumns &columns, std::uint32_t row) {
    if (columns.durationNs[row] == unknownNs)
        return std::nullopt;
    return Duration(columns.durationNs[row]);
}

std::optional<Time> startAt(const query::RunColumns &columns, std::uint32_t row) {
    if (columns.startNs[row] == unknownNs)
        return std::nullopt;
    return fromNs(columns.startNs[row]);
}

QString shownFailed(int failed) {
    return failed > 0 ? count(failed) : QString();
}

} // namespace

QString runText(const RunView &view, std::uint32_t row, RunColumn column, const Zone &zone) {
    const query::RunColumns &c = *view.columns;
    switch (column) {
    case RunColumn::State:
        return displayName(c.status[row]);
    case RunColumn::Recipe:
        return recipeText(c.recipes[c.recipe[row]]);
    case RunColumn::Started:
        return moment(startAt(c, row), zone);
    case RunColumn::Duration:
        return duration(durationAt(c, row));
    case RunColumn::Steps:
        if (c.totalSteps[row] < 0)
            return count(c.completedSteps[row]);
        return QStringLiteral("%1/%2").arg(count(c.completedSteps[row]), count(c.totalSteps[row]));
    case RunColumn::Failed:
        return shownFailed(c.failedSteps[row]);
    case RunColumn::Error:
        return plain(c.errors[c.error[row]]);
    case RunColumn::Id:
        return QString::fromStdString(runIdText(c.id[row]));
    }
    return {};
}

QString runColumnName(RunColumn column) {
    switch (column) {
    case RunColumn::State:
        return RunTableModel::tr("State");
    case RunColumn::Recipe:
        return RunTableModel::tr("Recipe");
    case RunColumn::Started:
        return RunTableModel::tr("Started");
    case RunColumn::Duration:
        return RunTableModel::tr("Duration");
    case RunColumn::Steps:
        return RunTableModel::tr("Steps");
    case RunColumn::Failed:
        return RunTableModel::tr("Failed");
    case RunColumn::Error:
        return RunTableModel::tr("First error");
    case RunColumn::Id:
        return RunTableModel::tr("Run");
    }
    return {};
}

QString runsAsTsv(const RunView &view, const QList<QPair<int, int>> &ranges, const Zone &zone,
                  const std::stop_token &stop) {
    const auto ending = [](int column) { return column + 1 < runColumnCount ? QLatin1Char('\t') : QLatin1Char('\n'); };
    QString tsv;
    for (int column = 0; column < runColumnCount; ++column)
        tsv += runColumnName(RunColumn(column)) + ending(column);
    for (const auto &[first, last] : ranges) {
        for (int row = std::max(first, 0); row <= last && row < int(view.rows.size()); ++row) {
            if (stop.stop_requested())
                return {};
            for (int column = 0; column < runColumnCount; ++column)
                tsv += runText(view, view.rows[std::size_t(row)], RunColumn(column), zone) + ending(column);
        }
    }
    return tsv;
}

RunTableModel::RunTableModel(QObject *parent)
    : QAbstractTableModel(parent) {}

int RunTableModel::rowCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : int(m_view->rows.size());
}

int RunTableModel::columnCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : runColumnCount;
}

QVariant RunTableModel::sortValue(std::uint32_t row, RunColumn column) const {
    const query::RunColumns &c = *m_view->columns;
    switch (column) {
    case RunColumn::State:
        return int(c.status[row]);
    case RunColumn::Started:
        return qlonglong(c.startNs[row]);
    case RunColumn::Duration:
        return qlonglong(c.durationNs[row]);
    case RunColumn::Steps:
        return c.totalSteps[row];
    case RunColumn::Failed:
        return c.failedSteps[row];
    case RunColumn::Recipe:
    case RunColumn::Error:
    case RunColumn::Id:
        break;
    }
    return runText(*m_view, row, column, displayZone());
}

std::optional<double> RunTableModel::ratio(std::uint32_t row) const {
    const query::RunColumns &c = *m_view->columns;
    const std::uint32_t recipe = c.recipe[row];
    if (recipe >= m_view->facts->recipes.size() || c.durationNs[row] < 0)
        return std::nullopt;
    const std::int64_t median = m_view->facts->recipes[recipe].medianNs;
    if (median <= 0)
        return std::nullopt;
    return double(c.durationNs[row]) / double(median);
}

QString RunTableModel::toolTip(std::uint32_t row, RunColumn column) const {
    const query::RunColumns &c = *m_view->columns;
    switch (column) {
    case RunColumn::Recipe:
        return plain(c.recipePaths[c.recipe[row]]);
    case RunColumn::Started:
        return tr("%1, %2", "moment, zone")
            .arg(runText(*m_view, row, column, displayZone()), QString::fromStdString(displayZone().name()));
    case RunColumn::Duration:
        if (const auto r = ratio(row)) {
            const std::int64_t median = m_view->facts->recipes[c.recipe[row]].medianNs;
            return tr("%1: %2 × the median of this recipe's completed runs (%3)")
                .arg(runText(*m_view, row, column, displayZone()), QLocale().toString(*r, 'f', 2),
                     duration(Duration(median)));
        }
        return {};
    case RunColumn::Steps:
        if (c.totalSteps[row] < 0)
            return tr("%n step(s) completed; the log does not tell how many there are", nullptr, c.completedSteps[row]);
        return withCount(tr("%1 of %n step(s) completed", nullptr, c.totalSteps[row]), c.totalSteps[row])
            .arg(count(c.completedSteps[row]));
    case RunColumn::Failed:
        return tr("%n failed step(s)", nullptr, c.failedSteps[row]);
    case RunColumn::Error:
        return QString::fromStdString(c.errors[c.error[row]]);
    case RunColumn::State:
    case RunColumn::Id:
        break;
    }
    return {};
}

QVariant RunTableModel::data(const QModelIndex &index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= runColumnCount)
        return {};
    const std::uint32_t row = m_view->rows[std::size_t(index.row())];
    const auto column = RunColumn(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return runText(*m_view, row, column, displayZone());
    case Qt::AccessibleTextRole:
        if (column == RunColumn::Failed || column == RunColumn::Steps)
            return toolTip(row, column);
        return runText(*m_view, row, column, displayZone());
    case Qt::ToolTipRole: {
        const QString tip = toolTip(row, column);
        // Tool tips take text for markup where it looks like some: this is literal, and wraps.
        return tip.isEmpty() ? QVariant() : QVariant(QStringLiteral("<p>%1</p>").arg(tip.toHtmlEscaped()));
    }
    case SortRole:
        return sortValue(row, column);
    case StatusRole:
        return int(m_view->columns->status[row]);
    case RatioRole:
        if (const auto r = ratio(row))
            return *r;
        return {};
    case RunIdRole:
        return QString::fromStdString(runIdText(m_view->columns->id[row]));
    default:
        return {};
    }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= runColumnCount)
        return {};
    const auto column = RunColumn(section);
    if (role == Qt::TextAlignmentRole) {
        const bool figures = column == RunColumn::Duration || column == RunColumn::Steps || column == RunColumn::Failed;
        return int((figures ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        switch (column) {
        case RunColumn::State:
            return tr("How the run stands or ended");
        case RunColumn::Recipe:
            return tr("The recipe that ran");
        case RunColumn::Started:
            return tr("When it started, in the zone of the top bar");
        case RunColumn::Duration:
            return tr("How long it took; the bar compares with the median of the recipe's completed runs (the tick)");
        case RunColumn::Steps:
            return tr("Completed steps of all steps");
        case RunColumn::Failed:
            return tr("Failed steps");
        case RunColumn::Error:
            return tr("The first error of the run");
        case RunColumn::Id:
            return tr("The run's id, the same for ever");
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    return runColumnName(column);
}

void RunTableModel::sort(int column, Qt::SortOrder order) {
    if (column >= 0 && column < runColumnCount)
        Q_EMIT sortRequested(RunColumn(column), order == Qt::DescendingOrder);
}

void RunTableModel::setView(std::shared_ptr<const RunView> view, RunViewChange change) {
    switch (change.kind) {
    case RunViewChange::Kind::Prepended:
        beginInsertRows({}, 0, int(change.prepended) - 1);
        m_view = std::move(view);
        endInsertRows();
        Q_EMIT dataChanged(index(int(change.prepended), 0), index(rowCount() - 1, runColumnCount - 1));
        break;
    case RunViewChange::Kind::Same:
        m_view = std::move(view);
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, runColumnCount - 1));
        break;
    case RunViewChange::Kind::Reset:
        beginResetModel();
        m_view = std::move(view);
        endResetModel();
        break;
    }
}

std::uint64_t RunTableModel::runIdAt(int row) const {
    return m_view->columns->id[m_view->rows[std::size_t(row)]];
}

void RunTableModel::refreshTexts() {
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, runColumnCount - 1));
}

} // namespace ra::ui
