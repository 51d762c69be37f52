// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "core/report/periodreport.h"
#include "core/report/runreport.h"
#include "tests/core/report/samples.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <unistd.h>

using namespace ra;
using namespace ra::report;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ReportDocument nightly() {
    return buildRunReport(samples::nightlyOrders(), samples::history(), samples::start() + 1h, {});
}

ReportDocument hostile() {
    const char *evil = "</script><script>alert('x')</script>\"onload=\"x' & <img src=http://e.example/x>";
    return buildRunReport(samples::run(evil, RunStatus::Failed,
                                       {{.name = evil,
                                         .status = StepStatus::Failed,
                                         .attempts = {1s},
                                         .type = evil,
                                         .message = evil,
                                         .traceback = evil}}),
                          {}, samples::start(), {});
}

} // namespace

class TestReportExport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void jsonHasNumbersInTheirUnits();
    void jsonOfAPeriodParses();
    void htmlEscapesEverything();
    void htmlNeedsNothingElse();
    void aFileIsReplacedAtomically();
    void aFailureLeavesTheOldFile();
};

void TestReportExport::jsonHasNumbersInTheirUnits() {
    const auto json = nlohmann::json::parse(toJson(nightly()).toStdString());
    QCOMPARE(json["kind"].get<std::string>(), std::string("run"));
    QCOMPARE(json["status"].get<std::string>(), std::string("partial"));
    QCOMPARE(json["generated_ns"].get<qint64>(), qint64(1795456664'000'000'000));
    QCOMPARE(json["summary"][0]["items"][1]["number"].get<double>(), 93.6);
    for (const auto &block : json["details"]) {
        if (block["type"] != "table")
            continue;
        QCOMPARE(block["rows"][7]["name"].get<std::string>(), std::string("aggregate"));
        QCOMPARE(block["rows"][7]["duration_s"].get<double>(), 31.0);
        QCOMPARE(block["rows"][7]["status"].get<std::string>(), std::string("completed"));
        QVERIFY(block["rows"][9]["duration_s"].is_null());
        QCOMPARE(block["columns"][4]["key"].get<std::string>(), std::string("duration_s"));
    }
    QVERIFY(toJson(nightly()).endsWith("}\n"));
}

void TestReportExport::jsonOfAPeriodParses() {
    const std::vector<Run> runs{samples::nightlyOrders()};
    const Time now = samples::start() + 1h;
    const auto json =
        nlohmann::json::parse(toJson(buildPeriodReport(runs, {}, periodOf(now, 3, {}), now, {})).toStdString());
    QCOMPARE(json["kind"].get<std::string>(), std::string("period"));
    QVERIFY(!json.contains("status"));
    QCOMPARE(json["summary"][1]["items"].size(), std::size_t(3));
    QCOMPARE(json["summary"][1]["items"][2]["partial"].get<int>(), 1);
}

void TestReportExport::htmlEscapesEverything() {
    const QByteArray html = toHtml(hostile());
    QVERIFY(!html.contains("<script"));
    QVERIFY(!html.contains("<img"));
    QVERIFY(!html.contains("\"onload"));
    QVERIFY(html.contains("&lt;script&gt;alert"));
}

void TestReportExport::htmlNeedsNothingElse() {
    const QByteArray html = toHtml(nightly());
    QVERIFY(html.startsWith("<!DOCTYPE html>"));
    QVERIFY(html.contains("default-src 'none'"));
    for (const char *active : {"<script", "<iframe", "<object", "<embed", "<form", "<a ", "href", "src=", "url(",
                               "@import", "javascript:", "onclick"})
        QVERIFY2(!html.contains(active), active);
    QVERIFY(html.contains("never_up"));
    QVERIFY(html.contains("<svg"));
}

void TestReportExport::aFileIsReplacedAtomically() {
    const QTemporaryDir dir;
    const QString path = dir.filePath(u"report.json"_s);
    QVERIFY(saveFile(path, "one"));
    QVERIFY(saveFile(path, "two"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("two"));
    QCOMPARE(QFileInfo(path).permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    QCOMPARE(QDir(dir.path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"report.json"_s});
}

void TestReportExport::aFailureLeavesTheOldFile() {
    const QTemporaryDir dir;
    QVERIFY(QDir(dir.path()).mkdir(u"target"_s));
    const auto onFolder = saveFile(dir.filePath(u"target"_s), "x");
    QVERIFY(!onFolder);
    QVERIFY(!onFolder.error().why.empty());
    const auto nowhere = saveFile(dir.filePath(u"missing/report.pdf"_s), "x");
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().hint, std::string("Choose a folder that exists"));
    QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{u"target"_s});
    // A device that is always full: writing fails after the file was made, and nothing stays.
    if (::access("/dev/full", W_OK) != 0)
        QSKIP("no /dev/full here");
    QVERIFY(!saveFile(u"/dev/full/x"_s, "x"));
}

QTEST_GUILESS_MAIN(TestReportExport)
#include "tst_reportexport.moc"
