// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runview.h"
#include "ui/widgets/card.h"

class QTableView;
class QToolButton;

namespace ra::ui {

class StatusGridModel;

/// The newest runs of each recipe as squares, newest right. A square opens its run, a recipe's name narrows to it. The
/// card folds away, and remembers that.
class StatusGrid : public Card {
    Q_OBJECT
public:
    explicit StatusGrid(QWidget *parent = nullptr);

    void setView(std::shared_ptr<const RunView> view);
    /// Puts the recipe that ran last on top; after that the rows keep their places.
    void orderByRecency();
    /// How many recipes show before the grid scrolls.
    void setMostRows(int rows);

Q_SIGNALS:
    void runActivated(const QString &runId);
    void recipeActivated(const QString &recipe);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fold(bool folded);
    /// As many runs as the width has room for, as many recipes as are worth the height.
    /// `chosen`: the run that the reader chose before the model changed.
    void fit(const QString &chosen);
    void describe();
    /// The reader's cell is a run: it stays the current one wherever it stands now, without scrolling. Else the newest
    /// run is where the keys begin.
    void keepCurrent(const QString &runId);
    [[nodiscard]] QString chosenRun() const;
    void activate(const QModelIndex &index);

    int m_mostRows = 6;
    bool m_chosen = false;  ///< the current cell, by the reader
    bool m_keeping = false; ///< the current cell moves because of us
    StatusGridModel *m_model = nullptr;
    QTableView *m_table = nullptr;
    QToolButton *m_fold = nullptr;
};

} // namespace ra::ui
