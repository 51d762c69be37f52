// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/repair.h"

#include "core/base/crashpoint.h"
#include "core/store/declarations.h"
#include "core/store/mend.h"
#include "core/store/rescue.h"
#include "core/store/salvage.h"
#include "core/store/schema.h"
#include "core/store/sqlerror.h"
#include "core/store/writerlock.h"

#include <SQLiteCpp/Transaction.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace ra::store {

namespace fs = std::filesystem;

namespace {

constexpr const char *what = "repair the store";

/// While it is being filled, and when it is whole: a name that is there only with all that belongs to it.
std::string fillingPath(const std::string &path) {
    return path + ".repairing";
}
std::string wholePath(const std::string &path) {
    return path + ".repaired";
}

Error problem(const std::string &where, const std::string &why) {
    return {.what = what,
            .where = where,
            .why = why,
            .hint = "Check the space on the disk, and that you may write to the folder; the store is as it was"};
}

Result<void> renameTo(const std::string &from, const std::string &to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        return fail(problem(to, std::strerror(errno)));
    return {};
}

/// So that it is on the disk before what relies on it.
Result<void> sync(const std::string &path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int reason = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!done)
        return fail(problem(path, std::strerror(reason)));
    return {};
}

std::string folderOf(const std::string &path) {
    const fs::path folder = fs::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

void removeFiles(const std::string &path) {
    std::error_code ignored;
    for (const char *end : {"", "-journal", "-wal", "-shm"})
        fs::remove(path + end, ignored);
}

/// Gives the damaged file a second name under which it stays. The name that it has if an earlier try gave it one.
Result<std::string> putAside(const std::string &path) {
    constexpr int most = 10'000;
    for (int n = 1; n < most; ++n) {
        const std::string aside = path + ".damaged" + (n > 1 ? "-" + std::to_string(n) : "");
        std::error_code code;
        if (fs::exists(aside, code)) {
            if (fs::equivalent(aside, path, code))
                return aside;
            continue;
        }
        fs::create_hard_link(path, aside, code);
        if (code)
            fs::copy_file(path, aside, code); // a disk without links
        if (code)
            return fail(problem(aside, code.message()));
        return aside;
    }
    return fail(problem(path, "there are too many damaged ones beside it"));
}

/// The last steps. Each can be done again.
Result<std::string> swap(const std::string &path) {
    Result<std::string> aside = putAside(path);
    if (!aside)
        return aside;
    crashPoint("repair.aside");
    // SQLite would take a log that lies beside the new file for its own.
    std::error_code ignored;
    if (fs::exists(path + "-wal", ignored)) {
        if (const auto moved = renameTo(path + "-wal", *aside + "-wal"); !moved)
            return fail(moved.error());
    }
    crashPoint("repair.log-aside");
    fs::remove(path + "-shm", ignored);
    if (const auto kept = sync(folderOf(path)); !kept)
        return fail(kept.error());
    crashPoint("repair.before-swap");
    if (const auto moved = renameTo(wholePath(path), path); !moved)
        return fail(moved.error());
    crashPoint("repair.swapped");
    if (const auto kept = sync(folderOf(path)); !kept)
        return fail(kept.error());
    return aside;
}

SQLite::Database makeEmpty(const std::string &path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        ::close(descriptor);
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
    db.exec("PRAGMA page_size = 8192");
    // It is thrown away if anything happens.
    db.exec("PRAGMA journal_mode = OFF");
    db.exec("PRAGMA synchronous = OFF");
    db.exec("PRAGMA temp_store = FILE");
    return db;
}

/// Whether a database can be read and declares something else than a store of this program. A newer one does, by a
/// column more at least; where nothing else differs, its version is what is damaged.
bool declaresOtherThings(const std::string &path) {
    const Result<Declarations> known = newestDeclarations();
    try {
        const SQLite::Database db(path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
        return known && declarationsOf(db) != *known;
    } catch (const SQLite::Exception &) {
        return false;
    }
}

Result<void> refuseForeign(const PageFile &file, const SalvagedPages &found, const std::string &path) {
    const auto version = static_cast<int>(file.userVersion());
    const bool isMarked = !file.hasMagic() || static_cast<int>(file.applicationId()) == applicationId;
    if (found.known == 0 && (found.strays == 0 || !isMarked)) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = what,
                     .where = path,
                     .why = "nothing in it is of a store of this program",
                     .hint = "Choose another file, or move this one away and read the logs again"});
    }
    constexpr int furthest = 100; // from this program's: beyond it stands no version, but damage
    const bool mayBeNewer = version > newestSchema() && version <= newestSchema() + furthest;
    if (version > newestSchema() && (!found.foreign.empty() || (mayBeNewer && declaresOtherThings(path)))) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = what,
                     .where = path,
                     .why = "it has schema " + std::to_string(version) + ", and this program knows schemas up to " +
                            std::to_string(newestSchema()),
                     .hint = "Use the newer program that wrote it"});
    }
    return {};
}

