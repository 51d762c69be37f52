// SPDX-License-Identifier: GPL-3.0-or-later
// Rows themselves, and answers page by page.
#include "tests/core/query/questionfixture.h"

#include <numeric>

using namespace ra;
using namespace ra::test;
using namespace ra::query;

class TestAskListing : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void rowsAreSelected();
    void theSlowestAreFoundByTheirHours_data();
    void theSlowestAreFoundByTheirHours();
    void theSlowestOfThoseThatAreLeft_data();
    void theSlowestOfThoseThatAreLeft();
    void limitsBeyondAllRowsAreAll();
    void pagesComeOneByOne();
    void framesAreJoined();

private:
    StoreFile m_file; ///< with stale hours
    StoreFile m_tidy; ///< without
    std::unique_ptr<Reader> m_reader;
    std::unique_ptr<Reader> m_tidyReader;
};

void TestAskListing::initTestCase() {
    fillTidyAndStale(m_tidy, m_file);
    m_reader = m_file.reader();
    m_tidyReader = m_tidy.reader();
    // Of hours that were summed up before they changed, and not of all.
    QVERIFY(test::ask(*m_reader, "SELECT count(*) > 20 FROM stale_hours h JOIN kept_step_rollups k ON k.recipe_id = "
                                 "h.recipe_id AND k.level = 1 AND k.bucket = h.hour") == "1");
    QVERIFY(test::ask(*m_reader, "SELECT count(*) < 100 FROM stale_hours") == "1");
    QCOMPARE(test::ask(*m_tidyReader, "SELECT count(*) FROM stale_hours"), std::string("0"));
}

void TestAskListing::rowsAreSelected() {
    const auto compareWith = [&](const char *question, const char *sql) {
        QCOMPARE(rowsOf(answer(*m_reader, question).frame), test::ask(*m_reader, sql));
    };
    compareWith("runs | select run_id, recipe, status, pid, total_steps | where pid = 1001 | order run_id | limit 30 | "
                "offset 7",
                "SELECT run_id, recipe, status, pid, total_steps FROM runs_v WHERE pid = 1001 ORDER BY run_id LIMIT 30 "
                "OFFSET 7");
    // More than are put in order at once.
    compareWith(
        "allsteps | select run_id, idx, step, elapsed | order elapsed desc, run_id, idx | limit 12",
        "SELECT run_id, idx, name, CAST(printf('%.9g', duration_s) AS REAL) FROM steps_v ORDER BY duration_s DESC, "
        "run_id, idx LIMIT 12");
    compareWith("errors | select step, type, message | where step is not none | order step, type, message | limit 5",
                "SELECT step, type, message FROM errors_v WHERE step IS NOT NULL ORDER BY step, type IS NULL, type, "
                "message LIMIT 5");
    const std::string all = test::ask(*m_reader, "SELECT count(*) FROM steps_v");
    QCOMPARE(std::to_string(answer(*m_reader, "allsteps | select step").frame.rows()), all);
    // Without an order no more is read than is wanted.
    const Answer few = answer(*m_reader, "allsteps | select step, status | limit 3");
    QCOMPARE(few.frame.rows(), std::size_t(3));
    QCOMPARE(few.explanation.rows, std::uint64_t(3));
    QCOMPARE(refusal(*m_reader, "steps | select step | by recipe").kind, ErrorKind::Invalid);
    QCOMPARE(refusal(*m_reader, "steps | select nothing").kind, ErrorKind::Invalid);
}

void TestAskListing::theSlowestAreFoundByTheirHours_data() {
    QTest::addColumn<QString>("stages");
    QTest::addColumn<QString>("where");
    QTest::newRow("all") << ""
                         << "1";
    QTest::newRow("one step") << " | where step = 'step 3'"
                              << "name = 'step 3'";
    QTest::newRow("recipes") << " | where recipe != 'recipe 1' and status = completed"
                             << "recipe <> 'recipe 1' AND status = 'completed'";
    QTest::newRow("edges") << " | since 2026-03-28T03:04:05.006Z | until 2026-03-29T19:20:21Z"
                           << "run_start >= 1774667045006000000 AND run_start < 1774812021000000000";
    QTest::newRow("hours of the day") << " | where hour < 6 | zone Asia/Kolkata"
                                      << "(run_start / 1000000000 + 19800) % 86400 < 21600";
    QTest::newRow("few")
        << " | where step = 'step 3' and recipe = 'recipe 2' | since 2026-03-28T05:00:00Z | until 2026-03-28T05:30:00Z"
        << "name = 'step 3' AND recipe = 'recipe 2' AND run_start >= 1774674000000000000 AND run_start < "
           "1774675800000000000";
}

