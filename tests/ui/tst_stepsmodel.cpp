// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/stepsmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

Step step(const char *name, Duration start, Duration length, StepStatus status = StepStatus::Completed) {
    Step s;
    s.name = name;
    s.status = status;
    s.start = Time(start);
    s.duration = length;
    return s;
}

std::shared_ptr<Run> sampleRun() {
    auto run = std::make_shared<Run>();
    run->id = "00000000000000aa";
    run->status = RunStatus::Partial;
    run->start = Time(0s);
    run->duration = 100s;
    run->steps = {step("load", 0s, 20s), step("aggregate", 20s, 69s), step("save", 90s, 2s, StepStatus::Failed)};
    return run;
}

query::RecipeHistory history() {
    query::RecipeHistory h;
    h.runs = 12;
    h.stepMedians = {{"load", 20s}, {"aggregate", 50s}, {"save", 4s}};
    return h;
}

} // namespace

class TestStepsModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stepsAreComparedWithTheirMedians() {
        StepsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRun(sampleRun(), history(), Time(100s));
        const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(cell(0, StepsModel::Change), QStringLiteral("0 %"));
        QCOMPARE(cell(1, StepsModel::Change), QStringLiteral("+38 %"));
        QCOMPARE(cell(2, StepsModel::Change), QStringLiteral("–")); // failed early: no faster than usual
        QVERIFY(model.index(1, 0).data(StepsModel::NotableRole).toBool());
        QVERIFY(!model.index(0, 0).data(StepsModel::NotableRole).toBool());
        QCOMPARE(cell(0, StepsModel::Share), QStringLiteral("20.0 %"));
        QCOMPARE(cell(1, StepsModel::Time), QStringLiteral("1 m 09.0 s"));
    }

    void stepsOfOneNameAreComparedInTheirOrder() {
        auto run = sampleRun();
        run->steps = {step("settle", 0s, 10s), step("load", 10s, 10s), step("settle", 20s, 90s)};
        query::RecipeHistory known = history();
        known.stepMedians = {{"settle", 10s}, {"load", 20s}, {"settle", 60s}};
        StepsModel model;
        const auto change = [&](int row) { return model.index(row, StepsModel::Change).data().toString(); };
        model.setRun(run, known, Time(100s));
        QCOMPARE(change(0), QStringLiteral("0 %"));
        QCOMPARE(change(2), QStringLiteral("+50 %"));
        known.stepMedians.pop_back(); // the second one is new
        model.setRun(run, known, Time(100s));
        QCOMPARE(change(2), QStringLiteral("–"));
    }

    void attemptsTellTheTimeOfAFailedStep() {
        Step failed = step("save", 90s, 2s, StepStatus::Failed);
        failed.duration.reset();
        failed.end = failed.start; // the log knows the second only
        Attempt attempt;
        attempt.start = failed.start;
        attempt.duration = 220ms;
        failed.attempts = {attempt};
        QCOMPARE(StepsModel::durationOf(failed, Time(100s)), std::optional<Duration>(220ms));
        attempt.number = 2;
        attempt.start = *failed.start + 1s;
        failed.attempts.push_back(attempt);
        failed.attemptCount = 2;
        QCOMPARE(StepsModel::durationOf(failed, Time(100s)), std::optional<Duration>(1220ms));
        failed.attemptCount = 3; // one left no trace: only begin and end are certain
        QCOMPARE(StepsModel::durationOf(failed, Time(100s)), std::optional<Duration>(0s));
    }

    void withoutHistoryThereIsNoChange() {
        StepsModel model;
        model.setRun(sampleRun(), std::nullopt, Time(100s));
        QCOMPARE(model.index(1, StepsModel::Change).data().toString(), QStringLiteral("–"));
        QVERIFY(!model.index(1, StepsModel::Change).data(StepsModel::SortRole).isValid());
    }

    void changesCarryTheirSign_data() {
        QTest::addColumn<double>("change");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0 %");
        QTest::newRow("minus nearly zero") << -0.0003 << QStringLiteral("0 %");
        QTest::newRow("small") << 0.021 << QStringLiteral("+2.1 %");
        QTest::newRow("negative") << -0.38 << QStringLiteral("−38 %");
        QTest::newRow("rounds up to ten") << 0.0996 << QStringLiteral("+10 %");
    }
    void changesCarryTheirSign() {
        QFETCH(double, change);
        QTEST(signedPercent(change), "text");
    }

    void aRunThatGoesOnInsertsAndChangesRows() {
        StepsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto run = sampleRun();
        run->steps.pop_back();
        run->steps[1].status = StepStatus::Running;
        run->steps[1].duration.reset();
        model.setRun(run, std::nullopt, Time(50s));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QCOMPARE(model.index(1, StepsModel::Time).data().toString(), QStringLiteral("30.0 s"));
        model.setRun(sampleRun(), std::nullopt, Time(100s));
        QCOMPARE(reset.size(), 0);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(changed.size(), 1); // the first step is as it was
        auto other = sampleRun();
        other->id = "00000000000000bb";
        model.setRun(other, std::nullopt, Time(100s));
        QCOMPARE(reset.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestStepsModel)
#include "tst_stepsmodel.moc"
