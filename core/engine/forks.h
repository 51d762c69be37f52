// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/writerthread.h"
#include "core/ingest/recipebook.h"

#include <vector>

namespace ra::engine {

/// Tells runs that share a runner name apart anew where the book knows something else of their recipes than when that
/// was decided last: the result is what it would be had the recipes been known from the start. To be committed as it
/// is. Runs without an end whose process is gone are abandoned. Asks the store on the writer thread and waits for it.
[[nodiscard]] Result<std::vector<ingest::Batch>> resolveForksAnew(WriterThread &writer, const ingest::RecipeBook &book);

} // namespace ra::engine
