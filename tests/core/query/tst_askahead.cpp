// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/readahead.h"
#include "core/query/segmentwork.h"
#include "core/query/sidereaders.h"
#include "core/store/readonly.h"
#include "tests/core/query/samplefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <bit>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

using namespace ra;
using namespace ra::test;
using namespace ra::query;

namespace {

bool isSameBits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Bit for bit.
bool isSame(const Frame &a, const Frame &b) {
    if (a.rows() != b.rows() || a.columns().size() != b.columns().size())
        return false;
    for (std::size_t i = 0; i < a.columns().size(); ++i) {
        const FrameColumn &one = a.columns()[i];
        const FrameColumn &other = b.columns()[i];
        if (one.name != other.name || one.type != other.type || one.present != other.present ||
            !std::equal(one.numbers.begin(), one.numbers.end(), other.numbers.begin(), other.numbers.end(), isSameBits))
            return false;
        for (std::size_t row = 0; row < a.rows(); ++row) {
            if (one.type == ColumnType::Text
                    ? one.text(row) != other.text(row)
                    : one.type != ColumnType::Number && one.integers[row] != other.integers[row])
                return false;
        }
    }
    return true;
}

/// Tables of so many rows each: a number, a text, nothing, a number with a point.
std::vector<ReadTask> fillTasks(SQLite::Database &db, const std::vector<int> &rows) {
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE things(task INTEGER, i INTEGER, t TEXT, x REAL, "
            "PRIMARY KEY(task, i)) WITHOUT ROWID; BEGIN");
    std::vector<ReadTask> tasks;
    for (std::size_t task = 0; task < rows.size(); ++task) {
        for (int i = 0; i < rows[task]; ++i)
            db.exec("INSERT INTO things VALUES(" + std::to_string(task) + ", " + std::to_string(i) + ", 'text " +
                    std::to_string(i) + "', " + std::to_string(i) + ".5)");
        tasks.push_back({.statement = task % 2, .values = {static_cast<std::int64_t>(task)}});
    }
    db.exec("COMMIT");
    return tasks;
}

const std::vector<std::string> thingsBoth{"SELECT i, t, NULL, x, task FROM things WHERE task = ?",
                                          "SELECT i, t, NULL, x, task FROM things WHERE task = ? ORDER BY i DESC"};

} // namespace

class TestAskAhead : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void othersAnswerAsOneDoes_data();
    void othersAnswerAsOneDoes();
    void whatHasGoneIsToldByAllAlike_data();
    void whatHasGoneIsToldByAllAlike();
    void cancelsWhileOthersRead();
    void sidesSeeOneState();
    void sidesAreRefusedWhatWasWrittenMeanwhile();
    void rowsComeInTheOrderOfTasks();
    void whatFailsInOneIsTold();
    void nobodyWaitsForWhatIsStopped();

private:
    StoreFile m_file;
    std::unique_ptr<Reader> m_reader;
};

