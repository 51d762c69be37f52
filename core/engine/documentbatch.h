// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/ingest/document.h"

#include <string>
#include <vector>

namespace ra::engine {

/// What a document says as changes of runs: one a run, keyed by its position in the document. Ids follow from recipe
/// path, start and position, so that reading again changes nothing.
[[nodiscard]] std::vector<ingest::RunChange> changesOf(const ingest::Document &document);

} // namespace ra::engine
