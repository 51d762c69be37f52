// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sourcefinder.h"

#include "core/ingest/bytesource.h"

#include <vector>

namespace ra::engine {

Result<std::optional<store::SourceState>> findSource(WriterThread &writer, const ingest::SourceIdentity &identity,
                                                     const std::string &path) {
    using Found = Result<std::optional<store::SourceState>>;
    return writer.call<Found>([&](store::Store &store) -> Found {
        return store.findSource(identity, path, [&](std::uint32_t length) -> std::optional<std::uint64_t> {
            auto source = ingest::ByteSource::open(path);
            std::vector<char> head(length);
            if (!source)
                return std::nullopt;
            const auto got = source->read(0, head);
            if (!got || *got < length)
                return std::nullopt;
            return ingest::headHash(head);
        });
    });
}

} // namespace ra::engine
