// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "core/report/periodreport.h"
#include "tests/core/report/samples.h"

#include <QTest>

#include <algorithm>

using namespace ra;
using namespace ra::report;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

/// 2026-11-23 12:00 UTC, a Monday.
Time noon() {
    return Time(1795435200s);
}

Run runAt(Time start, RunStatus status, Duration length, const std::string &recipe = "orders", int call = 0) {
    static std::vector<std::string> messages; // outlives the plan
    messages.push_back("no answer (call " + std::to_string(call) + ")");
    const bool failed = status == RunStatus::Partial || status == RunStatus::Failed;
    Run run = samples::run(recipe, status,
                           {{.name = "load", .duration = length},
                            {.name = "send",
                             .duration = 0s,
                             .status = failed ? StepStatus::Failed : StepStatus::Completed,
                             .attempts = failed ? std::vector<Duration>{1s, 1s} : std::vector<Duration>{},
                             .type = "ConnectionError",
                             .message = messages.back().c_str()}},
                           start);
    run.id = QByteArray::number(quint64(toNs(start)), 16).toStdString() + recipe; // no two runs share one
    return run;
}

/// `completed` runs of 10, 20, 30 ... s, a minute apart, and `partial` ones before them.
std::vector<Run> runs(Time last, int completed, int partial) {
    std::vector<Run> list;
    for (int i = 0; i < completed; ++i)
        list.push_back(runAt(last - i * 1min, RunStatus::Completed, (i + 1) * 10s));
    for (int i = 0; i < partial; ++i)
        list.push_back(runAt(last - 1h - i * 1min, RunStatus::Partial, 5s, "orders", i));
    return list;
}

ReportDocument weekOf(const std::vector<Run> &now, const std::vector<Run> &before = {}, const Style &style = {}) {
    return buildPeriodReport(now, before, periodOf(noon(), 7, style.zone), noon(), style);
}

template <typename T>
const T *blockOf(const std::vector<Block> &blocks, std::size_t nth = 0) {
    for (const Block &block : blocks) {
        if (const T *found = std::get_if<T>(&block); found && nth-- == 0)
            return found;
    }
    return nullptr;
}

const Table *tableOf(const std::vector<Block> &blocks, const QString &key) {
    for (std::size_t i = 0; const Table *table = blockOf<Table>(blocks, i); ++i) {
        if (table->key == key)
            return table;
    }
    return nullptr;
}

Figure figure(const ReportDocument &document, const QString &key) {
    for (const Figure &item : blockOf<Figures>(document.summary)->items) {
        if (item.key == key)
            return item;
    }
    return {};
}

} // namespace

class TestPeriodReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thePeriodIsMadeOfCalendarDays();
    void aPeriodOfOwnDaysIsCutOffAtTheClock_data();
    void aPeriodOfOwnDaysIsCutOffAtTheClock();
    void theDayOfTheClockChangeIsWhole();
    void anEmptyPeriodSaysSo();
    void oneRunIsTooFewForARate();
    void theRateHasItsInterval();
    void aChangeThatMayBeChanceIsCalledSo();
    void aClearChangeIsStated();
    void durationsAreThoseOfCompletedRuns();
    void whatAPersonStoppedIsNotCounted();
    void theLossAddsUp();
    void sameFailuresAreOneKind();
    void daysWithoutRunsAreThere();
    void longPeriodsAreGroupedByWeek();
    void recipesWithFailuresComeFirst();
    void theOrderOfTheRunsDoesNotMatter();
    void runsOutsideThePeriodAreLeftOut();
};

void TestPeriodReport::thePeriodIsMadeOfCalendarDays() {
    const auto berlin = Zone::fromName("Europe/Berlin");
    const Period week = periodOf(noon(), 7, *berlin);
    QCOMPARE(week.begin, Time(1795435200s - 13h - days(6))); // 17 Nov 00:00 in Berlin is 23:00 UTC of the 16th
    QCOMPARE(week.end, noon());
    const Period before = previousOf(week, *berlin);
    QCOMPARE(before.begin, week.begin - days(7));
    QCOMPARE(before.end, week.end - days(7));
    QCOMPARE(periodOf(noon(), 0, {}).days, 1);
}

