// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/storeinfo.h"

#include "core/base/time.h"
#include "core/store/statement.h"

#include <algorithm>
#include <filesystem>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;

std::uint64_t count(SQLite::Database &db, const char *sql) {
    return static_cast<std::uint64_t>(db.execAndGet(sql).getInt64());
}

/// By what the store grew a day over the last month at most; 0 while less than a day is known.
double growth(SQLite::Database &db, double bytes) {
    const double today = static_cast<double>(toNs(now())) / static_cast<double>(nsPerDay);
    Statement first(db, "SELECT day, bytes FROM store_days WHERE day >= ? ORDER BY day LIMIT 1");
    first.bind(static_cast<std::int64_t>(today) - 30);
    const ResetAtEnd reset(first);
    if (!first.step())
        return 0;
    const double days = today - static_cast<double>(first.integer(0));
    return days < 1 ? 0 : std::max(0.0, (bytes - static_cast<double>(first.integer(1))) / days);
}

} // namespace

StoreInfo readStoreInfo(SQLite::Database &db, const std::string &path) {
    StoreInfo info;
    info.path = path;
    info.bytes = count(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    info.schema = db.execAndGet("PRAGMA user_version").getInt();
    info.runs = count(db, "SELECT count(*) FROM runs WHERE shown = 1");
    info.steps = count(db, "SELECT coalesce(sum(step_count), 0) FROM runs WHERE shown = 1");
    const std::uint64_t tail = count(db, "SELECT count(*) FROM tail_samples");
    constexpr std::uint64_t tailRowBytes = 24; // key and value and what a page has beside them
    info.segments = count(db, "SELECT count(*) FROM segments");
    info.samples = tail + count(db, "SELECT coalesce(sum(count), 0) FROM segments");
    info.sampleBytes = tail * tailRowBytes + count(db, "SELECT coalesce(sum(length(data)), 0) FROM segments");
    info.logBytesRaw = count(db, "SELECT coalesce(sum(length), 0) FROM blocks");
    info.logBytesStored = count(db, "SELECT coalesce(sum(length(data)), 0) FROM blocks");
    info.rejected = count(db, "SELECT count(*) FROM rejected");
    std::error_code unknown;
    if (const std::filesystem::space_info space = std::filesystem::space(path, unknown); !unknown)
        info.diskFreeBytes = space.available;
    info.growthBytesPerDay = growth(db, static_cast<double>(info.bytes));
    return info;
}

void noteSize(SQLite::Database &db, std::int64_t day) {
    Statement note(db, "INSERT OR IGNORE INTO store_days(day, bytes) "
                       "SELECT ?, page_count * page_size FROM pragma_page_count, pragma_page_size");
    note.bind(day);
    note.run();
}

} // namespace ra::store
