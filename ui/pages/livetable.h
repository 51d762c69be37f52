// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/livemodel.h"

#include <QTableView>
#include <QTimer>

#include <string>
#include <unordered_set>

namespace ra::ui {

/// What runs now, a row each. Only visible rows are painted, and of those only what changed: cells of a new version
/// when a snapshot comes, the clocks every second.
class LiveTable : public QTableView {
    Q_OBJECT
public:
    explicit LiveTable(LiveModel *model, QWidget *parent = nullptr);

    /// Takes a snapshot; what is at the top stays there unless the reader is at the very top.
    void setSnapshot(std::shared_ptr<const live::LiveSnapshot> snapshot);
    /// The height at which no row is out of sight.
    [[nodiscard]] int heightOfRows() const;
    /// Holds the clocks where they are.
    void setHeld(bool held);
    [[nodiscard]] std::string currentRun() const;
    /// Takes the focus with that run current; with the first one if it is not there any more. Nothing without rows.
    void select(const std::string &runId);

Q_SIGNALS:
    void runOpened(const QString &runId);
    /// The viewport was painted while it showed this snapshot.
    void painted(quint64 snapshotVersion);

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void runClock();
    void tick();
    void arrangeColumns();
    void measureRecipes();

    LiveModel *m_model;
    bool m_held = false;
    std::unordered_set<std::string> m_recipesSeen;
    int m_widestRecipe = 0; ///< of those seen so far, pixels
    QTimer m_clock;
};

} // namespace ra::ui
