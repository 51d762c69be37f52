// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqlerror.h"

#include <sqlite3.h>

namespace ra::store {

Error fromException(const SQLite::Exception &exception, std::string what, std::string where) {
    Error error{.what = std::move(what), .where = std::move(where), .why = exception.what(), .hint = {}};
    switch (exception.getErrorCode() & 0xff) {
    case SQLITE_CORRUPT:
        error.kind = ErrorKind::Damaged;
        error.hint = "Run: recipe-analytics store repair --store " + error.where;
        break;
    case SQLITE_NOTADB:
        error.kind = ErrorKind::Damaged;
        error.why = "it is not a store but some other file, or its beginning is damaged";
        error.hint =
            "Choose another file, or if it was a store, run: recipe-analytics store repair --store " + error.where;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        error.kind = ErrorKind::Busy;
        error.hint = "Another program uses the file; try again";
        break;
    case SQLITE_FULL:
        error.hint = "Free some space on the disk; what is stored stays as it was, and what failed can be done again";
        break;
    case SQLITE_INTERRUPT:
        error.kind = ErrorKind::Cancelled;
        break;
    case SQLITE_IOERR:
        // A full disk is often first met as a short write of the WAL.
        error.hint = "Check the disk and its free space";
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        error.hint = "Check that you may read and write the file and its folder";
        break;
    default:
        break;
    }
    return error;
}

} // namespace ra::store
