// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/statusgridmodel.h"

#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace ra::ui {

StatusGridModel::StatusGridModel(QObject *parent)
    : QAbstractTableModel(parent) {}

int StatusGridModel::rowCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

int StatusGridModel::columnCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : m_runs;
}

std::optional<std::uint32_t> StatusGridModel::runRow(const QModelIndex &index) const {
    if (!index.isValid() || index.row() >= rowCount())
        return std::nullopt;
    const RunFacts &facts = *m_view->facts;
    const auto &last = facts.recipes[m_rows[std::size_t(index.row())]].lastRuns;
    const int back = m_runs - 1 - index.column(); // so many runs before the newest
    if (back >= int(last.size()))
        return std::nullopt;
    return last[last.size() - 1 - std::size_t(back)];
}

QString StatusGridModel::describe(std::uint32_t row) const {
    const query::RunColumns &c = *m_view->columns;
    QString text = tr("%1 · %2", "recipe, state").arg(recipeText(c.recipes[c.recipe[row]]), displayName(c.status[row]));
    if (c.startNs[row] != unknownNs)
        text += QLatin1Char('\n') + moment(fromNs(c.startNs[row]), displayZone());
    if (c.durationNs[row] != unknownNs)
        text += tr(" · took %1").arg(duration(Duration(c.durationNs[row])));
    if (c.error[row] != 0)
        text += QLatin1Char('\n') + plain(c.errors[c.error[row]]).left(300);
    return text;
}

QVariant StatusGridModel::data(const QModelIndex &index, int role) const {
    const auto row = runRow(index);
    if (!row)
        return {};
    switch (role) {
    case Qt::AccessibleTextRole:
        return describe(*row);
    case Qt::ToolTipRole:
        return QStringLiteral("<p style=\"white-space:pre-wrap\">%1</p>").arg(describe(*row).toHtmlEscaped());
    case StatusRole:
        return int(m_view->columns->status[*row]);
    case RunIdRole:
        return QString::fromStdString(runIdText(m_view->columns->id[*row]));
    default:
        return {};
    }
}

QVariant StatusGridModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal) {
        if (role == Qt::AccessibleTextRole && section >= 0 && section < m_runs)
            return section == m_runs - 1 ? tr("Newest run")
                                         : tr("%n run(s) before the newest", nullptr, m_runs - 1 - section);
        return {};
    }
    if (section < 0 || section >= rowCount())
        return {};
    const RunFacts &facts = *m_view->facts;
    const std::uint32_t recipe = m_rows[std::size_t(section)];
    if (role == Qt::DisplayRole)
        return recipeText(m_view->columns->recipes[recipe]);
    if (role == Qt::ToolTipRole) {
        const RecipeFacts &own = facts.recipes[recipe];
        QString tip = tr("%1: %n run(s)", nullptr, int(own.runs)).arg(recipeText(m_view->columns->recipes[recipe]));
        if (own.medianNs != unknownNs)
            tip += tr(", completed ones take %1 (median)").arg(duration(Duration(own.medianNs)));
        return QStringLiteral("<p>%1</p>").arg(tip.toHtmlEscaped());
    }
    return {};
}

Qt::ItemFlags StatusGridModel::flags(const QModelIndex &index) const {
    return runRow(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

QModelIndex StatusGridModel::indexOf(const QString &runId) const {
    const auto id = runIdFromText(runId.toStdString());
    for (int row = 0; id && row < rowCount(); ++row) {
        const auto &last = m_view->facts->recipes[m_rows[std::size_t(row)]].lastRuns;
        for (std::size_t back = 0; back < std::min(last.size(), std::size_t(m_runs)); ++back) {
            if (m_view->columns->id[last[last.size() - 1 - back]] == *id)
                return index(row, m_runs - 1 - int(back));
        }
    }
    return {};
}

void StatusGridModel::setRuns(int runs) {
    runs = std::clamp(runs, 1, mostRuns);
    if (runs == m_runs)
        return;
    beginResetModel();
    m_runs = runs;
    endResetModel();
}

void StatusGridModel::setView(std::shared_ptr<const RunView> view) {
    if (m_view->partial) { // what comes now is no news
        setRows(view, view->facts->byRecency);
        return;
    }
    std::unordered_map<std::string_view, std::uint32_t> byName;
    for (const std::uint32_t recipe : view->facts->byRecency)
        byName.emplace(view->columns->recipes[recipe], recipe);
    std::vector<std::uint32_t> kept;
    for (const std::uint32_t recipe : m_rows) {
        const auto found = byName.find(m_view->columns->recipes[recipe]);
        if (found == byName.end())
            continue;
        kept.push_back(found->second);
        byName.erase(found);
    }
    std::vector<std::uint32_t> rows;
    for (const std::uint32_t recipe : view->facts->byRecency) {
        if (byName.contains(view->columns->recipes[recipe]))
            rows.push_back(recipe);
    }
    rows.insert(rows.end(), kept.begin(), kept.end());
    setRows(std::move(view), std::move(rows));
}

void StatusGridModel::orderByRecency() {
    setRows(m_view, m_view->facts->byRecency);
}

void StatusGridModel::setRows(std::shared_ptr<const RunView> view, std::vector<std::uint32_t> rows) {
    // Same recipes in the same order: the cells change in place, so that the current one stays.
    const bool same = !rows.empty() && std::equal(rows.begin(), rows.end(), m_rows.begin(), m_rows.end(),
                                                  [&](std::uint32_t a, std::uint32_t b) {
                                                      return view->columns->recipes[a] == m_view->columns->recipes[b];
                                                  });
    if (!same)
        beginResetModel();
    m_view = std::move(view);
    m_rows = std::move(rows);
    if (same)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, m_runs - 1));
    else
        endResetModel();
}

QModelIndex StatusGridModel::newest() const {
    if (m_rows.empty())
        return {};
    const auto row = std::find(m_rows.begin(), m_rows.end(), m_view->facts->byRecency.front());
    return index(int(row - m_rows.begin()), m_runs - 1);
}

QString StatusGridModel::recipeAt(int row) const {
    return row >= 0 && row < rowCount() ? QString::fromStdString(m_view->columns->recipes[m_rows[std::size_t(row)]])
                                        : QString();
}

} // namespace ra::ui
