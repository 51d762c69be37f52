// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/live/liveboard.h"
#include "core/query/reader.h"
#include "ui/pages/livelanes.h"

#include <QTimer>
#include <QWidget>

class QStackedWidget;

namespace ra::ui {

class Card;
class EmptyState;
class LiveModel;
class LiveTable;
class LogPanel;
class PlainLabel;
class TimelineView;

/// The Live page without the asking: the table of executions, the lanes, the tail of all logs.
class LiveMonitor : public QWidget {
    Q_OBJECT
public:
    explicit LiveMonitor(QWidget *parent = nullptr);

    void setSnapshot(std::shared_ptr<const live::LiveSnapshot> snapshot);
    /// The newest runs of the store: what the lanes show of runs that the board has forgotten.
    void setStored(std::shared_ptr<const query::RunColumns> stored);
    /// Holds clocks and lanes where they are; what is set meanwhile is shown afterwards.
    void setHeld(bool held);
    /// Says in the empty state what would fill the page.
    void setFolders(const std::vector<std::string> &folders);

    [[nodiscard]] int running() const { return m_running; }
    /// Running ones with a failed step, a repeated attempt or more time than usual, and what failed lately.
    [[nodiscard]] int needLook() const { return m_needLook; }
    [[nodiscard]] LiveTable *table() const { return m_table; }
    [[nodiscard]] LiveModel *model() const { return m_model; }
    [[nodiscard]] TimelineView *lanes() const { return m_lanesView; }
    [[nodiscard]] LogPanel *log() const { return m_log; }

Q_SIGNALS:
    void runOpened(const QString &runId);
    void settingsRequested();
    /// The table was painted while it showed this snapshot.
    void painted(quint64 snapshotVersion);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void appendTail(const live::LiveSnapshot &snapshot);
    void countRuns(const live::LiveSnapshot &snapshot);
    void buildLanes();
    void showParts();
    [[nodiscard]] QString describeLane(int row, int bar) const;

    std::shared_ptr<const live::LiveSnapshot> m_snapshot;
    std::shared_ptr<const query::RunColumns> m_stored;
    std::vector<std::pair<Time, std::string>> m_tail;
    Lanes m_lanes;
    Time m_origin;
    bool m_held = false;
    bool m_buildingLanes = false;
    bool m_lanesAgain = false; ///< something changed while they were built
    int m_running = 0;
    int m_needLook = 0;
    QTimer m_laneClock;
    PlainLabel *m_notice;
    LiveModel *m_model;
    LiveTable *m_table;
    Card *m_tableCard;
    QStackedWidget *m_tableOrEmpty;
    EmptyState *m_empty;
    Card *m_lanesCard;
    TimelineView *m_lanesView;
    LogPanel *m_log;
};

} // namespace ra::ui
