// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"

#include <QWidget>

#include <memory>
#include <optional>

class QSplitter;
class QStackedWidget;

namespace ra::ui {

class Card;
class ErrorsView;
class Kpi;
class LogPanel;
class PlainLabel;
class StepsModel;
class StepsTable;
class TimelineView;

/// A run's page without the asking: key figures, timeline and its twin, steps, errors and log, with one selection for
/// all of them. Knows nothing of where the run comes from.
class RunBoard : public QWidget {
    Q_OBJECT
public:
    struct Details {
        std::shared_ptr<const Run> run;
        std::optional<query::RecipeHistory> history; ///< of the recipe's other runs
    };
    struct Log {
        std::shared_ptr<const std::vector<query::LogLine>> lines;
        std::vector<int> steps; ///< of each line
    };

    explicit RunBoard(QWidget *parent = nullptr);

    /// Shows a run; the same run again is its progress, and keeps selection, zoom and place.
    void setDetails(const Details &details, Time now);
    void setLog(const Log &log);
    /// What to say in place of the log while it is not there; empty for none.
    void setLogNote(const QString &note);
    /// The present of a run that goes on.
    void setNow(Time now);

    [[nodiscard]] bool hasLog() const { return m_hasLog; }

    [[nodiscard]] const Run &run() const { return *m_details.run; }
    [[nodiscard]] std::shared_ptr<const Run> shared() const { return m_details.run; }
    [[nodiscard]] int currentStep() const { return m_step; }
    void selectStep(int step);
    /// Selects the line that stands at this offset of that source; of the first that has one there for source -1.
    void selectLineAt(std::uint64_t offset, std::int64_t source = -1);
    /// The current line; null for none.
    [[nodiscard]] const query::LogLine *currentLine() const;

    [[nodiscard]] bool showsTable() const;
    void toggleTable();
    void openFind();

    [[nodiscard]] TimelineView *timeline() const { return m_timeline; }
    [[nodiscard]] StepsTable *stepsTable() const { return m_steps; }
    [[nodiscard]] LogPanel *logPanel() const { return m_log; }

Q_SIGNALS:
    void stepChanged(int step);
    void lineChanged();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeFigures();
    /// Gives the steps the height that they need and the log the rest, unless the reader has divided it.
    void shareHeight();
    void showFigures(Time now);
    void showErrors();
    /// The history where it is enough to compare with.
    [[nodiscard]] std::optional<query::RecipeHistory> basis() const;
    void choose(int step, QObject *origin);
    /// Brings the selection of timeline and tables to the current step.
    void showStep();
    void updateLogNote();
    void sayWhyThereAreNoLines();

    Details m_details;
    QSplitter *m_halves = nullptr; ///< steps above, log and errors below
    bool m_divided = false;        ///< by the reader
    int m_step = -1;
    bool m_hasLog = false;
    QString m_logNote;
    PlainLabel *m_remarks = nullptr;
    Kpi *m_status = nullptr;
    Kpi *m_duration = nullptr;
    Kpi *m_longest = nullptr;
    Kpi *m_retries = nullptr;
    Kpi *m_failures = nullptr;
    Card *m_timelineCard = nullptr;
    QStackedWidget *m_twins = nullptr;
    TimelineView *m_timeline = nullptr;
    StepsModel *m_model = nullptr;
    StepsTable *m_table = nullptr; ///< the twin, in the timeline's place
    Card *m_stepsCard = nullptr;
    StepsTable *m_steps = nullptr; ///< the short one beside the timeline
    Card *m_errorsCard = nullptr;
    ErrorsView *m_errors = nullptr;
    LogPanel *m_log = nullptr;
};

} // namespace ra::ui