void TestAskAhead::initTestCase() {
    fillWithRuns(*m_file.open(), 6'000);
    {
        const auto store = m_file.open(); // to whom nothing is recent
        while (need(store->tidy())) {
        }
    }
    fillWithRuns(*m_file.open(), 60, 9'000); // so that some hours are not summed up
    fillWithSamples(*m_file.open());
    m_reader = m_file.reader();
}

void TestAskAhead::othersAnswerAsOneDoes_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isMuch");
    const auto row = [](const char *text, bool isMuch) { QTest::newRow(text) << text << isMuch; };
    row("steps | by recipe, step, bucket(hour) | p50(duration), p95(duration), sum(duration), stddev(duration)", true);
    row("steps | by bucket(minute) | count(), p50(duration), min(duration)", true);
    row("allsteps | by run_id, status | count(), max(elapsed), first(elapsed)", true);
    row("allsteps | by step | mean(elapsed), p95(elapsed), slope(elapsed), top(status, 3)", true);
    row("allsteps | by thread, class | sum(elapsed), stddev(elapsed), histogram(elapsed, 0, 10, 5)", true);
    row("allsteps | where step != \"step 1\" | select run_id, step, status, elapsed, time", true);
    row("allsteps | select run_id, step, start | order start desc, run_id, step | limit 1000", true);
    row("steps | by recipe, step | mean(rss), p95(rss), max(rss), count()", true);
    row("steps | since 2026-03-28T05:17:11Z | by pid, step | mean(duration), p50(duration)", true);
    row("runs | by recipe, status | count(), error_rate(), p95(duration)", true);
    row("errors | by recipe | count()", true);
    row("steps | by bucket(day) | error_rate() | zone Europe/Berlin", true);
    row("steps | since 2026-03-28T10:00:00Z | until 2026-03-28T11:00:00Z | by recipe, step | count()", false);
}

void TestAskAhead::othersAnswerAsOneDoes() {
    QFETCH(QString, text);
    QFETCH(bool, isMuch);
    const Answer alone = answer(*m_reader, text.toStdString(), {.mostConnections = 0});
    const Answer shared = answer(*m_reader, text.toStdString());
    QCOMPARE(alone.explanation.connections, std::uint64_t(0));
    if (usefulThreads() > 1)
        QCOMPARE(shared.explanation.connections > 1, isMuch);
    QVERIFY(alone.frame.rows() > 0);
    QVERIFY(isSame(alone.frame, shared.frame));
    QCOMPARE(shared.explanation.rows, alone.explanation.rows);
    QCOMPARE(shared.explanation.rollups, alone.explanation.rollups);
    QCOMPARE(shared.explanation.staleUnits, alone.explanation.staleUnits);
}

void TestAskAhead::whatHasGoneIsToldByAllAlike_data() {
    QTest::addColumn<QString>("text");
    const auto row = [](const char *text) { QTest::newRow(text) << text; };
    row("steps | by recipe, step, bucket(hour) | p50(duration), p95(duration), sum(duration), stddev(duration)");
    row("steps | by recipe, step, bucket(hour) | count(), min(duration), max(duration)");
    row("steps | by recipe, bucket(minute) | count(), max(duration)");
    row("steps | by step, bucket(day) | count(), error_rate(), p50(duration)");
    row("steps | since 2026-03-28T05:17:00Z | until 2026-03-29T05:17:00Z | by bucket(minute) | count()");
}

/// Runs are removed and others of the same hours come, so that these hours are read from rows and from what has gone.
void TestAskAhead::whatHasGoneIsToldByAllAlike() {
    QFETCH(QString, text);
    const StoreFile file;
    fillWithRuns(*file.open(), 6'000);
    {
        const auto store = file.open();
        while (need(store->tidy())) {
        }
        const Retained gone = need(store->retain({.runs = 120h}, springDay + 120h + 36h, false));
        QVERIFY(gone.runs > 1'000);
    }
    fillWithRuns(*file.open(), 60, 9'000);
    const auto reader = file.reader();
    QVERIFY(std::stoi(ask(*reader, "SELECT count(*) FROM stale_hours JOIN gone_step_rollups USING(recipe_id) WHERE "
                                   "bucket BETWEEN hour * 60 AND hour * 60 + 59")) > 100);
    const Answer alone = answer(*reader, text.toStdString(), {.mostConnections = 0});
    const Answer shared = answer(*reader, text.toStdString());
    QCOMPARE(alone.explanation.connections, std::uint64_t(0));
    if (usefulThreads() > 1)
        QVERIFY(shared.explanation.connections > 1);
    QVERIFY(alone.explanation.staleUnits > 0);
    QVERIFY(isSame(alone.frame, shared.frame));
    QCOMPARE(shared.explanation.rows, alone.explanation.rows);
    QCOMPARE(shared.explanation.rollups, alone.explanation.rollups);
    // And as where nothing has gone; quantiles of a few values are exact where these are told one by one.
    if (!text.contains(QLatin1String("p95")))
        QVERIFY(isSame(alone.frame, answer(*m_reader, text.toStdString()).frame));
}

/// Counted, not timed: the token is set when the rows of four of ten recipes are taken.
void TestAskAhead::cancelsWhileOthersRead() {
    std::stop_source stop;
    int reports = 0;
    AskOptions options;
    options.stop = stop.get_token();
    options.progress = [&](const Progress &) {
        if (++reports == 4)
            stop.request_stop();
    };
    QCOMPARE(refusal(*m_reader, "allsteps | by run_id | count()", options).kind, ErrorKind::Cancelled);
    QCOMPARE(reports, 4);
    // And when all rows are there, and what they come to is not.
    std::stop_source late;
    options.stop = late.get_token();
    options.progress = [&](const Progress &progress) {
        if (progress.done == progress.total)
            late.request_stop();
    };
    QCOMPARE(refusal(*m_reader, "steps | by recipe, step, bucket(minute) | p50(duration), sum(duration)", options).kind,
             ErrorKind::Cancelled);
    // All connections are as good as before.
    const Answer shared = answer(*m_reader, "allsteps | by run_id | count()");
    QVERIFY(isSame(shared.frame, answer(*m_reader, "allsteps | by run_id | count()", {.mostConnections = 0}).frame));
}

void TestAskAhead::sidesSeeOneState() {
    const StoreFile file;
    const auto store = file.open();
    fillWithRuns(*store, 10);
    auto own = need(store::openReadOnly(file.path()));
    SideReaders sides(file.path());
    QCOMPARE(sides.databases(4).size(), std::size_t(0));
    sides.prepare(2);
    own.exec("BEGIN");
    QCOMPARE(own.execAndGet("SELECT count(*) FROM runs").getInt(), 10);
    QVERIFY(sides.begin());
    fillWithRuns(*store, 5, 100); // which neither of them sees
    QCOMPARE(sides.databases(1).size(), std::size_t(1));
    QCOMPARE(sides.databases(4).size(), std::size_t(2));
    for (SQLite::Database *side : sides.databases(4))
        QCOMPARE(side->execAndGet("SELECT count(*) FROM runs").getInt(), 10);
    QCOMPARE(own.execAndGet("SELECT count(*) FROM runs").getInt(), 10);
    own.exec("COMMIT");
    sides.end();
    // And the next time all of it.
    sides.prepare(2);
    own.exec("BEGIN");
    QCOMPARE(own.execAndGet("SELECT count(*) FROM runs").getInt(), 15);
    QVERIFY(sides.begin());
    for (SQLite::Database *side : sides.databases(4))
        QCOMPARE(side->execAndGet("SELECT count(*) FROM runs").getInt(), 15);
    sides.end();
}

void TestAskAhead::sidesAreRefusedWhatWasWrittenMeanwhile() {
    const StoreFile file;
    const auto store = file.open();
    fillWithRuns(*store, 10);
    auto own = need(store::openReadOnly(file.path()));
    SideReaders sides(file.path());
    for (const bool isBefore : {true, false}) {
        sides.prepare(3);
        if (isBefore)
            fillWithRuns(*store, 1, 1'000);
        own.exec("BEGIN");
        QCOMPARE(own.execAndGet("SELECT count(*) FROM runs").getInt(), 11);
        if (!isBefore)
            fillWithRuns(*store, 1, 2'000);
        QVERIFY(!sides.begin());
        QCOMPARE(sides.databases(4).size(), std::size_t(0));
        own.exec("COMMIT");
    }
    SideReaders none(file.path() + ".nosuch");
    none.prepare(2);
    QVERIFY(none.begin());
    QCOMPARE(none.databases(4).size(), std::size_t(0));
}

void TestAskAhead::rowsComeInTheOrderOfTasks() {
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("things.db")).toStdString();
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // More at once than may wait, none at all, and many of few.
    std::vector<int> rows{5'000, 0, 30'000, 20'000, 0, 1};
    for (int i = 0; i < 200; ++i)
        rows.push_back(i % 40);
    const std::vector<ReadTask> tasks = fillTasks(db, rows);
    SQLite::Database one(path, SQLite::OPEN_READONLY);
    SQLite::Database two(path, SQLite::OPEN_READONLY);
    SQLite::Database three(path, SQLite::OPEN_READONLY);
    const std::vector<std::vector<SQLite::Database *>> choices{{}, {&one}, {&one, &two, &three}};
    for (const auto &sides : choices) {
        ReadAhead ahead(db, thingsBoth, sides, {});
        ahead.setTasks(tasks);
        for (std::size_t task = 0; task < tasks.size(); ++task) {
            int count = 0;
            bool isRight = true;
            ahead.each(task, [&](const auto &source) {
                const int i = task % 2 == 0 ? count : rows[task] - 1 - count;
                isRight = isRight && source.integer(0) == i && source.text(1) == "text " + std::to_string(i) &&
                          source.isNull(2) && std::isnan(source.real(2)) && source.real(3) == i + 0.5 &&
                          source.real(0) == i && source.integer(4) == static_cast<std::int64_t>(task);
                ++count;
                return true;
            });
            QCOMPARE(count, rows[task]);
            QVERIFY(isRight);
        }
        QCOMPARE(ahead.helpers(), sides.size());
    }
    // Whoever has enough leaves, whatever is under way.
    ReadAhead ahead(db, thingsBoth, {&one, &two}, {});
    ahead.setTasks(tasks);
    int count = 0;
    ahead.each(0, [&](const auto &) { return true; });
    ahead.each(1, [&](const auto &) { return true; });
    ahead.each(2, [&](const auto &) { return ++count < 10; });
    QCOMPARE(count, 10);
    QCOMPARE(ahead.helpers(), std::size_t(2));
}

void TestAskAhead::whatFailsInOneIsTold() {
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("things.db")).toStdString();
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    const std::vector<ReadTask> tasks = fillTasks(db, {5'000, 100, 100});
    SQLite::Database one(path, SQLite::OPEN_READONLY);
    std::vector<std::string> statements = thingsBoth;
    statements[1] = "SELECT i, abs(-9223372036854775808 + i - i) FROM things WHERE task = ?"; // an overflow
    ReadAhead ahead(db, statements, {&one}, {});
    ahead.setTasks(tasks);
    int count = 0;
    ahead.each(0, [&](const auto &) { return ++count > 0; });
    QCOMPARE(count, 5'000);
    QVERIFY_THROWS_EXCEPTION(SQLite::Exception, ahead.each(1, [](const auto &) { return true; }));
    QCOMPARE(ahead.helpers(), std::size_t(1));
}

void TestAskAhead::nobodyWaitsForWhatIsStopped() {
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("things.db")).toStdString();
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    const std::vector<ReadTask> tasks = fillTasks(db, {5'000, 1, 1, 1});
    SQLite::Database one(path, SQLite::OPEN_READONLY);
    std::stop_source stop;
    std::vector<std::string> statements = thingsBoth;
    // Would take hours, and tells when it has begun.
    statements[1] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE begun() AND "
                    "i < ?1 - 1";
    std::promise<void> begun;
    std::pair<std::once_flag, std::promise<void> *> signal;
    signal.second = &begun;
    const auto tell = [](sqlite3_context *context, int, sqlite3_value **) {
        auto *told = static_cast<decltype(signal) *>(sqlite3_user_data(context));
        std::call_once(told->first, [told] { told->second->set_value(); });
        sqlite3_result_int(context, 1);
    };
    for (const SQLite::Database *connection : {&db, &one})
        QCOMPARE(
            sqlite3_create_function(connection->getHandle(), "begun", 0, SQLITE_UTF8, &signal, tell, nullptr, nullptr),
            SQLITE_OK);
    ReadAhead ahead(db, statements, {&one}, stop.get_token());
    ahead.setTasks(tasks);
    ahead.each(0, [&](const auto &) { return true; });
    std::thread later([&] {
        begun.get_future().wait();
        stop.request_stop();
    });
    QVERIFY_THROWS_EXCEPTION(SQLite::Exception, ahead.each(1, [](const auto &) { return true; }));
    later.join();
}

QTEST_GUILESS_MAIN(TestAskAhead)
#include "tst_askahead.moc"
