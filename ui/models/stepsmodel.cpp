// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/stepsmodel.h"

#include "core/query/usualsteps.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"

#include <QLocale>

namespace ra::ui {

namespace {
const QString kNothing = QStringLiteral("–");
} // namespace

QString shownName(const Step &step) {
    if (!step.name.empty())
        return plain(step.name);
    if (!step.className.empty())
        return plain(step.className);
    return StepsModel::tr("step %1").arg(count(step.index + 1));
}

QString signedPercent(double change) {
    const QLocale locale;
    const double percent = change * 100;
    // Tenths tell something only about small changes.
    const QString figure = locale.toString(std::abs(percent), 'f', std::abs(percent) < 9.95 ? 1 : 0);
    const bool zero = figure == locale.toString(0.0, 'f', 1);
    const QString sign = zero ? QString() : percent < 0 ? QStringLiteral("−") : QStringLiteral("+");
    return StepsModel::tr("%1 %").arg(sign + (zero ? locale.toString(0) : figure));
}

QString plusMinus(Duration resolution) {
    const bool whole =
        resolution >= std::chrono::seconds(1) && resolution % std::chrono::seconds(1) == Duration::zero();
    return QStringLiteral("±") +
           (whole ? StepsModel::tr("%1 s").arg(resolution / std::chrono::seconds(1)) : duration(resolution));
}

StepsModel::StepsModel(QObject *parent)
    : QAbstractTableModel(parent)
    , m_run(std::make_shared<Run>()) {
    connect(&DisplayZone::instance(), &DisplayZone::changed, this, [this] {
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, Started), index(rowCount() - 1, Started));
    });
}

std::optional<Duration> StepsModel::durationOf(const Step &step, ra::Time now) {
    if (step.duration)
        return step.duration;
    // The attempts of a failed step are known better than its begin and end, which text logs have to the second only.
    if (!step.attempts.empty() && static_cast<int>(step.attempts.size()) >= step.attemptCount) {
        const Attempt &first = step.attempts.front();
        const Attempt &last = step.attempts.back();
        if (step.attempts.size() == 1 && last.duration)
            return last.duration;
        if (first.start && last.start && last.duration)
            return std::max(*last.start + *last.duration - *first.start, Duration::zero());
    }
    if (step.start && step.end)
        return *step.end - *step.start;
    if (step.start && step.status == StepStatus::Running)
        return std::max(now - *step.start, Duration::zero());
    return std::nullopt;
}

std::vector<StepsModel::Derived> StepsModel::derive(ra::Time now) const {
    std::vector<std::optional<Duration>> usualOf(m_run->steps.size());
    if (m_history)
        usualOf = query::usualSteps(*m_run, *m_history);
    Duration total{};
    if (m_run->duration)
        total = *m_run->duration;
    else if (m_run->start)
        total = m_run->end.value_or(now) - *m_run->start;
    std::vector<Derived> derived(m_run->steps.size());
    for (std::size_t i = 0; i < derived.size(); ++i) {
        const Step &step = m_run->steps[i];
        Derived &d = derived[i];
        d.duration = durationOf(step, now);
        const std::optional<Duration> &usual = usualOf[i];
        if (!d.duration)
            continue;
        if (total > Duration::zero())
            d.share = toSeconds(*d.duration) / toSeconds(total);
        if (!usual || *usual <= Duration::zero())
            continue;
        d.median = usual;
        // What still runs or failed midway says nothing against steps that ran to their end, unless it is longer
        // already.
        const bool whole = step.status == StepStatus::Completed;
        const double change = toSeconds(*d.duration) / toSeconds(*d.median) - 1;
        if (whole || change > 0)
            d.change = change;
        d.notable = d.change && *d.change >= 0.2 && *d.duration - *d.median >= std::chrono::milliseconds(500);
    }
    return derived;
}

