// SPDX-License-Identifier: GPL-3.0-or-later
// What is odd about a run is told in sentences; its codes are for programs.
#include "core/report/document.h"
#include "core/report/notetext.h"
#include "core/report/runreport.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace ra;
using namespace Qt::StringLiterals;

namespace {

Run noted(std::vector<std::string> notes, bool suspect = true) {
    Run run;
    run.id = "00000000000000aa";
    run.recipe = "orders";
    run.notes = std::move(notes);
    run.suspect = suspect;
    return run;
}

bool isUnknown(const QString &sentence) {
    return sentence.contains(u"no words for"_s);
}

/// Every code that reading gives to a run, from the sources: a new one without a sentence turns this test red.
QStringList codesOfTheReaders() {
    static const QRegularExpression code(
        u"(?:noteSuspect\\([^\"\\n]*|notes\\.emplace_back\\(|notes = \\{|sharedName = )\"([a-z-]+)\""_s);
    QStringList codes;
    for (const char *room : {"/ingest", "/engine", "/live"}) {
        QDirIterator files(QStringLiteral(RA_CORE_SOURCES) + QLatin1String(room), {u"*.cpp"_s}, QDir::Files);
        while (files.hasNext()) {
            QFile file(files.next());
            if (!file.open(QIODevice::ReadOnly))
                continue;
            auto found = code.globalMatch(QString::fromUtf8(file.readAll()));
            while (found.hasNext())
                codes << found.next().captured(1);
        }
    }
    codes.removeDuplicates();
    return codes;
}

} // namespace

class TestReportNotes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCodeHasASentence() {
        const QStringList codes = codesOfTheReaders();
        QVERIFY2(codes.size() >= 4, qPrintable(codes.join(u' ')));
        for (const QString &code : codes) {
            const auto sentences = report::noteSentences(noted({code.toStdString()}));
            QCOMPARE(sentences.size(), std::size_t(1));
            QVERIFY2(!isUnknown(sentences.front()), qPrintable(code));
            QVERIFY2(!sentences.front().contains(code), qPrintable(code));
            QVERIFY(sentences.front().endsWith(u'.'));
        }
    }

    void anUnknownCodeIsShownAndSaidToBeUnknown() {
        const auto sentences = report::noteSentences(noted({"from-tomorrow\n<b>"}));
        QCOMPARE(sentences.front(), u"It has a remark that this version has no words for: from-tomorrow\\n<b>."_s);
    }

    void forksThatCanBeToldApartAreNotDoubted() {
        const auto sure = report::noteSentences(noted({"shares-runner-name"}, false));
        const auto doubtful = report::noteSentences(noted({"shares-runner-name"}, true));
        QVERIFY(sure.front().contains(u"told apart by"_s));
        QVERIFY(doubtful.front().contains(u"may be another's"_s));
    }

    void aContradictionWithoutANoteIsStillSaid() {
        QCOMPARE(report::noteSentences(noted({})).size(), std::size_t(1));
        QVERIFY(report::noteSentences(noted({}, false)).empty());
    }

    void theReportSpeaksInSentencesToo() {
        const auto document = report::buildRunReport(noted({"lines-missing"}), {}, Time(), {});
        QStringList texts;
        for (const auto *blocks : {&document.summary, &document.details}) {
            for (const report::Block &block : *blocks) {
                if (const auto *notes = std::get_if<report::Notes>(&block)) {
                    for (const auto &[label, text] : notes->items)
                        texts << text;
                }
            }
        }
        QVERIFY2(texts.contains(report::noteSentences(noted({"lines-missing"})).front()),
                 qPrintable(texts.join(u'\n')));
        QVERIFY(!texts.join(u'\n').contains(u"lines-missing"_s));
    }
};

QTEST_GUILESS_MAIN(TestReportNotes)
#include "tst_reportnotes.moc"
