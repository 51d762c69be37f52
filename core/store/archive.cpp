// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/archive.h"

#include "core/base/crashpoint.h"
#include "core/ingest/decompressor.h"
#include "core/store/samplesealer.h"
#include "core/store/scratch.h"
#include "core/store/sqlerror.h"
#include "core/store/store.h"
#include "core/store/textsweep.h"
#include "core/store/verify.h"

#include <SQLiteCpp/Transaction.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <unistd.h>
#include <vector>
#include <zstd.h>

namespace ra::store {

namespace fs = std::filesystem;

namespace {

constexpr const char *what = "archive";
constexpr std::size_t chunk = std::size_t{1} << 20;
constexpr int level = 9;
/// What is in a store is packed already: what unpacks to that many times its size was made to fill the disk.
constexpr std::uint64_t mostTimes = 200;
constexpr std::uint64_t mostUnpacked = std::uint64_t{16} << 20;

Error ioError(const std::string &path) {
    return {.what = "write the archive",
            .where = path,
            .why = std::strerror(errno),
            .hint = "Check the folder and the free space of its disk"};
}

Error cancelled(const std::string &path) {
    return {.kind = ErrorKind::Cancelled, .what = what, .where = path, .why = "it was cancelled", .hint = {}};
}

/// Leaves only what ended before the moment, and what it needs.
void cut(SQLite::Database &db, std::int64_t before) {
    const std::string time = std::to_string(before);
    SQLite::Transaction transaction(db);
    db.exec(
        "CREATE TEMP TABLE young AS SELECT id FROM runs WHERE coalesce(merged_into, id) IN (SELECT id FROM runs WHERE "
        "merged_into IS NULL AND (status = 0 OR coalesce(end_ns, start_ns) IS NULL OR coalesce(end_ns, start_ns) >= " +
        time + "))");
    db.exec("CREATE UNIQUE INDEX temp.young_id ON young(id)");
    // As retention leaves the blocks from the first young run on.
    db.exec("DELETE FROM blocks WHERE offset + length > (SELECT min(first_offset) FROM runs r WHERE r.source_id = "
            "blocks.source_id AND r.id IN (SELECT id FROM young))");
    for (const char *table :
         {"steps WHERE id >> 24", "attempts WHERE step_id >> 24", "step_errors WHERE step_id >> 24",
          "run_spans WHERE id >> 24", "run_errors WHERE run", "run_aliases WHERE run", "runs WHERE id"})
        db.exec(std::string("DELETE FROM ") + table + " IN (SELECT id FROM young)");
    db.exec("DROP TABLE young");
    db.exec("DELETE FROM rejected WHERE NOT EXISTS (SELECT 1 FROM blocks b WHERE b.source_id = rejected.source_id AND "
            "b.offset <= rejected.offset AND b.offset + b.length > rejected.offset)");
    db.exec("DELETE FROM tail_samples WHERE t_ns >= " + time);
    db.exec("DELETE FROM sample_claims WHERE t_ns >= " + time);
    db.exec("DELETE FROM segments WHERE t_min >= " + time);
    SampleSealer sealer(db);
    Statement straddling(db, "SELECT id, series, origin, t_min, t_max, count FROM segments WHERE t_max >= ?");
    straddling.bind(before);
    std::vector<SegmentRow> rows;
    while (straddling.step())
        rows.push_back({straddling.integer(0), straddling.integer(1), straddling.integer(2), straddling.integer(3),
                        straddling.integer(4), static_cast<std::size_t>(straddling.integer(5))});
    for (const SegmentRow &row : rows) {
        SampleColumns samples;
        sealer.segments().readAll(row, samples);
        std::vector<SampleSealer::Edit> edits;
        for (const std::int64_t sample : samples.times) {
            if (sample >= before)
                edits.push_back({sample, std::nullopt});
        }
        sealer.edit(row, std::move(edits));
    }
    for (const char *table : {"sealed_rollups", "kept_step_rollups"})
        db.exec(std::string("DELETE FROM ") + table + " WHERE bucket >= " + time +
                " / CASE level WHEN 0 THEN 60000000000 WHEN 1 THEN 3600000000000 ELSE 86400000000000 END");
    for (const char *table : {"stale_hours", "pins", "retention", "store_days", "forks", "archives"})
        db.exec(std::string("DELETE FROM ") + table);
    db.exec(
        "DELETE FROM sources WHERE id NOT IN (SELECT source_id FROM blocks UNION SELECT source_id FROM runs WHERE "
        "source_id IS NOT NULL UNION SELECT origin FROM segments UNION SELECT origin FROM tail_samples UNION SELECT "
        "origin FROM sample_claims)");
    TextWriter texts(db);
    TextSweep sweep(db, texts);
    sweep.request();
    while (sweep.sweepSome()) {
    }
    transaction.commit();
}

Archived contentOf(SQLite::Database &db) {
    const auto number = [&](const char *sql) { return static_cast<std::uint64_t>(db.execAndGet(sql).getInt64()); };
    Archived content;
    content.runs = number("SELECT count(*) FROM runs WHERE shown = 1");
    content.steps = number("SELECT coalesce(sum(step_count), 0) FROM runs WHERE shown = 1");
    content.samples =
        number("SELECT (SELECT coalesce(sum(count), 0) FROM segments) + (SELECT count(*) FROM tail_samples)");
    content.logBytes = number("SELECT coalesce(sum(length), 0) FROM blocks");
    return content;
}

/// Packs a file; both ends are on the disk when it returns.
Result<std::uint64_t> pack(const std::string &from, const std::string &to, const std::stop_token &stop,
                           const ProgressSink &progress) {
    struct Free {
        void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
    };
    const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::ifstream in(from, std::ios::binary);
    const int out = ::open(to.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (!in || out < 0)
        return fail(ioError(to));
    struct Close {
        int descriptor;
        ~Close() { ::close(descriptor); }
    } const close{out};
    std::error_code unknown;
    const std::uint64_t total = fs::file_size(from, unknown);
    std::vector<char> read(chunk);
    std::vector<char> packed(ZSTD_CStreamOutSize());
    std::uint64_t taken = 0;
    std::uint64_t made = 0;
    for (bool last = false; !last;) {
        in.read(read.data(), static_cast<std::streamsize>(read.size()));
        last = in.eof();
        if (!in && !last)
            return fail(ioError(from));
        taken += static_cast<std::uint64_t>(in.gcount());
        ZSTD_inBuffer input{read.data(), static_cast<std::size_t>(in.gcount()), 0};
        for (std::size_t left = 1; last ? left != 0 : input.pos < input.size;) {
            ZSTD_outBuffer output{packed.data(), packed.size(), 0};
            left = ZSTD_compressStream2(context.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left))
                return fail({.what = "write the archive", .where = to, .why = ZSTD_getErrorName(left), .hint = {}});
            for (std::size_t at = 0; at < output.pos;) {
                const ssize_t written = ::write(out, packed.data() + at, output.pos - at);
                if (written < 0 && errno == EINTR)
                    continue;
                if (written <= 0)
                    return fail(ioError(to));
                at += static_cast<std::size_t>(written);
            }
            made += output.pos;
        }
        if (progress)
            progress({.stage = "archive", .item = "packed bytes", .done = taken, .total = std::max(total, taken)});
        if (stop.stop_requested())
            return fail(cancelled(to));
    }
    if (::fsync(out) != 0)
        return fail(ioError(to));
    return made;
}

} // namespace

Result<Archived> writeArchive(SQLite::Database &db, const std::string &path, std::int64_t beforeNs,
                              const std::stop_token &stop, const ProgressSink &progress) {
    return guarded("write the archive", path, [&]() -> Result<Archived> {
        std::error_code unknown;
        if (fs::exists(path, unknown)) {
            return fail({.kind = ErrorKind::Invalid,
                         .what = "write the archive",
                         .where = path,
                         .why = "there is a file of that name",
                         .hint = "Choose another name; an archive is never overwritten"});
        }
        const Scratch part(path + ".part");
        const Scratch packed(path + ".packed");
        {
            const StopWatch watch(db, stop);
            Statement copy(db, "VACUUM INTO ?");
            copy.bind(part.path());
            copy.run();
        }
        crashPoint("archive.copied");
        Archived content;
        {
            SQLite::Database archive(part.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
            const StopWatch watch(archive, stop);
            archive.exec("PRAGMA synchronous = OFF"); // thrown away if anything happens
            archive.exec("PRAGMA temp_store = FILE");
            cut(archive, beforeNs);
            archive.exec("VACUUM");
            archive.exec("PRAGMA journal_mode = DELETE");
            content = contentOf(archive);
        }
        const auto check = verify(part.path(), stop, progress);
        if (!check)
            return fail(check.error());
        if (!check->isSound()) {
            return fail({.kind = ErrorKind::Damaged,
                         .what = "write the archive",
                         .where = path,
                         .why = check->damage.front().where + ": " + check->damage.front().what,
                         .hint = "Look at the store with store verify, and repair it first"});
        }
        const auto bytes = pack(part.path(), packed.path(), stop, progress);
        if (!bytes)
            return fail(bytes.error());
        content.bytes = *bytes;
        crashPoint("archive.packed");
        // Not rename(): it would take the place of a file that came meanwhile.
        if (::link(packed.path().c_str(), path.c_str()) != 0)
            return fail(ioError(path));
        const int folder = ::open(fs::absolute(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder >= 0) {
            ::fsync(folder);
            ::close(folder);
        }
        crashPoint("archive.named");
        return content;
    });
}

Result<void> unpackArchive(const std::string &archive, const std::string &target, const std::stop_token &stop,
                           const ProgressSink &progress) {
    const auto damaged = [&](std::string why) {
        return fail({.kind = ErrorKind::Damaged,
                     .what = "attach the archive",
                     .where = archive,
                     .why = std::move(why),
                     .hint = "Use another copy of it; nothing has changed"});
    };
    std::ifstream in(archive, std::ios::binary);
    if (!in) {
        return fail({.kind = ErrorKind::NotFound,
                     .what = "attach the archive",
                     .where = archive,
                     .why = std::strerror(errno),
                     .hint = "Give the file that store archive wrote"});
    }
    std::error_code unknown;
    const std::uint64_t total = fs::file_size(archive, unknown);
    std::vector<char> read(chunk);
    std::vector<char> plain(chunk);
    const auto undo = ingest::Decompressor::create(ingest::Compression::Zstd);
    std::ofstream out(target, std::ios::binary | std::ios::trunc);
    std::uint64_t taken = 0;
    std::uint64_t made = 0;
    for (bool last = false; !last;) {
        if (stop.stop_requested())
            return fail(cancelled(archive));
        in.read(read.data(), static_cast<std::streamsize>(read.size()));
        last = in.eof();
        if (!in && !last)
            return damaged(std::strerror(errno));
        const auto size = static_cast<std::size_t>(in.gcount());
        taken += size;
        for (std::size_t at = 0;;) {
            const auto step = undo->step({read.data() + at, size - at}, plain);
            if (!step.damage.empty())
                return damaged("it is no archive, or not what was written: " + step.damage);
            out.write(plain.data(), static_cast<std::streamsize>(step.made));
            at += step.taken;
            made += step.made;
            if (made > mostUnpacked && made > mostTimes * taken)
                return damaged("it unpacks to more than " + std::to_string(mostTimes) + " times its size");
            if (at == size && step.made < plain.size())
                break;
        }
        if (progress)
            progress({.stage = "attach", .item = "unpacked bytes", .done = taken, .total = std::max(total, taken)});
    }
    out.close();
    if (!out)
        return fail(ioError(target));
    if (made == 0 || !undo->mayEnd())
        return damaged("its end is missing");
    // By opening it, it is brought up to date.
    if (const auto store = Store::open(target); !store)
        return damaged(store.error().why);
    const auto check = verify(target, stop, progress);
    if (!check)
        return fail(check.error());
    if (!check->isSound())
        return damaged(check->damage.front().where + ": " + check->damage.front().what);
    return {};
}

} // namespace ra::store
