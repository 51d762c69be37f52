// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"
#include "ui/widgets/card.h"
#include "ui/widgets/choicepopup.h"
#include "ui/widgets/dayedit.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorsview.h"
#include "ui/widgets/filterchip.h"
#include "ui/widgets/keyhintbutton.h"
#include "ui/widgets/kpi.h"
#include "ui/widgets/toast.h"

#include <QAction>
#include <QApplication>
#include <QCalendarWidget>
#include <QDirIterator>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStyle>
#include <QTest>
#include <QTextCharFormat>
#include <QToolButton>
#include <QVBoxLayout>

using namespace ra;
using namespace ra::ui;

namespace {
const QString kMarkup = QStringLiteral("<img src=x><b>bold</b>");
}

class TestWidgets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(ThemeChoice::Light); }

    void anEmptyStateShowsAllOfItsText() {
        QWidget host;
        QVBoxLayout layout(&host);
        EmptyState empty;
        empty.setReason(QStringLiteral("There is no run 52ce3ae3478f3ff0 in the store that this window shows, alas"));
        empty.setHelp(QStringLiteral("The link may be of another store, or the run's log has not been read yet: follow "
                                     "the folder that it lies in, or read it from the command line"));
        empty.setButton(QStringLiteral("All runs"));
        layout.addWidget(&empty);
        for (const QSize size : {QSize(600, 300), QSize(1100, 700), QSize(2400, 1300)}) {
            host.resize(size);
            host.show();
            QVERIFY(QTest::qWaitForWindowExposed(&host));
            for (const QLabel *label : empty.findChildren<QLabel *>())
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
        }
    }

    void labelsTakeNothingForMarkup() {
        QWidget host;
        Card card(kMarkup, &host);
        card.setCaption(kMarkup);
        EmptyState empty(&host);
        empty.setReason(kMarkup);
        empty.setHelp(kMarkup);
        Toast toast(&host);
        toast.show(kMarkup);
        const QList<QLabel *> labels = host.findChildren<QLabel *>();
        QVERIFY(labels.size() >= 6);
        for (const QLabel *label : labels)
            QCOMPARE(label->textFormat(), Qt::PlainText);
        QVERIFY(plainToolTip(kMarkup).contains(QStringLiteral("&lt;img")));
    }

    /// A QLabel decides by itself whether its text is markup. So none is made: PlainLabel and ElidedLabel are.
    void noLabelWithAutomaticMarkupIsMade() {
        static const QRegularExpression makes(QStringLiteral(
            "\\bnew QLabel\\b|\\bQLabel\\s+\\w+\\s*[({;]|setTextFormat\\(Qt::(RichText|AutoText|MarkdownText)"));
        QDirIterator files(QStringLiteral(RA_UI_SOURCES), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                           QDirIterator::Subdirectories);
        int seen = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            ++seen;
            QVERIFY2(!makes.match(text).hasMatch(), qPrintable(file.fileName()));
        }
        QVERIFY(seen > 30);
    }

    /// lupdate finds a text where it stands: in tr(), in translate() or in QT_TRANSLATE_NOOP(). A function of our own
    /// that looks up what it is given hides its callers' texts, unless they are marked.
    void everyTextIsFoundByTranslators() {
        static const QRegularExpression lookUp(QStringLiteral(
            "(\\w+)\\((?:const char \\*\\w+)[^)]*\\) \\{\\s*return QCoreApplication::translate\\(\"|"
            "(\\w+) = \\[[^\\]]*\\]\\(const char \\*\\w+[^)]*\\) \\{\\s*return QCoreApplication::translate"));
        QDirIterator files(QStringLiteral(RA_UI_SOURCES), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                           QDirIterator::Subdirectories);
        int wrappers = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            auto found = lookUp.globalMatch(text);
            while (found.hasNext()) {
                const QRegularExpressionMatch wrapper = found.next();
                const QString name = wrapper.captured(1) + wrapper.captured(2);
                ++wrappers;
                const QRegularExpression unmarked(QStringLiteral("\\b%1\\(\\s*\"").arg(name));
                QVERIFY2(!unmarked.match(text).hasMatch(), qPrintable(file.fileName() + QLatin1Char(' ') + name));
            }
        }
        QVERIFY(wrappers > 0); // this looks for what there is
    }

    void choicesAreAsHighAsMenuRows() {
        QWidget host;
        host.show();
        auto *popup = new ChoicePopup({QStringLiteral("All"), QStringLiteral("orders")}, {}, &host);
        popup->popupBelow(&host);
        const auto *list = popup->findChild<QListView *>();
        QVERIFY(list->sizeHintForRow(0) >= 24);
        QVERIFY(list->height() >= 2 * list->sizeHintForRow(0));
        popup->close();
    }

    void aMenuRowShowsItsIconBesideItsMark() {
        applyTheme(ThemeChoice::Light);
        const auto picture = [](const char *name) {
            QMenu menu;
            QAction *action = menu.addAction(QStringLiteral("Failed"));
            action->setCheckable(true);
            action->setChecked(true);
            action->setIcon(icon(QLatin1String(name)));
            menu.ensurePolished();
            menu.resize(menu.sizeHint());
            return menu.grab().toImage();
        };
        QVERIFY(picture("folder") != picture("search")); // of one size: only the icon tells them apart
    }

    void stockPicturesAreOurs() {
        applyTheme(ThemeChoice::Light);
        for (const QStyle::StandardPixmap which :
             {QStyle::SP_MessageBoxInformation, QStyle::SP_MessageBoxWarning, QStyle::SP_LineEditClearButton,
              QStyle::SP_ArrowLeft, QStyle::SP_FileDialogToParent, QStyle::SP_DirIcon}) {
            const QImage image = QApplication::style()->standardIcon(which).pixmap(32).toImage();
            QVERIFY(!image.isNull());
            bool painted = false;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor color = image.pixelColor(x, y);
                    painted |= color.alpha() > 128;
                    // One stroke in the colour of icons, not a coloured picture.
                    if (color.alpha() == 255)
                        QCOMPARE(color.rgb(), tokens().textSecondary.rgb());
                }
            }
            QVERIFY(painted);
        }
    }

    void aCalendarHasNoAlarmingWeekends() {
        QWidget host;
        const QDateEdit *edit = makeDayEdit({2026, 11, 23}, QStringLiteral("Day"), &host);
        for (const Qt::DayOfWeek day : {Qt::Saturday, Qt::Sunday})
            QCOMPARE(edit->calendarWidget()->weekdayTextFormat(day).foreground().color(), tokens().textSecondary);
    }

    void labelsFollowAChangeOfTheTheme() {
        applyTheme(ThemeChoice::Light);
        QWidget host;
        PlainLabel label(QStringLiteral("quiet"), &host);
        label.setTone(PlainLabel::Tone::Secondary);
        ErrorsView errors(&host);
        errors.setEntries({{.step = 0, .place = {}, .type = {}, .message = "m", .traceback = "Traceback"}});
        auto *code = errors.findChild<QPlainTextEdit *>();
        QVERIFY(code != nullptr);
        host.show();
        for (const ThemeChoice theme : {ThemeChoice::Dark, ThemeChoice::Light}) {
            applyTheme(theme);
            QTRY_COMPARE(label.palette().color(QPalette::WindowText), tokens().textSecondary);
            QCOMPARE(code->palette().color(QPalette::Base), tokens().window);
            QCOMPARE(code->palette().color(QPalette::Text), tokens().text);
        }
    }

    void oneMoreErrorLeavesTheOthersAsTheyAre() {
        std::vector<ErrorsView::Entry> entries;
        for (int i = 0; i < 12; ++i)
            entries.push_back({.step = i,
                               .place = QStringLiteral("step %1 · attempt 1 of 2").arg(i),
                               .type = QStringLiteral("ValueError"),
                               .message = "m",
                               .traceback = "Traceback\n  line\nValueError"});
        ErrorsView errors;
        errors.resize(300, 200);
        errors.setEntries(entries);
        errors.show();
        const auto folds = [&] { return errors.findChildren<QToolButton *>(QStringLiteral("fold")); };
        QCOMPARE(folds().size(), 12);
        folds().first()->click(); // folded
        folds().last()->click();  // unfolded
        QTRY_VERIFY(errors.verticalScrollBar()->maximum() > 100);
        errors.verticalScrollBar()->setValue(80);
        const QPointer<QToolButton> last = folds().last();
        entries.push_back(entries.front());
        entries[3].place = QStringLiteral("step 3 · attempt 1 of 3"); // it is tried once more
        errors.setEntries(entries);
        QCOMPARE(folds().size(), 13);
        QVERIFY(last != nullptr && last->isChecked());
        QVERIFY(!folds().first()->isChecked());
        QCoreApplication::processEvents(); // the layout
        QCOMPARE(errors.verticalScrollBar()->value(), 80);
        entries.resize(1);
        errors.setEntries(entries);
        QCOMPARE(folds().size(), 1);
        QVERIFY(!folds().first()->isChecked());
    }

    void elidedLabelsGiveWay() {
        ElidedLabel label(QStringLiteral("a rather long text that cannot fit into eighty pixels"));
        QVERIFY(label.minimumSizeHint().width() < 80);
        QVERIFY(label.sizeHint().width() > 200);
        label.resize(80, 20);
        QVERIFY(!label.grab().isNull());
    }

    void aKeyHintFollowsItsAction() {
        QAction action(QStringLiteral("&Report"));
        action.setShortcut(QKeySequence(Qt::CTRL | Qt::Key_P));
        KeyHintButton button(&action);
        QCOMPARE(button.text(), QStringLiteral("Report"));
        QCOMPARE(button.accessibleDescription(), QStringLiteral("Ctrl P"));
        QVERIFY(button.shortcut().isEmpty()); // the action listens; two listeners would be ambiguous
        const int before = button.sizeHint().width();
        action.setText(QStringLiteral("A much longer report"));
        QVERIFY(button.sizeHint().width() > before);
        QSignalSpy triggered(&action, &QAction::triggered);
        button.click();
        QCOMPARE(triggered.size(), 1);
        action.setEnabled(false);
        QVERIFY(!button.isEnabled());
        QCOMPARE(keyCapText(QKeySequence(QStringLiteral("Ctrl++"))), QStringLiteral("Ctrl +"));
    }

    void aCardFoldsAndReplacesItsBody() {
        QWidget host;
        auto *layout = new QVBoxLayout(&host);
        auto *card = new Card(QStringLiteral("Title"), &host);
        layout->addWidget(card);
        QPointer<QWidget> first = new QWidget;
        card->setBody(first);
        card->setBody(new QWidget);
        QVERIFY(first.isNull());
        host.show();
        QVERIFY(card->body()->isVisible());
        card->setCollapsed(true);
        QVERIFY(!card->body()->isVisible());
    }

    void aToastTakesBack() {
        QWidget host;
        host.resize(600, 400);
        Toast toast(&host);
        host.show();
        int undone = 0;
        toast.show(QStringLiteral("Removed"), [&] { ++undone; });
        QVERIFY(toast.isVisible());
        auto buttons = toast.findChildren<QPushButton *>();
        buttons.first()->click();
        QCOMPARE(undone, 1);
        QVERIFY(!toast.isVisible());
        toast.show(QStringLiteral("Just so"));
        QVERIFY(!buttons.first()->isVisible());
    }

    void choicesAreFoundByTyping() {
        QWidget host;
        host.show();
        auto *popup =
            new ChoicePopup({QStringLiteral("All"), QStringLiteral("orders"), kMarkup, QStringLiteral("billing")},
                            QStringLiteral("orders"), &host);
        QSignalSpy picked(popup, &ChoicePopup::picked);
        popup->popupBelow(&host);
        auto *field = popup->findChild<QLineEdit *>();
        QTest::keyClicks(field, QStringLiteral("BILL"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(picked.size(), 1);
        QCOMPARE(picked[0][0].toInt(), 3);
    }

    void everythingPaintsAtAnySizeAndTheme() {
        for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
            applyTheme(theme);
            Kpi kpi(QStringLiteral("Duration"));
            kpi.setFigure(QStringLiteral("1 m 35.9"), QStringLiteral("s"));
            kpi.setComparison(QStringLiteral("▲ 11.2 %"), PlainLabel::Tone::Failed);
            FilterChip chip(QStringLiteral("Recipe"));
            chip.setValue(QStringLiteral("all"), false);
            for (QWidget *widget : {static_cast<QWidget *>(&kpi), static_cast<QWidget *>(&chip)}) {
                for (const QSize size : {QSize(1, 1), QSize(40, 20), widget->sizeHint(), QSize(2000, 200)}) {
                    widget->resize(size);
                    QVERIFY(!widget->grab().isNull());
                }
            }
            QVERIFY(kpi.accessibleDescription().contains(QStringLiteral("1 m 35.9 s")));
        }
        applyTheme(ThemeChoice::Light);
    }
};

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
