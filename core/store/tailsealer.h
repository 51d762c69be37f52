// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/rollupwriter.h"
#include "core/store/samplesealer.h"
#include "core/store/statement.h"

#include <cstdint>

namespace ra::store {

/// Moves rows of the table tail_samples into segments and sums them up. Part of a transaction of the caller's; throws
/// like SegmentTable.
class TailSealer {
public:
    TailSealer(const SQLite::Database &db, SampleSealer &sealer, RollupWriter &rollups);

    struct Sealed {
        std::size_t rows = 0;
        bool isAll = true; ///< of those before the moment
    };
    /// The oldest rows of an origin of a series, before a moment in nanoseconds since 1970, some milliseconds' worth of
    /// them; none where there are fewer than `fewest`.
    Sealed seal(std::int64_t series, std::int64_t origin, std::int64_t before, std::size_t fewest);

private:
    SampleSealer &m_sealer;
    RollupWriter &m_rollups;
    Statement m_oldest;
    Statement m_drop;
};

} // namespace ra::store
