// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::store {

/// Spans in few bytes: pairs of varints, the distance from the end of the span before (the first: from 0) and
/// length * 4 + certainty. Spans must ascend without overlap.
[[nodiscard]] std::string encodeSpans(std::span<const ingest::LineSpan> spans);

/// Throws std::runtime_error if the data is damaged.
[[nodiscard]] std::vector<ingest::LineSpan> decodeSpans(std::string_view data);

/// Neighbours of one certainty become one span; order and bytes stay. Zero-length spans vanish. Spans that overlap are
/// cut so that the earlier one keeps its bytes.
[[nodiscard]] std::vector<ingest::LineSpan> normalizeSpans(std::span<const ingest::LineSpan> spans);

/// All bytes of both: where both know a byte, `known` says how surely.
[[nodiscard]] std::vector<ingest::LineSpan> uniteSpans(std::span<const ingest::LineSpan> known,
                                                       std::span<const ingest::LineSpan> added);

} // namespace ra::store
