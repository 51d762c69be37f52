// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/storecare.h"
#include "tests/core/store/populated.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;

class TestStoreCare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStoreIsLookedAfterFromOutside();
    void aWrongNameMakesNoStore();
    void whoeverWritesToItIsNotDisturbed();
    void whatIsDamagedIsFoundAndRepaired();
};

void TestStoreCare::aWrongNameMakesNoStore() {
    const StoreFile file;
    const auto isMissing = [](const auto &result) { return !result && result.error().kind == ErrorKind::NotFound; };
    QVERIFY(isMissing(engine::retentionOf(file.path())));
    QVERIFY(isMissing(engine::retain(file.path(), {}, {}, {}, {})));
    QVERIFY(isMissing(engine::pinRuns(file.path(), std::vector{idOf(5)}, true)));
    QVERIFY(isMissing(engine::compactStore(file.path(), {}, {})));
    QVERIFY(
        isMissing(engine::archiveStore(file.path(), file.path() + ".zst", monday, engine::Archiving::Move, {}, {})));
    QVERIFY(!QFile::exists(QString::fromStdString(file.path())));
}

void TestStoreCare::aStoreIsLookedAfterFromOutside() {
    const StoreFile file;
    populate(*file.open());
    const RetentionPolicy policy{.log = 24h, .runs = 24h}; // by today's clock all of it is older
    QCOMPARE(need(engine::pinRuns(file.path(), std::vector{idOf(5)}, true)), std::vector{idOf(5)});
    const auto would = need(engine::retain(file.path(), policy, {.preview = true, .save = true}, {}, {}));
    QVERIFY(need(engine::retentionOf(file.path())).isEmpty());
    const auto gone = need(engine::retain(file.path(), policy, {.save = true}, {}, {}));
    QCOMPARE(gone.runs, would.runs);
    QCOMPARE(gone.runs, std::uint64_t{populatedDays} * runsADay - 1);
    QVERIFY(need(engine::retentionOf(file.path())) == policy);
    const auto compacted = need(engine::compactStore(file.path(), {}, {}));
    QVERIFY(compacted.bytes < compacted.bytesBefore);
    QCOMPARE(ask(*file.reader(), "SELECT run_id FROM runs_v"), idOf(5));
    QVERIFY(need(engine::verifyStore(file.path(), {}, {})).isSound());
    QVERIFY(need(engine::pinRuns(file.path(), std::vector{idOf(5)}, false)).empty());
}

void TestStoreCare::whoeverWritesToItIsNotDisturbed() {
    const StoreFile file;
    const auto writer = file.open();
    QVERIFY(need(engine::verifyStore(file.path(), {}, {})).isSound());
    const auto isBusy = [](const auto &result) { return !result && result.error().kind == ErrorKind::Busy; };
    QVERIFY(isBusy(engine::retain(file.path(), {}, {}, {}, {})));
    QVERIFY(isBusy(engine::retentionOf(file.path())));
    QVERIFY(isBusy(engine::pinRuns(file.path(), {}, true)));
    QVERIFY(isBusy(engine::compactStore(file.path(), {}, {})));
    QVERIFY(isBusy(engine::repairStore(file.path(), {}, {})));
}

void TestStoreCare::whatIsDamagedIsFoundAndRepaired() {
    const StoreFile file;
    populate(*file.open());
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("UPDATE blocks SET length = length - 1");
    QVERIFY(!need(engine::verifyStore(file.path(), {}, {})).isSound());
    QVERIFY(!need(engine::repairStore(file.path(), {}, {})).wasSound);
    QVERIFY(need(engine::verifyStore(file.path(), {}, {})).isSound());
}

QTEST_GUILESS_MAIN(TestStoreCare)
#include "tst_storecare.moc"
