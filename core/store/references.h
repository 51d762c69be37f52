// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

namespace ra::store {

/// That rows of one table name rows of another. The schema does not declare it: nothing is checked at every insert.
struct Reference {
    const char *table;
    const char *key;    ///< SQL for what tells a row of `table`
    const char *value;  ///< SQL for the id that it names; NULL: none
    const char *what;   ///< what that is, for people
    const char *target; ///< the table whose id it is
};

/// All of them. A table that is referred to comes before what refers to it through others.
[[nodiscard]] std::span<const Reference> references();

/// A SELECT of the key and the id of every row whose id is missing in the target, each id once.
[[nodiscard]] std::string missingSql(const Reference &reference);

} // namespace ra::store