void TestPeriodReport::aPeriodOfOwnDaysIsCutOffAtTheClock_data() {
    // Noon is that of 23 November 2026 in UTC; days count from the first of the month.
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last");
    QTest::addColumn<qint64>("hours"); // of the period
    QTest::addColumn<int>("days");
    QTest::addColumn<QString>("stem");
    QTest::newRow("whole days") << 3 << 9 << qint64(7 * 24) << 7 << u"recipes-2026-11-09-7d"_s;
    QTest::newRow("one day") << 3 << 3 << qint64(24) << 1 << u"recipes-2026-11-03-1d"_s;
    QTest::newRow("up to today") << 22 << 23 << qint64(36) << 2 << u"recipes-2026-11-23-2d"_s;
    QTest::newRow("into the future") << 22 << 30 << qint64(36) << 2 << u"recipes-2026-11-23-2d"_s;
    QTest::newRow("the wrong way round") << 9 << 3 << qint64(24) << 1 << u"recipes-2026-11-09-1d"_s;
}

void TestPeriodReport::aPeriodOfOwnDaysIsCutOffAtTheClock() {
    QFETCH(int, first);
    QFETCH(int, last);
    QFETCH(QString, stem);
    using namespace std::chrono;
    const auto day = [](int n) { return local_days(2026y / November / n); };
    const Period period = periodOfDays(day(first), day(last), noon(), {});
    QCOMPARE(period.begin, Time(sys_days(2026y / November / first)));
    QTEST(qint64(duration_cast<hours>(period.end - period.begin).count()), "hours");
    QTEST(period.days, "days");
    QCOMPARE(periodFileStem(period, {}), stem);
}

void TestPeriodReport::theDayOfTheClockChangeIsWhole() {
    // On 25 October 2026 the clocks in Berlin go back: the day has 25 hours.
    const auto berlin = Zone::fromName("Europe/Berlin");
    const Time evening = berlin->toUtc(LocalTime(std::chrono::local_days(std::chrono::year(2026) / 10 / 25) + 23h));
    const Period day = periodOf(evening, 1, *berlin);
    QCOMPARE(day.end - day.begin, Duration(24h));
    QCOMPARE(previousOf(day, *berlin).end - previousOf(day, *berlin).begin, Duration(23h));
}

void TestPeriodReport::anEmptyPeriodSaysSo() {
    const ReportDocument document = weekOf({});
    QCOMPARE(document.conclusions.front(), u"No run started in this period."_s);
    QCOMPARE(figure(document, u"runs"_s).value, u"0"_s);
    QCOMPARE(figure(document, u"success_rate"_s).value, u"–"_s);
    QCOMPARE(figure(document, u"success_rate"_s).note, u"0 of 10 runs needed for a rate"_s);
    QCOMPARE(figure(document, u"median_s"_s).value, u"–"_s);
    QVERIFY(document.details.empty());
}

void TestPeriodReport::oneRunIsTooFewForARate() {
    const ReportDocument document = weekOf(runs(noon() - 1h, 1, 0));
    QCOMPARE(document.conclusions,
             (std::vector{u"1 run of 1 recipe: 1 completed. That is too few for a rate: 1 of 10 runs needed."_s,
                          u"None failed."_s}));
    QCOMPARE(figure(document, u"success_rate"_s).value, u"1 of 1"_s);
    QVERIFY(!figure(document, u"success_rate"_s).number);
    QVERIFY(figure(document, u"success_rate"_s).interval.isEmpty());
}

void TestPeriodReport::theRateHasItsInterval() {
    // 16 of 20: Wilson gives [0.5840, 0.9193] (p = 0.8, z^2/n = 0.19207: centre 0.74192, half 0.16766 after division).
    const ReportDocument document = weekOf(runs(noon() - 1h, 16, 4));
    const Figure rate = figure(document, u"success_rate"_s);
    QCOMPARE(rate.value, u"80.0"_s);
    QCOMPARE(rate.unit, u"%"_s);
    QCOMPARE(rate.interval, u"[58.4, 91.9]"_s);
    QCOMPARE(rate.note, u"before: 0 of 10 runs needed"_s);
    QCOMPARE(document.conclusions.front(), u"20 runs of 1 recipe: 80.0 % completed."_s);
}