/// Fills the new file; what it came to, but for the check.
Result<RepairReport> fill(const std::string &path, const std::string &target, const std::stop_token &stop,
                          const ProgressSink &progress) {
    Result<PageFile> file = PageFile::open(path);
    if (!file)
        return fail(file.error());
    SQLite::Database db = makeEmpty(target);
    if (const Result<int> schema = migrate(db, target); !schema)
        return fail(schema.error());
    crashPoint("repair.empty");
    db.exec("BEGIN");
    const std::vector<TableShape> shapes = shapesOf(db);
    Rescuer rescuer(db, shapes);
    const Result<SalvagedPages> found = salvage(
        *file, shapes, [&](std::size_t shape, const std::vector<RecordValue> &row) { rescuer.put(shape, row); }, stop,
        progress);
    if (!found)
        return fail(found.error());
    if (const auto ours = refuseForeign(*file, *found, path); !ours)
        return fail(ours.error());
    crashPoint("repair.salvaged");
    const Mended mended = mend(db);
    RepairReport report;
    report.pages = found->pages;
    report.damagedPages = found->damaged;
    report.strayPages = found->strays;
    report.lostPages = found->lost;
    report.damagedRows = found->cells;
    report.tables = rescuer.tables();
    report.readAgain = found->damaged + found->cells + found->lost + rescuer.damaged() > 0 || !mended.removed.empty() ||
                       found->known < shapes.size();
    for (SavedTable &table : report.tables) {
        const auto made = mended.made.find(table.name);
        const auto removed = mended.removed.find(table.name);
        table.made = made == mended.made.end() ? 0 : made->second;
        if (removed != mended.removed.end()) {
            table.saved -= std::min(table.saved, removed->second);
            table.damaged += removed->second;
        }
    }
    if (report.readAgain)
        forgetCheckpoints(db);
    remakeRollups(db, [&] {
        if (stop.stop_requested())
            throw SQLite::Exception("interrupted", SQLITE_INTERRUPT);
    });
    crashPoint("repair.mended");
    db.exec("COMMIT");
    return report;
}

Result<RepairReport> repairLocked(const std::string &path, const std::stop_token &stop, const ProgressSink &progress) {
    const std::string target = fillingPath(path);
    removeFiles(target); // of a try that was killed
    Result<RepairReport> report = guarded(what, path, [&] { return fill(path, target, stop, progress); });
    if (report) {
        crashPoint("repair.filled");
        auto check = verify(target, stop, progress);
        if (!check)
            report = fail(check.error());
        else if (!check->isSound())
            report = fail({.kind = ErrorKind::Damaged,
                           .what = what,
                           .where = path,
                           .why = "what was saved is not sound: " + check->damage.front().where + ": " +
                                  check->damage.front().what,
                           .hint = "The store is as it was; move it away and read the logs again"});
        else
            report->check = std::move(*check);
    }
    if (report) {
        if (const auto kept = sync(target); !kept)
            report = fail(kept.error());
        else if (const auto whole = renameTo(target, wholePath(path)); !whole)
            report = fail(whole.error());
    }
    if (!report) {
        removeFiles(target);
        return report;
    }
    removeFiles(target); // what SQLite may have left beside it
    crashPoint("repair.whole");
    Result<std::string> aside = swap(path);
    if (!aside)
        return fail(aside.error());
    report->aside = std::move(*aside);
    return report;
}

} // namespace

bool isRepairPending(const std::string &path) {
    std::error_code ignored;
    return fs::exists(wholePath(path), ignored);
}

Result<void> finishRepair(const std::string &path) {
    if (!isRepairPending(path))
        return {};
    if (const auto aside = swap(path); !aside)
        return fail(aside.error());
    return {};
}

Result<RepairReport> repair(const std::string &path, const std::stop_token &stop, const ProgressSink &progress) {
    std::error_code code;
    const std::string canonical = fs::canonical(path, code).string();
    if (code || !fs::is_regular_file(canonical, code)) {
        return fail({.kind = ErrorKind::NotFound,
                     .what = what,
                     .where = path,
                     .why = "there is no such file",
                     .hint = "Name it with --store"});
    }
    const Result<WriterLock> lock = WriterLock::acquire(canonical);
    if (!lock)
        return fail(lock.error());
    if (const auto finished = finishRepair(canonical); !finished)
        return fail(finished.error());
    const auto check = verify(canonical, stop, progress);
    if (check && check->isSound()) {
        RepairReport report;
        report.wasSound = true;
        report.check = *check;
        return report;
    }
    if (!check && check.error().kind == ErrorKind::Cancelled)
        return fail(check.error());
    return repairLocked(canonical, stop, progress);
}

} // namespace ra::store
