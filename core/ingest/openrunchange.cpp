// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openrun.h"

#include <algorithm>

namespace ra::ingest {

namespace {

/// What a change says but for the run itself.
RunChange beginChange(OpenRun &open) {
    RunChange change;
    change.firstOffset = open.firstOffset;
    change.headless = open.headless;
    change.firstStep = std::min(open.firstDirtyStep, static_cast<std::uint32_t>(open.run.steps.size()));
    change.spans = std::move(open.spans);
    change.replaceSpans = open.replaceSpans;
    return change;
}

} // namespace

void addSpan(OpenRun &open, std::uint64_t offset, std::uint64_t length, Certainty certainty) {
    open.dirty = open.dirty || length > 0;
    addSpan(open.spans, offset, length, certainty);
}

void addSpan(std::vector<LineSpan> &spans, std::uint64_t offset, std::uint64_t length, Certainty certainty) {
    constexpr std::uint64_t longest = 0xFFFF'FFFF;
    if (!spans.empty()) {
        LineSpan &last = spans.back();
        if (last.certainty == certainty && last.offset + last.length == offset && last.length + length <= longest) {
            last.length += static_cast<std::uint32_t>(length);
            return;
        }
    }
    if (spans.capacity() == 0)
        spans.reserve(16);
    while (length > 0) {
        const auto part = static_cast<std::uint32_t>(std::min(length, longest));
        spans.push_back({offset, part, certainty});
        offset += part;
        length -= part;
    }
}

RunChange takeChange(OpenRun &open) {
    RunChange change = beginChange(open);
    std::vector<Step> steps;
    steps.swap(open.run.steps);
    change.run = open.run;
    change.run.steps.assign(steps.begin() + change.firstStep, steps.end());
    open.run.steps = std::move(steps);
    open.spans.clear();
    open.replaceSpans = false;
    open.firstDirtyStep = static_cast<std::uint32_t>(open.run.steps.size());
    open.dirty = false;
    return change;
}

RunChange takeLastChange(OpenRun &ended) {
    RunChange change = beginChange(ended);
    change.run = std::move(ended.run);
    change.run.steps.erase(change.run.steps.begin(), change.run.steps.begin() + change.firstStep);
    return change;
}

void rest(OpenRun &open) {
    open.kept.facts.shrinkToFit();
    open.kept.others.shrink_to_fit();
    open.spans.shrink_to_fit();
    open.run.steps.shrink_to_fit();
    open.resting = true;
}

} // namespace ra::ingest
