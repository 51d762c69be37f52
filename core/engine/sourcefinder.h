// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/writerthread.h"

#include <optional>
#include <string>

namespace ra::engine {

/// What the store knows of the file with this identity; see store::Store::findSource.
[[nodiscard]] Result<std::optional<store::SourceState>>
findSource(WriterThread &writer, const ingest::SourceIdentity &identity, const std::string &path);

} // namespace ra::engine
