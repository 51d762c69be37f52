// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that fails when it is told to, below SQLite: an error on the N-th call, once or from then on, or a place to
// crash at. Installed as the default of the process; one test at a time.
#pragma once

#include "core/base/crashpoint.h"

#include <sqlite3.h>

#include <QtGlobal>

#include <atomic>
#include <cstring>
#include <new>
#include <string>

namespace ra::test {

/// What goes wrong.
enum class Fault { ReadError, WriteError, ShortWrite, Full, SyncError, AnyError };

class FaultyDisk {
public:
    /// Makes it the default for all that is opened from now on.
    static void install() {
        static FaultyDisk disk;
        Q_UNUSED(disk)
    }

    /// From the `call`-th call of that kind on (from 1), or with this one only.
    static void failAt(Fault fault, long call, bool persistent) {
        state().fault = fault;
        state().call = 0;
        state().persistent = persistent;
        state().failAt = call;
        state().failed = 0;
    }
    static void heal() { state().failAt = 0; }
    /// Calls since failAt() that can fail in that way.
    static long calls() { return state().call; }
    static long failures() { return state().failed; }

private:
    struct State {
        std::atomic<Fault> fault{Fault::AnyError};
        std::atomic<long> call{0};
        std::atomic<long> failAt{0};
        std::atomic<long> failed{0};
        std::atomic<bool> persistent{false};
        sqlite3_vfs *real = nullptr;
        sqlite3_vfs vfs = {};
        sqlite3_io_methods methods = {};
    };
    static State &state() {
        static State the;
        return the;
    }
    struct File {
        sqlite3_file base;
        bool isDatabase;
        sqlite3_file *real() { return reinterpret_cast<sqlite3_file *>(this + 1); }
    };
    static sqlite3_file *real(sqlite3_file *file) { return reinterpret_cast<File *>(file)->real(); }

    enum class Call { Read, Write, Sync, Other };
    static bool fails(Call call) {
        State &now = state();
        bool counts = false;
        switch (now.fault.load()) {
        case Fault::ReadError:
            counts = call == Call::Read;
            break;
        case Fault::WriteError:
        case Fault::ShortWrite:
        case Fault::Full:
            counts = call == Call::Write;
            break;
        case Fault::SyncError:
            counts = call == Call::Sync;
            break;
        case Fault::AnyError:
            counts = true;
        }
        if (!counts)
            return false;
        const long n = ++now.call;
        const long at = now.failAt;
        const bool hit = at > 0 && (n == at || (now.persistent && n > at));
        now.failed += hit ? 1 : 0;
        return hit;
    }

    FaultyDisk() {
        State &now = state();
        now.real = sqlite3_vfs_find(nullptr);
        now.vfs = *now.real;
        now.vfs.zName = "faulty";
        now.vfs.szOsFile = static_cast<int>(sizeof(File)) + now.real->szOsFile;
        now.vfs.xOpen = [](sqlite3_vfs *, const char *name, sqlite3_file *file, int flags, int *out) {
            auto *mine = new (file) File{};
            mine->isDatabase = (flags & SQLITE_OPEN_MAIN_DB) != 0;
            if (fails(Call::Other))
                return SQLITE_CANTOPEN;
            const int code = state().real->xOpen(state().real, name, mine->real(), flags, out);
            mine->base.pMethods = code == SQLITE_OK || mine->real()->pMethods ? &state().methods : nullptr;
            return code;
        };
        sqlite3_io_methods &m = now.methods;
        m.iVersion = 2; // no mapped reads, which would pass this by
        m.xClose = [](sqlite3_file *f) { return real(f)->pMethods->xClose(real(f)); };
        m.xRead = [](sqlite3_file *f, void *into, int size, sqlite3_int64 at) {
            return fails(Call::Read) ? SQLITE_IOERR_READ : real(f)->pMethods->xRead(real(f), into, size, at);
        };
        m.xWrite = [](sqlite3_file *f, const void *bytes, int size, sqlite3_int64 at) {
            const bool isDatabase = reinterpret_cast<File *>(f)->isDatabase;
            crashPoint(isDatabase ? "checkpoint.write" : "commit.log-write");
            if (fails(Call::Write)) {
                const Fault fault = state().fault;
                if (fault == Fault::ShortWrite || fault == Fault::Full)
                    static_cast<void>(real(f)->pMethods->xWrite(real(f), bytes, size / 2, at));
                return fault == Fault::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
            }
            const int code = real(f)->pMethods->xWrite(real(f), bytes, size, at);
            crashPoint(isDatabase ? "checkpoint.written" : "commit.log-written");
            return code;
        };
        m.xTruncate = [](sqlite3_file *f, sqlite3_int64 size) {
            return fails(Call::Other) ? SQLITE_IOERR_TRUNCATE : real(f)->pMethods->xTruncate(real(f), size);
        };
        m.xSync = [](sqlite3_file *f, int flags) {
            crashPoint(reinterpret_cast<File *>(f)->isDatabase ? "checkpoint.sync" : "checkpoint.log-sync");
            return fails(Call::Sync) ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
        };
        m.xFileSize = [](sqlite3_file *f, sqlite3_int64 *size) {
            return fails(Call::Other) ? SQLITE_IOERR_FSTAT : real(f)->pMethods->xFileSize(real(f), size);
        };
        m.xLock = [](sqlite3_file *f, int kind) { return real(f)->pMethods->xLock(real(f), kind); };
        m.xUnlock = [](sqlite3_file *f, int kind) { return real(f)->pMethods->xUnlock(real(f), kind); };
        m.xCheckReservedLock = [](sqlite3_file *f, int *out) {
            return real(f)->pMethods->xCheckReservedLock(real(f), out);
        };
        m.xFileControl = [](sqlite3_file *f, int what, void *value) {
            return real(f)->pMethods->xFileControl(real(f), what, value);
        };
        m.xSectorSize = [](sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m.xDeviceCharacteristics = [](sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
        m.xShmMap = [](sqlite3_file *f, int region, int size, int extend, void volatile **out) {
            return fails(Call::Other) ? SQLITE_IOERR_SHMMAP
                                      : real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
        };
        m.xShmLock = [](sqlite3_file *f, int at, int n, int flags) {
            return real(f)->pMethods->xShmLock(real(f), at, n, flags);
        };
        m.xShmBarrier = [](sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m.xShmUnmap = [](sqlite3_file *f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
        if (sqlite3_vfs_register(&now.vfs, 1) != SQLITE_OK)
            qFatal("sqlite3_vfs_register");
    }
};

} // namespace ra::test
