// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/livemonitor.h"

#include "ui/models/livemodel.h"
#include "ui/pages/livetable.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/logpanel.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/timelineview.h"

#include <QLabel>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

using Tail = std::vector<std::pair<Time, std::string>>;

Tail tail(const char *letters) {
    Tail lines;
    for (const char *c = letters; *c; ++c)
        lines.emplace_back(Time(1s), std::string(1, *c)); // all of one second, as text logs have it
    return lines;
}

std::string idOf(int i) {
    char text[17];
    std::snprintf(text, sizeof text, "%016x", i + 1);
    return text;
}

std::shared_ptr<live::LiveSnapshot> boardOf(int runs, std::uint64_t version = 1) {
    auto snapshot = std::make_shared<live::LiveSnapshot>();
    snapshot->version = version;
    snapshot->taken = now();
    for (int i = 0; i < runs; ++i) {
        live::LiveRun run;
        run.id = idOf(i);
        run.recipe = "recipe_" + std::to_string(i % 3);
        run.step = "load";
        run.stepIndex = 1;
        run.totalSteps = 4;
        run.start = snapshot->taken - 60s;
        run.version = 1;
        snapshot->runs.push_back(run);
    }
    return snapshot;
}

class Fixture {
public:
    Fixture() {
        monitor.resize(1100, 700);
        monitor.show();
        if (!QTest::qWaitForWindowExposed(&monitor))
            qFatal("no window");
    }
    LiveMonitor monitor;
};

} // namespace

