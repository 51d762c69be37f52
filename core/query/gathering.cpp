// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/gathering.h"

#include "core/query/readerprivate.h"

namespace ra::query {

std::optional<std::size_t> Gathering::take(Row &row, Outcome outcome) {
    shape.clock.fill(row);
    if (shape.filter.test(row, words) != Truth::True)
        return {};
    if (listing) {
        const Result<bool> added = listing->add(row);
        if (!added)
            error = added.error();
        isEnough = isEnough || (added && !*added);
        return {};
    }
    static const std::vector<std::int64_t> none;
    const auto group = groups.groupOf(row, row.hasTime ? shape.clock.stretches(row.timeNs) : none);
    if (!group) {
        error = group.error();
        return {};
    }
    groups.count(*group, 1, outcome == Outcome::Bad ? 1 : 0, outcome == Outcome::Good ? 1 : 0);
    groups.add(*group, row);
    return *group;
}

bool Gathering::goesOn() {
    if (error || isEnough)
        return false;
    if (options.stop.stop_requested()) {
        error = cancelled("answer the question");
        return false;
    }
    // Memory is looked at rarely, as that goes through all groups.
    constexpr unsigned looksBetween = 8;
    return ++m_looks % looksBetween != 0 || check(groups.checkMemory());
}

bool Gathering::check(const Result<void> &result) {
    if (!result && !error)
        error = result.error();
    return result.has_value();
}

} // namespace ra::query
