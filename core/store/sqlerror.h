// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <SQLiteCpp/Exception.h>

#include <string>

namespace ra::store {

/// What a library's exception means to the user: a full disk, a damaged file, a lock that did not come free.
[[nodiscard]] Error fromException(const SQLite::Exception &exception, std::string what, std::string where);

/// Runs `body` (which returns a Result) and turns exceptions of the room into its error.
template <typename Body>
[[nodiscard]] auto guarded(const char *what, const std::string &where, Body &&body) -> decltype(body()) {
    try {
        return body();
    } catch (const SQLite::Exception &exception) {
        return fail(fromException(exception, what, where));
    } catch (const std::exception &exception) {
        return fail({.what = what, .where = where, .why = exception.what(), .hint = {}});
    }
}

} // namespace ra::store
