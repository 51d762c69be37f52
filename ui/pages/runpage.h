// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/pages/runboard.h"
#include "ui/widgets/page.h"

#include <QElapsedTimer>
#include <QTimer>

#include <optional>
#include <stop_token>

class QStackedLayout;

namespace ra::ui {

class EmptyState;

/// One run: what is known of it first, then its log. What is on the screen stays there while newer is asked for; a run
/// that goes on is asked for again as it changes, as long as the page shows.
class RunPage : public Page {
    Q_OBJECT
public:
    explicit RunPage(engine::Engine &engine, QWidget *parent = nullptr);
    ~RunPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QString context() const override;
    [[nodiscard]] QString place() const override;
    [[nodiscard]] QList<QPair<QString, Link>> crumbs() const override;
    [[nodiscard]] QList<QAction *> pageActions() const override;
    [[nodiscard]] QList<KeyHintGroup> keyHints() const override;
    void open(const Link &link) override;
    [[nodiscard]] Link link() const override;

    [[nodiscard]] RunBoard *board() const { return m_board; }
    /// Whether an answer is still awaited.
    [[nodiscard]] bool isLoading() const override { return m_loading; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Loaded {
        std::shared_ptr<const Run> run;
        std::optional<query::RecipeHistory> history;
        query::RunNeighbours neighbours;
    };

    void makeActions();
    void ask();
    /// Selects the step and the line that the link names, of the run that the board shows.
    void select(const Link &link);
    void askLog();
    void take(const Result<Loaded> &loaded);
    void takeLog(const Result<RunBoard::Log> &log);
    /// Asks again for the run that shows, now or when it may: it changed.
    void refresh();
    void showReading();
    void showMissing(const Error &error);
    void goTo(const std::string &runId);
    void updateActions();
    void refreshIfChanged();
    [[nodiscard]] bool isShown(const std::string &runId) const;

    engine::Engine &m_engine;
    Link m_link;
    QString m_asked;              ///< the run that an answer is awaited of, or was asked for last
    std::optional<Link> m_wanted; ///< what to select once the run is there
    query::RunNeighbours m_neighbours;
    bool m_loading = false;
    bool m_again = false;     ///< it changed while an answer was awaited, or just after
    bool m_stale = false;     ///< it changed while the page did not show
    qint64 m_wantedLine = -1; ///< to be selected once the log is there
    QElapsedTimer m_cost;     ///< since the run was asked for
    bool m_missing = false;
    std::uint64_t m_liveVersion = 0;
    std::stop_source m_stop;
    QTimer m_tick;
    QTimer m_pause; ///< after an answer, in which the run is not asked for again
    QTimer m_slow;  ///< how long the run before may stand while another is asked for
    QStackedLayout *m_stack = nullptr;
    RunBoard *m_board = nullptr;
    EmptyState *m_empty = nullptr;
    QAction *m_copyLink = nullptr;
    QAction *m_report = nullptr;
    QAction *m_toggle = nullptr;
    QAction *m_previous = nullptr;
    QAction *m_next = nullptr;
    QAction *m_find = nullptr;
};

} // namespace ra::ui
