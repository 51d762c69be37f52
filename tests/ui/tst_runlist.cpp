// SPDX-License-Identifier: GPL-3.0-or-later
// How often the window asks the store: no more than it shows, and never twice at a time.
#include "tests/core/store/storefixture.h"
#include "ui/models/pacer.h"
#include "ui/models/runlist.h"
#include "ui/pages/runspage.h"

#include <QSignalSpy>
#include <QTableView>

using namespace ra;
using namespace ra::test;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    Fixture() {
        {
            auto store = file.open();
            need(store->apply(std::vector{batchOf(1, 50, {changeOf(textRun(1, monday), 0)})}));
        }
        engine = need(engine::Engine::open({.storePath = file.path(), .zone = "UTC", .folders = {}}));
    }
    void commit() const { Q_EMIT engine->runsCommitted({idOf(1)}); }

    StoreFile file;
    std::unique_ptr<engine::Engine> engine;
};

} // namespace

class TestRunList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatNobodySeesIsNotRead() {
        const Fixture f;
        RunList list(*f.engine);
        QSignalSpy views(&list, &RunList::viewChanged);
        QTRY_VERIFY(!list.isLoading() && !list.view()->rows.empty() && !list.view()->partial);
        list.setShown(false);
        QTest::qWait(50); // the first page's view may come after that of all
        views.clear();
        for (int i = 0; i < 3; ++i)
            f.commit();
        QVERIFY(list.isStale());
        QVERIFY(!views.wait(400)); // longer than the pause between two readings
        list.setShown(true);
        QVERIFY(!list.isStale()); // it is being read
        QVERIFY(views.wait());
        QVERIFY(!views.wait(400)); // once for all three
    }

    void whatIsSeenIsRead() {
        const Fixture f;
        RunList list(*f.engine);
        QTRY_VERIFY(!list.isLoading() && !list.view()->rows.empty() && !list.view()->partial);
        QSignalSpy views(&list, &RunList::viewChanged);
        f.commit();
        QVERIFY(views.wait());
        QTRY_VERIFY(!list.isStale());
    }

    void thePageTellsItsListWhetherItShows() {
        const Fixture f;
        RunsPage page(*f.engine);
        page.show();
        QTRY_COMPARE(page.table()->model()->rowCount(), 1);
        page.hide();
        f.commit();
        QVERIFY(page.isStale());
        page.show();
        QTRY_VERIFY(!page.isStale());
    }

    void aQuestionIsAskedOnceAtATime() {
        Pacer pacer(1ms);
        QSignalSpy due(&pacer, &Pacer::due);
        pacer.want();
        pacer.want();
        QVERIFY(due.wait());
        QCOMPARE(due.count(), 1);
        pacer.want(); // the answer is on its way
        pacer.wantNow();
        QVERIFY(!due.wait(50));
        pacer.answered();
        QVERIFY(due.wait());
        QCOMPARE(due.count(), 2);
        pacer.answered();
        QVERIFY(!due.wait(50)); // nobody wants more
        pacer.wantNow();
        QCOMPARE(due.count(), 3);
    }

    void theRestGrowsWithTheCost_data() {
        QTest::addColumn<int>("cost");
        QTest::addColumn<int>("rest");
        QTest::newRow("quick") << 3 << 700;
        QTest::newRow("a second") << 1000 << 4000;
        QTest::newRow("very slow") << 100'000 << 60'000;
    }
    void theRestGrowsWithTheCost() {
        QFETCH(int, cost);
        QTEST(int(Pacer::restAfter(std::chrono::milliseconds(cost), 700ms).count()), "rest");
    }
};

QTEST_MAIN(TestRunList)
#include "tst_runlist.moc"