class TestLiveMonitor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(ThemeChoice::Light); }

    void newLinesAreFoundInATail_data() {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("first");
        QTest::newRow("nothing before") << QByteArray() << QByteArray("abc") << 0;
        QTest::newRow("nothing new") << QByteArray("abc") << QByteArray("abc") << 3;
        QTest::newRow("appended") << QByteArray("abc") << QByteArray("abcde") << 3;
        QTest::newRow("old ones dropped") << QByteArray("abcde") << QByteArray("deF") << 2;
        QTest::newRow("equal lines") << QByteArray("aaa") << QByteArray("aaaa") << 4;
        QTest::newRow("repeated pattern") << QByteArray("abab") << QByteArray("ababcab") << 4;
        QTest::newRow("all other") << QByteArray("abc") << QByteArray("xyz") << 0;
        QTest::newRow("empty now") << QByteArray("abc") << QByteArray() << 0;
    }
    void newLinesAreFoundInATail() {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QTEST(static_cast<int>(firstNew(tail(before.constData()), tail(after.constData()))), "first");
    }

    void everySnapshotIsPainted() {
        Fixture f;
        QSignalSpy painted(&f.monitor, &LiveMonitor::painted);
        f.monitor.setSnapshot(boardOf(1000, 1));
        QTRY_VERIFY(!painted.isEmpty() && painted.last()[0].toULongLong() == 1);
        auto next = boardOf(1000, 2);
        next->runs[999].version = 5; // far below what is visible
        f.monitor.setSnapshot(next);
        QTRY_COMPARE(painted.last()[0].toULongLong(), 2ULL);
    }

    void selectionAndPlaceSurviveWhatComes() {
        Fixture f;
        auto first = boardOf(200, 1);
        f.monitor.setSnapshot(first);
        LiveTable *table = f.monitor.table();
        table->verticalScrollBar()->setValue(30 * 50);
        table->setCurrentIndex(f.monitor.model()->index(52, 0));
        const int y = table->rowViewportPosition(52);
        auto next = std::make_shared<live::LiveSnapshot>(*first);
        next->version = 2;
        live::LiveRun added = first->runs[0];
        added.id = idOf(5000);
        next->runs.insert(next->runs.begin(), added);
        f.monitor.setSnapshot(next);
        QCOMPARE(table->currentIndex().row(), 53);
        QCOMPARE(table->currentRun(), idOf(52));
        QCOMPARE(table->rowViewportPosition(53), y);
    }

    void theTailIsAppendedOnce() {
        Fixture f;
        auto snapshot = boardOf(1, 1);
        snapshot->tail = tail("abc");
        f.monitor.setSnapshot(snapshot);
        auto next = boardOf(1, 2);
        next->tail = tail("bcd");
        f.monitor.setSnapshot(next);
        QCOMPARE(f.monitor.log()->view()->document().size(), 4U);
        QVERIFY(f.monitor.log()->view()->isFollowing());
    }

    void nothingRunningSaysWhatWouldFillIt() {
        Fixture f;
        f.monitor.setFolders({"/srv/<b>jobs</b>"});
        auto *empty = f.monitor.findChild<EmptyState *>();
        QVERIFY(empty && empty->isVisible());
        bool told = false;
        for (const QLabel *label : empty->findChildren<QLabel *>())
            told |= label->text().contains(QStringLiteral("LOG_TO_FILE=1")) &&
                    label->text().contains(QStringLiteral("/srv/<b>jobs</b>")) && label->textFormat() == Qt::PlainText;
        QVERIFY(told);
        f.monitor.setSnapshot(boardOf(2));
        QVERIFY(!empty->isVisible());
        QCOMPARE(f.monitor.running(), 2);
    }

    void overlappingRunsOfARecipeGetLanesOfTheirOwn() {
        const Time present(10'000s);
        live::LiveSnapshot board;
        for (int i = 0; i < 3; ++i) {
            live::LiveRun run;
            run.id = idOf(i);
            run.recipe = i < 2 ? "a" : "b";
            run.start = present - 100s;
            board.runs.push_back(run);
        }
        query::RunColumns stored;
        stored.recipes = {"a"};
        const auto add = [&](std::uint64_t id, Duration ago, Duration length, RunStatus status) {
            stored.id.push_back(id);
            stored.recipe.push_back(0);
            stored.status.push_back(status);
            stored.startNs.push_back(toNs(present - ago));
            stored.durationNs.push_back(length.count());
        };
        add(1, 100s, 50s, RunStatus::Running);      // on the board too, which knows better
        add(77, 300s, 100s, RunStatus::Failed);     // before the running ones: in the first lane
        add(78, 4000s, 100s, RunStatus::Completed); // too old
        const Lanes lanes = lanesOf(stored, board, present - 1800s, present, 30min);
        QCOMPARE(lanes.data->rows.size(), 3U);
        QCOMPARE(lanes.data->rows[0].barCount, 2U);
        QCOMPARE(lanes.data->rows[1].barCount, 1U);
        QCOMPARE(lanes.data->rows[2].name, std::string("b"));
        QCOMPARE(lanes.data->rows[0].lane, 0U);
        QCOMPARE(lanes.data->rows[1].lane, 1U);
        QCOMPARE(lanes.data->rows[2].lane, 0U);
        QCOMPARE(lanes.data->bars[0].state, timeline::BarState::Failed);
        QCOMPARE(lanes.runIds[lanes.data->bars[0].key], std::string("000000000000004d"));
        QVERIFY(lanes.data->bars[1].open);
        QCOMPARE(lanes.runIds.size(), 4U);
        // The oldest began five minutes ago: no longer a span is shown.
        QCOMPARE(lanes.window, Duration(5min));
        QCOMPARE(lanes.data->extent.from, (1800s - 300s) / 1ns);
    }

    void oneOldRunAmongManyDoesNotSqueezeThem_data() {
        QTest::addColumn<bool>("runs");
        QTest::addColumn<int>("bars");
        QTest::newRow("that runs still: cut at the edge") << true << 11;
        QTest::newRow("that ended long ago: out of sight") << false << 10;
    }
    void oneOldRunAmongManyDoesNotSqueezeThem() {
        QFETCH(bool, runs);
        const Time present(10'000s);
        live::LiveSnapshot board;
        for (int i = 0; i < 11; ++i) {
            live::LiveRun run;
            run.id = idOf(i);
            run.recipe = i == 0 ? "old" : "a";
            run.start = present - (i == 0 ? 1700s : 60s);
            if (i == 0 && !runs) {
                run.status = RunStatus::Failed;
                run.end = present - 1600s;
            }
            board.runs.push_back(run);
        }
        const Lanes lanes = lanesOf({}, board, present - 1800s, present, 30min);
        QCOMPARE(lanes.window, Duration(2min));
        QTEST(int(lanes.data->bars.size()), "bars");
    }

    void aLaneBuiltAnewKeepsTheReadersChoiceAndPlace() {
        Fixture f;
        auto board = boardOf(3);
        f.monitor.setSnapshot(board);
        TimelineView *lanes = f.monitor.lanes();
        QTRY_COMPARE(lanes->data().rows.size(), 3U);
        lanes->setFocus();
        QTest::keyClick(lanes, Qt::Key_Period); // the first bar
        QTest::keyClick(lanes, Qt::Key_W);
        QTest::keyClick(lanes, Qt::Key_W);
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(lanes, Qt::Key_A); // far away from it
        const timeline::Range range = lanes->range();
        const std::uint64_t version = lanes->data().version;
        auto next = std::make_shared<live::LiveSnapshot>(*board);
        live::LiveRun first = board->runs[0];
        first.id = idOf(500);
        first.recipe = "a recipe before all others";
        next->version = 2;
        next->runs.insert(next->runs.begin(), first);
        f.monitor.setSnapshot(next);
        f.monitor.setStored(std::make_shared<query::RunColumns>()); // builds the lanes
        QTRY_VERIFY(lanes->data().version > version && lanes->data().rows.size() == 4);
        QCOMPARE(lanes->current().row, 1); // the same run, one lane below
        QCOMPARE(lanes->range().span(), range.span());
        // The window of time moves on; the reader's stays where it is as far as there still is something.
        QVERIFY(std::abs(lanes->range().from - std::max(range.from, lanes->data().extent.from)) < range.span() / 100);
    }

    void aHeldViewStandsStill() {
        Fixture f;
        f.monitor.setSnapshot(boardOf(3));
        QTRY_COMPARE(f.monitor.lanes()->data().rows.size(), 3U);
        f.monitor.setHeld(true);
        const auto settle = [] {
            QThreadPool::globalInstance()->waitForDone();
            QCoreApplication::processEvents();
        };
        settle(); // what was under way when it was held
        const Time present = f.monitor.model()->now();
        const std::uint64_t version = f.monitor.lanes()->data().version;
        auto stored = std::make_shared<query::RunColumns>();
        f.monitor.setStored(stored);
        f.monitor.hide();
        f.monitor.show(); // would bring everything to the present
        settle();
        QCOMPARE(f.monitor.model()->now(), present);
        QCOMPARE(f.monitor.lanes()->data().version, version);
        f.monitor.setHeld(false);
        QVERIFY(f.monitor.model()->now() > present);
        QTRY_VERIFY(f.monitor.lanes()->data().version > version);
    }

    void aPlaceInLanesIsARunOrALaneOfARecipe() {
        const Time present(10'000s);
        const auto lanesWith = [&](const std::vector<std::string> &recipes) {
            live::LiveSnapshot board;
            for (std::size_t i = 0; i < recipes.size(); ++i) {
                live::LiveRun run;
                run.id = recipes[i] + std::to_string(i);
                run.recipe = recipes[i];
                run.start = present - 100s - std::chrono::seconds(i);
                board.runs.push_back(run);
            }
            return lanesOf({}, board, present - 1800s, present, 30min);
        };
        const Lanes before = lanesWith({"b", "b", "c"});
        const Lanes after = lanesWith({"b", "b", "c", "a"});
        QCOMPARE(placeIn(after, before, {}), LanePlace());
        QCOMPARE(placeIn(after, before, {1, -1}), (LanePlace{2, -1})); // the second lane of b
        QCOMPARE(placeIn(after, before, {2, 2}), (LanePlace{3, 3}));
        QCOMPARE(placeIn(before, after, {0, 0}), LanePlace()); // the run is gone
        QCOMPARE(placeIn(before, after, {0, -1}), LanePlace());
        QCOMPARE(runAt(after, {3, -1}), std::string("c2"));
        QCOMPARE(runAt(after, {3, 3}), std::string("c2"));
        QCOMPARE(runAt(after, {}), std::string());
    }

    void enterOnALaneOpensWhatRunsThere() {
        Fixture f;
        f.monitor.setSnapshot(boardOf(3));
        QTRY_COMPARE(f.monitor.lanes()->data().rows.size(), 3U);
        QSignalSpy opened(&f.monitor, &LiveMonitor::runOpened);
        f.monitor.lanes()->setFocus();
        QTest::keyClick(f.monitor.lanes(), Qt::Key_Down);
        QTest::keyClick(f.monitor.lanes(), Qt::Key_Down);
        QTest::keyClick(f.monitor.lanes(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), QString::fromStdString(idOf(1)));
    }

    void namesOfRecipesAreReadInFull() {
        Fixture f;
        auto board = boardOf(3);
        board->runs[1].recipe = "export_to_all_partners";
        f.monitor.setSnapshot(board);
        const LiveTable *table = f.monitor.table();
        const int needed = table->fontMetrics().horizontalAdvance(QStringLiteral("export_to_all_partners"));
        QVERIFY(table->columnWidth(LiveModel::Recipe) >= needed + 20);
        board = boardOf(3, 2);
        f.monitor.setSnapshot(board); // the columns do not move when the long one ends
        QVERIFY(table->columnWidth(LiveModel::Recipe) >= needed + 20);
        board = boardOf(1, 3);
        board->runs[0].recipe = std::string(500, 'w');
        f.monitor.setSnapshot(board);
        QVERIFY(table->columnWidth(LiveModel::Recipe) < table->viewport()->width() / 3);
    }

    void theLanesTableTwinIsTheTableAbove() {
        Fixture f;
        TimelineView *lanes = f.monitor.lanes();
        QVERIFY(QTest::qWaitForWindowActive(&f.monitor)); // the focus goes to the active window only
        QVERIFY(lanes->accessibleDescription().contains(QStringLiteral("T goes to the table")));
        lanes->setFocus();
        QTest::keyClick(lanes, Qt::Key_T); // there is no table yet to go to
        QVERIFY(!f.monitor.table()->hasFocus());
        f.monitor.setSnapshot(boardOf(3));
        QTRY_COMPARE(lanes->data().rows.size(), 3U);
        lanes->setFocus();
        QTest::keyClick(lanes, Qt::Key_Down);
        QTest::keyClick(lanes, Qt::Key_Down);
        QTest::keyClick(lanes, Qt::Key_T);
        QVERIFY(f.monitor.table()->hasFocus());
        QCOMPARE(f.monitor.table()->currentRun(), idOf(1));
    }

    void enterInALaneOpensTheRun() {
        Fixture f;
        f.monitor.setSnapshot(boardOf(3));
        QTRY_COMPARE(f.monitor.lanes()->data().rows.size(), 3U);
        QSignalSpy opened(&f.monitor, &LiveMonitor::runOpened);
        f.monitor.lanes()->setFocus();
        QTest::keyClick(f.monitor.lanes(), Qt::Key_Period);
        QTest::keyClick(f.monitor.lanes(), Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), QString::fromStdString(idOf(0)));
    }
};

QTEST_MAIN(TestLiveMonitor)
#include "tst_livemonitor.moc"
