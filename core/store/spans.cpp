// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/spans.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace ra::store {

using ingest::LineSpan;

namespace {

void putVarint(std::string &out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

std::uint64_t takeVarint(std::string_view &data) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (data.empty())
            break;
        const auto byte = static_cast<unsigned char>(data.front());
        data.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    throw std::runtime_error("the places of a run's lines are damaged in the store");
}

std::uint64_t endOf(const LineSpan &span) {
    return span.offset + span.length;
}

/// Appends a span that begins at or after the end of the last, joined to it where they are one stretch.
void append(std::vector<LineSpan> &spans, const LineSpan &span) {
    if (span.length == 0)
        return;
    if (!spans.empty()) {
        LineSpan &last = spans.back();
        const bool fits = span.length <= std::numeric_limits<std::uint32_t>::max() - last.length;
        if (endOf(last) == span.offset && last.certainty == span.certainty && fits) {
            last.length += span.length;
            return;
        }
    }
    spans.push_back(span);
}

/// The part of a span from an offset on; of length 0 if nothing is left.
LineSpan from(const LineSpan &span, std::uint64_t offset) {
    if (offset <= span.offset)
        return span;
    const std::uint64_t cut = std::min<std::uint64_t>(offset - span.offset, span.length);
    return {span.offset + cut, static_cast<std::uint32_t>(span.length - cut), span.certainty};
}

} // namespace

std::string encodeSpans(std::span<const LineSpan> spans) {
    std::string out;
    out.reserve(spans.size() * 4);
    std::uint64_t end = 0;
    for (const LineSpan &span : spans) {
        putVarint(out, span.offset - end);
        putVarint(out, static_cast<std::uint64_t>(span.length) << 2 | static_cast<std::uint64_t>(span.certainty));
        end = endOf(span);
    }
    return out;
}

std::vector<LineSpan> decodeSpans(std::string_view data) {
    std::vector<LineSpan> spans;
    std::uint64_t end = 0;
    while (!data.empty()) {
        LineSpan span;
        span.offset = end + takeVarint(data);
        const std::uint64_t rest = takeVarint(data);
        span.length = static_cast<std::uint32_t>(rest >> 2);
        span.certainty = static_cast<ingest::Certainty>(std::min<std::uint64_t>(rest & 3, 2));
        end = endOf(span);
        spans.push_back(span);
    }
    return spans;
}

std::vector<LineSpan> normalizeSpans(std::span<const LineSpan> spans) {
    const auto earlier = [](const LineSpan &a, const LineSpan &b) { return a.offset < b.offset; };
    std::vector<LineSpan> sorted;
    if (!std::is_sorted(spans.begin(), spans.end(), earlier)) {
        sorted.assign(spans.begin(), spans.end());
        std::stable_sort(sorted.begin(), sorted.end(), earlier);
        spans = sorted;
    }
    std::vector<LineSpan> result;
    result.reserve(spans.size());
    for (const LineSpan &span : spans)
        append(result, result.empty() ? span : from(span, endOf(result.back())));
    return result;
}

std::vector<LineSpan> uniteSpans(std::span<const LineSpan> known, std::span<const LineSpan> added) {
    std::vector<LineSpan> result;
    std::size_t k = 0;
    std::uint64_t done = 0; // every byte before it is in the result or in neither
    for (LineSpan rest : added) {
        while (rest.length > 0) {
            rest = from(rest, done);
            if (rest.length == 0)
                break;
            if (k < known.size() && known[k].offset <= rest.offset) {
                append(result, known[k]);
                done = std::max(done, endOf(known[k++]));
                continue;
            }
            LineSpan piece = rest;
            if (k < known.size() && known[k].offset < endOf(rest))
                piece.length = static_cast<std::uint32_t>(known[k].offset - rest.offset);
            append(result, piece);
            done = endOf(piece);
        }
    }
    for (; k < known.size(); ++k)
        append(result, known[k]);
    return result;
}

} // namespace ra::store
