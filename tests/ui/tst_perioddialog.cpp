// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked before a period's report is made: which days, which paper, which file.
#include "ui/print/paper.h"
#include "ui/print/perioddialog.h"
#include "ui/theme/displayzone.h"

#include <QAbstractButton>
#include <QDateEdit>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace ra;
using namespace ra::ui;
using namespace Qt::StringLiterals;

namespace {

const Time generated = fromNs(1'795'435'200'000'000'000); // 23 November 2026, 12:00 UTC

struct Asked {
    explicit Asked(const QString &range = {}, const QString &folder = QDir::tempPath())
        : dialog(new PeriodDialog({range}, folder, nullptr)) {}
    ~Asked() { delete dialog; }

    [[nodiscard]] QLineEdit *file() const { return dialog->findChild<QLineEdit *>(u"reportFile"_s); }
    [[nodiscard]] QString remark() const { return dialog->findChild<QLabel *>(u"fileRemark"_s)->text(); }
    [[nodiscard]] QPushButton *save() const {
        return dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save);
    }
    [[nodiscard]] QAbstractButton *choice(const QString &text) const {
        const auto buttons = dialog->findChildren<QAbstractButton *>();
        const auto found = std::find_if(buttons.begin(), buttons.end(), [&](auto *b) { return b->text() == text; });
        return found == buttons.end() ? nullptr : *found;
    }
    void name(const QString &text) const {
        file()->selectAll();
        QTest::keyClicks(file(), text);
    }

    PeriodDialog *dialog;
};

} // namespace

class TestPeriodDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { DisplayZone::instance().setZone({}); }

    void itProposesWhatIsLookedAt_data() {
        QTest::addColumn<QString>("range");
        QTest::addColumn<int>("days");
        QTest::newRow("all") << QString() << 30;
        QTest::newRow("a week") << u"7d"_s << 7;
        QTest::newRow("a month") << u"30d"_s << 30;
        QTest::newRow("a quarter") << u"90d"_s << 90;
        QTest::newRow("not offered") << u"24h"_s << 30;
        QTest::newRow("own days") << u"2025-11-03..2025-11-09"_s << 7;
    }
    void itProposesWhatIsLookedAt() {
        QFETCH(QString, range);
        const Asked asked(range);
        QTEST(asked.dialog->choice(generated).period.days, "days");
    }

    void theLastDaysEndNow() {
        const Asked asked(u"7d"_s);
        QCOMPARE(asked.dialog->choice(generated).period, report::periodOf(generated, 7, {}));
    }

    void ownDaysAreTakenAsSoonAsOneIsChanged() {
        const Asked asked;
        const auto edits = asked.dialog->findChildren<QDateEdit *>();
        QCOMPARE(edits.size(), 2);
        edits[0]->setDate({2025, 3, 1});
        edits[1]->setDate({2025, 3, 10});
        const report::Period period = asked.dialog->choice(generated).period;
        QCOMPARE(period.days, 10);
        QCOMPARE(period.end - period.begin, Duration(std::chrono::days(10)));
        QVERIFY(asked.file()->text().endsWith(u"recipes-2025-03-10-10d.pdf"_s));
        edits[1]->setDate({2025, 2, 27}); // the wrong way round is read the right one
        QCOMPARE(asked.dialog->choice(generated).period.days, 3);
    }

    void thePaperIsTheUsualOneOfTheCountry() {
        QCOMPARE(usualPaper(QLocale(QLocale::English, QLocale::UnitedStates)), QPageSize::Letter);
        QCOMPARE(usualPaper(QLocale(QLocale::German, QLocale::Germany)), QPageSize::A4);
        const Asked asked;
        QCOMPARE(asked.dialog->choice(generated).paper, usualPaper());
        asked.choice(u"Letter"_s)->click();
        QCOMPARE(asked.dialog->choice(generated).paper, QPageSize::Letter);
    }

    void theFileIsNamedAfterThePeriodUntilItHasAName() {
        const Asked asked(u"7d"_s);
        QVERIFY(asked.file()->text().endsWith(u"-7d.pdf"_s));
        asked.choice(u"Last 90 days"_s)->click();
        QVERIFY(asked.file()->text().endsWith(u"-90d.pdf"_s));
        asked.name(u"for the board"_s);
        asked.choice(u"Last 7 days"_s)->click();
        QCOMPARE(asked.file()->text(), u"for the board"_s);
        QCOMPARE(asked.dialog->choice(generated).path, QDir::tempPath() + u"/for the board.pdf"_s);
    }

    void whatIsWrongWithTheFileIsSaid() {
        const QTemporaryDir dir;
        const Asked asked({}, dir.path());
        QVERIFY(asked.save()->isEnabled());
        QCOMPARE(asked.remark(), QString());
        asked.name(u"  "_s);
        QVERIFY(!asked.save()->isEnabled());
        QCOMPARE(asked.remark(), u"Name the file."_s);
        asked.name(u"no/such/x.pdf"_s);
        QVERIFY(!asked.save()->isEnabled());
        QVERIFY(asked.remark().contains(u"no/such"_s));
        asked.name(u"x.pdf"_s);
        QVERIFY(asked.save()->isEnabled());
        QCOMPARE(asked.save()->text(), u"Save report"_s);
    }

    void aFileIsNotReplacedUnawares() {
        const QTemporaryDir dir;
        QFile there(dir.filePath(u"x.pdf"_s));
        QVERIFY(there.open(QIODevice::WriteOnly));
        const Asked asked({}, dir.path());
        asked.name(u"x"_s);
        QVERIFY(asked.remark().contains(u"will be replaced"_s));
        QCOMPARE(asked.save()->text(), u"Replace"_s);
        asked.name(u"y"_s);
        QCOMPARE(asked.remark(), QString());
    }
};

QTEST_MAIN(TestPeriodDialog)
#include "tst_perioddialog.moc"