void StepsModel::setRun(std::shared_ptr<const Run> run, std::optional<query::RecipeHistory> history, ra::Time now) {
    Q_ASSERT(run);
    m_history = std::move(history);
    const bool progress = !m_run->id.empty() && run->id == m_run->id && run->steps.size() >= m_run->steps.size();
    if (!progress) {
        beginResetModel();
        m_run = std::move(run);
        m_derived = derive(now);
        endResetModel();
        return;
    }
    const std::shared_ptr<const Run> before = m_run;
    const std::vector<Derived> derivedBefore = m_derived;
    const int rows = static_cast<int>(before->steps.size());
    const int added = static_cast<int>(run->steps.size()) - rows;
    if (added > 0)
        beginInsertRows({}, rows, rows + added - 1);
    m_run = std::move(run);
    m_derived = derive(now);
    if (added > 0)
        endInsertRows();
    for (int row = 0; row < rows; ++row) {
        const auto i = static_cast<std::size_t>(row);
        if (before->steps[i] != m_run->steps[i] || derivedBefore[i] != m_derived[i])
            Q_EMIT dataChanged(index(row, 0), index(row, NumColumns - 1));
    }
}

int StepsModel::rowCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_derived.size());
}

int StepsModel::columnCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : NumColumns;
}

QString StepsModel::text(const Step &step, const Derived &derived, int column) const {
    const QLocale locale;
    switch (column) {
    case Name:
        return shownName(step);
    case Started:
        return step.start ? clock(*step.start, displayZone(), m_run->resolution) : kNothing;
    case Time:
        return duration(derived.duration);
    case Attempts:
        return step.status == StepStatus::Skipped || step.status == StepStatus::NotReached ? kNothing
                                                                                           : count(step.attemptCount);
    case Share:
        return derived.share ? tr("%1 %").arg(locale.toString(*derived.share * 100, 'f', 1)) : kNothing;
    case Change:
        return derived.change ? signedPercent(*derived.change) : kNothing;
    default:
        return {};
    }
}

QVariant StepsModel::sortValue(const Step &step, const Derived &derived, int column) const {
    switch (column) {
    case Name:
        return shownName(step);
    case Started:
        return step.start ? QVariant(static_cast<qlonglong>(toNs(*step.start))) : QVariant();
    case Time:
        return derived.duration ? QVariant(static_cast<qlonglong>(derived.duration->count())) : QVariant();
    case Attempts:
        return step.attemptCount;
    case Share:
        return derived.share ? QVariant(*derived.share) : QVariant();
    case Change:
        return derived.change ? QVariant(*derived.change) : QVariant();
    default:
        return {};
    }
}

QString StepsModel::toolTip(const Step &step, const Derived &derived, int column) const {
    QStringList lines{shownName(step) + QStringLiteral(": ") + displayName(step.status)};
    if (!step.className.empty())
        lines << tr("Class %1").arg(plain(step.className));
    if (column == Change && derived.median)
        lines << tr("Median of this step: %1").arg(duration(derived.median));
    if (column == Change && !derived.median)
        lines << tr("No completed run of this recipe to compare with");
    if (step.attemptCount > 1)
        lines << tr("%n attempts", nullptr, step.attemptCount);
    if (step.start)
        lines << tr("Started %1").arg(moment(step.start, displayZone(), m_run->resolution)) +
                     (m_run->resolution >= std::chrono::seconds(1) ? QLatin1Char(' ') + plusMinus(m_run->resolution)
                                                                   : QString());
    return lines.join(QLatin1Char('\n'));
}

QVariant StepsModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const Step &step = m_run->steps[row];
    const Derived &derived = m_derived[row];
    switch (role) {
    case Qt::DisplayRole:
        return text(step, derived, index.column());
    case SortRole:
        return sortValue(step, derived, index.column());
    case StatusRole:
        return static_cast<int>(step.status);
    case NotableRole:
        return derived.notable;
    case Qt::ToolTipRole:
        return toolTip(step, derived, index.column());
    case Qt::AccessibleTextRole:
        if (index.column() == Name)
            return tr("%1, %2").arg(shownName(step), displayName(step.status));
        return text(step, derived, index.column());
    default:
        return {};
    }
}

QVariant StepsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= NumColumns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Name ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                               : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Change)
        return tr("Against the median of this step in completed runs of the recipe");
    if (role == Qt::ToolTipRole && section == Share)
        return tr("Of the run's duration");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Step");
    case Started:
        return tr("Started");
    case Time:
        return tr("Time");
    case Attempts:
        return tr("Attempts");
    case Share:
        return tr("Share");
    case Change:
        return QStringLiteral("Δ");
    default:
        return {};
    }
}

} // namespace ra::ui
