// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/merge.h"

#include <QTest>

#include <functional>

using namespace ra;
using namespace ra::ingest;
using namespace std::chrono_literals;

namespace {

/// 2026-11-23 16:59:24 UTC.
constexpr Time begin = fromNs(1'795'453'164'000'000'000);

Step step(const char *name, StepStatus status, std::optional<Duration> duration) {
    Step step;
    step.name = name;
    step.status = status;
    step.duration = duration;
    return step;
}

/// What a text log says: two steps, to the second.
Sighting text() {
    Sighting s;
    s.sourceId = 1;
    s.run.id = "000000000000000a";
    s.run.recipe = "daily";
    s.run.recipePath = "jobs/daily.yaml";
    s.run.runner = 7;
    s.run.executionId = "runner.7";
    s.run.status = RunStatus::Completed;
    s.run.start = begin;
    s.run.end = begin + 2s;
    s.run.duration = 1'500ms;
    s.run.totalSteps = 2;
    s.run.completedSteps = 2;
    s.run.steps = {step("load", StepStatus::Completed, 1'000ms), step("save", StepStatus::Completed, 500ms)};
    s.run.steps[0].end = begin + 1s;
    s.run.steps[1].end = begin + 2s;
    s.run.steps[1].index = 1;
    return s;
}

/// What the result object of the same run says, to the microsecond.
Sighting document() {
    Sighting s = text();
    s.sourceId = 2;
    s.run.id = "000000000000000b";
    s.run.runner = 0;
    s.run.executionId.clear();
    s.run.recipePath = "/srv/work/jobs/daily.yaml";
    s.run.start = begin + 250ms;
    s.run.end = begin + 1'750ms;
    s.run.duration = 1'500ms + 400us;
    s.run.resolution = 1us;
    return s;
}

using Change = std::function<void(Sighting &, Sighting &)>;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestMerge : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void twoLogsOfOneRun_data();
    void twoLogsOfOneRun();
    void aLogAndADocument_data();
    void aLogAndADocument();
    void theNearestOfSeveralIsChosen();
    void namesOfAsciiHostsAreTheSame_data();
    void namesOfAsciiHostsAreTheSame();
    void groupsDoNotDependOnTheOrder();
    void aSourceSeesARunOnce();
    void stepsAreMergedByWhoHasThem();
    void theMostPreciseSourceWinsFieldByField();
    void aRunThatGoesOnInAnotherFileIsOne();
    void theWordThatSaysMoreWins_data();
    void theWordThatSaysMoreWins();
};

void TestMerge::twoLogsOfOneRun_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<bool>("agree");
    const auto row = [](const char *name, bool agree, const Change &change) { QTest::newRow(name) << change << agree; };
    row("alike", true, [](Sighting &, Sighting &) {});
    row("another runner", false, [](Sighting &, Sighting &y) { y.run.runner = 8; });
    row("another recipe", false, [](Sighting &, Sighting &y) { y.run.recipePath = "jobs/nightly.yaml"; });
    row("a second later", true, [](Sighting &, Sighting &y) { y.run.start = begin + 1s; });
    row("two seconds later", false, [](Sighting &, Sighting &y) { y.run.start = begin + 2s; });
    row("another thread", false, [](Sighting &x, Sighting &y) {
        x.run.thread = "job-1";
        y.run.thread = "job-2";
    });
    row("one without the thread", true, [](Sighting &x, Sighting &) { x.run.thread = "job-1"; });
    row("another duration", false, [](Sighting &, Sighting &y) { y.run.duration = 1'501ms; });
    row("another count", false, [](Sighting &, Sighting &y) { y.run.completedSteps = 1; });
    row("one is cut off", true, [](Sighting &, Sighting &y) {
        y.run.status = RunStatus::Running;
        y.run.duration.reset();
        y.run.end.reset();
        y.run.steps.pop_back();
    });
    row("one was refused", false, [](Sighting &x, Sighting &y) {
        x.run.duration.reset();
        y.run.duration.reset();
        y.run.status = RunStatus::Rejected;
    });
    row("a step that failed here and not there", false,
        [](Sighting &, Sighting &y) { y.run.steps[1].status = StepStatus::Failed; });
    row("a step that took another time", false, [](Sighting &, Sighting &y) { y.run.steps[0].duration = 3s; });
    row("a step line lost", true, [](Sighting &, Sighting &y) { y.run.steps.erase(y.run.steps.begin()); });
    row("a step not seen to end", true, [](Sighting &, Sighting &y) {
        y.run.steps[1].status = StepStatus::Interrupted;
        y.run.steps[1].duration.reset();
    });
    row("the rest of it", true, [](Sighting &x, Sighting &y) {
        x.run.duration.reset();
        x.run.end.reset();
        x.run.status = RunStatus::Running;
        y.headless = true;
        y.run.start.reset();
    });
    row("the rest of one that has ended, at another time", false, [](Sighting &, Sighting &y) {
        y.headless = true;
        y.run.start.reset();
        y.run.end = begin + 60s;
    });
    row("its beginning lost, the same end", true, [](Sighting &, Sighting &y) {
        y.headless = true;
        y.run.start.reset();
    });
    row("nothing but rests", false, [](Sighting &x, Sighting &y) {
        for (Sighting *s : {&x, &y}) {
            s->headless = true;
            s->run.duration.reset();
            s->run.steps.clear();
        }
    });
}

void TestMerge::twoLogsOfOneRun() {
    QFETCH(const Change, change);
    QFETCH(const bool, agree);
    Sighting x = text();
    Sighting y = text();
    y.sourceId = 3;
    change(x, y);
    QCOMPARE(agreement(x, y) > 0, agree);
    QCOMPARE(agreement(x, y), agreement(y, x));
    const std::vector<Sighting> both = {x, y};
    QCOMPARE(groupSightings(both).size(), agree ? 1U : 2U);
}

void TestMerge::aLogAndADocument_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<bool>("agree");
    const auto row = [](const char *name, bool agree, const Change &change) { QTest::newRow(name) << change << agree; };
    row("alike", true, [](Sighting &, Sighting &) {});
    row("another file", false, [](Sighting &, Sighting &y) { y.run.recipePath = "jobs/nightly.yaml"; });
    row("by the recipe's name", true, [](Sighting &, Sighting &y) { y.run.recipePath.clear(); });
    row("by another name", false, [](Sighting &, Sighting &y) {
        y.run.recipePath.clear();
        y.run.recipe = "Daily orders";
    });
    row("without any name", false, [](Sighting &, Sighting &y) {
        y.run.recipePath.clear();
        y.run.recipe.clear();
    });
    row("a log without its beginning", false, [](Sighting &x, Sighting &) { x.headless = true; });
    row("the recipe took 3 s to load", true, [](Sighting &, Sighting &y) { y.run.start = begin + 3s; });
    row("ten seconds apart", false, [](Sighting &, Sighting &y) { y.run.start = begin + 10s; });
    row("the object before the log", false, [](Sighting &, Sighting &y) { y.run.start = begin - 1s; });
    row("durations to the millisecond", true, [](Sighting &, Sighting &y) { y.run.duration = 1'501ms; });
    row("durations that differ", false, [](Sighting &, Sighting &y) { y.run.duration = 1'503ms; });
    row("only one refused", false, [](Sighting &, Sighting &y) { y.run.status = RunStatus::Rejected; });
    row("both refused, for one reason", true, [](Sighting &x, Sighting &y) {
        x.run.status = y.run.status = RunStatus::Rejected;
        x.run.errors = {"no steps"};
        y.run.errors = {"Recipe execution failed: no steps"};
    });
    row("both refused, for two reasons", false, [](Sighting &x, Sighting &y) {
        x.run.status = y.run.status = RunStatus::Rejected;
        x.run.errors = {"no steps"};
        y.run.errors = {"no such file"};
    });
    row("no time in common", false, [](Sighting &, Sighting &y) {
        y.run.start.reset();
        y.run.duration.reset();
    });
    row("the duration alone", true, [](Sighting &, Sighting &y) { y.run.start.reset(); });
    row("another number of steps", false, [](Sighting &, Sighting &y) { y.run.totalSteps = 3; });
    row("another number of completed steps", false, [](Sighting &, Sighting &y) { y.run.completedSteps = 1; });
    row("a step contradicts", false, [](Sighting &, Sighting &y) { y.run.steps[0].duration = 9s; });
}

void TestMerge::aLogAndADocument() {
    QFETCH(const Change, change);
    QFETCH(const bool, agree);
    Sighting x = text();
    Sighting y = document();
    change(x, y);
    QCOMPARE(agreement(x, y) > 0, agree);
    QCOMPARE(agreement(x, y), agreement(y, x));
}

void TestMerge::theNearestOfSeveralIsChosen() {
    // One recipe twice within the tolerance, both of a length: the object goes to the start that is nearer.
    Sighting early = text();
    Sighting late = text();
    late.run.start = begin + 3s;
    late.run.end = begin + 5s;
    late.run.runner = 8;
    late.firstOffset = 500;
    Sighting result = document();
    result.run.start = begin + 3'250ms;
    const auto groups = groupSightings(std::vector<Sighting>{early, late, result});
    QCOMPARE(groups.size(), 2U);
    for (std::vector<std::size_t> group : groups) {
        std::sort(group.begin(), group.end());
        QVERIFY((group == std::vector<std::size_t>{0} || group == std::vector<std::size_t>{1, 2}));
    }
}

void TestMerge::namesOfAsciiHostsAreTheSame_data() {
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::string>("ascii");
    // As Python's backslashreplace writes them.
    QTest::newRow("Latin-1") << std::string("gr\xC3\xBC\xC3\x9F") << std::string("gr\\xfc\\xdf");
    QTest::newRow("beyond Latin-1") << std::string("\xE2\x82\xAC") << std::string("\\u20ac");
    QTest::newRow("beyond 16 bits") << std::string("\xF0\x9F\x98\x80") << std::string("\\U0001f600");
    QTest::newRow("cut off") << std::string("a\xE2\x82") << std::string("a\xE2\x82");
}

void TestMerge::namesOfAsciiHostsAreTheSame() {
    QFETCH(const std::string, name);
    QFETCH(const std::string, ascii);
    Sighting x = text();
    Sighting y = text();
    y.sourceId = 3;
    const int without = agreement(x, y);
    x.run.steps[0].name = name;
    y.run.steps[0].name = ascii;
    QCOMPARE(agreement(x, y), without); // the step counts as one that both have
}

void TestMerge::groupsDoNotDependOnTheOrder() {
    std::vector<Sighting> sightings = {text(), document(), text(), document()};
    sightings[2].sourceId = 3; // the console's copy
    sightings[3].sourceId = 4; // another run altogether
    sightings[3].run.start = begin + 100s;
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
        std::vector<Sighting> shuffled;
        for (const std::size_t i : order)
            shuffled.push_back(sightings[i]);
        const auto groups = groupSightings(shuffled);
        QCOMPARE(groups.size(), 2U);
        for (const std::vector<std::size_t> &group : groups) {
            const bool alone = order[group[0]] == 3;
            QCOMPARE(group.size(), alone ? 1U : 3U);
            if (alone)
                continue;
            std::vector<Sighting> members;
            for (const std::size_t i : group)
                members.push_back(shuffled[i]);
            const Run merged = mergeSightings(members);
            QCOMPARE(toNs(*merged.start), toNs(begin + 250ms));
            QCOMPARE(merged.executionId, std::string("runner.7"));
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

void TestMerge::aSourceSeesARunOnce() {
    Sighting again = text();
    again.firstOffset = 900; // the same lines further down in the same file are another run
    QCOMPARE(groupSightings(std::vector<Sighting>{text(), again}).size(), 2U);
}

void TestMerge::stepsAreMergedByWhoHasThem() {
    Sighting x = text();
    Sighting y = document();
    // The log lost the line of "save" and knows the attempts of "load"; the object knows both, and the classes.
    x.run.steps.pop_back();
    Attempt attempt;
    attempt.errorType = "ConnectionError";
    x.run.steps[0].attempts = {attempt, attempt};
    x.run.steps[0].attemptCount = 2;
    y.run.steps[0].className = "Load";
    y.run.steps[0].start = begin + 300ms;
    y.run.steps[0].errors = {"no answer"};
    y.run.steps[1].className = "Save";
    const Run merged = mergeSightings(std::vector<Sighting>{x, y});
    QCOMPARE(merged.steps.size(), 2U);
    QCOMPARE(merged.steps[0].name, std::string("load"));
    QCOMPARE(merged.steps[0].className, std::string("Load"));
    QCOMPARE(merged.steps[0].attempts.size(), 2U);
    QCOMPARE(merged.steps[0].attemptCount, 2);
    QCOMPARE(toNs(*merged.steps[0].start), toNs(begin + 300ms));
    QVERIFY(merged.steps[0].errors == std::vector<std::string>{"no answer"});
    QCOMPARE(merged.steps[1].name, std::string("save"));
    QCOMPARE(merged.steps[1].index, 1);
}

void TestMerge::theMostPreciseSourceWinsFieldByField() {
    const Run merged = mergeSightings(std::vector<Sighting>{text(), document()});
    QCOMPARE(merged.id, text().run.id); // the log leads
    QCOMPARE(merged.recipePath, std::string("jobs/daily.yaml"));
    QCOMPARE(merged.runner, 7U);
    QCOMPARE(toNs(*merged.start), toNs(begin + 250ms));
    QCOMPARE(merged.resolution.count(), Duration(1us).count());
    QCOMPARE(merged.duration->count(), Duration(1'500ms + 400us).count());
    QVERIFY(!merged.provenance.empty());
    QVERIFY(mergeSightings(std::vector<Sighting>{text()}) == text().run);
}

void TestMerge::aRunThatGoesOnInAnotherFileIsOne() {
    Sighting first = text();
    first.run.status = RunStatus::Running;
    first.run.end.reset();
    first.run.duration.reset();
    first.run.completedSteps = 1;
    first.run.totalSteps.reset();
    first.run.steps.pop_back();
    Sighting rest = text();
    rest.sourceId = 3;
    rest.headless = true;
    rest.run.recipe.clear();
    rest.run.recipePath.clear();
    rest.run.start.reset();
    rest.run.steps.erase(rest.run.steps.begin());
    rest.run.steps[0].index = 0;
    rest.run.notes = {"first-line-missing", "clock set back"};
    for (const bool turned : {false, true}) {
        const std::vector<Sighting> both =
            turned ? std::vector<Sighting>{rest, first} : std::vector<Sighting>{first, rest};
        QCOMPARE(groupSightings(both).size(), 1U);
        const Run merged = mergeSightings(both);
        QCOMPARE(std::string(toString(merged.status)), std::string("completed"));
        QCOMPARE(merged.recipePath, std::string("jobs/daily.yaml"));
        QCOMPARE(toNs(*merged.start), toNs(begin));
        QCOMPARE(toNs(*merged.end), toNs(begin + 2s));
        QCOMPARE(merged.completedSteps, 2);
        QCOMPARE(merged.steps.size(), 2U);
        QCOMPARE(merged.steps[0].name, std::string("load"));
        QCOMPARE(merged.steps[1].name, std::string("save"));
        QCOMPARE(merged.steps[1].index, 1);
        // The first line is there after all.
        QVERIFY(merged.notes == std::vector<std::string>{"clock set back"});
    }
}

void TestMerge::theWordThatSaysMoreWins_data() {
    QTest::addColumn<QString>("log");
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("merged");
    const auto row = [](const char *log, const char *object, const char *merged) {
        QTest::addRow("%s and %s", log, object)
            << QString::fromLatin1(log) << QString::fromLatin1(object) << QString::fromLatin1(merged);
    };
    row("running", "completed", "completed");
    row("abandoned", "completed", "completed");
    row("cancelled", "completed", "cancelled"); // the runner writes "completed" over it
    row("completed", "running", "completed");
    row("abandoned", "interrupted", "interrupted");
}

void TestMerge::theWordThatSaysMoreWins() {
    QFETCH(const QString, log);
    QFETCH(const QString, object);
    QFETCH(const QString, merged);
    Sighting x = text();
    Sighting y = document();
    x.run.status = *runStatusFromString(log.toStdString());
    y.run.status = *runStatusFromString(object.toStdString());
    const Run run = mergeSightings(std::vector<Sighting>{x, y});
    QCOMPARE(std::string(toString(run.status)), merged.toStdString());
}

QTEST_GUILESS_MAIN(TestMerge)
#include "tst_merge.moc"
