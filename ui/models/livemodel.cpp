// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/livemodel.h"

#include "ui/models/logline.h"
#include "ui/models/stepsmodel.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"

#include <QLocale>

#include <algorithm>
#include <unordered_map>

namespace ra::ui {

namespace {

using live::LiveRun;

QString percent(double part) {
    return LiveModel::tr("%1 %").arg(QLocale().toString(std::round(part * 100), 'f', 0));
}

bool isRunning(const LiveRun &run) {
    return run.status == RunStatus::Running;
}

QString joined(const QString &note, const QString &line) {
    return note.isEmpty() || line.isEmpty() ? note + line : note + QStringLiteral(" · ") + line;
}

bool alarms(const LiveRun &run) {
    return run.failedSteps > 0 || run.status == RunStatus::Failed || run.status == RunStatus::Timeout ||
           run.status == RunStatus::Killed || run.status == RunStatus::Abandoned || run.status == RunStatus::Rejected;
}

} // namespace

QString tickingDuration(Duration d) {
    using namespace std::chrono;
    const Duration whole = floor<seconds>(std::max(d, Duration::zero()));
    if (whole < minutes(1))
        return LiveModel::tr("%1 s").arg(whole / seconds(1));
    if (whole < minutes(10)) // the house's form for these has tenths, which would stand still here
        return LiveModel::tr("%1 m %2 s")
            .arg(whole / minutes(1))
            .arg(whole % minutes(1) / seconds(1), 2, 10, QLatin1Char('0'));
    return duration(whole);
}

LiveModel::LiveModel(QObject *parent)
    : QAbstractTableModel(parent)
    , m_snapshot(std::make_shared<live::LiveSnapshot>()) {}

int LiveModel::rowOf(std::string_view runId) const {
    const auto found = std::ranges::find(m_rows, runId, [](const LiveRun *run) { return std::string_view(run->id); });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void LiveModel::setSnapshot(std::shared_ptr<const live::LiveSnapshot> snapshot) {
    Q_ASSERT(snapshot);
    if (snapshot == m_snapshot)
        return;
    const std::shared_ptr<const live::LiveSnapshot> before = m_snapshot; // m_rows points into it until the end
    const Runs &to = snapshot->runs;
    m_now = std::max(m_now, snapshot->taken);
    const bool sameOrder =
        to.size() == m_rows.size() &&
        std::ranges::equal(to, m_rows, [](const LiveRun &a, const LiveRun *b) { return a.id == b->id; });
    if (!sameOrder)
        rearrange(to);
    // The same runs in the same order now: take the new values and say which rows changed, stretches together.
    m_snapshot = std::move(snapshot);
    int first = -1;
    for (int row = 0; row <= static_cast<int>(to.size()); ++row) {
        const auto i = static_cast<std::size_t>(row);
        bool changed = false;
        if (i < to.size()) {
            changed = m_rows[i]->version != to[i].version;
            m_rows[i] = &to[i];
        }
        if (changed && first < 0)
            first = row;
        if (!changed && first >= 0) {
            Q_EMIT dataChanged(index(first, 0), index(row - 1, NumColumns - 1));
            first = -1;
        }
    }
}

void LiveModel::rearrange(const Runs &to) {
    std::unordered_map<std::string_view, std::size_t> places;
    places.reserve(to.size());
    for (std::size_t i = 0; i < to.size(); ++i)
        places.emplace(to[i].id, i);

    // Remove what is gone, in stretches from the end.
    for (int last = static_cast<int>(m_rows.size()) - 1; last >= 0; --last) {
        const auto gone = [&](int row) { return !places.contains(m_rows[static_cast<std::size_t>(row)]->id); };
        if (!gone(last))
            continue;
        int first = last;
        while (first > 0 && gone(first - 1))
            --first;
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        endRemoveRows();
        last = first;
    }

    // Then bring one place after the other into order: what is there already moves up, what is new is inserted.
    std::unordered_map<std::string_view, bool> present;
    present.reserve(m_rows.size());
    for (const LiveRun *run : m_rows)
        present.emplace(run->id, true);
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (i < m_rows.size() && m_rows[i]->id == to[i].id)
            continue;
        const int row = static_cast<int>(i);
        if (!present.contains(to[i].id)) {
            std::size_t end = i + 1;
            while (end < to.size() && !present.contains(to[end].id))
                ++end;
            beginInsertRows({}, row, static_cast<int>(end) - 1);
            for (std::size_t k = i; k < end; ++k)
                m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(k), &to[k]);
            endInsertRows();
            i = end - 1;
            continue;
        }
        // A run that ended moves from among the running ones down to the finished: take it away from here first, if the
        // row after it is the one that belongs here. One move, where moving all others up would be hundreds.
        if (i + 1 < m_rows.size() && m_rows[i + 1]->id == to[i].id) {
            std::size_t target = places.at(m_rows[i]->id) + 1;
            target = std::min(std::max(target, i + 2), m_rows.size());
            beginMoveRows({}, row, row, {}, static_cast<int>(target));
            std::rotate(m_rows.begin() + row, m_rows.begin() + row + 1,
                        m_rows.begin() + static_cast<std::ptrdiff_t>(target));
            endMoveRows();
            if (m_rows[i]->id == to[i].id)
                continue;
        }
        const auto from = std::ranges::find(m_rows.begin() + row, m_rows.end(), to[i].id, &LiveRun::id);
        const auto fromRow = static_cast<int>(from - m_rows.begin());
        beginMoveRows({}, fromRow, fromRow, {}, row);
        std::rotate(m_rows.begin() + row, from, from + 1);
        endMoveRows();
    }
}

