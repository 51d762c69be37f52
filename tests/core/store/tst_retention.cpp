// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/repair.h"
#include "core/store/verify.h"
#include "tests/core/store/populated.h"
#include "tests/support/soon.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

using namespace ra;
using namespace ra::test;

class TestRetention : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void withoutAPolicyNothingGoes();
    void samplesGoAndTheirRollupsStay();
    void rollupsOfAllLevelsStay_data();
    void rollupsOfAllLevelsStay();
    void runsGoWithAllThatIsTheirs();
    void rawLinesGoAndTheirRunsStay();
    void rollupsGoLast();
    void aPreviewTellsExactlyWhatGoesAndChangesNothing();
    void whatIsFreedIsWhatTheFileUsesLess_data();
    void whatIsFreedIsWhatTheFileUsesLess();
    void whatIsPinnedStays();
    void aPinnedRunWithoutAnEndKeepsAllSamplesOfItsTime_data();
    void aPinnedRunWithoutAnEndKeepsAllSamplesOfItsTime();
    void whatComesAfterThePinIsPinnedToo();
    void pinsAreListedAndUnknownRunsRefused();
    void whatHasGoneIsNotTakenAgain();
    void afterCancellingItGoesOn();
    void progressHasATotalAndReachesIt();
    void compactingCanBeStoppedAnywhere();
    void whereTheDiskIsFullTheOldestGoesFirst();
    void policiesAreRemembered();
    void aSavedPolicyIsAppliedInTheBackground();
    void aPreviewInBetweenDoesNotEndTheBackgroundsRound();
    void policiesThatWouldLoseRollupsAreRefused();
    void repairKeepsWhatOnlyRollupsTell();
    void compactingGivesBackWhatIsFree();
    void compactingCanBeCancelled();

private:
    std::unique_ptr<StoreFile> m_file;
    std::unique_ptr<store::Store> m_store;

    std::string ask(std::string_view sql) { return test::ask(*m_file->reader(), sql); }
    void checkSound() {
        const store::VerifyReport report = need(store::verify(m_file->path()));
        QVERIFY2(report.isSound(),
                 (report.damage.empty() ? "" : report.damage[0].where + report.damage[0].what).c_str());
    }
};

namespace {

constexpr Duration day = 24h;
/// After the last run; with a period of n days, the last n days (of UTC, begun at midnight) stay.
constexpr Time end = monday + populatedDays * day;
constexpr std::int64_t nsPerDay = 86'400'000'000'000;

std::int64_t cutoff(int days) {
    return (toNs(end) - days * nsPerDay) / nsPerDay * nsPerDay;
}

std::string before(int days) {
    return std::to_string(cutoff(days));
}

Retained retain(store::Store &store, const RetentionPolicy &policy) {
    return need(store.retain(policy, end, false));
}

} // namespace

void TestRetention::init() {
    m_store.reset();
    m_file = std::make_unique<StoreFile>();
    m_store = m_file->open();
    populate(*m_store);
}

void TestRetention::withoutAPolicyNothingGoes() {
    QVERIFY(retain(*m_store, {}) == Retained{});
    QCOMPARE(ask("SELECT count(*) FROM runs_v"), std::to_string(populatedDays * runsADay));
}

void TestRetention::samplesGoAndTheirRollupsStay() {
    const std::string rollups = ask("SELECT count(*), sum(count), sum(sum) FROM series_v s, rollups(s.series, 'day')");
    const std::string kept = ask("SELECT count(*), sum(value) FROM samples WHERE t_ns >= " + before(10));
    const auto all = std::stoull(ask("SELECT count(*) FROM samples"));
    const Retained gone = retain(*m_store, {.samples = 10 * day});
    QVERIFY(gone.samples > 0);
    QCOMPARE(std::stoull(ask("SELECT count(*) FROM samples")), all - gone.samples);
    QCOMPARE(ask("SELECT count(*) FROM samples WHERE t_ns < " + before(10)), "0");
    QCOMPARE(ask("SELECT count(*), sum(value) FROM samples"), kept);
    QCOMPARE(ask("SELECT count(*), sum(count), sum(sum) FROM series_v s, rollups(s.series, 'day')"), rollups);
    QCOMPARE(gone.runs + gone.logBytes + gone.rollups, 0U);
    checkSound();
    QCOMPARE(retain(*m_store, {.samples = 10 * day}).samples, 0U);
}

