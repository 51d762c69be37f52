// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openrun.h"
#include "core/ingest/openrunsteps.h"

#include <algorithm>

namespace ra::ingest {

void applyContinuation(OpenRun &open, RecordKind kind, std::string_view line) {
    if (kind == RecordKind::RunFailed) {
        if (open.run.errors.empty() || line.starts_with("Error: "))
            return;
        std::string &reason = open.run.errors.back();
        if (reason.size() + line.size() < OpenRun::maxTraceback)
            reason.append("\n").append(line);
        open.dirty = true;
        return;
    }
    if (kind != RecordKind::AttemptRaised || open.current < 0)
        return;
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.attempts.empty())
        return;
    std::string &traceback = step.attempts.back().traceback;
    if (traceback.size() + line.size() < OpenRun::maxTraceback)
        traceback.append(traceback.empty() ? "" : "\n").append(line);
    touch(open, step.index);
}

void finishTraceback(OpenRun &open, std::string_view thread) {
    if (open.current < 0)
        return;
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.attempts.empty() || step.attempts.back().traceback.empty())
        return;
    Attempt &attempt = step.attempts.back();
    std::string &text = attempt.traceback;
    if (!thread.empty()) {
        const std::string suffix = " [" + std::string(thread) + "]";
        if (text.ends_with(suffix))
            text.resize(text.size() - suffix.size());
    }
    // The error's message is known from the record itself, and the last "Type: message" bears it; searching for it
    // rather than taking the last line is right for messages over several lines and for notes after them.
    // Neither a long message nor one that is repeated without end may take the square of its length.
    constexpr std::size_t longestNeedle = 200;
    constexpr int mostMatches = 16;
    const std::string_view firstLine =
        std::string_view(attempt.errorMessage).substr(0, std::min(attempt.errorMessage.find('\n'), longestNeedle));
    const std::string needle = ": " + std::string(firstLine);
    std::size_t at = firstLine.empty() ? std::string::npos : text.rfind(needle);
    for (int match = 0; at != std::string::npos && match < mostMatches; ++match) {
        const std::size_t begin = text.rfind('\n', at);
        const std::string_view type = std::string_view(text).substr(begin + 1, at - begin - 1);
        const bool name = !type.empty() && type.find(' ') == std::string_view::npos;
        if (name) {
            attempt.errorType = type;
            return;
        }
        at = at == 0 ? std::string::npos : text.rfind(needle, at - 1);
    }
    const std::size_t begin = text.rfind('\n');
    const std::string_view last = std::string_view(text).substr(begin == std::string::npos ? 0 : begin + 1);
    const std::string_view type = last.substr(0, last.find(": "));
    if (!type.empty() && type.find(' ') == std::string_view::npos)
        attempt.errorType = type;
}

} // namespace ra::ingest
