// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/engine/writerthread.h"
#include "core/ingest/document.h"

#include <optional>
#include <string>

namespace ra::engine {

/// What the store knows of the file with this identity; see store::Store::findSource.
[[nodiscard]] Result<std::optional<store::SourceState>>
findSource(WriterThread &writer, const ingest::SourceIdentity &identity, const std::string &path);

/// Reads a document file whole into a batch. A document that cannot be understood gives a batch with a rejected line; a
/// file that cannot be read is an error.
[[nodiscard]] Result<ingest::Batch> documentBatch(const std::string &path, const ingest::DocumentFormat &format,
                                                  const Zone &zone);

} // namespace ra::engine
