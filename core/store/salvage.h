// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/store/pagerecord.h"

#include <SQLiteCpp/Database.h>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::store {

/// What rows of a table look like in the file.
struct TableShape {
    enum class Type : std::uint8_t { Integer, Real, Bytes };
    struct Column {
        std::string name;
        Type type = Type::Bytes; ///< Bytes: text or blob
        bool mayBeNull = false;
        bool isRowid = false; ///< kept as the key, NULL in the record
    };
    std::string name;
    std::vector<Column> columns; ///< in the order of the record
    bool hasRowid = true;
};

/// The shapes of all tables of a database.
[[nodiscard]] std::vector<TableShape> shapesOf(const SQLite::Database &db);

/// How the pages of a damaged file were found.
struct SalvagedPages {
    std::uint64_t pages = 0;
    std::uint64_t damaged = 0;        ///< of a table, and could not be read as such
    std::uint64_t strays = 0;         ///< of rows, to which nothing leads any more
    std::uint64_t lost = 0;           ///< of rows to which nothing leads and of which it is not clear whose they are
    std::uint64_t cells = 0;          ///< rows on readable pages that make no sense
    std::vector<std::string> foreign; ///< tables in the file that are not among the shapes
    std::size_t known = 0;            ///< tables of the shapes that the file's schema has
};

/// A row of a table, by the number of its shape: its values in the order of the columns, the rowid where it belongs.
using RowSink = std::function<void(std::size_t shape, const std::vector<RecordValue> &row)>;

/// Walks the b-trees of a damaged file and gives every row that can be read, of whatever is there: a page that makes no
/// sense costs its own rows and no others. Pages below a lost inner page are found by looking through the file, and
/// are known by what their rows look like, unless the list of free pages is damaged too: then they may be old ones. The
/// rows of a page that was damaged without losing its shape come out as they are. Memory: some bytes a page.
[[nodiscard]] Result<SalvagedPages> salvage(PageFile &file, const std::vector<TableShape> &shapes, const RowSink &sink,
                                            const std::stop_token &stop, const ProgressSink &progress);

} // namespace ra::store