void TestRetention::rollupsOfAllLevelsStay_data() {
    QTest::addColumn<int>("apart"); ///< milliseconds
    QTest::addColumn<int>("count");
    QTest::newRow("a few, which are not sealed yet") << 7'200'000 << 90;
    QTest::newRow("so few that a day has a row and its hours have none") << 600'000 << 2'500;
    QTest::newRow("so few that an hour has a row and its minutes have none") << 20'000 << 9'000;
    QTest::newRow("so many that all have one") << 250 << 100'000;
}

/// Whether their rows were there before, or only samples could tell of them.
void TestRetention::rollupsOfAllLevelsStay() {
    QFETCH(int, apart);
    QFETCH(int, count);
    ingest::Batch batch = batchOf(4, 100);
    batch.samples.series = {{.name = "late", .unit = "1"}};
    for (int i = 0; i < count; ++i)
        batch.samples.samples.push_back({0, toNs(monday + i * std::chrono::milliseconds(apart)), i % 77 - 5.0});
    need(m_store->apply({{batch}}));
    while (need(m_store->tidy())) {
    }
    const auto all = [&] {
        std::string text;
        for (const char *level : {"minute", "hour", "day"})
            text += ask(std::string("SELECT count(*), sum(count), sum(sum), min(t_ns), max(t_ns), min(min), max(max), "
                                    "sum(sum_squares), sketch_quantile(sketch_merge(sketch), 0.9), hex(sketch_merge("
                                    "sketch)) FROM series_v s, rollups(s.series, '") +
                        level + "') WHERE name = 'late'");
        return text;
    };
    const std::string before = all();
    const Retained gone = retain(*m_store, {.samples = 5 * day});
    QVERIFY(gone.samples > 0);
    QVERIFY(ask("SELECT count(*) FROM series_v s, samples(s.series) WHERE name = 'late'") != std::to_string(count));
    QCOMPARE(QString::fromStdString(all()), QString::fromStdString(before));
    QCOMPARE(ask("SELECT count(*) FROM series_v s, rollups(s.series, 'minute') WHERE name = 'late'"),
             std::to_string(apart < 60'000 ? (count * apart + 59'999) / 60'000 : count));
    checkSound();
}

void TestRetention::runsGoWithAllThatIsTheirs() {
    const std::string stepRollups = ask("SELECT sum(completed), sum(failed), sum(sum_ns) FROM step_rollups('day')");
    const Retained gone = retain(*m_store, {.runs = 10 * day});
    QCOMPARE(gone.steps, 3 * gone.runs);
    QCOMPARE(std::stoull(ask("SELECT count(*) FROM runs_v")), std::uint64_t{populatedDays} * runsADay - gone.runs);
    QCOMPARE(ask("SELECT count(*) FROM runs_v WHERE end_ns < " + before(10)), "0");
    for (const char *table : {"steps_v", "attempts_v", "errors_v"})
        QVERIFY(ask(std::string("SELECT count(*) FROM ") + table +
                    " WHERE run_id NOT IN (SELECT run_id FROM runs_v)") == "0");
    // What they came to is still known.
    QCOMPARE(ask("SELECT sum(completed), sum(failed), sum(sum_ns) FROM step_rollups('day')"), stepRollups);
    // Their lines are there, without them.
    QCOMPARE(ask("SELECT count(*) FROM log_search('line of run')"), std::to_string(populatedDays * runsADay));
    QVERIFY(gone.freedBytes > 0);
    checkSound();
    // A late one is counted with them.
    Run late = textRun(9'000, monday + 1h, 3);
    need(m_store->apply({{batchOf(3, 100, {changeOf(std::move(late), 0)})}}));
    m_store.reset();
    m_store = m_file->open();
    while (need(m_store->tidy())) {
    }
    QCOMPARE(ask("SELECT sum(completed) - 3, sum(failed), sum(sum_ns) - 3000000000 FROM step_rollups('day')"),
             stepRollups);
    checkSound();
}

void TestRetention::rawLinesGoAndTheirRunsStay() {
    const std::string runs = ask("SELECT count(*), sum(duration_s) FROM runs_v");
    const Retained gone = retain(*m_store, {.log = 10 * day});
    QVERIFY(gone.logBytes > 0);
    QCOMPARE(ask("SELECT count(*), sum(duration_s) FROM runs_v"), runs);
    // Blocks go whole: those of which some lines are young stay.
    const auto left = std::stoi(ask("SELECT count(*) FROM log_search('line of run')"));
    QVERIFY2(left >= 10 * runsADay && left < populatedDays * runsADay, qPrintable(QString::number(left)));
    QCOMPARE(ask("SELECT count(*) FROM log_search('line of run 240 ')") == "0", true);
    const auto lines = need(m_file->reader()->run(idOf(1)));
    QVERIFY(lines.status == RunStatus::Completed);
    checkSound();
}

void TestRetention::rollupsGoLast() {
    const Retained gone = retain(*m_store, {.samples = 5 * day, .rollups = 20 * day, .runs = 5 * day});
    QVERIFY(gone.rollups > 0);
    for (const char *level : {"minute", "hour", "day"}) {
        QCOMPARE(ask(std::string("SELECT count(*) FROM series_v s, rollups(s.series, '") + level + "') WHERE t_ns < " +
                     before(20)),
                 "0");
        QCOMPARE(ask(std::string("SELECT count(*) FROM step_rollups('") + level + "') WHERE t_ns < " + before(20)),
                 "0");
    }
    QVERIFY(ask("SELECT count(*) FROM step_rollups('day') WHERE t_ns < " + before(6)) != "0");
    checkSound();
}

void TestRetention::aPreviewTellsExactlyWhatGoesAndChangesNothing() {
    const RetentionPolicy policy{.samples = 7 * day, .log = 8 * day, .rollups = 30 * day, .runs = 9 * day};
    const std::string everything =
        "SELECT (SELECT count(*) FROM runs_v), (SELECT count(*) FROM samples), (SELECT count(*) FROM log_search('')), "
        "(SELECT count(*) FROM step_rollups('minute')), (SELECT count(*) FROM errors_v)";
    const std::string all = ask(everything);
    const Retained would = need(m_store->retain(policy, end, true));
    QCOMPARE(ask(everything), all);
    checkSound();
    const Retained gone = retain(*m_store, policy);
    QCOMPARE(gone.samples, would.samples);
    QCOMPARE(gone.logBytes, would.logBytes);
    QCOMPARE(gone.rollups, would.rollups);
    QCOMPARE(gone.runs, would.runs);
    QCOMPARE(gone.steps, would.steps);
    QVERIFY(would.freedBytes + would.takenBytes > 0);
    QVERIFY(ask(everything) != all);
}

void TestRetention::whatIsFreedIsWhatTheFileUsesLess_data() {
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("log");
    QTest::newRow("few samples, which become rollups") << 2 << 0;
    QTest::newRow("and raw lines") << 2 << 2;
    QTest::newRow("raw lines") << 0 << 2;
}

/// Rows of rollups come in place of the samples: what they take is no gain.
void TestRetention::whatIsFreedIsWhatTheFileUsesLess() {
    QFETCH(int, samples);
    QFETCH(int, log);
    ingest::Batch batch = batchOf(70, 100);
    batch.samples.series = {{.name = "sparse", .unit = "1", .kind = "gauge"}};
    for (int i = 0; i < 30'000; ++i)
        batch.samples.samples.push_back({0, toNs(monday + i * Duration(150s)), std::sin(i) * 1e6});
    need(m_store->apply({{std::move(batch)}}));
    while (need(m_store->tidy())) {
    }
    retain(*m_store, {}); // sums up the hours of runs, which takes room whatever goes
    RetentionPolicy policy;
    if (samples > 0)
        policy.samples = samples * day;
    if (log > 0)
        policy.log = log * day;
    const auto used = [this] {
        SQLite::Database db(m_file->path(), SQLite::OPEN_READONLY);
        return db
            .execAndGet("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
                        "pragma_freelist_count, pragma_page_size")
            .getInt64();
    };
    const std::int64_t before = used();
    const Retained would = need(m_store->retain(policy, end, true));
    QCOMPARE(used(), before);
    const Retained gone = retain(*m_store, policy);
    QCOMPARE(static_cast<std::int64_t>(gone.freedBytes) - static_cast<std::int64_t>(gone.takenBytes), before - used());
    QVERIFY(gone.freedBytes == 0 || gone.takenBytes == 0);
    // Pieces that are transactions by themselves split pages at other places than one that does all.
    const auto net = [](const Retained &r) {
        return static_cast<double>(r.freedBytes) - static_cast<double>(r.takenBytes);
    };
    QVERIFY2(std::abs(net(would) - net(gone)) <= 0.1 * std::abs(net(gone)) + 65'536,
             qPrintable(QStringLiteral("%1 %2").arg(net(would)).arg(net(gone))));
    QCOMPARE(gone.takenBytes > 0, samples > 0);
}

void TestRetention::whatIsPinnedStays() {
    const std::string id = idOf(181); // of the 46th day
    need(m_store->pin(std::vector{id}, true));
    const std::string run = "SELECT * FROM runs_v WHERE run_id = '" + id + "'";
    const std::string window = ask("SELECT start_ns || ' AND ' || end_ns FROM runs_v WHERE run_id = '" + id + "'");
    const std::string samples = "SELECT count(*), sum(value) FROM samples WHERE t_ns BETWEEN " + window;
    const std::string line = "SELECT count(*) FROM log_search('line of run 181') WHERE run_id = '" + id + "'";
    const std::string all = ask(run) + ask(samples) + ask(line);
    const Retained gone = retain(*m_store, {.samples = 5 * day, .log = 5 * day, .rollups = 30 * day, .runs = 5 * day});
    QVERIFY(gone.runs > 0 && gone.samples > 0 && gone.logBytes > 0);
    QCOMPARE(ask(run) + ask(samples) + ask(line), all);
    QCOMPARE(ask("SELECT count(*) FROM runs_v WHERE end_ns < " + before(5)), "1");
    checkSound();
    need(m_store->pin(std::vector{id}, false));
    QCOMPARE(retain(*m_store, {.runs = 5 * day}).runs, 1U);
    QCOMPARE(ask("SELECT count(*) FROM runs_v WHERE end_ns < " + before(5)), "0");
}

void TestRetention::aPinnedRunWithoutAnEndKeepsAllSamplesOfItsTime_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("hasDuration");
    QTest::addColumn<int>("steps"); // of an hour each
    QTest::addColumn<int>("hours"); // that are kept; -1: all from its start on
    QTest::newRow("it runs") << static_cast<int>(RunStatus::Running) << false << 0 << -1;
    QTest::newRow("it runs, and has done something") << static_cast<int>(RunStatus::Running) << false << 2 << -1;
    QTest::newRow("only how long it took is known") << static_cast<int>(RunStatus::Completed) << true << 0 << 5;
    QTest::newRow("its steps tell how far it came") << static_cast<int>(RunStatus::Abandoned) << false << 3 << 3;
    QTest::newRow("nothing but its start is known") << static_cast<int>(RunStatus::Abandoned) << false << 0 << 0;
}

void TestRetention::aPinnedRunWithoutAnEndKeepsAllSamplesOfItsTime() {
    QFETCH(const int, status);
    QFETCH(const bool, hasDuration);
    QFETCH(const int, steps);
    QFETCH(const int, hours);
    const Time start = monday + 10 * day;
    Run run = textRun(9'000, start, 0);
    run.status = static_cast<RunStatus>(status);
    run.end.reset();
    run.duration.reset();
    if (hasDuration)
        run.duration = 5h;
    for (int i = 0; i < steps; ++i)
        run.steps.push_back(completedStep(i, "hour", start + i * 1h, 1h));
    ingest::Batch batch = batchOf(3, 100, {changeOf(std::move(run), 0)});
    // Of a series whose samples are not sealed yet.
    batch.samples.series = {{.name = "tail", .unit = "1", .kind = "gauge"}};
    for (int i = 0; i < 40; ++i)
        batch.samples.samples.push_back({0, toNs(monday + i * day + 10min), 1.0 * i});
    need(m_store->apply({{std::move(batch)}}));
    need(m_store->pin(std::vector{idOf(9'000)}, true));
    const std::string first = std::to_string(toNs(start));
    const std::string last = hours < 0 ? before(0) : std::to_string(toNs(start + hours * 1h));
    const std::string window = "t_ns BETWEEN " + first + " AND " + last;
    const std::string inside = "SELECT name, count(*), sum(value) FROM series_v v, samples(v.series) WHERE " + window +
                               " GROUP BY name ORDER BY name";
    const std::string all = ask(inside);
    QVERIFY(hours == 0 || !all.empty());
    retain(*m_store, {.samples = 2 * day});
    QCOMPARE(ask(inside), all);
    QCOMPARE(ask("SELECT count(*) FROM samples WHERE t_ns < " + first), "0");
    if (hours >= 0)
        QCOMPARE(ask("SELECT count(*) FROM samples WHERE t_ns > " + last + " AND t_ns < " + before(2)), "0");
    checkSound();
    // The pin taken off, they go.
    need(m_store->pin(std::vector{idOf(9'000)}, false));
    retain(*m_store, {.samples = 2 * day});
    QCOMPARE(ask("SELECT count(*) FROM samples WHERE t_ns < " + before(2)), "0");
}

/// The run of a log is pinned while it runs; then it ends, and a second log tells of it.
void TestRetention::whatComesAfterThePinIsPinnedToo() {
    const Time start = monday + 10 * day;
    const auto batch = [&](int source, RunStatus status) {
        Run run = textRun(9'000, start, 3, 77'000);
        run.status = status;
        run.pid = 4'242;
        if (status == RunStatus::Running) {
            run.end.reset();
            run.duration.reset();
        } else {
            run.end = start + 6h;
            run.duration = 6h;
        }
        const std::string text =
            "2026-01-15 08:00:00 [    INFO] runner.77000: pinned line of source " + std::to_string(source) + "\n";
        ingest::RunChange change = changeOf(std::move(run), 0);
        change.spans = {{0, static_cast<std::uint32_t>(text.size()), ingest::Certainty::Certain}};
        ingest::Batch its = batchOf(source, text.size() + (status == RunStatus::Running ? 0 : 1), {change});
        its.raw = {{0, text}};
        return its;
    };
    need(m_store->apply({{batch(3, RunStatus::Running)}}));
    need(m_store->pin(std::vector{idOf(9'000)}, true));
    need(m_store->apply({{batch(4, RunStatus::Completed)}}));
    QCOMPARE(ask("SELECT count(*) FROM runs_v WHERE start_ns = " + std::to_string(toNs(start)) +
                 " AND status = 'completed' AND recipe_path = 'jobs/daily.yaml' AND end_ns - start_ns > 3600000000000"),
             "1");
    retain(*m_store, {.samples = 2 * day, .log = 2 * day});
    QCOMPARE(ask("SELECT count(*) FROM log_search('pinned line')"), "2");
    const std::string window = std::to_string(toNs(start)) + " AND " + std::to_string(toNs(start + 6h));
    QVERIFY(std::stoi(ask("SELECT count(*) FROM samples WHERE t_ns BETWEEN " + window)) >= 2 * 36);
    // It has ended: what comes later is not kept for its sake.
    QCOMPARE(ask("SELECT count(*) FROM samples WHERE t_ns > " + std::to_string(toNs(start + 6h)) + " AND t_ns < " +
                 before(2)),
             "0");
    checkSound();
}

void TestRetention::pinsAreListedAndUnknownRunsRefused() {
    need(m_store->pin(std::vector{idOf(3), idOf(9)}, true));
    need(m_store->pin(std::vector{idOf(3)}, true));
    QCOMPARE(need(m_store->pinned()), (std::vector{idOf(9), idOf(3)}));
    for (const std::string &wrong : {std::string("00000000000fffff"), std::string("no id"), std::string()}) {
        const auto pinned = m_store->pin(std::vector{idOf(4), wrong}, true);
        QVERIFY(!pinned);
        QVERIFY(pinned.error().kind == ErrorKind::NotFound);
    }
    QCOMPARE(need(m_store->pinned()), (std::vector{idOf(9), idOf(3)}));
    need(m_store->pin(std::vector{idOf(3), idOf(9)}, false));
    QVERIFY(need(m_store->pinned()).empty());
}

void TestRetention::whatHasGoneIsNotTakenAgain() {
    // A result document of its own, which is read whole each time.
    const auto document = [] {
        ingest::Batch batch = batchOf(50, 1, {changeOf(textRun(7'000, monday + 2h), 0)});
        batch.format = "result";
        batch.whole = true;
        batch.samples.series = {{.name = "late", .unit = "1", .kind = "gauge"}};
        batch.samples.samples = {{0, toNs(monday), 1.0}, {0, toNs(end), 2.0}};
        return batch;
    };
    need(m_store->apply({{document()}}));
    // And a log in which a run never ended: whoever reads on tells of it again.
    const auto log = [](std::uint64_t until) {
        Run open = textRun(7'001, monday + 3h, 1);
        open.status = RunStatus::Abandoned;
        return batchOf(51, until, {changeOf(std::move(open), 10)});
    };
    need(m_store->apply({{log(100)}}));
    const RetentionPolicy policy{.samples = 5 * day, .log = {}, .rollups = 90 * day, .runs = 5 * day};
    retain(*m_store, policy);
    const std::string runs = ask("SELECT count(*) FROM runs_v");
    const std::string samples = ask("SELECT count(*) FROM samples");
    for (int session = 0; session < 2; ++session) {
        const store::CommitSummary summary =
            need(m_store->apply({{document(), log(200 + static_cast<std::uint64_t>(session))}}));
        QCOMPARE(summary.samplesTooOld, std::uint64_t{1});
        QCOMPARE(ask("SELECT count(*) FROM runs_v"), runs);
        QCOMPARE(ask("SELECT count(*) FROM samples"), samples);
        m_store.reset();
        m_store = m_file->open();
    }
    checkSound();
}

void TestRetention::afterCancellingItGoesOn() {
    const RetentionPolicy policy{.samples = 5 * day, .log = 5 * day, .rollups = 30 * day, .runs = 5 * day};
    std::uint64_t pieces = 0;
    need(m_store->retain(policy, end, true, {}, [&](const Progress &) { ++pieces; }));
    QVERIFY(pieces > 5);
    // Stopped after every piece anew.
    for (std::uint64_t round = 0; round < 10 * pieces; ++round) {
        std::stop_source stop;
        const auto gone = m_store->retain(policy, end, false, stop.get_token(), [&](const Progress &progress) {
            if (progress.done >= round + 1)
                stop.request_stop();
        });
        if (gone)
            break;
        QVERIFY(gone.error().kind == ErrorKind::Cancelled);
        checkSound();
    }
    QCOMPARE(ask("SELECT count(*) FROM runs_v WHERE end_ns < " + before(5)), "0");
    QCOMPARE(ask("SELECT count(*) FROM samples WHERE t_ns < " + before(5)), "0");
    QVERIFY(retain(*m_store, policy) == Retained{});
}

void TestRetention::progressHasATotalAndReachesIt() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
    const auto sink = [&](const Progress &progress) { told.emplace_back(progress.done, progress.total); };
    const auto check = [&](const char *what) {
        QVERIFY2(told.size() > 2, what);
        QVERIFY2(std::is_sorted(told.begin(), told.end()), what); // neither goes back
        for (const auto &[done, total] : told)
            QVERIFY2(total > 0 && done <= total, what);
        QVERIFY2(told.front().first < told.back().first, what);
        QCOMPARE(told.back().first, told.back().second);
        told.clear();
    };
    const RetentionPolicy policy{.samples = 5 * day, .log = 5 * day, .rollups = 30 * day, .runs = 5 * day};
    need(m_store->retain(policy, end, true, {}, sink));
    check("preview");
    need(m_store->retain(policy, end, false, {}, sink));
    check("retain");
    need(m_store->retain({.keepFreeBytes = UINT64_MAX / 4}, end, true, {}, sink));
    check("keep free");
    need(m_store->compact({}, sink));
    check("compact");
}

void TestRetention::compactingCanBeStoppedAnywhere() {
    retain(*m_store, {.samples = 20 * day, .runs = 20 * day});
    const std::string all = ask("SELECT count(*), total(end_ns) FROM runs_v");
    std::uint64_t steps = 0;
    bool done = false;
    for (std::uint64_t at = 1; !done; ++at) {
        std::stop_source stop;
        std::uint64_t told = 0;
        const auto compacted = m_store->compact(stop.get_token(), [&](const Progress &) {
            if (++told >= at)
                stop.request_stop();
        });
        done = compacted.has_value();
        steps = told;
        if (!done)
            QVERIFY(compacted.error().kind == ErrorKind::Cancelled);
        QCOMPARE(ask("SELECT count(*), total(end_ns) FROM runs_v"), all);
        checkSound();
        for (const auto &entry : std::filesystem::directory_iterator(m_file->folder()))
            QVERIFY2(entry.path().string().find(".compact") == std::string::npos, entry.path().c_str());
    }
    QVERIFY(steps > 1);
    need(m_store->apply({{batchOf(3, 100, {changeOf(textRun(9'000, end), 0)})}})); // goes on
    checkSound();
}

void TestRetention::whereTheDiskIsFullTheOldestGoesFirst() {
    std::error_code code;
    if (static_cast<void>(std::filesystem::space(m_file->path(), code)); code)
        QSKIP("the disk does not tell its free space");
    const auto runs = ask("SELECT count(*) FROM runs_v");
    const auto inFile =
        SQLite::Database(m_file->path())
            .execAndGet("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size")
            .getInt64();
    // Some pages more than are there now; once more where somebody else has freed as much meanwhile. The check asks
    // again what has been answered, and by then somebody may have.
    bool went = false;
    const auto someGo = [&] {
        if (!went) {
            const std::uint64_t now = std::filesystem::space(m_file->path(), code).available;
            const Retained some =
                need(m_store->retain({.keepFreeBytes = now + static_cast<std::uint64_t>(inFile) + 100'000}, end, true));
            went = some.samples > 0 || some.logBytes > 0 || some.runs > 0;
        }
        return went;
    };
    SOON_VERIFY(someGo());
    // More than there will ever be: all but today.
    const Retained all = retain(*m_store, {.keepFreeBytes = UINT64_MAX / 4});
    QVERIFY(all.samples > 0 && all.logBytes > 0 && all.runs > 0);
    QCOMPARE(ask("SELECT count(*) FROM runs_v WHERE end_ns < " + before(0)), "0");
    QVERIFY(std::stoull(runs) == all.runs + std::stoull(ask("SELECT count(*) FROM runs_v")));
    // Nothing is made in exchange that takes more room.
    QCOMPARE(
        SQLite::Database(m_file->path())
            .execAndGet("SELECT count(*) FROM sealed_rollups WHERE level < 2 AND series = (SELECT s.id FROM series "
                        "s JOIN metrics m ON m.id = s.metric WHERE m.name = 'files')")
            .getInt(),
        0);
    checkSound();
}

void TestRetention::policiesAreRemembered() {
    QVERIFY(need(m_store->retention()).isEmpty());
    const RetentionPolicy policy{
        .samples = 7 * day, .log = 8 * day, .rollups = 30 * day, .runs = 9 * day, .keepFreeBytes = 5};
    need(m_store->setRetention(policy));
    m_store.reset();
    m_store = m_file->open();
    QVERIFY(need(m_store->retention()) == policy);
    need(m_store->setRetention({}));
    QVERIFY(need(m_store->retention()).isEmpty());
}

void TestRetention::aSavedPolicyIsAppliedInTheBackground() {
    QVERIFY(!m_store->nextTidy());
    const std::string rollups = ask("SELECT count(*), sum(count) FROM series_v s, rollups(s.series, 'day')");
    const std::string steps = "SELECT sum(completed), sum(failed), sum(sum_ns) FROM step_rollups('day')";
    const std::string summed = ask(steps); // of hours that have only just changed
    need(m_store->pin(std::vector{idOf(5)}, true));
    need(m_store->setRetention({.samples = 30 * day, .runs = 30 * day}));
    for (int session = 0; session < 2; ++session) {
        QVERIFY(m_store->nextTidy().value() <= std::chrono::steady_clock::now());
        while (need(m_store->tidy())) {
        }
        QVERIFY(m_store->nextTidy().value() > std::chrono::steady_clock::now() + 50min);
        // By today's clock, all of it is older.
        QCOMPARE(ask("SELECT group_concat(run_id) FROM runs_v"), idOf(5));
        QVERIFY(std::stoi(ask("SELECT count(*) FROM samples")) < 10);
        QCOMPARE(ask("SELECT count(*), sum(count) FROM series_v s, rollups(s.series, 'day')"), rollups);
        QCOMPARE(ask(steps), summed);
        checkSound();
        m_store.reset();
        m_store = m_file->open();
    }
    need(m_store->apply({{batchOf(3, 100, {changeOf(textRun(9'000, now() - 1h), 0)})}})); // goes on
    QVERIFY(need(m_file->reader()->run(idOf(9'000))).status == RunStatus::Completed);
}

void TestRetention::aPreviewInBetweenDoesNotEndTheBackgroundsRound() {
    const std::string all = std::to_string(populatedDays * runsADay);
    const std::string runs = "SELECT count(*) FROM runs_v";
    need(m_store->setRetention({.samples = 30 * day, .log = 30 * day, .runs = 30 * day}));
    while (ask(runs) == all)
        QVERIFY(need(m_store->tidy()));
    QVERIFY(!m_store->takeRunsRemoved() || ask(runs) == "0"); // told at the end only
    need(m_store->retain({.samples = 10 * day, .log = 10 * day, .runs = 10 * day}, end, true));
    while (need(m_store->tidy())) {
    }
    QVERIFY(m_store->takeRunsRemoved());
    QVERIFY(!m_store->takeRunsRemoved());
    QCOMPARE(ask(runs), "0");
    QCOMPARE(ask("SELECT count(*) FROM samples"), "0");
    QCOMPARE(ask("SELECT count(*) FROM blocks"), "0");
    checkSound();
}

void TestRetention::policiesThatWouldLoseRollupsAreRefused() {
    for (const RetentionPolicy &policy : {RetentionPolicy{.samples = 30 * day, .rollups = 20 * day, .runs = 10 * day},
                                          RetentionPolicy{.samples = 10 * day, .rollups = 20 * day},
                                          RetentionPolicy{.samples = 1h}, RetentionPolicy{.runs = -day}}) {
        const auto saved = m_store->setRetention(policy);
        QVERIFY(!saved);
        QVERIFY(saved.error().kind == ErrorKind::Invalid);
        QVERIFY(!m_store->retain(policy, end, false));
    }
    QCOMPARE(ask("SELECT count(*) FROM runs_v"), std::to_string(populatedDays * runsADay));
}

void TestRetention::repairKeepsWhatOnlyRollupsTell() {
    need(m_store->pin(std::vector{idOf(5)}, true)); // whose samples are older than those that went
    retain(*m_store, {.samples = 10 * day, .runs = 10 * day});
    const std::string sums =
        "SELECT (SELECT count(*) || ' ' || sum(count) || ' ' || sum(sum) FROM series_v s, "
        "rollups(s.series, 'day')), sum(completed), sum(failed), sum(sum_ns) FROM step_rollups('day')";
    const std::string before = ask(sums);
    m_store.reset();
    SQLite::Database(m_file->path(), SQLite::OPEN_READWRITE)
        .exec(
            "UPDATE blocks SET data = substr(data, 1, 40) || x'00' || substr(data, 42) WHERE id = (SELECT min(id) FROM "
            "blocks)");
    const store::RepairReport report = need(store::repair(m_file->path()));
    QVERIFY(!report.wasSound);
    QVERIFY(report.check.isSound());
    m_store = m_file->open();
    while (need(m_store->tidy())) {
    }
    QCOMPARE(ask(sums), before);
    checkSound();
    QCOMPARE(need(m_store->pinned()), std::vector{idOf(5)});
}

void TestRetention::compactingGivesBackWhatIsFree() {
    retain(*m_store, {.samples = 2 * day, .log = 2 * day, .rollups = 2 * day, .runs = 2 * day});
    const std::string kept = ask("SELECT count(*), total(end_ns) FROM runs_v");
    const auto before = need(m_store->info()).bytes;
    const auto after = need(m_store->compact());
    QVERIFY(after < before);
    QCOMPARE(after, std::filesystem::file_size(m_file->path()));
    QCOMPARE(ask("SELECT count(*), total(end_ns) FROM runs_v"), kept);
    checkSound();
    need(m_store->apply({{batchOf(3, 100, {changeOf(textRun(9'000, end), 0)})}})); // goes on
    QVERIFY(need(m_file->reader()->run(idOf(9'000))).status == RunStatus::Completed);
}

void TestRetention::compactingCanBeCancelled() {
    std::stop_source stop;
    stop.request_stop();
    const std::string all = ask("SELECT count(*), total(end_ns) FROM runs_v");
    const auto compacted = m_store->compact(stop.get_token());
    QVERIFY(!compacted);
    QVERIFY(compacted.error().kind == ErrorKind::Cancelled);
    QCOMPARE(ask("SELECT count(*), total(end_ns) FROM runs_v"), all);
    checkSound();
    QVERIFY(need(m_store->compact()) > 0);
}

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
