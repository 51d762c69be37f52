// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/periodreport.h"
#include "core/report/runreport.h"
#include "tests/core/report/samples.h"
#include "ui/print/flow.h"
#include "ui/print/printreport.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace ra;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using ui::print::Fragment;
using ui::print::Fragments;
using ui::print::Page;

namespace {

const Time generated = samples::start() + 1h;

report::ReportDocument nightly() {
    return report::buildRunReport(samples::nightlyOrders(), samples::history(), generated, {});
}

report::ReportDocument hugeRun(int count) {
    std::vector<std::string> names;
    names.reserve(std::size_t(count));
    std::vector<samples::StepPlan> plan;
    for (int i = 0; i < count; ++i) {
        names.push_back("step_" + std::to_string(i));
        plan.push_back({.name = names.back().c_str(), .duration = std::chrono::milliseconds(i % 1000)});
    }
    plan[7] = {.name = "the_broken_one", .status = StepStatus::Failed, .attempts = {1ms}, .type = "ValueError"};
    return report::buildRunReport(samples::run("huge", RunStatus::Partial, plan), {}, generated, {});
}

/// Six failed steps with everything that can be long: the summary has to leave rows out.
report::ReportDocument crowded() {
    std::vector<samples::StepPlan> plan;
    static const std::string name(300, 'n');
    static const std::string message(5000, 'm');
    for (int i = 0; i < 40; ++i) {
        plan.push_back({.name = name.c_str(),
                        .status = StepStatus::Failed,
                        .attempts = {1s, 1s},
                        .type = "SomeError",
                        .message = message.c_str(),
                        .traceback = samples::traceback()});
    }
    return report::buildRunReport(samples::run("crowded", RunStatus::Failed, plan), {}, generated, {});
}

/// Qt writes every page object on lines of its own, uncompressed.
qsizetype pagesOf(const QByteArray &pdf) {
    return pdf.count("/Type /Page\n");
}

/// The text of the pages by poppler, or nothing where it is not installed.
std::optional<QString> textOf(const QByteArray &pdf, const QStringList &options = {}) {
    const QString program = QStandardPaths::findExecutable(u"pdftotext"_s);
    if (program.isEmpty())
        return std::nullopt;
    const QTemporaryDir dir;
    const QString path = dir.filePath(u"x.pdf"_s);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(pdf) != pdf.size())
        return std::nullopt;
    file.close();
    QProcess process;
    process.start(program, options + QStringList{path, u"-"_s});
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        return std::nullopt;
    return QString::fromUtf8(process.readAllStandardOutput());
}

Fragments fragments(int count, double height) {
    return Fragments(std::size_t(count), Fragment{.height = height});
}

} // namespace

class TestPrintReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pagesHaveThePapersSize_data();
    void pagesHaveThePapersSize();
    void theTextCanBeCopied();
    void theFirstPageIsTheSummary();
    void aCrowdedSummaryStaysOnOnePage_data();
    void aCrowdedSummaryStaysOnOnePage();
    void pagesAreNumbered();
    void nothingInItActs();
    void theMetadataNameNobody();
    void theSameDocumentGivesTheSameBytes();
    void hostileTextIsShownLiterally();
    void aHugeRunTakesFewPagesAndLittleTime();
    void aPeriodPrintsToo();
    void aTinyPaperIsRefused();
    void aFailureLeavesNothingBehind();
    void headingsAreNeverAloneAtTheFootOfAPage();
    void tablesRepeatTheirHead();
    void aChainHigherThanAPageIsBroken();
};

void TestPrintReport::pagesHaveThePapersSize_data() {
    QTest::addColumn<int>("paper");
    QTest::addColumn<QByteArray>("box");
    QTest::newRow("A4") << int(QPageSize::A4) << QByteArray("/MediaBox [0 0 595.000000 842.000000]");
    QTest::newRow("Letter") << int(QPageSize::Letter) << QByteArray("/MediaBox [0 0 612.000000 792.000000]");
}

void TestPrintReport::pagesHaveThePapersSize() {
    QFETCH(int, paper);
    QFETCH(QByteArray, box);
    const auto pdf = ui::pdfOf(nightly(), QPageSize::PageSizeId(paper));
    QVERIFY(pdf);
    QVERIFY(pdf->startsWith("%PDF-1."));
    QCOMPARE(pagesOf(*pdf), 2);
    QCOMPARE(pdf->count(box), 2);
}

