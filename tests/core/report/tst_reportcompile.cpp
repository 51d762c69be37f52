// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/compile.h"
#include "core/report/export.h"
#include "tests/core/store/storefixture.h"

#include <algorithm>

using namespace ra;
using namespace ra::test;
using namespace Qt::StringLiterals;

namespace {

const Time evening = monday + 8h;

/// Eleven completed runs of three seconds, one a minute, and one that failed before them.
StoreFile filled() {
    StoreFile file;
    Run failed = textRun(99, monday - 1h);
    failed.status = RunStatus::Partial;
    failed.steps.push_back(failedStep(3, "upload", monday - 1h + 3s));
    failed.failedSteps = 1;
    failed.totalSteps = 4;
    failed.end = monday - 1h + 5s;
    failed.duration = 5s;
    std::vector<ingest::RunChange> changes{changeOf(failed, 0)};
    for (std::uint64_t i = 1; i <= 11; ++i)
        changes.push_back(changeOf(textRun(i, monday + i * 1min), i * 50));
    need(file.open()->apply({{batchOf(1, 1'000, changes)}}));
    return file;
}

} // namespace

class TestReportCompile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunIsComparedWithItsHistory();
    void aFailedRunTellsWhatIsStored();
    void anUnknownRunIsNotFound();
    void aPeriodHoldsItsRuns();
    void anEmptyStoreSaysSo();
    void aCancelledQuestionIsCancelled();
    void theSameStoreGivesTheSameBytes();
};

void TestReportCompile::aRunIsComparedWithItsHistory() {
    StoreFile file = filled();
    const auto reader = file.reader();
    const auto document = need(report::compileRunReport(*reader, idOf(1), evening, {}));
    QCOMPARE(document.conclusions.front(), u"All 3 steps done in 3.0 s. That is as long as usual (10 runs)."_s);
}

void TestReportCompile::aFailedRunTellsWhatIsStored() {
    StoreFile file = filled();
    const auto reader = file.reader();
    const auto document = need(report::compileRunReport(*reader, idOf(99), evening, {}));
    QCOMPARE(document.conclusions.front(),
             u"3 of 4 steps done; upload failed after 2 attempts: ConnectionError: no answer again."_s);
}

void TestReportCompile::anUnknownRunIsNotFound() {
    StoreFile file = filled();
    const auto reader = file.reader();
    const auto document = report::compileRunReport(*reader, idOf(12345), evening, {});
    QVERIFY(!document);
    QCOMPARE(document.error().kind, ErrorKind::NotFound);
}

void TestReportCompile::aPeriodHoldsItsRuns() {
    StoreFile file = filled();
    const auto reader = file.reader();
    const auto document = need(report::compilePeriodReport(*reader, 1, evening, {}));
    QCOMPARE(document.conclusions.front(), u"12 runs of 1 recipe: 91.7 % completed."_s); // 11 of 12
    const auto tomorrow = need(report::compilePeriodReport(*reader, 1, evening + std::chrono::days(1), {}));
    QCOMPARE(tomorrow.conclusions.front(), u"No run started in this period."_s);
    // A day of the past holds what began in it, whenever the report is made.
    const report::Period day = report::periodOf(evening, 1, {});
    const auto later = need(report::compilePeriodReport(*reader, day, evening + std::chrono::days(9), {}));
    QCOMPARE(later.conclusions.front(), document.conclusions.front());
    QCOMPARE(later.fileStem, document.fileStem);
}

void TestReportCompile::anEmptyStoreSaysSo() {
    StoreFile file;
    file.open();
    const auto reader = file.reader();
    const auto document = need(report::compilePeriodReport(*reader, 30, evening, {}));
    QCOMPARE(document.conclusions.front(), u"No run started in this period."_s);
}

void TestReportCompile::aCancelledQuestionIsCancelled() {
    StoreFile file = filled();
    const auto reader = file.reader();
    std::stop_source stop;
    stop.request_stop();
    const auto document = report::compilePeriodReport(*reader, 1, evening, {}, stop.get_token());
    QVERIFY(!document);
    QCOMPARE(document.error().kind, ErrorKind::Cancelled);
}

void TestReportCompile::theSameStoreGivesTheSameBytes() {
    StoreFile file = filled();
    const QByteArray first = report::toJson(need(report::compilePeriodReport(*file.reader(), 7, evening, {})));
    for (int i = 0; i < 20; ++i)
        QCOMPARE(report::toJson(need(report::compilePeriodReport(*file.reader(), 7, evening, {}))), first);
}

QTEST_GUILESS_MAIN(TestReportCompile)
#include "tst_reportcompile.moc"
