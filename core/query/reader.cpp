// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/reader.h"

#include "core/query/logsearchtable.h"
#include "core/query/readerprivate.h"
#include "core/query/rollupstable.h"
#include "core/query/samplestable.h"
#include "core/query/sqlaggregates.h"
#include "core/query/sqlfunctions.h"
#include "core/query/steprollupstable.h"
#include "core/store/readonly.h"
#include "core/store/storeinfo.h"

namespace ra::query {

using store::guarded;
using store::RunRow;

Reader::Private::Private(std::string filePath, SQLite::Database &&database)
    : path(std::move(filePath))
    , db(std::move(database))
    , sides(path)
    , loader(db)
    , search(db)
    , log(db, loader) {
    addSteadyFunctions(db.getHandle());
    addStatisticalFunctions(db.getHandle());
    addSamplesTable(db);
    addRollupsTable(db);
    addStepRollupsTable(db);
    addLogSearchTable(db, mustStop);
    // Tables of functions declare themselves when they are first used, which the authorizer of sql() would refuse.
    db.exec("SELECT 1 FROM json_each('[]'), json_tree('[]'), samples(0, 0, 0), rollups(0, 'day'), step_rollups('day', "
            "0, 0), log_search(NULL)");
    store::Statement names(db, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')");
    while (names.step())
        tables.emplace(names.text(0));
    tables.insert({"samples", "rollups", "step_rollups", "log_search"});
}

Reader::Reader() = default;
Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::open(const std::string &path) {
    return guarded("read the store", path, [&]() -> Result<std::unique_ptr<Reader>> {
        Result<SQLite::Database> db = store::openReadOnly(path);
        if (!db)
            return tl::unexpected(db.error());
        std::unique_ptr<Reader> reader(new Reader);
        reader->d = std::make_unique<Private>(path, std::move(*db));
        return reader;
    });
}

Result<RunRow> Reader::Private::rowOf(std::string_view runId) {
    const auto number = store::runIdNumber(runId);
    if (const auto row = number ? loader.byNumber(*number) : std::nullopt)
        return *row;
    return fail({.kind = ErrorKind::NotFound,
                 .what = "find the run",
                 .where = std::string(runId),
                 .why = "the store has no run of that id",
                 .hint = "List runs to see their ids"});
}

Result<Run> Reader::run(std::string_view runId) {
    return guarded("read the run", d->path, [&]() -> Result<Run> {
        const Snapshot snapshot(d->db);
        const Result<RunRow> row = d->rowOf(runId);
        if (!row)
            return fail(row.error());
        return d->loader.run(*row);
    });
}

Result<std::vector<LogLine>> Reader::log(std::string_view runId, std::string_view step, std::string_view grep,
                                         std::stop_token stop) {
    return guarded("read the run's log", d->path, [&]() -> Result<std::vector<LogLine>> {
        const Snapshot snapshot(d->db);
        const Result<RunRow> row = d->rowOf(runId);
        if (!row)
            return fail(row.error());
        std::optional<std::vector<LogLine>> lines = d->log.lines(*row, step, grep, stop);
        if (!lines)
            return fail(cancelled("read the run's log"));
        return std::move(*lines);
    });
}

Result<std::vector<RejectedRow>> Reader::rejected(std::size_t limit) {
    return guarded("list rejected lines", d->path, [&]() -> Result<std::vector<RejectedRow>> {
        store::Statement select(d->db, "SELECT s.path, r.line, r.offset, r.reason, r.excerpt FROM rejected r "
                                       "JOIN sources s ON s.id = r.source_id ORDER BY s.path, s.id, r.offset LIMIT ?");
        select.bind(limit);
        std::vector<RejectedRow> rows;
        while (select.step()) {
            rows.push_back({std::string(select.text(0)), static_cast<std::uint64_t>(select.integer(1)),
                            static_cast<std::uint64_t>(select.integer(2)), std::string(select.text(3)),
                            std::string(select.text(4))});
        }
        return rows;
    });
}

Result<std::int64_t> Reader::dataVersion() {
    return guarded("look at the store", d->path,
                   [&]() -> Result<std::int64_t> { return d->db.execAndGet("PRAGMA data_version").getInt64(); });
}

Result<StoreInfo> Reader::info() {
    return guarded("look at the store", d->path, [&]() -> Result<StoreInfo> {
        const Snapshot snapshot(d->db);
        return store::readStoreInfo(d->db, d->path);
    });
}

} // namespace ra::query
