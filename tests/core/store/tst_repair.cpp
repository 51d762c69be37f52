// SPDX-License-Identifier: GPL-3.0-or-later
// RA_DAMAGED says how many copies are damaged at random (default 25).
#include "core/store/repair.h"
#include "core/store/schema.h"
#include "core/store/verify.h"
#include "tests/core/store/populated.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QCryptographicHash>
#include <filesystem>
#include <map>
#include <random>
#include <set>

using namespace ra;
using namespace ra::test;

class TestRepair : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void aSoundStoreIsLeftAlone();
    void whatIsNoStoreIsRefused_data();
    void whatIsNoStoreIsRefused();
    void aNewerStoreIsRefused_data();
    void aNewerStoreIsRefused();
    void aDamagedVersionIsMended();
    void openingADamagedStoreSaysWhatToDo();
    void aDamagedPageCostsItsOwnRowsAndNoOthers();
    void theDamagedFileIsKeptAsItWas();
    void aLostInnerPageCostsNoRows();
    void aLostFirstPageCostsNoRows();
    void whatOnlyTheWriteAheadLogHoldsIsSavedToo();
    void aDamagedSchemaCostsNoRows();
    void aDamagedTextIsSaidToBeLost();
    void stepsOfALostRunAreShown();
    void readingAgainBringsBackWhatIsMissing();
    void aWriterIsNotDisturbed();
    void itCanBeCancelled();
    void aKilledSwapIsFinishedByTheNextWriter();
    void whateverIsDamagedNothingIntactIsLost_data();
    void whateverIsDamagedNothingIntactIsLost();

private:
    QByteArray m_seed;
};