void TestPrintReport::theTextCanBeCopied() {
    const auto text = textOf(*ui::pdfOf(nightly(), QPageSize::A4), {u"-layout"_s});
    if (!text)
        QSKIP("pdftotext (poppler-utils) is not installed");
    // Colons, brackets and figures with ones are what substituted glyphs and spread digits would lose.
    for (const QString &words :
         {u"nightly_orders"_s, u"8 of 10 steps done; never_up failed after 3 attempts"_s, u"not answer (call 3)."_s,
          u"23 Nov 2026 16:57:44"_s, u"13.3 s"_s, u"1 m 33.6 s"_s, u"6 failed attempts in 3 steps"_s, u"+38.0 %"_s,
          u"4 earlier lines left out"_s, u"rows = self.fetch(url, timeout=params[\"timeout\"])"_s, u"known to ±1 s"_s})
        QVERIFY2(text->contains(words), qPrintable(words + u" is missing from:\n"_s + *text));
}

void TestPrintReport::theFirstPageIsTheSummary() {
    const QByteArray pdf = *ui::pdfOf(nightly(), QPageSize::A4);
    const auto first = textOf(pdf, {u"-l"_s, u"1"_s});
    if (!first)
        QSKIP("pdftotext (poppler-utils) is not installed");
    QVERIFY(first->contains(u"Lost to failures and retries"));
    QVERIFY(first->contains(u"Timeline"));
    QVERIFY(first->contains(u"ConnectionError"));
    QVERIFY(!first->contains(u"warehouse.py")); // tracebacks are details
    QVERIFY(!first->contains(u"About these figures"));
}

void TestPrintReport::aCrowdedSummaryStaysOnOnePage_data() {
    pagesHaveThePapersSize_data();
}

void TestPrintReport::aCrowdedSummaryStaysOnOnePage() {
    QFETCH(int, paper);
    const QByteArray pdf = *ui::pdfOf(crowded(), QPageSize::PageSizeId(paper));
    const auto second = textOf(pdf, {u"-f"_s, u"2"_s, u"-l"_s, u"2"_s});
    if (!second)
        QSKIP("pdftotext (poppler-utils) is not installed");
    QVERIFY(second->contains(u"Timeline")); // the first thing of the details: the summary did not run over
    const auto first = textOf(pdf, {u"-l"_s, u"1"_s});
    QVERIFY(first->contains(u"of 40 shown"));
    QVERIFY(first->contains(u"of 40 steps: failed ones"));
}

void TestPrintReport::pagesAreNumbered() {
    const QByteArray pdf = *ui::pdfOf(crowded(), QPageSize::A4);
    const auto text = textOf(pdf);
    if (!text)
        QSKIP("pdftotext (poppler-utils) is not installed");
    for (qsizetype page = 1; page <= pagesOf(pdf); ++page)
        QVERIFY(text->contains(u"Page %1 of %2"_s.arg(page).arg(pagesOf(pdf))));
}

void TestPrintReport::nothingInItActs() {
    const QByteArray pdf = *ui::pdfOf(nightly(), QPageSize::A4);
    for (const char *active : {"/JavaScript", "/JS", "/Launch", "/URI", "/AA", "/OpenAction", "/EmbeddedFile",
                               "/AcroForm", "/SubmitForm", "/GoToR", "/RichMedia", "/XFA", "/Widget", "/Link"})
        QVERIFY2(!pdf.contains(active), active);
}

void TestPrintReport::theMetadataNameNobody() {
    const QByteArray pdf = *ui::pdfOf(nightly(), QPageSize::A4);
    QVERIFY(!pdf.contains("/Author"));
    QVERIFY(!pdf.contains(QDir::homePath().toUtf8()));
    QVERIFY(pdf.contains("/CreationDate (D:20261123175744")); // the document's time, not the clock's
}

void TestPrintReport::theSameDocumentGivesTheSameBytes() {
    const report::ReportDocument document = nightly();
    const QByteArray first = *ui::pdfOf(document, QPageSize::A4);
    for (int i = 0; i < 5; ++i) {
        QTest::qWait(i == 0 ? 1100 : 0); // the clock's second must not show
        QVERIFY(*ui::pdfOf(document, QPageSize::A4) == first);
    }
}

void TestPrintReport::hostileTextIsShownLiterally() {
    const Run run = samples::run("<b>bold</b>", RunStatus::Failed,
                                 {{.name = "\xE2\x80\xAEgnp.exe",
                                   .status = StepStatus::Failed,
                                   .attempts = {1s},
                                   .type = "E",
                                   .message = "\x1b[2J&amp; %1"}});
    const auto text = textOf(*ui::pdfOf(report::buildRunReport(run, {}, generated, {}), QPageSize::A4));
    if (!text)
        QSKIP("pdftotext (poppler-utils) is not installed");
    QVERIFY(text->contains(u"<b>bold</b>"));
    QVERIFY(text->contains(u"\\u202egnp.exe"));
    QVERIFY(text->contains(u"\\x1b[2J&amp; %1"));
    QVERIFY(!text->contains(QChar(0x202E)));
}

