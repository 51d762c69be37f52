// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/model/run.h"

#include <QString>

#include <optional>
#include <variant>
#include <vector>

namespace ra::report {

// A report as content: words, figures and data for pictures, without a colour, a font or a pixel. Every text in it is
// plain text for people: what came from logs has its control and bidirectional characters made visible already, and is
// never markup. `key` members are codes for programs: not translated, stable.

using State = std::variant<RunStatus, StepStatus>;

/// Whether a change or a figure is to be welcomed. Never the only carrier of the information.
enum class Tone { Neutral, Good, Bad };

/// One headline figure: "Success rate  97.4 % [95.3, 98.6]  -1.8 points".
struct Figure {
    QString key{};                  ///< "success_rate"; the unit of `number` is its ending where it has one: "median_s"
    QString label{};                ///< "Success rate"
    QString value{};                ///< "97.4"; an en dash where there is none
    QString unit{};                 ///< "%"; empty where the value bears its units itself
    QString interval{};             ///< "[95.3, 98.6]", 95 %, in the same unit; empty without
    QString change{};               ///< with sign and unit: "-1.8 points"; empty without
    int direction = 0;              ///< of the change: -1, 0, 1
    Tone tone = Tone::Neutral;      ///< of the change
    QString note{};                 ///< what it is compared with, or why there is none
    std::optional<double> number{}; ///< the value
    std::optional<State> state{};   ///< of a figure that is a state

    bool operator==(const Figure &) const = default;
};

struct Figures {
    std::vector<Figure> items{};

    bool operator==(const Figures &) const = default;
};

struct Paragraph {
    QString title{};
    std::vector<QString> sentences{};

    bool operator==(const Paragraph &) const = default;
};

enum class ColumnType {
    Text,
    Count,
    Duration, ///< number: nanoseconds
    Percent,  ///< number: per cent
    Share,    ///< number: part of the whole in [0, 1], fit for a bar
    Moment,   ///< number: nanoseconds since the epoch
    Status,
};
enum class Align { Left, Right };

struct Column {
    QString key{};
    QString title{};
    ColumnType type = ColumnType::Text;
    Align align = Align::Left;
    double weight = 0; ///< above 0: takes that share of the room that the other columns leave

    bool operator==(const Column &) const = default;
};

struct Cell {
    QString text{}; ///< as shown
    std::variant<std::monostate, qint64, double> number{};
    std::optional<State> state{};
    Tone tone = Tone::Neutral;

    bool operator==(const Cell &) const = default;
};

struct Table {
    QString key{};
    QString title{};
    QString note{};
    std::vector<Column> columns{};
    std::vector<std::vector<Cell>> rows{}; ///< each as long as columns
    QString leftOut{};                     ///< says which and how many rows are not here; empty when all are

    bool operator==(const Table &) const = default;
};

struct TimelineBar {
    qint64 startNs = 0; ///< since the run's beginning
    qint64 endNs = 0;
    StepStatus state = StepStatus::Completed;
    bool repeated = false; ///< an attempt that did not count: another one followed it

    bool operator==(const TimelineBar &) const = default;
};

struct TimelineRow {
    QString label{};
    StepStatus state = StepStatus::Completed;
    QString note{}; ///< "12.4 s", "3 attempts"
    std::vector<TimelineBar> bars{};
    int rank = 0; ///< 0 is the row to keep when only one fits: failed ones, then repeated ones, then the longest

    bool operator==(const TimelineRow &) const = default;
};

/// The picture of a run: bars over time, a row a step, in the order of the run.
struct Timeline {
    QString title{};
    QString note{};
    qint64 extentNs = 0; ///< the axis is [0, extentNs]
    std::vector<TimelineRow> rows{};
    qint64 totalRows = 0; ///< how many steps there are; rows may hold fewer

    bool operator==(const Timeline &) const = default;
};

/// How the runs of one day, week or month ended.
struct Outcome {
    QString label{};    ///< "Mon 23"
    qint64 startNs = 0; ///< the moment at which it begins
    qint64 completed = 0;
    qint64 partial = 0;
    qint64 failed = 0; ///< failed, timed out, rejected
    qint64 other = 0;  ///< running, cancelled, interrupted, killed, abandoned

    [[nodiscard]] qint64 total() const { return completed + partial + failed + other; }
    bool operator==(const Outcome &) const = default;
};

struct Outcomes {
    QString title{};
    QString note{};
    std::vector<Outcome> items{}; ///< without a gap: a day without runs is there with zeros

    bool operator==(const Outcomes &) const = default;
};

struct Failure {
    State state = StepStatus::Failed;
    QString place{};                  ///< "nightly_orders, step never_up"
    QString type{};                   ///< "ConnectionError"; empty if none was raised
    QString message{};                ///< one line
    QString detail{};                 ///< "after 3 attempts, 23 Nov 2026 17:58:31"
    std::vector<QString> traceback{}; ///< its last lines
    QString leftOut{};                ///< what of the traceback is not here: "12 earlier lines left out"
    qint64 count = 1;                 ///< runs in which it happened

    bool operator==(const Failure &) const = default;
};

struct Failures {
    QString title{};
    QString note{};
    std::vector<Failure> items{};
    qint64 total = 0; ///< how many there are; items may hold fewer

    bool operator==(const Failures &) const = default;
};

/// Remarks about where the figures come from and how far they can be trusted.
struct Notes {
    QString title{};
    std::vector<std::pair<QString, QString>> items{}; ///< label and text

    bool operator==(const Notes &) const = default;
};

using Block = std::variant<Figures, Paragraph, Table, Timeline, Outcomes, Failures, Notes>;

/// A report. `summary` is what a reader in a hurry needs and fits on one page; `details` back it up.
struct ReportDocument {
    QString kind{};                     ///< "run" or "period"
    QString title{};                    ///< "nightly_orders"
    QString subtitle{};                 ///< "Run of 23 Nov 2026 17:57:44"
    std::optional<RunStatus> status{};  ///< of the run that it is about
    std::vector<QString> conclusions{}; ///< one or two plain sentences, the most important first
    Time generatedAt{};
    QString generated{}; ///< generatedAt for people, with the zone
    QString fileStem{};  ///< of a suggested file name: "nightly_orders-2026-11-23"
    std::vector<Block> summary{};
    std::vector<Block> details{};

    bool operator==(const ReportDocument &) const = default;
};

/// "14 of 60 steps: failed ones, repeated ones and the longest"; empty when all are shown.
[[nodiscard]] QString shownOf(const Timeline &timeline, qint64 shown);
/// "3 of 14 shown"; empty when all are.
[[nodiscard]] QString shownOf(const Failures &failures, qint64 shown);
/// "Completed", "Not reached", ... translated.
[[nodiscard]] QString stateName(const State &state);

} // namespace ra::report