namespace {

constexpr qsizetype pageSize = 8'192;
const std::vector<std::string> rowidTables = {"blocks", "metrics", "recipes", "run_spans",  "runs", "segments",
                                              "series", "sources", "steps",   "store_days", "texts"};
const std::vector<std::string> keyedTables = {"attempts", "step_errors", "run_errors", "tail_samples", "rejected"};

/// What repair leaves as it is of a table's rows: where something else is lost, runs are mended, checkpoints forgotten.
std::string columnsOf(const std::string &table) {
    if (table == "runs")
        return "id, run_id, recipe_id, status, start_ns, end_ns, duration_ns, completed_steps, failed_steps, "
               "source_id, "
               "first_offset, part, runner, pid, first_error, execution_id, notes";
    if (table == "sources")
        return "id, path, device, inode, head_hash, head_length, format, zone";
    return "*";
}

using Rows = std::map<std::int64_t, std::string>;

/// The rows of a table by rowid; of those without one by their place.
Rows rowsOf(const SQLite::Database &db, const std::string &table, bool hasRowid = true) {
    Rows rows;
    SQLite::Statement all(db, std::string("SELECT ") + (hasRowid ? "rowid, " : "0, ") + columnsOf(table) + " FROM " +
                                  table + (hasRowid ? " ORDER BY rowid" : ""));
    while (all.executeStep()) {
        QCryptographicHash hash(QCryptographicHash::Sha1);
        for (int i = 1; i < all.getColumnCount(); ++i) {
            const SQLite::Column column = all.getColumn(i);
            hash.addData(QByteArray(column.isNull() ? "N" : "V") + QByteArray::number(column.size()));
            hash.addData(QByteArray(static_cast<const char *>(column.getBlob()), column.size()));
        }
        rows[hasRowid ? all.getColumn(0).getInt64() : static_cast<std::int64_t>(rows.size())] =
            hash.result().toStdString();
    }
    return rows;
}

/// On which pages a row depends: its own, those above, those it flows over into.
struct Placed {
    std::string content;
    std::vector<int> pages;
};
struct Layout {
    std::map<std::string, std::map<std::int64_t, Placed>> rows;
    std::map<std::string, std::pair<Rows, std::vector<int>>> keyed; ///< whole tables: rows, pages
    std::vector<int> schema;
};

Layout layoutOf(const std::string &path) {
    const SQLite::Database db(path);
    Layout layout;
    const auto pagesOf = [&](const std::string &name) {
        std::map<std::string, std::tuple<int, std::string, int>> pages; // by path: number, kind, cells
        SQLite::Statement all(db, "SELECT path, pageno, pagetype, ncell FROM dbstat WHERE name = ?");
        all.bind(1, name);
        while (all.executeStep())
            pages[all.getColumn(0).getString()] = {all.getColumn(1).getInt(), all.getColumn(2).getString(),
                                                   all.getColumn(3).getInt()};
        return pages;
    };
    for (const auto &[where, page] : pagesOf("sqlite_schema"))
        layout.schema.push_back(std::get<0>(page));
    for (const std::string &table : keyedTables) {
        std::vector<int> numbers;
        for (const auto &[where, page] : pagesOf(table))
            numbers.push_back(std::get<0>(page));
        layout.keyed[table] = {rowsOf(db, table, false), numbers};
    }
    for (const std::string &table : rowidTables) {
        const auto pages = pagesOf(table);
        const Rows rows = rowsOf(db, table);
        auto row = rows.begin();
        for (const auto &[where, page] : pages) {
            const auto &[number, kind, cells] = page;
            if (kind != "leaf")
                continue;
            std::vector<int> above;
            for (std::size_t end = 0; end != std::string::npos; end = where.find('/', end + 1)) {
                if (const auto parent = pages.find(where.substr(0, end + 1)); parent != pages.end())
                    above.push_back(std::get<0>(parent->second));
            }
            for (int cell = 0; cell < cells; ++cell, ++row) {
                Placed placed{row->second, above};
                const std::string prefix =
                    where + QString::number(cell, 16).rightJustified(3, QLatin1Char('0')).toStdString() + "+";
                for (auto more = pages.lower_bound(prefix); more != pages.end() && more->first.starts_with(prefix);
                     ++more)
                    placed.pages.push_back(std::get<0>(more->second));
                layout.rows[table][row->first] = std::move(placed);
            }
        }
        if (row != rows.end())
            qFatal("%s is laid out otherwise", table.c_str());
    }
    return layout;
}

/// Which rows of undamaged pages are not in the store, or are other ones.
std::string lostOf(const Layout &layout, const std::set<int> &damaged, const std::string &path) {
    const auto isHit = [&](const std::vector<int> &pages) {
        return std::any_of(pages.begin(), pages.end(), [&](int page) { return damaged.contains(page); });
    };
    if (isHit(layout.schema) || damaged.contains(1))
        return {}; // which table a page is of is only guessed then; see the tests of the first page
    const SQLite::Database db(path);
    std::string lost;
    std::set<std::int64_t> runs;
    for (const auto &[id, placed] : layout.rows.at("runs")) {
        if (!isHit(placed.pages))
            runs.insert(id);
    }
    for (const auto &[table, rows] : layout.rows) {
        const Rows now = rowsOf(db, table);
        for (const auto &[id, placed] : rows) {
            if (isHit(placed.pages) || (table == "run_spans" && !runs.contains(id >> 24)))
                continue;
            const auto found = now.find(id);
            if (found == now.end() || found->second != placed.content)
                lost += table + " " + std::to_string(id) + (found == now.end() ? " is lost; " : " is another; ");
        }
    }
    for (const auto &[table, whole] : layout.keyed) {
        if (!isHit(whole.second) && rowsOf(db, table, false) != whole.first)
            lost += table + "; ";
    }
    return lost.substr(0, 1'000);
}

std::set<int> damagedPages(const QByteArray &seed, const QByteArray &damaged) {
    std::set<int> pages;
    for (qsizetype at = 0; at < seed.size(); at += pageSize) {
        if (seed.mid(at, pageSize) != damaged.mid(at, pageSize))
            pages.insert(static_cast<int>(at / pageSize) + 1);
    }
    return pages;
}

std::uint64_t countOf(const std::string &path, const std::string &what) {
    const SQLite::Database db(path);
    return static_cast<std::uint64_t>(SQLite::Statement(db, "SELECT " + what).executeStep()
                                          ? SQLite::Database(path).execAndGet("SELECT " + what).getInt64()
                                          : 0);
}

std::vector<int> pagesOfKind(const std::string &path, const char *table, const char *kind) {
    const SQLite::Database db(path);
    SQLite::Statement all(db, "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY pageno");
    all.bind(1, table);
    all.bind(2, kind);
    std::vector<int> pages;
    while (all.executeStep())
        pages.push_back(all.getColumn(0).getInt());
    return pages;
}

void zero(QByteArray &bytes, int page) {
    std::fill_n(bytes.begin() + qsizetype(page - 1) * pageSize, pageSize, '\0');
}

enum class Damage : int { Bits, Zeros, CutOff, Noise, Misplaced };
constexpr int damageKinds = 5;

/** A store's bytes with damage of a kind, the same for the same seed. */
QByteArray damagedCopy(const QByteArray &sound, Damage damage, unsigned seed) {
    std::mt19937 random(seed + static_cast<unsigned>(damage));
    const auto below = [&](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
    const auto pages = static_cast<int>(sound.size() / pageSize);
    QByteArray bytes = sound;
    switch (damage) {
    case Damage::Bits:
        for (int i = 0, flips = 1 << below(8); i < flips; ++i) {
            const int at = below(static_cast<int>(bytes.size()));
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        }
        break;
    case Damage::Zeros:
        for (int i = 0, many = 1 + below(6); i < many; ++i)
            zero(bytes, 1 + below(pages));
        break;
    case Damage::CutOff:
        bytes.truncate(below(static_cast<int>(bytes.size())));
        break;
    case Damage::Noise:
        for (int i = 0, from = below(static_cast<int>(bytes.size()) - 20'000), many = 1 + below(20'000); i < many; ++i)
            bytes[from + i] = static_cast<char>(below(256));
        break;
    case Damage::Misplaced:
        for (int i = 0, many = 1 + below(4); i < many; ++i) {
            const QByteArray page = sound.mid(qsizetype(below(pages)) * pageSize, pageSize);
            bytes.replace(qsizetype(below(pages)) * pageSize, pageSize, page);
        }
    }
    return bytes;
}

} // namespace

void TestRepair::initTestCase() {
    const StoreFile file;
    {
        const auto store = file.open();
        populate(*store);
        ingest::Batch more = batchOf(3, 100);
        more.rejected = {{5, 1, "why", "what"}};
        need(store->apply({{more}}));
    }
    m_seed = contentOf(file.path());
    QVERIFY(m_seed.size() > 60 * pageSize);
    QVERIFY(need(store::verify(file.path())).isSound());
}

void TestRepair::aSoundStoreIsLeftAlone() {
    const StoreFile file;
    put(file.path(), m_seed);
    const store::RepairReport report = need(store::repair(file.path()));
    QVERIFY(report.wasSound);
    QVERIFY(report.aside.empty());
    QVERIFY(contentOf(file.path()) == m_seed);
}

void TestRepair::whatIsNoStoreIsRefused_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a text") << QByteArray("just some text\n").repeated(3'000);
    QTest::newRow("zeros") << QByteArray(20 * pageSize, '\0');
    QTemporaryDir folder;
    const std::string other = folder.filePath(QStringLiteral("other.db")).toStdString();
    SQLite::Database(other, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES(1, 'mine')");
    QTest::newRow("another program's database") << contentOf(other);
}

void TestRepair::whatIsNoStoreIsRefused() {
    QFETCH(QByteArray, content);
    const StoreFile file;
    QCOMPARE(store::repair(file.path()).error().kind, ErrorKind::NotFound);
    put(file.path(), content);
    const auto report = store::repair(file.path());
    QVERIFY(!report);
    QVERIFY(!report.error().hint.empty());
    QVERIFY(contentOf(file.path()) == content);
    QVERIFY(!std::filesystem::exists(file.path() + ".repairing"));
    QVERIFY(!std::filesystem::exists(file.path() + ".damaged"));
}

void TestRepair::aNewerStoreIsRefused_data() {
    QTest::addColumn<QString>("migration");
    QTest::newRow("a table more") << QStringLiteral("CREATE TABLE later(x)");
    QTest::newRow("a column more") << QStringLiteral("ALTER TABLE runs ADD COLUMN later INTEGER DEFAULT 5");
    QTest::newRow("an index more") << QStringLiteral("CREATE INDEX later ON runs(start_ns)");
    QTest::newRow("a view less") << QStringLiteral("DROP VIEW runs_v");
}

/// What it holds more would be lost.
void TestRepair::aNewerStoreIsRefused() {
    QFETCH(QString, migration);
    const StoreFile file;
    put(file.path(), m_seed);
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec(migration.toStdString() + "; PRAGMA user_version = " + std::to_string(store::newestSchema() + 1));
    const auto report = store::repair(file.path());
    QVERIFY(!report);
    QVERIFY2(report.error().sentence().find("Use the newer program") != std::string::npos,
             describe(report.error()).c_str());
    QVERIFY(!std::filesystem::exists(file.path() + ".damaged"));
}

void TestRepair::aDamagedVersionIsMended() {
    const StoreFile file;
    put(file.path(), m_seed);
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = " + std::to_string(store::newestSchema() + 8));
    const store::RepairReport report = need(store::repair(file.path()));
    QVERIFY(!report.wasSound);
    QVERIFY(need(store::verify(file.path())).isSound());
}

void TestRepair::openingADamagedStoreSaysWhatToDo() {
    const StoreFile file;
    QByteArray bytes = m_seed;
    zero(bytes, 1);
    put(file.path(), bytes);
    const auto store = store::Store::open(file.path());
    QVERIFY(!store);
    QVERIFY2(store.error().sentence().find("store repair --store " + file.path()) != std::string::npos,
             describe(store.error()).c_str());
}

void TestRepair::aDamagedPageCostsItsOwnRowsAndNoOthers() {
    const StoreFile seed;
    put(seed.path(), m_seed);
    const Layout layout = layoutOf(seed.path());
    for (const char *table : {"runs", "steps", "texts", "blocks", "segments"}) {
        const StoreFile file;
        QByteArray bytes = m_seed;
        const std::vector<int> pages = pagesOfKind(seed.path(), table, "leaf");
        zero(bytes, pages[pages.size() / 2]);
        put(file.path(), bytes);
        const store::RepairReport report = need(store::repair(file.path()));
        QCOMPARE(report.damagedPages, std::uint64_t(1));
        QVERIFY(report.readAgain);
        QVERIFY(report.check.isSound());
        QVERIFY(need(store::verify(file.path())).isSound());
        QCOMPARE(lostOf(layout, damagedPages(m_seed, bytes), file.path()), "");
    }
}

void TestRepair::theDamagedFileIsKeptAsItWas() {
    const StoreFile file;
    QByteArray bytes = m_seed;
    zero(bytes, 7);
    for (const char *end : {".damaged", ".damaged-2"}) {
        put(file.path() + "x", bytes);
        std::filesystem::rename(file.path() + "x", file.path());
        QCOMPARE(need(store::repair(file.path())).aside, std::filesystem::canonical(file.path()).string() + end);
        QVERIFY(contentOf(file.path() + end) == bytes);
    }
    QVERIFY(!std::filesystem::exists(file.path() + ".repairing"));
    QVERIFY(!std::filesystem::exists(file.path() + ".repaired"));
}

void TestRepair::aLostInnerPageCostsNoRows() {
    const StoreFile seed;
    put(seed.path(), m_seed);
    const std::uint64_t steps = countOf(seed.path(), "count(*) FROM steps");
    const StoreFile file;
    QByteArray bytes = m_seed;
    const std::vector<int> inner = pagesOfKind(seed.path(), "steps", "internal");
    QVERIFY(!inner.empty());
    for (const int page : inner)
        zero(bytes, page);
    put(file.path(), bytes);
    const store::RepairReport report = need(store::repair(file.path()));
    QVERIFY(report.strayPages > 1);
    QCOMPARE(countOf(file.path(), "count(*) FROM steps"), steps);
}

void TestRepair::aLostFirstPageCostsNoRows() {
    const StoreFile seed;
    put(seed.path(), m_seed);
    const StoreFile file;
    QByteArray bytes = m_seed;
    std::fill_n(bytes.begin(), 100, '\x5a'); // all that says that it is a database
    put(file.path(), bytes);
    need(store::repair(file.path()));
    for (const char *table : {"runs", "steps", "texts", "blocks", "segments", "attempts"})
        QCOMPARE(countOf(file.path(), std::string("count(*) FROM ") + table),
                 countOf(seed.path(), std::string("count(*) FROM ") + table));
}

void TestRepair::whatOnlyTheWriteAheadLogHoldsIsSavedToo() {
    const StoreFile file;
    put(file.path(), m_seed);
    const StoreFile copy;
    {
        const auto store = file.open();
        ingest::Batch late = batchOf(40, 900, {changeOf(textRun(9'000, monday), 0)});
        need(store->apply({{late}}));
        QByteArray bytes = contentOf(file.path());
        zero(bytes, 9);
        put(copy.path(), bytes);
        put(copy.path() + "-wal", contentOf(file.path() + "-wal"));
    }
    const store::RepairReport report = need(store::repair(copy.path()));
    QVERIFY(std::filesystem::exists(report.aside + "-wal"));
    QVERIFY(!std::filesystem::exists(copy.path() + "-wal"));
    QVERIFY(need(copy.reader()->run(idOf(9'000))).steps.size() == 3);
}

/// SQLite takes it for sound, as long as nobody asks for what has another name now.
void TestRepair::aDamagedSchemaCostsNoRows() {
    const StoreFile seed;
    put(seed.path(), m_seed);
    for (const char *change : {"sql = replace(sql, 'skipped_steps', 'skipped_stepw') WHERE name = 'runs'",
                               "sql = replace(sql, 'failed_steps', 'fai1ed_steps') WHERE name = 'runs_v'",
                               "sql = replace(sql, 'texts(hash)', 'texts(text)') WHERE name = 'texts_hash'"}) {
        const StoreFile file;
        put(file.path(), m_seed);
        SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
            .exec(std::string("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET ") + change);
        QVERIFY(!need(store::repair(file.path())).wasSound);
        QVERIFY(need(store::verify(file.path())).isSound());
        for (const char *what : {"sum(skipped_steps) FROM runs", "count(*) FROM steps", "count(*) FROM texts"})
            QCOMPARE(countOf(file.path(), what), countOf(seed.path(), what));
        file.open();
    }
}

void TestRepair::aDamagedTextIsSaidToBeLost() {
    const StoreFile file;
    put(file.path(), m_seed);
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("UPDATE texts SET text = 'stEp_1' WHERE text = 'step_1'");
        db.exec("DELETE FROM recipes");
    }
    const store::RepairReport report = need(store::repair(file.path()));
    const auto made = [&](const char *name) {
        for (const store::SavedTable &table : report.tables) {
            if (table.name == name)
                return table.made;
        }
        return std::uint64_t(0);
    };
    QCOMPARE(made("texts"), std::uint64_t(1));
    QCOMPARE(made("recipes"), std::uint64_t(1));
    QCOMPARE(countOf(file.path(), "count(*) FROM steps_v WHERE name = '(lost)'"),
             countOf(file.path(), "count(*) FROM runs_v"));
}

void TestRepair::stepsOfALostRunAreShown() {
    const StoreFile file;
    put(file.path(), m_seed);
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("DELETE FROM runs WHERE id IN (4, 5)");
    }
    const store::RepairReport report = need(store::repair(file.path()));
    QVERIFY(!report.wasSound);
    const auto reader = file.reader();
    QCOMPARE(ask(*reader, "SELECT status, completed_steps, failed_steps, suspect FROM runs_v WHERE recipe = '(lost)' "
                          "ORDER BY start_ns"),
             "failed|2|1|1\ncompleted|3|0|1");
    QCOMPARE(ask(*reader, "SELECT count(*) FROM steps_v WHERE recipe = '(lost)'"), "6");
}

void TestRepair::readingAgainBringsBackWhatIsMissing() {
    const StoreFile seed;
    {
        const auto store = seed.open();
        populate(*store);
    }
    const QByteArray whole = contentOf(seed.path());
    const StoreFile file;
    QByteArray bytes = whole;
    for (const char *table : {"runs", "blocks"}) {
        for (const int page : pagesOfKind(seed.path(), table, "leaf"))
            zero(bytes, page);
    }
    put(file.path(), bytes);
    need(store::repair(file.path()));
    {
        const auto store = file.open();
        populate(*store);
    }
    QVERIFY(need(store::verify(file.path())).isSound());
    const std::string runs = "count(*) FROM runs_v WHERE recipe <> '(lost)'";
    QCOMPARE(countOf(file.path(), runs), countOf(seed.path(), runs));
    QCOMPARE(countOf(file.path(), "sum(length) FROM blocks"), countOf(seed.path(), "sum(length) FROM blocks"));
}

void TestRepair::aWriterIsNotDisturbed() {
    const StoreFile file;
    const auto writer = file.open();
    QCOMPARE(store::repair(file.path()).error().kind, ErrorKind::Busy);
}

void TestRepair::itCanBeCancelled() {
    const StoreFile file;
    QByteArray bytes = m_seed;
    zero(bytes, 7);
    put(file.path(), bytes);
    std::stop_source early;
    early.request_stop();
    QCOMPARE(store::repair(file.path(), early.get_token()).error().kind, ErrorKind::Cancelled);
    std::stop_source late;
    const auto report = store::repair(file.path(), late.get_token(), [&](const Progress &progress) {
        if (progress.stage == "salvage")
            late.request_stop();
    });
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::Cancelled);
    QVERIFY(contentOf(file.path()) == bytes);
    QVERIFY(!std::filesystem::exists(file.path() + ".repairing"));
}

void TestRepair::aKilledSwapIsFinishedByTheNextWriter() {
    const StoreFile file;
    QByteArray bytes = m_seed;
    zero(bytes, 7);
    put(file.path(), bytes);
    put(file.path() + ".repaired", m_seed);
    const auto store = file.open();
    QVERIFY(contentOf(file.path() + ".damaged") == bytes);
    QVERIFY(!store::isRepairPending(file.path()));
    QCOMPARE(need(store->info()).runs, std::uint64_t(populatedDays * runsADay));
}

void TestRepair::whateverIsDamagedNothingIntactIsLost_data() {
    QTest::addColumn<Damage>("damage");
    QTest::newRow("bits, a few or many") << Damage::Bits;
    QTest::newRow("pages of zeros") << Damage::Zeros;
    QTest::newRow("cut off, anywhere") << Damage::CutOff;
    QTest::newRow("a stretch of noise") << Damage::Noise;
    QTest::newRow("pages that were written to the place of others") << Damage::Misplaced;
}

void TestRepair::whateverIsDamagedNothingIntactIsLost() {
    QFETCH(Damage, damage);
    bool isNumber = false;
    const int asked = qEnvironmentVariableIntValue("RA_DAMAGED", &isNumber);
    const int copies = std::max(1, (isNumber ? asked : 25) / damageKinds);
    const StoreFile seed;
    put(seed.path(), m_seed);
    const Layout layout = layoutOf(seed.path());
    int repaired = 0;
    int refused = 0;
    int sound = 0;
    int openable = 0;
    std::uint64_t saved = 0;
    for (int n = 0; n < copies; ++n) {
        const QByteArray bytes = damagedCopy(m_seed, damage, static_cast<unsigned>(n * damageKinds) + 1);
        const StoreFile file;
        put(file.path(), bytes);
        const std::string which = "copy " + std::to_string(n) + ": ";
        {
            const StoreFile opened;
            put(opened.path(), bytes);
            if (const auto store = store::Store::open(opened.path()))
                ++openable;
            else
                QVERIFY2(!store.error().why.empty() && !store.error().hint.empty(),
                         (which + describe(store.error())).c_str());
        }
        const std::set<int> hit = damagedPages(m_seed, bytes);
        const bool hitsSchema = hit.contains(1) || std::any_of(layout.schema.begin(), layout.schema.end(),
                                                               [&](int page) { return hit.contains(page); });
        const auto report = store::repair(file.path());
        if (!report) {
            ++refused;
            QVERIFY2(!report.error().hint.empty(), (which + describe(report.error())).c_str());
            QVERIFY2(hitsSchema, (which + describe(report.error())).c_str());
            QVERIFY(contentOf(file.path()) == bytes);
            continue;
        }
        sound += report->wasSound ? 1 : 0;
        ++repaired;
        for (const store::SavedTable &table : report->tables)
            saved += table.saved;
        QVERIFY2(need(store::verify(file.path())).isSound(), which.c_str());
        const std::string lost = lostOf(layout, hit, file.path());
        QVERIFY2(lost.empty(), (which + lost).c_str());
        file.open(); // and it can be written to
    }
    qInfo("%d damaged copies: %d could be opened, %d repaired (%d of them sound), %d refused, %llu rows saved", copies,
          openable, repaired, sound, refused, static_cast<unsigned long long>(saved));
    // Of a few, one that is cut off in its first page may be all.
    constexpr int many = 5;
    QVERIFY(repaired > copies / 2 || copies < many);
}

QTEST_GUILESS_MAIN(TestRepair)
#include "tst_repair.moc"
