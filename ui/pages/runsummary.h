// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"
#include "ui/widgets/elidedlabel.h"

#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace ra::ui {

/// A headline figure in its parts: "1 m 35.9", "s", "▲ 11 % above the median of 12 runs".
struct Figure {
    QString figure;
    QString unit;
    QString comparison;
    PlainLabel::Tone tone = PlainLabel::Tone::Secondary;
};

/// What the head of a run's page says.
struct RunSummary {
    QString steps;   ///< "8 of 10 steps · 1 failed · 1 skipped"
    Figure duration; ///< against the recipe's median
    Figure longest;  ///< the longest step
    Figure retries;  ///< time in failed attempts and the pauses after them
    Figure failures;
    QString remarks; ///< what is suspect about the run; empty if nothing is
};

/// Fewer completed runs beside the run itself say nothing about what is usual.
inline constexpr int leastCompared = 5;

/// `history`: of the recipe's other runs.
[[nodiscard]] RunSummary summarise(const Run &run, const std::optional<query::RecipeHistory> &history, Time now);

/// How long a run took, or has taken by now; nothing where no source tells.
[[nodiscard]] std::optional<Duration> durationOf(const Run &run, Time now);

/// Time lost to attempts that did not count, and to the pauses after them.
struct RetryLoss {
    Duration lost{};
    int attempts = 0;     ///< failed ones that were followed by another
    int steps = 0;        ///< with such attempts
    bool complete = true; ///< whether the times of all of them are known
};
[[nodiscard]] RetryLoss retryLossOf(const Run &run);

/// One failure, raw.
struct RunError {
    int step = -1;    ///< index into Run::steps; -1: the run as a whole
    std::string name; ///< of the step
    int attempt = 0;  ///< 0: not known
    int attempts = 0;
    std::string type;
    std::string message;
    std::string traceback;
};

/// All failures in the order in which they happened: those of the run as a whole last.
[[nodiscard]] std::vector<RunError> errorsOf(const Run &run);

} // namespace ra::ui
