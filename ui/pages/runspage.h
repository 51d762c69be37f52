// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runlist.h"
#include "ui/widgets/page.h"

#include <QPointer>

class QStackedLayout;
class QTableView;

namespace ra::ui {

class Card;
class EmptyState;
class RunFilterBar;
class RunTableModel;
class StatusGrid;

/// Every run of the store: filterable, sortable, searchable, with the newest runs of each recipe above it.
class RunsPage : public Page {
    Q_OBJECT
public:
    explicit RunsPage(engine::Engine &engine, QWidget *parent = nullptr);
    ~RunsPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QString context() const override;
    [[nodiscard]] QList<QAction *> pageActions() const override;
    [[nodiscard]] QWidget *filterBar() override;
    [[nodiscard]] bool searches() const override { return true; }
    [[nodiscard]] bool isLoading() const override { return m_list.isLoading(); }
    void open(const Link &link) override;
    [[nodiscard]] Link link() const override { return m_link; }

    /// Runs were committed that the page has not read: it does so when it shows.
    [[nodiscard]] bool isStale() const { return m_list.isStale(); }
    [[nodiscard]] QTableView *table() const { return m_table; }

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void makeActions();
    void makeTable();
    void ask();
    void takeView(std::shared_ptr<const RunView> view, RunViewChange change);
    void showState();
    void openRow(const QModelIndex &index);
    void copyRows();
    void clearFilter();
    void resetKeepingPlace(const std::shared_ptr<const RunView> &view);
    [[nodiscard]] bool isNarrowed() const;

    engine::Engine &m_engine;
    RunList m_list;
    Link m_link;
    QPointer<RunFilterBar> m_filterBar; ///< lent to the frame while the page shows
    RunTableModel *m_model = nullptr;
    QTableView *m_table = nullptr;
    StatusGrid *m_grid = nullptr;
    bool m_orderNext = false; ///< the next view's recipes go by recency, as the page was just opened
    QStackedLayout *m_stack = nullptr;
    EmptyState *m_empty = nullptr;
    QAction *m_openAction = nullptr;
    QAction *m_reportAction = nullptr;
    QAction *m_copyAction = nullptr;
    QAction *m_clearAction = nullptr;
    bool m_toTop = false; ///< the user asked for another order or filter: start at its top
    std::stop_source m_copyStop;
};

} // namespace ra::ui
