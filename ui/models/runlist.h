// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/models/runview.h"
#include "ui/models/timerange.h"

#include <QElapsedTimer>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <stop_token>

namespace ra::ui {

/// Keeps a view of the store's runs up to date: reads the columns on the query pool, filters and sorts on a thread of
/// its own, and hands over finished views. The newest runs come at once, all of them when they are read. A newer
/// request stops the one before it; what is shown stays until its successor is there. Window thread only.
class RunList : public QObject {
    Q_OBJECT
public:
    explicit RunList(engine::Engine &engine, QObject *parent = nullptr);
    ~RunList() override;

    /// What the user asks for; times of the filter are set from `range` at each computation.
    struct Question {
        query::RunFilter filter;
        TimeRange range;
        RunColumn sortBy = RunColumn::Started;
        bool descending = true;
    };
    void ask(const Question &question);
    [[nodiscard]] const Question &question() const { return m_question; }

    /// Whether somebody looks, as at first: else changes of the store are only noted, and read when somebody does.
    void setShown(bool shown);
    /// Runs were committed that were not asked for yet.
    [[nodiscard]] bool isStale() const { return m_stale; }

    [[nodiscard]] const std::shared_ptr<const RunView> &view() const { return m_view; }
    /// Nothing was read yet.
    [[nodiscard]] bool isLoading() const { return m_columns == nullptr; }
    /// The store is still being searched for the filter's text: more rows may follow.
    [[nodiscard]] bool isSearching() const { return m_searching; }

Q_SIGNALS:
    void viewChanged(std::shared_ptr<const ra::ui::RunView> view, ra::ui::RunViewChange change);
    void searchingChanged();
    void failed(const ra::Error &error);

private:
    void load();
    void loadAll();
    void take(std::shared_ptr<const query::RunColumns> columns, bool partial);
    void searchText();
    void compute();
    void onCommitted();

    engine::Engine &m_engine;
    QThreadPool m_pool; ///< one thread: filters and sorts
    Question m_question;
    std::shared_ptr<const std::vector<std::int64_t>> m_textRows;
    std::shared_ptr<const query::RunColumns> m_columns;
    std::shared_ptr<const RunFacts> m_facts; ///< of m_columns; absent until computed
    std::shared_ptr<const RunView> m_view = std::make_shared<RunView>();
    bool m_partial = false;

    std::stop_source m_loadStop, m_searchStop, m_computeStop;
    std::uint64_t m_searchGeneration = 0, m_computeGeneration = 0;
    bool m_loading = false; ///< all columns are on their way
    bool m_stale = false;   ///< runs were committed since
    bool m_shown = true;
    bool m_searching = false;
    QTimer m_refresh;
    QElapsedTimer m_loadTime;
    bool m_measuring = false;
    std::chrono::milliseconds m_lastCost{0}; ///< from the question to the view, of the last time
};

} // namespace ra::ui
