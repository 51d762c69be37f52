// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/statement.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace ra::store {

/// What the store has of sources that are read whole (documents), against what they say now. Part of a transaction of
/// the caller's; throws SQLite::Exception.
class WholeSources {
public:
    explicit WholeSources(SQLite::Database &db);

    /// Whether the batch of a source that is not known by its first bytes is the document of that source, written anew:
    /// it tells of a run that the source told of, or one of them tells of none at all. A document in its place that
    /// tells only of other runs is another one (the result of the next execution), and what the first said stays true.
    [[nodiscard]] bool isWrittenAnew(const ingest::Batch &batch, std::int64_t sourceId);

    /// The sightings of the source that the batch does not tell of any more, as changes that withdraw them. One whose
    /// place is taken by another run is among them.
    [[nodiscard]] std::vector<ingest::RunChange> withdrawals(const ingest::Batch &batch, std::int64_t sourceId);

    /// Forgets the rejected lines of the source that the batch does not have.
    void forgetRejected(const ingest::Batch &batch, std::int64_t sourceId);

private:
    /// What makes a run the same run when its document is corrected: recipe, path and start.
    using Key = std::tuple<std::string, std::string, std::optional<std::int64_t>>;
    struct Told {
        std::uint64_t firstOffset = 0;
        std::uint32_t part = 0;
        Key key;
        bool standsAlone = false;
    };
    [[nodiscard]] static Key keyOf(const Run &run);
    [[nodiscard]] std::vector<Told> toldBy(std::int64_t sourceId);

    Statement m_runs;
    Statement m_rejected;
    Statement m_forgetRejected;
};

} // namespace ra::store