void TestPeriodReport::aChangeThatMayBeChanceIsCalledSo() {
    const ReportDocument document = weekOf(runs(noon() - 1h, 16, 4), runs(noon() - days(7) - 1h, 18, 2));
    const Figure rate = figure(document, u"success_rate"_s);
    QCOMPARE(rate.change, u"−10.0 points"_s);
    QCOMPARE(rate.direction, -1);
    QCOMPARE(rate.tone, Tone::Neutral);
    QCOMPARE(rate.note, u"may be chance"_s);
    QVERIFY(document.conclusions.front().endsWith(u"no clear change from the 7 days before."));
}

void TestPeriodReport::aClearChangeIsStated() {
    const ReportDocument document = weekOf(runs(noon() - 1h, 10, 30), runs(noon() - days(7) - 1h, 40, 0));
    QCOMPARE(document.conclusions.front(),
             u"40 runs of 1 recipe: 25.0 % completed, 75.0 points fewer than in the 7 days before."_s);
    QCOMPARE(figure(document, u"success_rate"_s).tone, Tone::Bad);
    QCOMPARE(figure(document, u"success_rate"_s).note, u"vs 100.0 %"_s);
}

void TestPeriodReport::durationsAreThoseOfCompletedRuns() {
    // 10, 20 ... 200 s: median 105 s, 95th percentile at position 18.05: 190.5 s; interval of 20 values: ranks 6
    // and 15.
    const ReportDocument document = weekOf(runs(noon() - 1h, 20, 3));
    const Figure median = figure(document, u"median_s"_s);
    QCOMPARE(median.value, u"1 m 45.0 s"_s);
    QCOMPARE(median.interval, u"[1 m 00.0 s, 2 m 30.0 s]"_s);
    QCOMPARE(median.note, u"95 % under 3 m 10.5 s"_s);
    QCOMPARE(median.number, std::optional(105.0));
}

void TestPeriodReport::whatAPersonStoppedIsNotCounted() {
    std::vector<Run> list = runs(noon() - 1h, 9, 1);
    list.push_back(runAt(noon() - 2h, RunStatus::Cancelled, 1s));
    list.push_back(runAt(noon() - 3h, RunStatus::Interrupted, 1s));
    list.push_back(runAt(noon() - 4h, RunStatus::Running, 1s));
    const ReportDocument document = weekOf(list);
    QCOMPARE(figure(document, u"runs"_s).value, u"13"_s);
    QCOMPARE(figure(document, u"success_rate"_s).value, u"90.0"_s);
    const Notes *notes = blockOf<Notes>(document.details);
    const auto notCounted = std::find_if(notes->items.begin(), notes->items.end(),
                                         [](const auto &item) { return item.first == u"Not counted"; });
    QVERIFY(notCounted != notes->items.end());
    QCOMPARE(notCounted->second, u"1 run that still goes on · 2 runs that a person stopped"_s);
}

void TestPeriodReport::theLossAddsUp() {
    // Two partial runs lose their failed step of 1 + 1 + 1 s each; a failed one all of its 5 + 3 s.
    std::vector<Run> list = runs(noon() - 1h, 10, 2);
    list.push_back(runAt(noon() - 3h, RunStatus::Failed, 5s));
    QCOMPARE(figure(weekOf(list), u"lost_s"_s).number, std::optional(14.0));
}

void TestPeriodReport::sameFailuresAreOneKind() {
    std::vector<Run> list = runs(noon() - 1h, 10, 3); // calls 0, 1 and 2
    list.push_back(runAt(noon() - 3h, RunStatus::Partial, 5s, "other"));
    const ReportDocument document = weekOf(list);
    const Failures *kinds = blockOf<Failures>(document.details);
    QCOMPARE(kinds->total, qint64(2));
    QCOMPARE(kinds->items[0].count, qint64(3));
    QCOMPARE(kinds->items[0].place, u"orders, step send"_s);
    QCOMPARE(kinds->items[0].message, u"no answer (call 0)"_s); // the newest is the example
    QCOMPARE(kinds->items[0].detail, u"3 runs · 23 Nov 09:58 to 23 Nov 10:00"_s);
    QCOMPARE(kinds->items[1].count, qint64(1));
    QCOMPARE(document.conclusions.at(1),
             u"4 runs failed, 3 of them the same way: orders, step send: ConnectionError: no answer (call 0)."_s);
}