void TestPrintReport::aHugeRunTakesFewPagesAndLittleTime() {
    const report::ReportDocument document = hugeRun(100'000);
    QElapsedTimer timer;
    timer.start();
    const auto pdf = ui::pdfOf(document, QPageSize::A4);
    QVERIFY(pdf);
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY2(pagesOf(*pdf) <= 8, qPrintable(QString::number(pagesOf(*pdf))));
    if (const auto text = textOf(*pdf)) {
        QVERIFY(text->contains(u"steps left out: the 50 longest and all failed steps are shown"));
        QVERIFY(text->contains(u"the_broken_one"));
    }
}

void TestPrintReport::aPeriodPrintsToo() {
    std::vector<Run> runs;
    for (int i = 0; i < 60; ++i) {
        Run run = samples::nightlyOrders();
        run.start = samples::start() - i * 2h;
        run.recipe = "recipe_" + std::to_string(i % 7);
        runs.push_back(run);
    }
    const report::Period period = report::periodOf(generated, 7, {});
    for (const std::vector<Run> &list : {runs, std::vector<Run>()}) {
        const auto pdf = ui::pdfOf(report::buildPeriodReport(list, {}, period, generated, {}), QPageSize::Letter);
        QVERIFY(pdf);
        QCOMPARE(pagesOf(*pdf) > 1, !list.empty());
    }
}

void TestPrintReport::aTinyPaperIsRefused() {
    const auto pdf = ui::pdfOf(nightly(), QPageSize::A8);
    QVERIFY(!pdf);
    QCOMPARE(pdf.error().kind, ErrorKind::Invalid);
}

void TestPrintReport::aFailureLeavesNothingBehind() {
    const QTemporaryDir dir;
    QVERIFY(!ui::writePdf(nightly(), dir.filePath(u"missing/x.pdf"_s), QPageSize::A4));
    QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList());
    const QString path = dir.filePath(u"x.pdf"_s);
    QVERIFY(ui::writePdf(nightly(), path, QPageSize::A4));
    QVERIFY(!ui::writePdf(nightly(), path, QPageSize::A8)); // fails before it touches the file
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll() == *ui::pdfOf(nightly(), QPageSize::A4));
    QCOMPARE(QDir(dir.path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"x.pdf"_s});
}

void TestPrintReport::headingsAreNeverAloneAtTheFootOfAPage() {
    Fragments list = fragments(4, 30);
    list[2].keepWithNext = true; // the heading would be the last one that fits on a page of 100
    const std::vector<Page> pages = ui::print::flow(list, {0, 0, 50, 100});
    QCOMPARE(pages.size(), std::size_t(2));
    QCOMPARE(pages[0].size(), std::size_t(2));
    QCOMPARE(pages[1].size(), std::size_t(2));
    QCOMPARE(pages[1].front().rect, QRectF(0, 0, 50, 30));
}

void TestPrintReport::tablesRepeatTheirHead() {
    const auto head = std::make_shared<const Fragment>(Fragment{.height = 10});
    Fragments list = fragments(6, 30);
    for (Fragment &fragment : list) {
        fragment.repeated = head;
        fragment.before = 5;
    }
    const std::vector<Page> pages = ui::print::flow(list, {0, 0, 50, 100});
    // 10 + 30 + 35 = 75; another 35 does not fit.
    QCOMPARE(pages.size(), std::size_t(3));
    for (const Page &page : pages) {
        QCOMPARE(page.size(), std::size_t(3));
        QCOMPARE(page[0].fragment, head.get());
        QCOMPARE(page[1].rect.top(), 10.0); // no space above the first row
        QCOMPARE(page[2].rect.top(), 45.0);
    }
}

void TestPrintReport::aChainHigherThanAPageIsBroken() {
    Fragments list = fragments(5, 40);
    for (Fragment &fragment : list)
        fragment.keepWithNext = true;
    const std::vector<Page> pages = ui::print::flow(list, {0, 0, 50, 100});
    QCOMPARE(pages.size(), std::size_t(3));
    QVERIFY(ui::print::flow({}, {0, 0, 50, 100}).empty());
}

int main(int argc, char *argv[]) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv); // no QApplication: reports need no widgets
    TestPrintReport test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_printreport.moc"