Duration LiveModel::elapsedOf(const LiveRun &run) const {
    return std::max(run.end.value_or(std::max(m_now, run.start)) - run.start, Duration::zero());
}

std::optional<double> LiveModel::progressOf(const LiveRun &run) const {
    if (run.status == RunStatus::Completed)
        return 1.0;
    if (!run.estimate)
        return std::nullopt;
    if (!isRunning(run))
        return run.estimate->progress;
    const Duration since = std::max(m_now - m_snapshot->taken, Duration::zero());
    const double left = toSeconds(run.estimate->remaining);
    if (left <= 0)
        return std::clamp(run.estimate->progress, 0.0, 0.99);
    const double part = std::clamp(toSeconds(since) / left, 0.0, 1.0);
    // Never quite done before it says so itself.
    return std::clamp(run.estimate->progress + (1 - run.estimate->progress) * part, 0.0, 0.99);
}

std::optional<double> LiveModel::stepProgressOf(const LiveRun &run) {
    if (!run.totalSteps || *run.totalSteps <= 0)
        return std::nullopt;
    const int behind = std::max(0, run.stepIndex - (isRunning(run) ? 1 : 0));
    return std::min(1.0, static_cast<double>(behind) / *run.totalSteps);
}

QString LiveModel::noteOf(const LiveRun &run) {
    QStringList parts;
    if (run.failedSteps > 0)
        parts << tr("%n steps failed", nullptr, run.failedSteps);
    if (isRunning(run) && run.attempt > 1)
        parts << tr("attempt %1").arg(count(run.attempt));
    if (isRunning(run) && run.estimate && run.estimate->slower) {
        parts << (run.estimate->ratio > 1 ? tr("slower than usual (+%1)").arg(percent(run.estimate->ratio - 1))
                                          : tr("slower than usual"));
    }
    return parts.join(QStringLiteral(" · "));
}

QString LiveModel::lastLineOf(const LiveRun &run) {
    const query::LogLine line = lineFromText(run.start, run.lastLine);
    return plain(std::string(messageOf(line))).trimmed();
}

QString LiveModel::finishOf(const LiveRun &run) const {
    using namespace std::chrono;
    if (run.end)
        return tr("ended %1").arg(clock(*run.end, displayZone()));
    if (!isRunning(run))
        return tr("ended, time unknown");
    if (!run.estimate)
        return tr("no estimate yet");
    const Duration left = run.estimate->remaining - std::max(m_now - m_snapshot->taken, Duration::zero());
    if (left <= -seconds(1))
        return tr("overdue by %1").arg(tickingDuration(-left));
    if (left < seconds(1))
        return tr("about to end");
    // Nobody needs the estimate's seconds once it is minutes away, and they would only flicker.
    Duration shown = left < minutes(1)    ? left
                     : left < minutes(10) ? round<seconds>(left / 10) * 10
                                          : round<minutes>(left);
    QString text = tr("≈ %1 left")
                       .arg(shown >= minutes(1) && shown % minutes(1) == Duration::zero() && shown < hours(1)
                                ? tr("%1 m").arg(shown / minutes(1))
                                : tickingDuration(shown));
    if (left >= seconds(30))
        text += QStringLiteral(" · ") + clock(m_now + left, displayZone()).left(5);
    return text;
}

