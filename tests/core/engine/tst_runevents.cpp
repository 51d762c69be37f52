// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/runevents.h"
#include "tests/core/store/storefixture.h"

using namespace ra;
using namespace ra::test;
using engine::RunEvent;
using engine::RunEvents;

namespace {

/// "run_started daily", "step_finished step_0 completed 1s", ... joined by ", ".
std::string text(const std::vector<RunEvent> &events) {
    std::string all;
    for (const RunEvent &event : events) {
        all += (all.empty() ? "" : ", ") + event.event;
        if (!event.step.empty())
            all += " " + event.step;
        if (!event.status.empty())
            all += " " + event.status;
        if (event.duration)
            all += " " + std::to_string(event.duration->count() / 1'000'000'000) + "s";
    }
    return all;
}

/// A run that still goes on, with these steps.
ingest::RunChange goingOn(std::vector<Step> steps, std::uint32_t firstStep = 0) {
    Run run = textRun(1, monday, 0);
    run.status = RunStatus::Running;
    run.end.reset();
    run.duration.reset();
    run.steps = std::move(steps);
    ingest::RunChange change = changeOf(std::move(run), 0);
    change.firstStep = firstStep;
    return change;
}

Step stepGoingOn(int index, int attempts = 1) {
    Step step = completedStep(index, "step_" + std::to_string(index), monday + Duration(1s) * index, 1s);
    step.status = StepStatus::Running;
    step.end.reset();
    step.duration.reset();
    step.attemptCount = attempts;
    step.attempts.clear();
    return step;
}

Step done(int index) {
    return completedStep(index, "step_" + std::to_string(index), monday + Duration(1s) * index, 1s);
}

} // namespace

class TestRunEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aWholeRunAtOnceIsToldFromBeginToEnd();
    void onlyWhatIsNewIsTold();
    void retriesAreTold();
    void aStepWithoutANameIsCalledByItsClass();
    void aRunThatIsWithdrawnBeginsAnew();
    void anAbandonedRunIsToldWhenItIsFound();
    void aRunThatWasThoughtDeadEndsAfterAll();
    void manyEndedRunsAreForgottenAndOpenOnesKept();
};

void TestRunEvents::aWholeRunAtOnceIsToldFromBeginToEnd() {
    RunEvents events;
    const auto told = events.take(batchOf(1, 100, {changeOf(textRun(1, monday, 2), 0)}));
    QCOMPARE(text(told), "run_started, step_started step_0, step_finished step_0 completed 1s, step_started step_1, "
                         "step_finished step_1 completed 1s, run_finished completed 2s");
    QCOMPARE(toNs(*told.front().time), toNs(monday));
    QCOMPARE(toNs(*told[4].time), toNs(monday + 2s));
    QCOMPARE(toNs(*told.back().time), toNs(monday + 2s));
    for (const RunEvent &event : told) {
        QCOMPARE(event.runId, idOf(1));
        QCOMPARE(event.recipe, "daily");
    }
}

void TestRunEvents::onlyWhatIsNewIsTold() {
    RunEvents events;
    const auto take = [&](ingest::RunChange change) { return text(events.take(batchOf(1, 100, {std::move(change)}))); };
    QCOMPARE(take(goingOn({})), "run_started");
    QCOMPARE(take(goingOn({stepGoingOn(0)})), "step_started step_0");
    QCOMPARE(take(goingOn({stepGoingOn(0)})), "");
    // A change holds the steps from firstStep on.
    QCOMPARE(take(goingOn({done(0), stepGoingOn(1)})), "step_finished step_0 completed 1s, step_started step_1");
    QCOMPARE(take(goingOn({done(1), stepGoingOn(2)}, 1)), "step_finished step_1 completed 1s, step_started step_2");
    QCOMPARE(take(changeOf(textRun(1, monday, 3), 0)), "step_finished step_2 completed 1s, run_finished completed 3s");
    QCOMPARE(take(changeOf(textRun(1, monday, 3), 0)), "");
}

