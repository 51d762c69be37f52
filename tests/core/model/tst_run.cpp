// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/run.h"

#include <QTest>

#include <set>

using namespace ra;

class TestRun : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void statusesAreTheWordsOfTheCommandLine_data();
    void statusesAreTheWordsOfTheCommandLine();
    void onlyARunningRunIsUnfinished();
    void stepStatusesAreTheWordsOfTheViews_data();
    void stepStatusesAreTheWordsOfTheViews();
    void otherWordsAreNoStatus_data();
    void otherWordsAreNoStatus();
    void aRunIsCalledAfterItsFile_data();
    void aRunIsCalledAfterItsFile();
};

// The words are those of CLI.md: other programs compare them.
void TestRun::statusesAreTheWordsOfTheCommandLine_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<std::string>("word");
    const auto row = [](RunStatus status, const char *word) {
        QTest::newRow(word) << static_cast<int>(status) << std::string(word);
    };
    row(RunStatus::Running, "running");
    row(RunStatus::Completed, "completed");
    row(RunStatus::Partial, "partial");
    row(RunStatus::Failed, "failed");
    row(RunStatus::Rejected, "rejected");
    row(RunStatus::Cancelled, "cancelled");
    row(RunStatus::Interrupted, "interrupted");
    row(RunStatus::Killed, "killed");
    row(RunStatus::Timeout, "timeout");
    row(RunStatus::Abandoned, "abandoned");
}

void TestRun::statusesAreTheWordsOfTheCommandLine() {
    QFETCH(const int, status);
    QFETCH(const std::string, word);
    QCOMPARE(std::string(toString(static_cast<RunStatus>(status))), word);
    const auto read = runStatusFromString(word);
    QVERIFY(read.has_value());
    QCOMPARE(static_cast<int>(*read), status);
}

void TestRun::onlyARunningRunIsUnfinished() {
    for (int i = 0; i < runStatusCount; ++i) {
        const auto status = static_cast<RunStatus>(i);
        QCOMPARE(isFinal(status), toString(status) != "running");
    }
}

void TestRun::stepStatusesAreTheWordsOfTheViews_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<std::string>("word");
    const auto row = [](StepStatus status, const char *word) {
        QTest::newRow(word) << static_cast<int>(status) << std::string(word);
    };
    row(StepStatus::Running, "running");
    row(StepStatus::Completed, "completed");
    row(StepStatus::Failed, "failed");
    row(StepStatus::Skipped, "skipped");
    row(StepStatus::Interrupted, "interrupted");
    row(StepStatus::NotReached, "not_reached");
}

void TestRun::stepStatusesAreTheWordsOfTheViews() {
    QFETCH(const int, status);
    QFETCH(const std::string, word);
    QCOMPARE(std::string(toString(static_cast<StepStatus>(status))), word);
    const auto read = stepStatusFromString(word);
    QVERIFY(read.has_value());
    QCOMPARE(static_cast<int>(*read), status);
}

void TestRun::otherWordsAreNoStatus_data() {
    QTest::addColumn<std::string>("word");
    for (const char *word : {"", "Completed", "done", "completed ", "initializing"})
        QTest::newRow(word) << std::string(word);
}

void TestRun::otherWordsAreNoStatus() {
    QFETCH(const std::string, word);
    QVERIFY(!runStatusFromString(word));
    QVERIFY(!stepStatusFromString(word));
}

void TestRun::aRunIsCalledAfterItsFile_data() {
    QTest::addColumn<std::string>("path");
    QTest::addColumn<std::string>("name");
    const auto row = [](const char *path, const char *name) {
        QTest::newRow(path) << std::string(path) << std::string(name);
    };
    row("jobs/daily_orders.yaml", "daily_orders");
    row("daily.yml", "daily");
    row("/a/b.c/daily.v2.json", "daily.v2");
    row("C:\\jobs\\daily.yaml", "daily");
    row("daily", "daily");
    row("jobs/daily.txt", "daily.txt");
    row("jobs/.yaml", ".yaml"); // nothing would be left of it
    row("jobs/", "");
    row("", "");
}

void TestRun::aRunIsCalledAfterItsFile() {
    QFETCH(const std::string, path);
    QFETCH(const std::string, name);
    QCOMPARE(recipeNameFromPath(path), name);
}

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
