// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sidereaders.h"

#include "core/store/readonly.h"

#include <algorithm>

namespace ra::query {

namespace {

/// Changes between two calls on one connection if and only if another one has written meanwhile. Begins to read.
std::int64_t versionSeen(SQLite::Database &db) {
    return db.execAndGet("PRAGMA data_version").getInt64();
}

} // namespace

void SideReaders::prepare(unsigned count) {
    end();
    try {
        while (m_all.size() < count) {
            auto db = store::openReadOnly(m_path);
            if (!db)
                break;
            m_all.push_back(std::make_unique<One>(std::move(*db)));
        }
        for (const auto &one : m_all)
            one->version = versionSeen(one->db);
    } catch (const SQLite::Exception &) {
        m_all.clear(); // the reader's own connection tells what is wrong, if it is more than a lack of files
    }
}

bool SideReaders::begin() {
    m_isBegun = true;
    try {
        for (const auto &one : m_all)
            one->db.exec("BEGIN");
        const bool isSame = std::all_of(m_all.begin(), m_all.end(),
                                        [](const auto &one) { return versionSeen(one->db) == one->version; });
        if (isSame)
            return true;
    } catch (const SQLite::Exception &) {
        end();
        m_all.clear();
        return true; // without any
    }
    end();
    return false;
}

void SideReaders::end() {
    if (!m_isBegun)
        return;
    m_isBegun = false;
    for (const auto &one : m_all)
        one->db.tryExec("COMMIT"); // of one that has not begun it does nothing
}

std::vector<SQLite::Database *> SideReaders::databases(std::size_t most) const {
    std::vector<SQLite::Database *> all;
    for (const auto &one : m_all) {
        if (m_isBegun && all.size() < most)
            all.push_back(&one->db);
    }
    return all;
}

} // namespace ra::query
