// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"
#include "core/report/facts.h"
#include "core/report/text.h"

#include <cstdint>

namespace ra::report {

/// The small parts of which the builders make documents.

[[nodiscard]] Cell textCell(const QString &text);
[[nodiscard]] Cell countCell(qint64 n, const Style &style);
[[nodiscard]] Cell durationCell(std::optional<Duration> d, const Style &style);
[[nodiscard]] Cell momentCell(std::optional<Time> t, Time reference, const Style &style);
[[nodiscard]] Cell stateCell(const State &state);
/// Part of a whole; a dash where the whole is nothing.
[[nodiscard]] Cell shareCell(Duration part, Duration whole, const Style &style);
/// How much longer than usual; a dash without a usual. Bad from a quarter more on, good from a quarter less on: single
/// steps vary by that much on a busy machine.
[[nodiscard]] Cell changeCell(std::optional<Duration> now, std::optional<Duration> usual, const Style &style);

[[nodiscard]] QString dashText();
/// "4 of 10 runs needed"
[[nodiscard]] QString neededText(qint64 have, qint64 needed, const Style &style);
/// The texts that are not empty, with a middle dot between them.
[[nodiscard]] QString dotted(const std::vector<QString> &texts);

/// The step's name, or its class where the logs do not tell the name of a step that never ended.
[[nodiscard]] QString stepName(const Step &step, qsizetype maxChars);
/// "ConnectionError: warehouse did not answer", "exit code 3", or words for a failure that left no text.
[[nodiscard]] QString reasonText(const FailureFact &fact, qsizetype maxChars);
/// The fact as an item of a failure list, with the last `traceLines` lines of its traceback.
[[nodiscard]] Failure failureItem(const FailureFact &fact, qsizetype traceLines, const Style &style);

/// "±1 s", "±1 µs"
[[nodiscard]] QString resolutionText(Duration resolution, const Style &style);

} // namespace ra::report
