// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/runrow.h"

#include <algorithm>
#include <charconv>

namespace ra::store {

namespace {
constexpr char remarkSeparator = '\x1f';
} // namespace

RunRow readRunRow(const Statement &s) {
    RunRow row;
    int c = 0;
    row.id = s.integer(c++);
    row.shown = s.integer(c++) != 0;
    row.runId = s.integer(c++);
    row.altId = s.maybeInteger(c++);
    row.recipeId = s.integer(c++);
    row.status = s.integer(c++);
    row.start = s.maybeInteger(c++);
    row.end = s.maybeInteger(c++);
    row.duration = s.maybeInteger(c++);
    row.totalSteps = s.maybeInteger(c++);
    row.completedSteps = s.integer(c++);
    row.failedSteps = s.integer(c++);
    row.skippedSteps = s.integer(c++);
    row.firstError = s.maybeInteger(c++);
    row.sourceId = s.maybeInteger(c++);
    row.firstOffset = static_cast<std::uint64_t>(s.integer(c++));
    row.part = static_cast<std::uint32_t>(s.integer(c++));
    row.mergedInto = s.maybeInteger(c++);
    row.flags = s.integer(c++);
    row.runner = static_cast<std::uint64_t>(s.integer(c++));
    row.pid = s.integer(c++);
    row.resolution = s.integer(c++);
    row.stepCount = s.integer(c++);
    row.executionId = s.maybeInteger(c++);
    row.thread = s.maybeInteger(c++);
    row.notes = s.maybeInteger(c++);
    row.provenance = s.maybeInteger(c++);
    return row;
}

namespace {

/// Hands all columns over in the order of runColumnList.
template <typename Take>
void giveColumns(const RunRow &row, Take &&take) {
    take(row.id, row.shown, row.runId, row.altId, row.recipeId, row.status, row.start, row.end, row.duration,
         row.totalSteps, row.completedSteps, row.failedSteps, row.skippedSteps, row.firstError, row.sourceId,
         row.firstOffset, row.part, row.mergedInto, row.flags, row.runner, row.pid, row.resolution, row.stepCount,
         row.executionId, row.thread, row.notes, row.provenance);
}

} // namespace

void bindRunRow(Statement &statement, const RunRow &row) {
    giveColumns(row, [&](const auto &...columns) { statement.bind(columns...); });
}

void addRunRow(BulkInsert &rows, const RunRow &row) {
    giveColumns(row, [&](const auto &...columns) { rows.add(columns...); });
}

bool fitsStepRow(const Step &step) {
    if (step.attempts.empty())
        return true;
    if (step.attempts.size() > 1)
        return false;
    const Attempt &attempt = step.attempts.front();
    return attempt.number == 1 && attempt.errorType.empty() && attempt.errorMessage.empty() &&
           attempt.traceback.empty() && (!attempt.start || attempt.start == step.start) &&
           (!attempt.exitCode || attempt.exitCode == step.exitCode);
}

void packAttempt(const Step &step, StepRow &row) {
    if (step.attempts.empty())
        return;
    const Attempt &attempt = step.attempts.front();
    row.attemptBits = OneAttempt;
    if (attempt.success)
        row.attemptBits |= *attempt.success ? AttemptSucceeded : AttemptFailed;
    if (attempt.start)
        row.attemptBits |= StartsWithStep;
    if (attempt.exitCode)
        row.attemptBits |= ExitOfStep;
    if (attempt.duration)
        row.attemptNs = attempt.duration->count();
}

void unpackAttempt(const StepRow &row, Step &step) {
    if ((row.attemptBits & OneAttempt) == 0)
        return;
    Attempt attempt;
    if (row.attemptBits & (AttemptSucceeded | AttemptFailed))
        attempt.success = (row.attemptBits & AttemptSucceeded) != 0;
    if (row.attemptBits & StartsWithStep)
        attempt.start = step.start;
    if (row.attemptBits & ExitOfStep)
        attempt.exitCode = step.exitCode;
    if (row.attemptNs)
        attempt.duration = Duration(*row.attemptNs);
    step.attempts.push_back(std::move(attempt));
}

std::string runIdText(std::int64_t number) {
    std::string text(16, '0');
    auto rest = static_cast<std::uint64_t>(number);
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, rest >>= 4)
        *digit = "0123456789abcdef"[rest & 15];
    return text;
}

std::optional<std::int64_t> runIdNumber(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (text.empty() || text.size() > 16 || failure != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::string joinRemarks(const std::vector<std::string> &remarks) {
    std::string text;
    for (const std::string &remark : remarks) {
        if (!text.empty())
            text += remarkSeparator;
        const auto begin = text.size();
        text += remark;
        std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), remarkSeparator, ' ');
    }
    return text;
}

std::vector<std::string> splitRemarks(std::string_view text) {
    std::vector<std::string> remarks;
    while (!text.empty()) {
        const auto end = std::min(text.find(remarkSeparator), text.size());
        remarks.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return remarks;
}

} // namespace ra::store
