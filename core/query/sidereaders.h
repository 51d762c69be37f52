// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ra::query {

/// Some more connections to a store, which for the time of a question see the same state of it as the reader's own, so
/// that rows can be read on several processors. One thread at a time, but for what databases() gives meanwhile.
class SideReaders {
public:
    explicit SideReaders(std::string path)
        : m_path(std::move(path)) {}

    /// Sees that so many are open, and what state each of them sees now; to be called before the reader's own
    /// transaction begins. None where they cannot be opened: then there are none to read with.
    void prepare(unsigned count);
    /// Begins a transaction on each; after the reader's own. False, and nothing is begun, if the store was written to
    /// since prepare(), so that theirs might be another state.
    [[nodiscard]] bool begin();
    /// Ends the transactions.
    void end();
    /// At most so many of those in a transaction.
    [[nodiscard]] std::vector<SQLite::Database *> databases(std::size_t most) const;

private:
    struct One {
        explicit One(SQLite::Database &&database)
            : db(std::move(database)) {}
        SQLite::Database db;
        std::int64_t version = 0;
    };
    std::string m_path;
    std::vector<std::unique_ptr<One>> m_all;
    bool m_isBegun = false;
};

} // namespace ra::query
