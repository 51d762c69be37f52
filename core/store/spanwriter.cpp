// SPDX-License-Identifier: GPL-3.0-or-later
// The spans of a run lie in chunks, so that following a run of a million lines does not rewrite all its places each
// time.
#include "core/store/runwriter.h"

#include <algorithm>

namespace ra::store {

using ingest::LineSpan;

namespace {
constexpr std::size_t spansPerChunk = 1024;
}

std::vector<LineSpan> readSpans(Statement &allSpans, std::int64_t run) {
    std::vector<LineSpan> spans;
    allSpans.bind(stepId(run, 0), stepId(run, stepsPerRun - 1));
    while (allSpans.step()) {
        const std::vector<LineSpan> chunk = decodeSpans(allSpans.text(2));
        spans.insert(spans.end(), chunk.begin(), chunk.end());
    }
    return spans;
}

bool RunWriter::putSpans(const RunRow &row, const ingest::RunChange &change, bool isNew) {
    if (change.spans.empty() && !(change.replaceSpans && !isNew))
        return false;
    const std::vector<LineSpan> added = normalizeSpans(change.spans);
    if (isNew) {
        writeSpanChunks(row.id, 0, added);
        return true;
    }

    std::int64_t lastChunk = -1;
    std::uint64_t end = 0;
    std::vector<LineSpan> tail;
    {
        m_lastSpans.bind(stepId(row.id, 0), stepId(row.id, stepsPerRun - 1));
        const ResetAtEnd reset(m_lastSpans);
        if (m_lastSpans.step()) {
            lastChunk = m_lastSpans.integer(0) - stepId(row.id, 0);
            end = static_cast<std::uint64_t>(m_lastSpans.integer(1));
            tail = decodeSpans(m_lastSpans.text(2));
        }
    }
    if (!change.replaceSpans && !added.empty() && added.front().offset >= end) {
        tail.insert(tail.end(), added.begin(), added.end());
        writeSpanChunks(row.id, std::max<std::int64_t>(lastChunk, 0), normalizeSpans(tail));
        return true;
    }

    const std::vector<LineSpan> stored = readSpans(m_allSpans, row.id);
    const std::vector<LineSpan> wanted = change.replaceSpans ? added : uniteSpans(stored, added);
    if (wanted == stored)
        return false;
    m_db.exec("DELETE FROM run_spans WHERE id BETWEEN " + std::to_string(stepId(row.id, 0)) + " AND " +
              std::to_string(stepId(row.id, stepsPerRun - 1)));
    writeSpanChunks(row.id, 0, wanted);
    return true;
}

void RunWriter::writeSpanChunks(std::int64_t run, std::int64_t firstChunk, std::span<const LineSpan> spans) {
    for (std::int64_t chunk = firstChunk; !spans.empty(); ++chunk) {
        const auto part = spans.first(std::min(spans.size(), spansPerChunk));
        spans = spans.subspan(part.size());
        const std::string data = encodeSpans(part);
        m_insertSpans.bind(stepId(run, chunk), part.back().offset + part.back().length, Blob{data});
        m_insertSpans.run();
    }
}

} // namespace ra::store
