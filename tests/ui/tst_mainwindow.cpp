// SPDX-License-Identifier: GPL-3.0-or-later
// The window over a real engine and a real store: opens, goes places, narrows, and takes nothing for markup.
#include "core/store/store.h"
#include "ui/models/runtablemodel.h"
#include "ui/models/statusgridmodel.h"
#include "ui/pages/livepage.h"
#include "ui/pages/runspage.h"
#include "ui/pages/statusgrid.h"
#include "ui/print/perioddialog.h"
#include "ui/shell/actionregistry.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/rail.h"
#include "ui/shell/rejecteddialog.h"
#include "ui/shell/statusline.h"
#include "ui/theme/displayzone.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/toast.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QMessageBox>
#include <QProgressDialog>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

constexpr Time kMonday = fromNs(1'767'600'000'000'000'000); // 2026-01-05 08:00:00 UTC
const std::string kMarkup = "<img src=x><b>bad</b>";
constexpr int kRuns = 60;

Run runNumber(int i) {
    Run run;
    run.id = QString::number(0xa000 + i, 16).rightJustified(16, QLatin1Char('0')).toStdString();
    run.recipe = i % 3 == 0 ? kMarkup : (i % 3 == 1 ? "orders" : "billing");
    run.recipePath = "jobs/recipe.yaml";
    run.executionId = "runner." + std::to_string(1000 + i);
    run.runner = 1000U + static_cast<std::uint64_t>(i);
    run.start = kMonday + std::chrono::minutes(10) * i;
    run.duration = 1s * (i + 1);
    run.end = *run.start + *run.duration;
    run.totalSteps = 2;
    const bool failed = i % 10 == 9;
    run.status = failed ? RunStatus::Failed : RunStatus::Completed;
    run.completedSteps = failed ? 1 : 2;
    run.failedSteps = failed ? 1 : 0;
    if (failed)
        run.errors = {"cannot read " + kMarkup};
    run.provenance = {"status=text"};
    Step step;
    step.name = "load_" + std::to_string(i);
    step.status = StepStatus::Completed;
    step.start = run.start;
    step.duration = 1s;
    run.steps = {step};
    return run;
}

void fill(const std::string &path) {
    auto store = store::Store::open(path);
    QVERIFY2(store.has_value(), store ? "" : store.error().sentence().c_str());
    ingest::Batch batch;
    batch.path = "/nowhere/framework0.log";
    batch.identity = {7, 100, 0xabc, 1024};
    batch.format = "runner-text";
    batch.zone = "UTC";
    for (int i = 0; i < kRuns; ++i) {
        ingest::RunChange change;
        change.firstOffset = std::uint64_t(i) * 1000;
        change.run = runNumber(i);
        batch.runs.push_back(change);
    }
    batch.rejected = {{.offset = 5, .line = 2, .reason = "not a record", .excerpt = kMarkup}};
    batch.checkpoint = {kRuns * 1000, 100, "state"};
    const auto applied = (*store)->apply(std::span(&batch, 1));
    QVERIFY2(applied.has_value(), applied ? "" : applied.error().sentence().c_str());
}

Link linkTo(const char *page) {
    Link link;
    link.page = QLatin1String(page);
    return link;
}

} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    std::unique_ptr<engine::Engine> m_engine;
    std::unique_ptr<MainWindow> m_window;

    RunsPage *runsPage() { return qobject_cast<RunsPage *>(m_window->currentPage()); }
    QString context() { return m_window->findChild<QLabel *>(QStringLiteral("pageContext"))->text(); }
    QAction *action(const char *id) { return m_window->actions().find(QLatin1String(id)); }
    void openRuns() {
        m_window->navigate(linkTo("runs"));
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), kRuns);
    }
    void open(const QString &store) {
        auto engine = engine::Engine::open({.storePath = store.toStdString(), .zone = "UTC", .folders = {}});
        QVERIFY2(engine.has_value(), engine ? "" : engine.error().sentence().c_str());
        m_engine = std::move(*engine);
        m_window = std::make_unique<MainWindow>(*m_engine);
        m_window->setZone(QStringLiteral("UTC"));
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get())); // keys and focus go to the active window only
    }