void TestRunEvents::retriesAreTold() {
    RunEvents events;
    const auto take = [&](ingest::RunChange change) { return events.take(batchOf(1, 100, {std::move(change)})); };
    QCOMPARE(text(take(goingOn({stepGoingOn(0)}))), "run_started, step_started step_0");
    const auto retried = take(goingOn({stepGoingOn(0, 2)}));
    QCOMPARE(text(retried), "step_retried step_0");
    QVERIFY(!retried[0].time);
    Step third = stepGoingOn(0, 3);
    third.attempts = failedStep(0, "step_0", monday).attempts;
    const auto again = take(goingOn({third}));
    QCOMPARE(text(again), "step_retried step_0");
    QCOMPARE(toNs(*again[0].time), toNs(monday + 1s)); // when the last attempt that is known began
    QCOMPARE(text(take(goingOn({third}))), "");
    Step failed = failedStep(0, "step_0", monday);
    failed.attemptCount = 3;
    // The next step's first attempt is no retry.
    QCOMPARE(text(take(goingOn({failed, stepGoingOn(1)}))), "step_finished step_0 failed, step_started step_1");
}

void TestRunEvents::aStepWithoutANameIsCalledByItsClass() {
    RunEvents events;
    Step step = stepGoingOn(0);
    step.name.clear();
    QCOMPARE(text(events.take(batchOf(1, 100, {goingOn({step})}))), "run_started, step_started Class0");
}

void TestRunEvents::aRunThatIsWithdrawnBeginsAnew() {
    RunEvents events;
    const auto take = [&](ingest::RunChange change) { return text(events.take(batchOf(1, 100, {std::move(change)}))); };
    QCOMPARE(take(goingOn({})), "run_started");
    ingest::RunChange withdrawn = goingOn({});
    withdrawn.withdrawn = true;
    QCOMPARE(take(withdrawn), "");
    QCOMPARE(take(goingOn({})), "run_started");
}

/// A run of which the process is gone.
ingest::RunChange leftBehind() {
    ingest::RunChange change = goingOn({});
    change.run.status = RunStatus::Abandoned;
    change.run.end = monday;
    return change;
}

void TestRunEvents::anAbandonedRunIsToldWhenItIsFound() {
    RunEvents events;
    QCOMPARE(text(events.take(batchOf(1, 100, {goingOn({})}))), "run_started");
    const Time before = now();
    const auto found = events.take(batchOf(1, 100, {leftBehind()}));
    QCOMPARE(text(found), "run_finished abandoned");
    QVERIFY(*found[0].time >= before && *found[0].time <= now());
    QCOMPARE(text(events.take(batchOf(1, 100, {leftBehind()}))), "");
}

void TestRunEvents::aRunThatWasThoughtDeadEndsAfterAll() {
    RunEvents events;
    const auto take = [&](ingest::RunChange change) { return text(events.take(batchOf(1, 100, {std::move(change)}))); };
    QCOMPARE(take(goingOn({})), "run_started");
    QCOMPARE(take(leftBehind()), "run_finished abandoned");
    QCOMPARE(take(goingOn({})), "");
    QCOMPARE(take(leftBehind()), "run_finished abandoned");
    QCOMPARE(take(changeOf(textRun(1, monday, 0), 0)), "run_finished completed 0s");
}

void TestRunEvents::manyEndedRunsAreForgottenAndOpenOnesKept() {
    RunEvents events;
    const auto open = goingOn({stepGoingOn(0)});
    QCOMPARE(text(events.take(batchOf(1, 100, {open}))), "run_started, step_started step_0");
    std::vector<ingest::RunChange> ended;
    for (std::uint64_t i = 0; i < 50'001; ++i)
        ended.push_back(changeOf(textRun(i + 2, monday, 0), i));
    QCOMPARE(events.take(batchOf(1, 100, std::move(ended))).size(), 100'002U);
    QCOMPARE(text(events.take(batchOf(1, 100, {open}))), "");
}

QTEST_GUILESS_MAIN(TestRunEvents)
#include "tst_runevents.moc"
