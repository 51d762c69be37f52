// SPDX-License-Identifier: GPL-3.0-or-later
// The Run and Live pages on a real engine over a temporary store.
#include "core/engine/engine.h"
#include "tests/core/store/storefixture.h"
#include "ui/models/runview.h"
#include "ui/pages/livepage.h"
#include "ui/pages/runpage.h"
#include "ui/pages/runspage.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/logpanel.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/stepstable.h"
#include "ui/widgets/timelineview.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTableView>

using namespace ra;
using namespace ra::ui;
using namespace ra::test;

namespace {

Run failedRun(std::uint64_t id, Time start) {
    Run run = textRun(id, start, 2);
    run.status = RunStatus::Failed;
    run.failedSteps = 1;
    run.totalSteps = 3;
    run.steps.push_back(failedStep(2, "never_up", start + 2s));
    return run;
}

const char *const kLog =
    "2026-01-05 08:00:00 [    INFO] runner.1: Starting enhanced recipe execution: jobs/daily.yaml\n"
    "2026-01-05 08:00:01 [    INFO] runner.1: Step 'step_0' completed successfully (1.000s)\n"
    "2026-01-05 08:00:02 [    INFO] runner.1: Step 'step_1' completed successfully (1.000s)\n"
    "2026-01-05 08:00:03 [   ERROR] runner.1: Step 'never_up' failed: ['<b>no answer</b>']\n";

constexpr std::uint64_t kOldId = 70, kNewId = 4;

/// Four runs of "daily", one an hour; the second one failed and has a log.
class Fixture {
public:
    Fixture() {
        {
            auto store = file.open();
            ingest::RunChange middle = changeOf(failedRun(2, monday + 1h), 1000);
            const std::string log = kLog;
            std::uint64_t at = 0;
            for (std::size_t end; (end = log.find('\n', at)) != std::string::npos; at = end + 1)
                middle.spans.push_back({at, static_cast<std::uint32_t>(end + 1 - at), ingest::Certainty::Certain});
            middle.firstOffset = 0;
            ingest::Batch batch = batchOf(1, log.size(), {middle});
            batch.raw.push_back({0, log});
            ingest::Batch others =
                batchOf(2, 100, {changeOf(textRun(1, monday), 0), changeOf(textRun(3, monday + 2h), 50)});
            const std::vector<ingest::Batch> batches{batch, others};
            need(store->apply(batches));
            // A run that its source calls by another id since: links to the old one go on.
            Run renamed = textRun(kOldId, monday + 3h);
            need(store->apply(std::vector{batchOf(3, 50, {changeOf(renamed, 0)})}));
            renamed.id = idOf(kNewId);
            need(store->apply(std::vector{batchOf(3, 100, {changeOf(renamed, 0)})}));
        }
        engine = need(engine::Engine::open({.storePath = file.path(), .zone = "UTC", .folders = {}}));
    }

    Link linkTo(std::uint64_t id) const {
        Link link;
        link.page = QStringLiteral("run");
        link.runId = QString::fromStdString(idOf(id));
        return link;
    }

    StoreFile file;
    std::unique_ptr<engine::Engine> engine;
};

} // namespace

