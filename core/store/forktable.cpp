// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/forktable.h"

#include "core/store/codec.h"
#include "core/store/recipewriter.h"

namespace ra::store {

ForkTable::ForkTable(SQLite::Database &db)
    : m_put(db, "INSERT INTO forks(source_id, first_offset, recipe_paths, basis, codec, length, data) "
                "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(source_id, first_offset) DO UPDATE SET "
                "recipe_paths = excluded.recipe_paths, basis = excluded.basis, codec = excluded.codec, "
                "length = excluded.length, data = excluded.data")
    , m_keys(db, "SELECT source_id, first_offset, recipe_paths, basis FROM forks ORDER BY source_id, first_offset")
    , m_data(db, "SELECT codec, length, data FROM forks WHERE source_id = ? AND first_offset = ?") {}

void ForkTable::put(std::int64_t sourceId, const ingest::ForkRecord &record) {
    const Packed packed = pack(record.data, false);
    const std::string paths = namesToJson(record.recipePaths);
    m_put.bind(sourceId, record.firstOffset, paths, record.basis, static_cast<std::int64_t>(packed.codec),
               record.data.size(), Blob{packed.bytes});
    m_put.run();
}

std::vector<ForkTable::Row> ForkTable::keys() {
    std::vector<Row> rows;
    const ResetAtEnd reset(m_keys);
    while (m_keys.step()) {
        Row row;
        row.sourceId = m_keys.integer(0);
        row.record.firstOffset = static_cast<std::uint64_t>(m_keys.integer(1));
        row.record.recipePaths = namesFromJson(m_keys.text(2));
        row.record.basis = static_cast<std::uint64_t>(m_keys.integer(3));
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string ForkTable::data(std::int64_t sourceId, std::uint64_t firstOffset) {
    m_data.bind(sourceId, firstOffset);
    const ResetAtEnd reset(m_data);
    if (!m_data.step())
        return {};
    return unpack(static_cast<Codec>(m_data.integer(0)), m_data.text(2), static_cast<std::size_t>(m_data.integer(1)));
}

} // namespace ra::store
