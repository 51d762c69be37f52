// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/answer.h"
#include "core/query/groups.h"
#include "core/query/listing.h"
#include "core/query/shape.h"
#include "core/query/storerows.h"
#include "core/query/words.h"

#include <optional>

namespace ra::query {

/// What the readers of a question share while they fill its groups.
struct Gathering {
    Gathering(Shape &s, const AskOptions &o)
        : shape(s)
        , options(o)
        , groups(s, words, o.limits) {}

    Shape &shape;
    const AskOptions &options;
    Words words;
    Groups groups;
    Explanation explanation;
    std::optional<Listing> listing; ///< takes rows instead of groups
    bool isEnough = false;          ///< nothing more is wanted
    std::optional<Error> error;     ///< the first; what follows is not to be done

    /// A row whose values are all known: asks the filter and puts it where it belongs. The group, if it counts.
    std::optional<std::size_t> take(Row &row, Outcome outcome);
    /// Whether to go on; looks at memory and at the stop token.
    [[nodiscard]] bool goesOn();
    /// Takes an error; false if there is one.
    bool check(const Result<void> &result);

    /// Rows, rollups or samples after which goesOn() is asked.
    static constexpr std::uint64_t between = 4096;

private:
    unsigned m_looks = 0;
};

} // namespace ra::query