QString LiveModel::basisOf(const LiveRun &run) {
    if (!run.estimate) {
        if (!isRunning(run) || !run.basisRuns)
            return {};
        return *run.basisRuns == 0 ? tr("first runs")
               : *run.basisRuns < live::LiveBoard::leastBasis
                   ? tr("not enough runs (%1 of %2)").arg(count(*run.basisRuns), count(live::LiveBoard::leastBasis))
                   : tr("%n runs", nullptr, *run.basisRuns);
    }
    // No history is so even that nothing could come otherwise.
    const double spread = run.estimate->spread;
    return tr("%1, ±%2").arg(tr("%n runs", nullptr, run.estimate->basisRuns),
                             spread < 0.005 ? QStringLiteral("<") + percent(0.01) : percent(spread));
}

int LiveModel::rowCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LiveModel::columnCount(const QModelIndex &parent) const {
    return parent.isValid() ? 0 : NumColumns;
}

QVariant LiveModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const LiveRun &run = *m_rows[static_cast<std::size_t>(index.row())];
    if (role == StatusRole)
        return static_cast<int>(run.status);
    if (role == AlarmRole)
        return alarms(run);
    if (role == WarningRole)
        return isRunning(run) && (run.attempt > 1 || (run.estimate && run.estimate->slower));
    if (role == Qt::ToolTipRole) {
        QStringList lines{plain(run.recipePath.empty() ? run.recipe : run.recipePath)};
        lines << tr("Started %1").arg(moment(run.start, displayZone(), run.resolution)) +
                     (run.resolution >= std::chrono::seconds(1) ? QLatin1Char(' ') + plusMinus(run.resolution)
                                                                : QString());
        if (isRunning(run) && !run.estimate && stepProgressOf(run))
            lines << tr("Progress by the steps that are done: there is no estimate of the time");
        if (!run.lastLine.empty())
            lines << plain(run.lastLine);
        return lines.join(QLatin1Char('\n'));
    }
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    switch (index.column()) {
    case State:
        return displayName(run.status);
    case Recipe:
        return plain(run.recipe);
    case Step:
        if (run.step.empty())
            return run.totalSteps ? tr("starting, %n steps", nullptr, *run.totalSteps) : tr("starting");
        return run.totalSteps ? tr("%1 %2 of %3").arg(plain(run.step), count(run.stepIndex), count(*run.totalSteps))
                              : tr("%1 %2").arg(plain(run.step), count(run.stepIndex));
    case Elapsed:
        return isRunning(run) ? tickingDuration(elapsedOf(run)) : duration(elapsedOf(run));
    case Progress: {
        const std::optional<double> estimated = progressOf(run);
        const std::optional<double> progress = estimated ? estimated : stepProgressOf(run);
        return progress ? percent(*progress) : QString();
    }
    case Finish:
        return finishOf(run);
    case Basis:
        return basisOf(run);
    case Note:
        return joined(noteOf(run), lastLineOf(run));
    default:
        return {};
    }
}

QVariant LiveModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Elapsed ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                  : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Note)
        return tr("What needs a look, then the newest line of the execution's log");
    if (role == Qt::ToolTipRole && section == Basis)
        return tr("The completed runs of this recipe that the estimate rests on, and how much they differ");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case State:
        return tr("State");
    case Recipe:
        return tr("Recipe");
    case Step:
        return tr("Step");
    case Elapsed:
        return tr("Elapsed");
    case Progress:
        return tr("Progress");
    case Finish:
        return tr("Finish");
    case Basis:
        return tr("Based on");
    case Note:
        return tr("Last line");
    default:
        return {};
    }
}

} // namespace ra::ui
