// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/zone.h"
#include "core/ingest/batch.h"
#include "core/ingest/document.h"

#include <string>
#include <vector>

namespace ra::engine {

/// What a document says as changes of runs: one a run, keyed by its position in the document. Ids follow from recipe
/// path, start and position, so that reading again changes nothing.
[[nodiscard]] std::vector<ingest::RunChange> changesOf(const ingest::Document &document);

/// Reads a document file whole into a batch. A document that cannot be understood gives a batch with a rejected line; a
/// file that cannot be read is an error.
[[nodiscard]] Result<ingest::Batch> documentBatch(const std::string &path, const ingest::DocumentFormat &format,
                                                  const Zone &zone);

} // namespace ra::engine
