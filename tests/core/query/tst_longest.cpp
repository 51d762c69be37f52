// SPDX-License-Identifier: GPL-3.0-or-later
// The longest steps of single runs are found in few days, and are the same as if all had been read.
#include "tests/core/query/questionfixture.h"

using namespace ra;
using namespace ra::test;
using namespace ra::query;

class TestLongest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theyAreTheSameAsOfAll_data();
    void theyAreTheSameAsOfAll();
    void mostDaysAreNotRead();
    void othersReadEverything_data();
    void othersReadEverything();
    void itCanBeCancelled();

private:
    StoreFile m_stale; ///< with hours that are not summed up
    StoreFile m_tidy;  ///< without
};

namespace {

/// The first rows of the answer without a limit, which reads all.
std::string firstOf(const Answer &all, std::size_t offset, std::size_t limit) {
    std::vector<std::size_t> rows;
    for (std::size_t row = offset; row < std::min(all.frame.rows(), offset + limit); ++row)
        rows.push_back(row);
    return rowsOf(all.frame.pick(rows));
}

} // namespace

void TestLongest::initTestCase() {
    fillTidyAndStale(m_tidy, m_stale);
}

void TestLongest::theyAreTheSameAsOfAll_data() {
    QTest::addColumn<QString>("before"); ///< stages before the aggregates
    QTest::addColumn<QString>("after");  ///< and after them
    QTest::newRow("of all") << "by run_id, recipe, step"
                            << "order s desc";
    QTest::newRow("of runs") << "by run_id"
                             << "order s desc";
    QTest::newRow("of a recipe") << R"(where recipe = "recipe 3" | by run_id, step)"
                                 << "order s desc";
    QTest::newRow("of a step") << R"(where step in ("step 1", "step 4") | by step, run_id)"
                               << "order s desc";
    QTest::newRow("of short ones") << "where duration < 2ms | by run_id, step"
                                   << "order s desc";
    QTest::newRow("of runs that failed") << "where run_status = failed | by run_id, recipe"
                                         << "order s desc";
    QTest::newRow("in a range") << "since 2026-03-28T05:30:10Z | until 2026-03-29T21:00Z | by run_id"
                                << "order s desc";
    QTest::newRow("and then by another column") << "by run_id, step"
                                                << "order s desc, step desc";
    QTest::newRow("of nothing") << "where recipe = nobody | by run_id"
                                << "order s desc";
}

void TestLongest::theyAreTheSameAsOfAll() {
    QFETCH(QString, before);
    QFETCH(QString, after);
    for (const StoreFile *file : {&m_stale, &m_tidy}) {
        const auto reader = file->reader();
        const std::string text =
            "steps | " + before.toStdString() + " | max(duration) as s, count() as n | " + after.toStdString();
        const Answer all = answer(*reader, text);
        for (const auto &[offset, limit] :
             {std::pair<std::size_t, std::size_t>(0, 1), {0, 20}, {7, 13}, {0, 100'000}}) {
            const Answer some =
                answer(*reader, text + " | limit " + std::to_string(limit) + " | offset " + std::to_string(offset));
            QCOMPARE(QString::fromStdString(rowsOf(some.frame)), QString::fromStdString(firstOf(all, offset, limit)));
        }
    }
}

void TestLongest::mostDaysAreNotRead() {
    const auto reader = m_tidy.reader();
    const Answer all = answer(*reader, "steps | by run_id | max(duration) as s | order s desc");
    const Answer one = answer(*reader, "steps | by run_id | max(duration) as s | order s desc | limit 1");
    QVERIFY(one.explanation.rows * 4 < all.explanation.rows);
    QVERIFY2(one.explanation.plan.why.find(" of 30 days of recipes") != std::string::npos,
             one.explanation.plan.why.c_str());
    // What is not summed up is read in any case.
    const Answer stale = answer(*m_stale.reader(), "steps | by run_id | max(duration) as s | order s desc | limit 1");
    QVERIFY(stale.explanation.rows > one.explanation.rows);
}

void TestLongest::othersReadEverything_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("no limit") << "by run_id | max(duration) as s | order s desc";
    QTest::newRow("the shortest") << "by run_id | max(duration) as s | order s | limit 1";
    QTest::newRow("another aggregate") << "by run_id | mean(duration) as s | order s desc | limit 1";
    QTest::newRow("not the first order") << "by run_id | max(duration) as s, count() as n | order n, s desc | limit 1";
    QTest::newRow("some of the groups") << "by run_id | max(duration) as s | having s > 0 | order s desc | limit 1";
}

void TestLongest::othersReadEverything() {
    QFETCH(QString, text);
    const auto reader = m_tidy.reader();
    const Answer all = answer(*reader, "steps | by run_id | count()");
    const Answer asked = answer(*reader, "steps | " + text.toStdString());
    QCOMPARE(asked.explanation.rows, all.explanation.rows);
}

void TestLongest::itCanBeCancelled() {
    std::stop_source stop;
    AskOptions options;
    options.stop = stop.get_token();
    std::uint64_t days = 0;
    options.progress = [&](const Progress &progress) {
        days = progress.done;
        stop.request_stop();
    };
    const auto question =
        need(parseQuestion("steps | by run_id | max(duration) as s | order s desc | limit 9999", springDay));
    const auto result = m_tidy.reader()->ask(question, options);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Cancelled);
    QCOMPARE(days, std::uint64_t{1});
}

QTEST_GUILESS_MAIN(TestLongest)
#include "tst_longest.moc"