private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setOrganizationName(QStringLiteral("ra-test"));
        QCoreApplication::setApplicationName(QStringLiteral("ra-test"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_dir.filePath(QStringLiteral("settings")));
        QLocale::setDefault(QLocale::c());
        fill(m_dir.filePath(QStringLiteral("a.db")).toStdString());
    }
    void init() {
        QSettings().clear();
        open(m_dir.filePath(QStringLiteral("a.db")));
    }
    void cleanup() {
        m_window.reset();
        m_engine.reset();
    }

    void aLinkFromOutsideOpensItsPlaceOrSaysThatThereIsNone() {
        m_window->openUrl(QStringLiteral("recipe-analytics://settings"));
        QCOMPARE(m_window->currentPage()->link().page, QStringLiteral("settings"));
        m_window->openUrl(QStringLiteral("recipe-analytics://no where/<b>x</b>"));
        QCOMPARE(m_window->currentPage()->link().page, QStringLiteral("settings"));
        const auto *toast = m_window->findChild<Toast *>();
        QVERIFY(toast != nullptr && toast->isVisible());
        QVERIFY(toast->findChild<QLabel *>()->text().startsWith(QStringLiteral("recipe-analytics://no where/")));
    }

    void whatRanWhileRunsWasHiddenIsOnTopOfTheGrid() {
        cleanup(); // the other tests count the runs of their store
        const QString store = m_dir.filePath(QStringLiteral("b.db"));
        fill(store.toStdString());
        open(store);
        openRuns();
        const auto *grid = runsPage()->findChild<StatusGrid *>()->findChild<QTableView *>()->model();
        QTRY_COMPARE(grid->headerData(0, Qt::Vertical).toString(), QStringLiteral("billing"));
        m_window->navigate(linkTo("settings"));
        QFile log(m_dir.filePath(QStringLiteral("later.log")));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write(
            "2026-01-06 08:00:00 [    INFO] runner.7: Starting enhanced recipe execution: jobs/orders.yaml\n"
            "2026-01-06 08:00:01 [    INFO] runner.7: Recipe execution completed - Status: completed, Steps: 0/0, "
            "Duration: 1.000s, Success Rate: 100.0%\n");
        log.close();
        const auto read = m_engine->ingest({log.fileName().toStdString()}, {}, {});
        QVERIFY(read.has_value() && read->runsAdded == 1);
        // The window is told a moment later; what it is told while the page is open leaves the rows where they are.
        QTRY_VERIFY(m_window->findChild<QLabel *>(QStringLiteral("storeText"))->text().contains(QStringLiteral("61")));
        m_window->navigate(linkTo("runs"));
        QTRY_COMPARE(grid->headerData(0, Qt::Vertical).toString(), QStringLiteral("orders"));
    }

    void itOpensOnTheRunsOfTheStore() {
        QTRY_VERIFY(runsPage() != nullptr);
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), kRuns);
        QTRY_COMPARE(context(), QStringLiteral("60 runs"));
        QTRY_VERIFY(m_window->findChild<QLabel *>(QStringLiteral("storeText"))->text().contains(QStringLiteral("60")));
    }

    void backAndForwardGoThroughPagesAndFilters() {
        openRuns();
        QVERIFY(!action("go.back")->isEnabled());
        Link failed = linkTo("runs");
        failed.status = QStringLiteral("failed");
        m_window->navigate(failed);
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), kRuns / 10);
        m_window->navigate(linkTo("settings"));
        QCOMPARE(m_window->currentPage()->link().page, QStringLiteral("settings"));
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QTRY_VERIFY(runsPage() != nullptr);
        QCOMPARE(runsPage()->link().status, QStringLiteral("failed"));
        action("go.back")->trigger();
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), kRuns);
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), kRuns / 10);
    }

    void everyPageOpensInBothThemes() {
        for (const ThemeChoice theme : {ThemeChoice::Dark, ThemeChoice::Light}) {
            m_window->setTheme(theme);
            QCOMPARE(tokens().dark, theme == ThemeChoice::Dark);
            for (const PageEntry &entry : pageEntries()) {
                Link link;
                link.page = entry.name;
                link.runId = QString::fromStdString(runNumber(3).id);
                m_window->navigate(link);
                QCOMPARE(m_window->currentPage()->link().page, entry.name);
                QVERIFY(!m_window->currentPage()->title().isEmpty());
                QVERIFY(!m_window->grab().isNull());
            }
        }
        QCOMPARE(Settings::load().theme, ThemeChoice::Light); // kept for the next start
    }

    void enterOpensTheRunUnderTheCursor() {
        openRuns();
        QTableView *table = runsPage()->table();
        table->setFocus();
        table->selectRow(4);
        const QString id = table->currentIndex().data(RunTableModel::RunIdRole).toString();
        QTest::keyClick(table, Qt::Key_Return);
        QTRY_COMPARE(m_window->currentPage()->link().page, QStringLiteral("run"));
        QCOMPARE(m_window->currentPage()->link().runId, id);
        action("go.back")->trigger();
        QTRY_VERIFY(runsPage() != nullptr);
        QCOMPARE(runsPage()->table()->currentIndex().data(RunTableModel::RunIdRole).toString(), id);
    }

    void searchingNarrowsWhileTyping() {
        openRuns();
        QTest::keyClick(m_window.get(), Qt::Key_Slash);
        auto *field = m_window->findChild<QLineEdit *>();
        QTRY_VERIFY(field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("LOAD_17"));
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), 1); // a step's name: the store has found it
        QTRY_VERIFY(context().startsWith(QStringLiteral("1 of 60")));
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_COMPARE(runsPage()->table()->model()->rowCount(), kRuns);
    }

    void selectionSurvivesSortingAndRefresh() {
        openRuns();
        QTableView *table = runsPage()->table();
        table->selectRow(7);
        const QString id = table->currentIndex().data(RunTableModel::RunIdRole).toString();
        table->sortByColumn(int(RunColumn::Duration), Qt::AscendingOrder);
        QTRY_COMPARE(table->model()->index(0, int(RunColumn::Duration)).data().toString(), QStringLiteral("1.0 s"));
        QCOMPARE(table->currentIndex().data(RunTableModel::RunIdRole).toString(), id);
        QCOMPARE(table->selectionModel()->selectedRows().size(), 1);
        Q_EMIT m_engine->runsCommitted({id.toStdString()});
        QTest::qWait(400);
        QCOMPARE(table->currentIndex().data(RunTableModel::RunIdRole).toString(), id);
        QCOMPARE(table->selectionModel()->selectedRows().size(), 1);
    }

    void rowsAreCopiedAsATable() {
        openRuns();
        QTableView *table = runsPage()->table();
        table->setFocus();
        table->selectAll();
        QGuiApplication::clipboard()->clear();
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), kRuns + 1);
    }

    void textFromLogsIsShownLiterally() {
        openRuns();
        const QAbstractItemModel *model = runsPage()->table()->model();
        bool seen = false;
        for (int row = 0; row < kRuns; ++row)
            seen |= model->index(row, int(RunColumn::Recipe)).data().toString() == QString::fromStdString(kMarkup);
        QVERIFY(seen);
        Link run = linkTo("run");
        run.runId = QString::fromStdString(runNumber(0).id);
        m_window->navigate(run);
        auto *title = m_window->findChild<QLabel *>(QStringLiteral("pageTitle"));
        QTRY_COMPARE(title->text(), QString::fromStdString(kMarkup));
        for (const QLabel *label : m_window->findChildren<QLabel *>())
            QVERIFY2(label->textFormat() == Qt::PlainText, qPrintable(label->text()));
    }

    /// Asks for a period's report into that file, and gives the message that ends it; null for none.
    QMessageBox *reportInto(const QString &file, const std::function<void()> &meanwhile = {}) {
        auto *dialog = m_window->findChild<PeriodDialog *>();
        if (dialog == nullptr)
            return nullptr;
        dialog->findChild<QLineEdit *>(QStringLiteral("reportFile"))->setText(file);
        if (meanwhile)
            meanwhile();
        dialog->accept();
        const auto box = [this] { return m_window->findChild<QMessageBox *>(QStringLiteral("reportDone")); };
        return QTest::qWaitFor([&] { return box() != nullptr; }, 20'000) ? box() : nullptr;
    }

    void aPeriodsReportIsSavedFromTheRunsPage() {
        openRuns();
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier);
        const QString file = m_dir.filePath(QStringLiteral("runs.pdf"));
        QMessageBox *box = reportInto(file);
        QVERIFY(box != nullptr);
        QVERIFY(box->text().contains(file));
        QFile pdf(file);
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.read(5) == "%PDF-");
        box->accept();
    }

    void aPeriodsReportIsAskedForFromAnyPage() {
        for (const char *page : {"runs", "live", "settings"}) {
            m_window->navigate(linkTo(page));
            const auto entries = m_window->actions().entries();
            QCOMPARE(std::count_if(entries.begin(), entries.end(),
                                   [](const auto &entry) {
                                       return entry.action->objectName() == QStringLiteral("report.period");
                                   }),
                     1);
            action("report.period")->trigger();
            QPointer<PeriodDialog> dialog = m_window->findChild<PeriodDialog *>();
            QVERIFY(dialog != nullptr);
            dialog->reject();
            QTRY_VERIFY(dialog.isNull());
        }
    }

    void aReportThatCannotBeWrittenSaysWhy() {
        openRuns();
        action("report.period")->trigger();
        QVERIFY(QDir(m_dir.path()).mkdir(QStringLiteral("gone")));
        const QString file = m_dir.filePath(QStringLiteral("gone/x.pdf"));
        QMessageBox *box = reportInto(file, [this] { QVERIFY(QDir(m_dir.path()).rmdir(QStringLiteral("gone"))); });
        QVERIFY(box != nullptr);
        QCOMPARE(box->icon(), QMessageBox::Warning);
        QVERIFY2(box->text().contains(QStringLiteral("gone")), qPrintable(box->text()));
        box->accept();
    }

    void aCancelledReportLeavesNothing() {
        openRuns();
        action("report.period")->trigger();
        auto *dialog = m_window->findChild<PeriodDialog *>();
        QVERIFY(dialog != nullptr);
        const QString file = m_dir.filePath(QStringLiteral("cancelled.pdf"));
        dialog->findChild<QLineEdit *>(QStringLiteral("reportFile"))->setText(file);
        dialog->accept();
        QPointer<QProgressDialog> progress = m_window->findChild<QProgressDialog *>(QStringLiteral("reportProgress"));
        QVERIFY(progress != nullptr);
        progress->findChild<QPushButton *>()->click();
        QTRY_VERIFY(progress.isNull());
        QVERIFY(m_window->findChild<QMessageBox *>(QStringLiteral("reportDone")) == nullptr);
        QVERIFY(!QFile::exists(file));
    }

    void noTwoActionsClaimAKey() {
        for (const PageEntry &entry : pageEntries()) {
            Link link;
            link.page = entry.name;
            link.runId = QString::fromStdString(runNumber(3).id);
            m_window->navigate(link);
            QList<QAction *> actions = m_window->currentPage()->actions();
            for (const ActionRegistry::Entry &one : m_window->actions().entries()) {
                if (!actions.contains(one.action) && one.action->isEnabled())
                    actions << one.action;
            }
            QCOMPARE(ActionRegistry::conflicts(actions), QStringList());
        }
    }

    void theOverlayShowsKeysAndGoes() {
        openRuns();
        runsPage()->table()->setFocus();
        // As xkb offers the key to shortcuts: consumed Shift left out. An event made up here has no scan code to ask
        // with.
        QTest::keyClick(m_window.get(), Qt::Key_Question);
        QPointer<QWidget> overlay = m_window->findChild<QWidget *>(QStringLiteral("shortcutOverlay"));
        QVERIFY(overlay != nullptr);
        QVERIFY(overlay->accessibleDescription().contains(QStringLiteral("Ctrl Shift P")));
        QCOMPARE(overlay->accessibleDescription().count(QStringLiteral(", /")), 1); // who takes a key is named once
        QTest::keyClick(overlay, Qt::Key_Escape);
        QTRY_VERIFY(overlay.isNull());
    }

    void theOverlayGivesTheFocusBack() {
        openRuns();
        runsPage()->table()->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_Question);
        QPointer<QWidget> overlay = m_window->findChild<QWidget *>(QStringLiteral("shortcutOverlay"));
        QVERIFY(overlay != nullptr && overlay->hasFocus());
        QTest::keyClick(overlay, Qt::Key_Escape);
        QTRY_VERIFY(overlay.isNull());
        QCOMPARE(QApplication::focusWidget(), runsPage()->table());
    }

    void theRailIsWalkedByKeys() {
        openRuns();
        const QList<RailButton *> buttons = m_window->findChildren<RailButton *>();
        QVERIFY(buttons.size() >= 3);
        buttons.first()->setFocus();
        for (qsizetype i = 1; i < buttons.size(); ++i) {
            QTest::keyClick(buttons[i - 1], Qt::Key_Down);
            QCOMPARE(QApplication::focusWidget(), buttons[i]);
        }
        QTest::keyClick(buttons.last(), Qt::Key_Down); // the end is the end
        QCOMPARE(QApplication::focusWidget(), buttons.last());
        for (qsizetype i = buttons.size() - 1; i > 0; --i)
            QTest::keyClick(buttons[i], Qt::Key_Up);
        for (qsizetype i = 1; i < buttons.size(); ++i) { // Tab skips none, whichever is checked
            QTest::keyClick(buttons[i - 1], Qt::Key_Tab);
            QCOMPARE(QApplication::focusWidget(), buttons[i]);
        }
        QTest::keyClick(buttons.last(), Qt::Key_Return);
        const auto checked = [&] { return std::ranges::count_if(buttons, &RailButton::isChecked); };
        QVERIFY(buttons.last()->isChecked());
        QCOMPARE(checked(), 1);
        QTest::keyClick(buttons.last(), Qt::Key_Space); // here already
        QVERIFY(buttons.last()->isChecked());
        QCOMPARE(checked(), 1);
    }

    void aButtonGoesBeforeAShortcutOfItsPage_data() {
        QTest::addColumn<Qt::Key>("key");
        QTest::newRow("blank") << Qt::Key_Space;
        QTest::newRow("Enter") << Qt::Key_Return;
    }
    void aButtonGoesBeforeAShortcutOfItsPage() {
        QFETCH(Qt::Key, key);
        m_window->navigate(linkTo("live"));
        auto *live = qobject_cast<LivePage *>(m_window->currentPage());
        QVERIFY(live != nullptr);
        auto *button = live->findChild<EmptyState *>()->findChild<QPushButton *>();
        QVERIFY(button->isVisible());
        button->setFocus();
        QTest::keyClick(button, key);
        QVERIFY(!live->isPaused());
        QCOMPARE(m_window->currentPage()->link().page, QStringLiteral("settings"));
        m_window->navigate(linkTo("live"));
        live->setFocus();
        QTest::keyClick(live, Qt::Key_Space); // elsewhere the key is the page's
        QVERIFY(live->isPaused());
    }

    void enterOpensTheRunUnderTheGridsCursor() {
        openRuns();
        QVERIFY(!runsPage()->table()->selectionModel()->hasSelection());
        auto *grid = runsPage()->findChild<StatusGrid *>()->findChild<QTableView *>();
        grid->setFocus();
        QTRY_VERIFY(grid->currentIndex().isValid());
        const QString id = grid->currentIndex().data(StatusGridModel::RunIdRole).toString();
        QVERIFY(!id.isEmpty());
        QTest::keyClick(grid, Qt::Key_Return);
        QTRY_COMPARE(m_window->currentPage()->link().page, QStringLiteral("run"));
        QCOMPARE(m_window->currentPage()->link().runId, id);
    }

    void whatCancellingStoppedIsSaidAndBeginsAgain() {
        m_window->navigate(linkTo("settings"));
        const auto *settings = m_window->currentPage();
        const auto *note = settings->findChild<QLabel *>(QStringLiteral("idleNote"));
        QVERIFY(!note->isVisible());
        QVERIFY(QDir(m_dir.path()).mkpath(QStringLiteral("logs")));
        const QString folder = QDir(m_dir.filePath(QStringLiteral("logs"))).canonicalPath();
        m_window->addFolder(folder);
        QCOMPARE(m_engine->followedFolders().size(), 1U);
        QVERIFY(!note->isVisible());
        Q_EMIT m_window->findChild<StatusLine *>()->cancelRequested();
        QVERIFY(m_engine->followedFolders().empty());
        QVERIFY(note->isVisible());
        QVERIFY(note->text().contains(QStringLiteral("nothing is followed")));
        auto *list = settings->findChild<QListWidget *>();
        QCOMPARE(list->count(), 1); // still the user's choice for the next start
        settings->findChild<QPushButton *>(QStringLiteral("followAgain"))->click();
        QCOMPARE(m_engine->followedFolders(), std::vector<std::string>{folder.toStdString()});
        QVERIFY(!note->isVisible());
    }

    void thePaletteRunsActions() {
        openRuns();
        m_window->showPalette();
        QPointer<CommandPalette> palette = m_window->findChild<CommandPalette *>();
        QVERIFY(palette != nullptr);
        QTest::keyClicks(palette->field(), QStringLiteral("settings"));
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QTRY_COMPARE(m_window->currentPage()->link().page, QStringLiteral("settings"));
        QTRY_VERIFY(palette.isNull());
    }

    void rejectedLinesAreShown() {
        action("sources.rejected")->trigger();
        auto *dialog = m_window->findChild<RejectedDialog *>();
        QVERIFY(dialog != nullptr);
        auto *table = dialog->findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QCOMPARE(table->model()->index(0, RejectedModel::Excerpt).data().toString(), QString::fromStdString(kMarkup));
        dialog->close();
    }

    void aZoneChangesEveryTimeAtOnce() {
        openRuns();
        const QModelIndex started = runsPage()->table()->model()->index(0, int(RunColumn::Started));
        const QString utc = started.data().toString();
        m_window->setZone(QStringLiteral("Asia/Tokyo"));
        QVERIFY(started.data().toString() != utc);
        QCOMPARE(Settings::load().zone, QStringLiteral("Asia/Tokyo"));
        m_window->setZone(QStringLiteral("No/Where")); // says so, and changes nothing
        QCOMPARE(Settings::load().zone, QStringLiteral("Asia/Tokyo"));
    }

    void aSecondWindowOnTheStoreIsReadOnlyAndSaysSo() {
        auto second = engine::Engine::open(
            {.storePath = m_dir.filePath(QStringLiteral("a.db")).toStdString(), .zone = "UTC", .folders = {}});
        QVERIFY(second.has_value());
        QVERIFY((*second)->isReadOnly());
        MainWindow window(**second);
        window.show();
        bool said = false;
        for (const QLabel *label : window.findChildren<QLabel *>())
            said |= label->isVisible() && label->text().contains(QStringLiteral("Another instance"));
        QVERIFY(said);
    }

    void aSecondWindowTakesOverWhenTheFirstEnds() {
        const std::string store = m_dir.filePath(QStringLiteral("shared.db")).toStdString();
        auto first = engine::Engine::open({.storePath = store, .zone = "UTC", .folders = {}});
        QVERIFY(first.has_value());
        auto second = engine::Engine::open({.storePath = store, .zone = "UTC", .folders = {}});
        QVERIFY(second.has_value() && (*second)->isReadOnly());
        QTemporaryDir folder;
        MainWindow window(**second);
        window.show();
        window.addFolder(folder.path()); // is remembered meanwhile
        QVERIFY((*second)->followedFolders().empty());
        const auto saysOther = [&] {
            const auto labels = window.findChildren<QLabel *>();
            return std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
                return label->isVisible() && label->text().contains(QStringLiteral("once the other has ended"));
            });
        };
        QVERIFY(saysOther());
        first->reset();
        QTRY_VERIFY_WITH_TIMEOUT(!(*second)->isReadOnly(), 60'000);
        QVERIFY(!saysOther());
        const std::vector<std::string> followed = (*second)->followedFolders();
        QVERIFY(std::find(followed.begin(), followed.end(), QDir::cleanPath(folder.path()).toStdString()) !=
                followed.end());
    }

    void anEmptyStoreWelcomes() {
        auto empty = engine::Engine::open(
            {.storePath = m_dir.filePath(QStringLiteral("empty.db")).toStdString(), .zone = "UTC", .folders = {}});
        QVERIFY(empty.has_value());
        MainWindow window(**empty);
        window.show();
        QTRY_COMPARE(window.currentPage()->link().page, QStringLiteral("welcome"));
        QTemporaryDir folder;
        window.addFolder(folder.path());
        QTRY_COMPARE(window.currentPage()->link().page, QStringLiteral("live"));
        QCOMPARE(Settings::load().folders, QStringList{QDir::cleanPath(folder.path())});
        QCOMPARE((*empty)->followedFolders().size(), std::size_t(1));
    }

    void everyControlHasANameForThoseWhoDoNotSee() {
        for (const PageEntry &entry : pageEntries()) {
            if (entry.name != QLatin1String("runs") && entry.name != QLatin1String("settings"))
                continue;
            m_window->navigate(linkTo(entry.name.toLatin1().constData()));
            for (QAbstractButton *button : m_window->findChildren<QAbstractButton *>()) {
                if (button->isVisible() && button->focusPolicy() != Qt::NoFocus)
                    QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
                             qPrintable(button->objectName() + QLatin1Char(' ') + button->toolTip()));
            }
        }
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