void TestPeriodReport::daysWithoutRunsAreThere() {
    std::vector<Run> list = runs(noon() - 1h, 2, 1);
    list.push_back(runAt(noon() - days(2), RunStatus::Abandoned, 1s));
    const ReportDocument document = weekOf(list);
    const Outcomes *outcomes = blockOf<Outcomes>(document.summary);
    QCOMPARE(outcomes->items.size(), std::size_t(7));
    QCOMPARE(outcomes->items[6].label, u"Mon 23"_s);
    QCOMPARE(outcomes->items[6].completed, qint64(2));
    QCOMPARE(outcomes->items[6].partial, qint64(1));
    QCOMPARE(outcomes->items[5].total(), qint64(0));
    QCOMPARE(outcomes->items[4].other, qint64(1));
    QCOMPARE(outcomes->items[0].label, u"Tue 17"_s);
}

void TestPeriodReport::longPeriodsAreGroupedByWeek() {
    const Period period = periodOf(noon(), 90, {});
    const ReportDocument document = buildPeriodReport(runs(noon() - 1h, 3, 0), {}, period, noon(), {});
    const Outcomes *outcomes = blockOf<Outcomes>(document.summary);
    QCOMPARE(outcomes->title, u"Runs a week"_s);
    QCOMPARE(outcomes->items.size(), std::size_t(13)); // 12 weeks and 6 days
    QCOMPARE(outcomes->items.back().completed, qint64(3));
}

void TestPeriodReport::recipesWithFailuresComeFirst() {
    std::vector<Run> list = runs(noon() - 1h, 0, 2);
    for (int i = 0; i < 5; ++i)
        list.push_back(runAt(noon() - 2h - i * 1s, RunStatus::Completed, 1s, "busy"));
    const ReportDocument document = weekOf(list);
    const Table *recipes = tableOf(document.details, u"recipes"_s);
    QVERIFY(recipes);
    QCOMPARE(recipes->rows.size(), std::size_t(2));
    QCOMPARE(recipes->rows[0][0].text, u"orders"_s);
    QCOMPARE(recipes->rows[0][3].text, u"0 of 2"_s);
    QCOMPARE(recipes->rows[1][0].text, u"busy"_s);
    const Table *troubled = tableOf(document.summary, u"troubled_recipes"_s);
    QVERIFY(troubled);
    QCOMPARE(troubled->rows.size(), std::size_t(1));
    const Table *steps = tableOf(document.details, u"slow_steps"_s);
    QVERIFY(steps);
    // load took 2 * 5 s, send 2 * 3 s, busy's load 5 * 1 s: 10 of 21 s.
    QCOMPARE(steps->rows[0][1].text, u"load"_s);
    QCOMPARE(steps->rows[0][6].text, u"47.6 %"_s);
}

void TestPeriodReport::theOrderOfTheRunsDoesNotMatter() {
    std::vector<Run> list = runs(noon() - 1h, 20, 5);
    for (int i = 0; i < 5; ++i)
        list.push_back(runAt(noon() - 5h, RunStatus::Failed, 1s, "same second " + std::to_string(i)));
    const ReportDocument first = weekOf(list);
    for (int i = 0; i < 20; ++i) {
        std::rotate(list.begin(), list.begin() + 7, list.end());
        QCOMPARE(toJson(weekOf(list)), toJson(first));
    }
}

void TestPeriodReport::runsOutsideThePeriodAreLeftOut() {
    std::vector<Run> list = runs(noon() - 1h, 2, 0);
    list.push_back(runAt(noon() - days(30), RunStatus::Failed, 1s));
    list.push_back(runAt(noon() + 1h, RunStatus::Failed, 1s));
    list.push_back(runAt(noon(), RunStatus::Failed, 1s));
    list.back().start.reset();
    const ReportDocument document = weekOf(list);
    QCOMPARE(figure(document, u"runs"_s).value, u"2"_s);
    QCOMPARE(blockOf<Notes>(document.details)->items[2].second, u"1 run without a known start"_s);
}

QTEST_GUILESS_MAIN(TestPeriodReport)
#include "tst_periodreport.moc"