/// Also where some hours are not summed up yet; failed steps come last, having no duration.
void TestAskListing::theSlowestAreFoundByTheirHours() {
    QFETCH(QString, stages);
    QFETCH(QString, where);
    const std::string sql =
        "WITH s AS MATERIALIZED (SELECT printf('%016x', coalesce(r.alt_id, r.run_id)) AS run_id, c.name AS recipe, "
        "r.start_ns AS run_start, s.id "
        "& 16777215 AS idx, n.text AS name, iif(s.status = 2, 'failed', 'completed') AS status, iif(s.status = 1, "
        "coalesce(s.duration_ns, s.end_ns - s.start_ns), NULL) AS d FROM runs r JOIN steps s ON s.id >> 24 = r.id JOIN "
        "recipes c ON "
        "c.id = r.recipe_id JOIN texts n ON n.id = s.name WHERE r.shown = 1 AND (s.status = 2 OR (s.status = 1 AND "
        "coalesce(s.duration_ns, s.end_ns - s.start_ns) IS NOT NULL))) SELECT run_id, idx, CAST(printf('%.9g', d / "
        "1e9) AS REAL) FROM s WHERE " +
        where.toStdString() + " ORDER BY d DESC, run_id, idx LIMIT 10 OFFSET 3";
    for (Reader *reader : {m_reader.get(), m_tidyReader.get()}) {
        const Answer got = answer(*reader, "steps | select run_id, idx, duration" + stages.toStdString() +
                                               " | order duration desc, run_id, idx | limit 10 | offset 3");
        QCOMPARE(rowsOf(got.frame), test::ask(*reader, sql));
        const bool isFew = QByteArray(QTest::currentDataTag()) == "few";
        if (reader == m_tidyReader.get() && !isFew) {
            QVERIFY(got.explanation.rollups > 0);
            QVERIFY2(got.explanation.rows < 700, std::to_string(got.explanation.rows).c_str());
        }
    }
}

void TestAskListing::theSlowestOfThoseThatAreLeft_data() {
    QTest::addColumn<int>("days"); ///< that are kept
    for (const int days : {1, 2})
        QTest::addRow("%d days", days) << days;
}

// Rollups tell of longer ones, which retention has removed.
void TestAskListing::theSlowestOfThoseThatAreLeft() {
    QFETCH(int, days);
    const StoreFile file;
    const auto store = file.open();
    fillWithRuns(*store, 1'500, false);
    need(store->pin(std::vector{idOf(3)}, true)); // stays, however old
    QVERIFY(need(store->retain({.runs = days * 24h}, springDay + 3 * 24h, false)).runs > 100);
    const auto reader = file.reader();
    const std::string text = "steps | select duration, run_id, idx | order duration desc, run_id, idx";
    const Frame all = answer(*reader, text).frame; // reads every row
    for (const std::size_t limit : {1U, 5U, 20U, 300U, 9'000U}) {
        const Frame some = answer(*reader, text + " | limit " + std::to_string(limit)).frame;
        std::vector<std::size_t> first(std::min(limit, all.rows()));
        std::iota(first.begin(), first.end(), std::size_t{0});
        QCOMPARE(QString::fromStdString(rowsOf(some)), QString::fromStdString(rowsOf(all.pick(first))));
    }
}

void TestAskListing::limitsBeyondAllRowsAreAll() {
    const std::size_t all = answer(*m_reader, "steps | select run_id").frame.rows();
    for (const char *limit : {"18446744073709551613", "1000001", "9000000000"}) {
        const std::string text = std::string("steps | select run_id, duration | order duration | limit ") + limit;
        QCOMPARE(answer(*m_reader, text).frame.rows(), all);
        QCOMPARE(answer(*m_reader, text + " | offset 5").frame.rows(), all - 5);
    }
}

void TestAskListing::pagesComeOneByOne() {
    for (const char *text : {"allsteps | select step, elapsed", "allsteps | select step, elapsed | order elapsed",
                             "allsteps | by run_id, idx | max(elapsed)"}) {
        const Question question = need(parseQuestion(text, springDay));
        std::vector<Frame> pages;
        const auto explanation = m_reader->ask(question, AskOptions{}, 100, [&](const Frame &page) {
            pages.push_back(page);
            return true;
        });
        QVERIFY(explanation);
        for (std::size_t i = 0; i < pages.size(); ++i)
            QVERIFY(i + 1 == pages.size() ? pages[i].rows() <= 100 : pages[i].rows() == 100);
        QVERIFY(rowsOf(Frame::joined(pages)) == rowsOf(answer(*m_reader, text).frame));
        int taken = 0;
        const auto stopped = m_reader->ask(question, AskOptions{}, 100, [&](const Frame &) { return ++taken < 3; });
        QVERIFY(stopped);
        QCOMPARE(taken, 3);
    }
    int taken = 0;
    const Question none = need(parseQuestion("runs | select run_id | where recipe = nobody", springDay));
    QVERIFY(m_reader->ask(none, AskOptions{}, 100, [&](const Frame &page) { return ++taken > 0 && page.rows() == 0; }));
    QCOMPARE(taken, 1);
    const AskOptions little{.limits = {.maxBytes = 1'000}};
    QVERIFY(refusal(*m_reader, "allsteps | select run_id, step", little).why.find("MiB") != std::string::npos);
}

void TestAskListing::framesAreJoined() {
    const auto one = [](std::vector<std::string> words) {
        FrameColumn column;
        column.name = "t";
        column.type = ColumnType::Text;
        for (std::size_t i = 0; i < words.size(); ++i)
            column.addInteger(static_cast<std::int64_t>(words.size() - 1 - i));
        column.addMissing();
        column.words = std::make_shared<const std::vector<std::string>>(std::move(words));
        return Frame({column});
    };
    const Frame a = one({"x", "y"});
    const Frame b = one({"z"});
    QCOMPARE(rowsOf(Frame::joined(std::vector{a, b, a})), std::string("y\nx\nNULL\nz\nNULL\ny\nx\nNULL"));
    QCOMPARE(Frame::joined({}).rows(), std::size_t(0));
}

QTEST_GUILESS_MAIN(TestAskListing)
#include "tst_asklisting.moc"
