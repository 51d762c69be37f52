// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"

#include "core/base/crashpoint.h"
#include "core/store/rollupwriter.h"

#include <QDir>
#include <QFile>

#include <SQLiteCpp/Transaction.h>

// Resources of a static library must be asked for by name, outside any namespace.
static void initStoreResources() {
    Q_INIT_RESOURCE(store);
}

namespace ra::store {

namespace {

/// The numbered steps in order: "001_initial.sql", ...
QStringList schemaFiles() {
    initStoreResources();
    return QDir(QStringLiteral(":/store/schema")).entryList(QDir::Files, QDir::Name);
}

/// What a step does that SQL cannot say.
void completeStep(SQLite::Database &db, int version) {
    constexpr int firstWithRollups = 5;
    if (version == firstWithRollups) // of samples that were sealed before
        rollUpSegments(db, INT64_MIN, [] {});
}

int pragma(SQLite::Database &db, const char *name) {
    return db.execAndGet(std::string("PRAGMA ") + name).getInt();
}

} // namespace

int newestSchema() {
    return static_cast<int>(schemaFiles().size());
}

Result<int> versionOf(SQLite::Database &db, const std::string &path) {
    const int id = pragma(db, "application_id");
    const int version = pragma(db, "user_version");
    if (id == 0 && version == 0 && db.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0)
        return 0;
    if (id != applicationId) {
        return fail({.kind = ErrorKind::Damaged,
                     .what = "open the store",
                     .where = path,
                     .why = "it is a database of another program",
                     .hint = "Choose another file"});
    }
    if (version > newestSchema()) {
        return fail({.kind = ErrorKind::Damaged,
                     .what = "open the store",
                     .where = path,
                     .why = "it has schema " + std::to_string(version) + ", and this program knows schemas up to " +
                            std::to_string(newestSchema()),
                     .hint = "Use the newer program that wrote it"});
    }
    return version;
}

Result<int> migrate(SQLite::Database &db, const std::string &path) {
    Result<int> version = versionOf(db, path);
    if (!version)
        return version;
    const QStringList files = schemaFiles();
    for (int step = *version; step < files.size(); ++step) {
        QFile file(QStringLiteral(":/store/schema/") + files.at(step));
        if (!file.open(QIODevice::ReadOnly))
            return fail({.what = "read the schema",
                         .where = files.at(step).toStdString(),
                         .why = "it is not in the program",
                         .hint = "Install the program again"});
        SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
        db.exec(file.readAll().toStdString());
        completeStep(db, step + 1);
        crashPoint("migrate.changed");
        db.exec("PRAGMA application_id = " + std::to_string(applicationId));
        db.exec("PRAGMA user_version = " + std::to_string(step + 1));
        crashPoint("migrate.before-commit");
        transaction.commit();
        crashPoint("migrate.committed");
    }
    return static_cast<int>(files.size());
}

Result<int> checkSchema(SQLite::Database &db, const std::string &path) {
    Result<int> version = versionOf(db, path);
    if (version && *version < newestSchema()) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the store",
                     .where = path,
                     .why = "it is empty or of an earlier version of this program",
                     .hint = "Open it once for writing to bring it up to date"});
    }
    return version;
}

} // namespace ra::store