class TestPages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(ThemeChoice::Light); }

    void aRunShowsWhatTheStoreKnows() {
        Fixture f;
        RunPage page(*f.engine);
        page.open(f.linkTo(2));
        QTRY_VERIFY(!page.isLoading());
        QCOMPARE(page.title(), QStringLiteral("daily"));
        QVERIFY(page.context().contains(QStringLiteral("jobs/daily.yaml")));
        QVERIFY(page.context().contains(QStringLiteral("±1 s"))); // text logs know the second only
        QCOMPARE(page.board()->timeline()->data().rows.size(), 3U);
        QCOMPARE(page.board()->logPanel()->view()->document().size(), 4U);
        QCOMPARE(page.board()->logPanel()->view()->errors().size(), 1U);
        QCOMPARE(page.crumbs().size(), 2);
        QCOMPARE(page.crumbs().last().second.recipe, QStringLiteral("daily"));
    }

    void aRunWhoseRecipeNobodyTellsHasATitle() {
        StoreFile file;
        Run run = textRun(9, monday);
        run.recipe.clear();
        run.recipePath.clear();
        run.start.reset();
        run.pid = 0;
        run.thread.clear();
        need(file.open()->apply(std::vector{batchOf(1, 50, {changeOf(run, 0)})}));
        const auto engine = need(engine::Engine::open({.storePath = file.path(), .zone = "UTC", .folders = {}}));
        RunPage page(*engine);
        Link link;
        link.page = QStringLiteral("run");
        link.runId = QString::fromStdString(run.id);
        page.open(link);
        QTRY_VERIFY(!page.isLoading());
        QCOMPARE(page.title(), QStringLiteral("Unknown recipe"));
        QCOMPARE(page.context(), QStringLiteral("Start unknown"));
        RunsPage runs(*engine);
        QTRY_COMPARE(runs.table()->model()->rowCount(), 1);
        QCOMPARE(runs.table()->model()->index(0, int(RunColumn::Recipe)).data().toString(), QStringLiteral("–"));
    }

    void aDeepLinkOpensStepAndLine() {
        Fixture f;
        RunPage page(*f.engine);
        Link link = f.linkTo(2);
        link.step = QStringLiteral("step_1");
        page.open(link);
        QTRY_VERIFY(!page.isLoading());
        QCOMPARE(page.board()->currentStep(), 1);
        QCOMPARE(page.link().step, QStringLiteral("step_1"));
        const std::string log = kLog;
        link.step.clear();
        link.line = static_cast<qint64>(log.find("2026-01-05 08:00:03"));
        page.open(link);
        QCOMPARE(page.board()->logPanel()->view()->currentLine(), 3);
        QCOMPARE(page.board()->currentStep(), 2);
    }

    void aRunIsOpenedByAnIdThatItHadOnce() {
        Fixture f;
        RunPage page(*f.engine);
        QSignalSpy frames(&page, &Page::frameChanged); // one as it asks, one as it has the answer
        Link link = f.linkTo(kOldId);
        link.step = QStringLiteral("step_1");
        page.open(link);
        QTRY_VERIFY(!page.isLoading());
        QCOMPARE(page.board()->run().id, idOf(kNewId));
        QCOMPARE(page.link().runId, QString::fromStdString(idOf(kNewId)));
        QCOMPARE(page.board()->currentStep(), 1);
        const auto isEnabled = [&](const QKeySequence &keys) {
            const QList<QAction *> actions = page.pageActions();
            return std::ranges::any_of(actions, [&](QAction *a) { return a->shortcut() == keys && a->isEnabled(); });
        };
        QVERIFY(isEnabled(QKeySequence(Qt::CTRL | Qt::Key_P)));
        QVERIFY(isEnabled(QKeySequence(Qt::CTRL | Qt::Key_PageUp)));
        const auto asked = frames.size();
        page.open(page.link()); // it is here: nothing is asked
        QVERIFY(!page.isLoading());
        QCOMPARE(frames.size(), asked);
        link.step = QStringLiteral("step_2");
        page.open(link); // by the old id again
        QTRY_COMPARE(page.board()->currentStep(), 2);
        QTRY_VERIFY(!page.isLoading()); // the log comes after
    }

    void goingBackWhileAnotherRunIsAskedForStaysHere() {
        Fixture f;
        RunPage page(*f.engine);
        page.open(f.linkTo(1));
        QTRY_VERIFY(!page.isLoading());
        page.open(f.linkTo(2));
        page.open(f.linkTo(1));
        QVERIFY(!page.isLoading());
        page.open(f.linkTo(3));
        QTRY_VERIFY(!page.isLoading());
        QCOMPARE(page.board()->run().id, idOf(3));
    }

    void stepsOfOneNameAreToldApartByALink() {
        StoreFile file;
        {
            Run run = textRun(1, monday, 4);
            run.steps[1].name = run.steps[3].name = "settle";
            need(file.open()->apply(std::vector{batchOf(1, 100, {changeOf(run, 0)})}));
        }
        auto engine = need(engine::Engine::open({.storePath = file.path(), .zone = "UTC", .folders = {}}));
        RunPage page(*engine);
        Link link;
        link.page = QStringLiteral("run");
        link.runId = QString::fromStdString(idOf(1));
        page.open(link);
        QTRY_VERIFY(!page.isLoading());
        page.board()->selectStep(3);
        const Link second = page.link();
        page.board()->selectStep(0);
        page.open(second); // as Back does
        QCOMPARE(page.board()->currentStep(), 3);
        link.step = QStringLiteral("settle");
        page.open(link); // a link of before
        QCOMPARE(page.board()->currentStep(), 1);
        link.stepIndex = 2; // another step stands there
        page.open(link);
        QCOMPARE(page.board()->currentStep(), 1);
    }

    void theLinkOfWhatIsSelectedCanBeCopied() {
        Fixture f;
        RunPage page(*f.engine);
        page.open(f.linkTo(2));
        QTRY_VERIFY(!page.isLoading());
        page.board()->selectStep(2);
        for (QAction *action : page.pageActions()) {
            if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C))
                action->trigger();
        }
        const Link copied = Link::fromUrl(QUrl(QGuiApplication::clipboard()->text())).value();
        QCOMPARE(copied.runId, QString::fromStdString(idOf(2)));
        QCOMPARE(copied.step, QStringLiteral("never_up"));
    }

    void neighboursOfARecipeAreReached() {
        Fixture f;
        RunPage page(*f.engine);
        QSignalSpy navigate(&page, &Page::navigate);
        page.open(f.linkTo(2));
        QTRY_VERIFY(!page.isLoading());
        for (const auto &[key, id] : {std::pair(Qt::Key_PageUp, 1), std::pair(Qt::Key_PageDown, 3)}) {
            for (QAction *action : page.pageActions()) {
                if (action->shortcut() == QKeySequence(Qt::CTRL | key))
                    action->trigger();
            }
            QVERIFY(!navigate.isEmpty());
            QCOMPARE(navigate.takeLast()[0].value<Link>().runId,
                     QString::fromStdString(idOf(static_cast<std::uint64_t>(id))));
        }
    }

    void anUnknownRunSaysSo() {
        Fixture f;
        RunPage page(*f.engine);
        page.resize(800, 600);
        page.show();
        page.open(f.linkTo(99));
        QTRY_VERIFY(!page.isLoading());
        auto *empty = page.findChild<EmptyState *>();
        QVERIFY(empty && empty->isVisible());
        page.open(f.linkTo(1)); // and a known one shows again
        QTRY_VERIFY(page.board()->isVisible());
        QTRY_COMPARE(page.title(), QStringLiteral("daily"));
    }

    void aRunShowsBeforeItsLogIsRead() {
        Fixture f;
        RunPage page(*f.engine);
        bool before = false;
        connect(&page, &Page::frameChanged, &page, [&] {
            before |= page.isLoading() && page.title() == QStringLiteral("daily") &&
                      page.board()->timeline()->data().rows.size() == 3 && page.board()->currentStep() == 2 &&
                      page.board()->logPanel()->view()->document().size() == 0;
        });
        Link link = f.linkTo(2);
        link.step = QStringLiteral("never_up");
        link.line = 0;
        page.open(link);
        QTRY_VERIFY(!page.isLoading());
        QVERIFY(before);
        QCOMPARE(page.board()->logPanel()->view()->currentLine(), 0); // the line waited for the log
    }

    void aHiddenPageReadsWhatChangedWhenItShows() {
        Fixture f;
        RunPage page(*f.engine);
        page.open(f.linkTo(2));
        QTRY_VERIFY(!page.isLoading());
        auto changed = [&] { Q_EMIT f.engine->runsCommitted({idOf(2)}); };
        changed();
        QVERIFY(!page.isLoading());
        QSignalSpy frames(&page, &Page::frameChanged);
        page.show(); // at the earliest now
        QTRY_VERIFY(!page.isLoading() && !frames.isEmpty());
        page.hide();
        frames.clear();
        changed();
        page.open(f.linkTo(2)); // the run that it shows: that it changed is still known
        QVERIFY(frames.isEmpty());
        page.show();
        QTRY_VERIFY(!page.isLoading() && !frames.isEmpty());
    }

    void whileAnotherRunIsReadThePageSaysSo() {
        Fixture f;
        RunPage page(*f.engine);
        page.open(f.linkTo(1));
        QTRY_VERIFY(!page.isLoading());
        page.open(f.linkTo(2));
        QVERIFY(page.isLoading());
        QCOMPARE(page.context(), QStringLiteral("Loading…"));
        for (QAction *action : page.pageActions())
            QVERIFY2(!action->isEnabled(), qPrintable(action->text())); // none may work on the run before
        QTRY_VERIFY(!page.isLoading());
        QVERIFY(page.context().contains(QStringLiteral("daily.yaml")));
    }

    void theLastRunAskedForWins() {
        Fixture f;
        RunPage page(*f.engine);
        page.open(f.linkTo(1));
        page.open(f.linkTo(99));
        page.open(f.linkTo(3));
        QTRY_VERIFY(!page.isLoading());
        QCOMPARE(page.board()->run().id, idOf(3));
    }

    void aPageMayGoBeforeItsAnswerComes() {
        Fixture f;
        for (int i = 0; i < 20; ++i) {
            RunPage page(*f.engine);
            page.open(f.linkTo(2));
        }
        RunPage page(*f.engine);
        page.open(f.linkTo(2));
        QTRY_VERIFY(!page.isLoading());
    }

    void allRowsStayAllRows() {
        constexpr int many = 10'050;
        StoreFile file;
        {
            auto store = file.open();
            std::vector<ingest::RunChange> changes;
            for (int i = 0; i < many; ++i)
                changes.push_back(changeOf(textRun(std::uint64_t(i) + 1, monday + 1s * i, 0), std::uint64_t(i)));
            need(store->apply(std::vector{batchOf(1, many, std::move(changes))}));
        }
        auto engine = need(engine::Engine::open({.storePath = file.path(), .zone = "UTC", .folders = {}}));
        RunsPage page(*engine);
        Link runs;
        runs.page = QStringLiteral("runs");
        page.open(runs);
        QTableView *table = page.table();
        QTRY_COMPARE(table->model()->rowCount(), many);
        QTRY_VERIFY(!page.context().contains(QStringLiteral("reading")));
        const auto selectedRows = [&] {
            int rows = 0;
            for (const QItemSelectionRange &range : table->selectionModel()->selection())
                rows += range.height();
            return rows;
        };
        QSignalSpy reset(table->model(), &QAbstractItemModel::modelReset);
        table->selectAll();
        table->sortByColumn(int(RunColumn::Id), Qt::AscendingOrder);
        QTRY_COMPARE(reset.size(), 1);
        QCOMPARE(selectedRows(), many);
        // A part that is too large to keep is none, rather than some part of it.
        table->selectionModel()->select(table->model()->index(3, 0),
                                        QItemSelectionModel::Deselect | QItemSelectionModel::Rows);
        table->sortByColumn(int(RunColumn::Id), Qt::DescendingOrder);
        QTRY_COMPARE(reset.size(), 2);
        QCOMPARE(selectedRows(), 0);
    }

    void livePageHoldsOnSpace() {
        Fixture f;
        LivePage page(*f.engine);
        page.resize(900, 600);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QVERIFY(page.context().contains(QStringLiteral("nothing runs now")));
        page.setPaused(true);
        QVERIFY(page.isPaused());
        QVERIFY(page.context().contains(QStringLiteral("Space")));
        page.setPaused(false);
        QVERIFY(!page.context().contains(QStringLiteral("Space")));
    }
};

QTEST_MAIN(TestPages)
#include "tst_pages.moc"
