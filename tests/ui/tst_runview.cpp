// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/syntheticruns.h"
#include "ui/models/runtablemodel.h"
#include "ui/models/runview.h"
#include "ui/models/statusgridmodel.h"
#include "ui/models/timerange.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace ra;
using namespace ra::ui;
using test::syntheticRuns;

namespace {

std::shared_ptr<RunView> viewOf(std::shared_ptr<const query::RunColumns> columns, const RunQuery &query = {}) {
    auto view = std::make_shared<RunView>();
    view->facts = std::make_shared<const RunFacts>(factsOf(*columns, lastRunsPerRecipe));
    view->rows = orderRuns(*columns, query);
    view->columns = std::move(columns);
    return view;
}

/// Five runs written down, newest first: the smallest set in which every order and filter differs.
std::shared_ptr<query::RunColumns> fiveRuns() {
    auto c = std::make_shared<query::RunColumns>();
    constexpr std::int64_t s = 1'000'000'000;
    c->recipes = {"orders", "Catalog", "billing"};
    c->recipePaths = {"jobs/orders.yaml", "jobs/catalog.yaml", "old/billing.yaml"};
    c->errors = {"", "Timeout: no answer", "bad <b>amount</b>"};
    c->rowId = {50, 40, 30, 20, 10};
    c->id = {0xe5, 0xd4, 0xc3, 0xb2, 0xa1};
    c->recipe = {0, 1, 0, 2, 1};
    c->status = {RunStatus::Running, RunStatus::Failed, RunStatus::Completed, RunStatus::Partial, RunStatus::Completed};
    c->startNs = {500 * s, 400 * s, 300 * s, 200 * s, unknownNs};
    c->durationNs = {unknownNs, 9 * s, 30 * s, 7 * s, -1 * s};
    c->totalSteps = {10, 4, 10, -1, 4};
    c->completedSteps = {3, 2, 10, 1, 4};
    c->failedSteps = {0, 2, 0, 1, 0};
    c->error = {0, 1, 0, 2, 0};
    return c;
}

using Rows = std::vector<std::uint32_t>;

} // namespace

class TestRunView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void everyColumnSortsBothWays_data() {
        QTest::addColumn<int>("column");
        QTest::addColumn<Rows>("ascending");
        QTest::addColumn<Rows>("descending");
        QTest::newRow("started, unknown last") << int(RunColumn::Started) << Rows{3, 2, 1, 0, 4} << Rows{0, 1, 2, 3, 4};
        QTest::newRow("duration, unknown last")
            << int(RunColumn::Duration) << Rows{4, 3, 1, 2, 0} << Rows{2, 1, 3, 4, 0};
        QTest::newRow("recipe, ignoring case") << int(RunColumn::Recipe) << Rows{3, 1, 4, 0, 2} << Rows{0, 2, 1, 4, 3};
        QTest::newRow("steps, unknown last") << int(RunColumn::Steps) << Rows{1, 4, 0, 2, 3} << Rows{0, 2, 1, 4, 3};
        QTest::newRow("failed") << int(RunColumn::Failed) << Rows{0, 2, 4, 3, 1} << Rows{1, 3, 0, 2, 4};
        QTest::newRow("error, none last") << int(RunColumn::Error) << Rows{3, 1, 0, 2, 4} << Rows{1, 3, 0, 2, 4};
        QTest::newRow("state") << int(RunColumn::State) << Rows{0, 2, 4, 3, 1} << Rows{1, 3, 2, 4, 0};
        QTest::newRow("id") << int(RunColumn::Id) << Rows{4, 3, 2, 1, 0} << Rows{0, 1, 2, 3, 4};
    }
    void everyColumnSortsBothWays() {
        QFETCH(int, column);
        QFETCH(Rows, ascending);
        QFETCH(Rows, descending);
        const auto columns = fiveRuns();
        QCOMPARE(orderRuns(*columns, {.sortBy = RunColumn(column), .descending = false}), ascending);
        QCOMPARE(orderRuns(*columns, {.sortBy = RunColumn(column), .descending = true}), descending);
    }

    void filtersKeepWhatMatches_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Rows>("rows");
        QTest::newRow("recipe name, any case") << QStringLiteral("catALOG") << Rows{1, 4};
        QTest::newRow("path") << QStringLiteral("old/") << Rows{3};
        QTest::newRow("error") << QStringLiteral("no answer") << Rows{1};
        QTest::newRow("markup is text") << QStringLiteral("<b>") << Rows{3};
        QTest::newRow("id") << QStringLiteral("00c3") << Rows{2};
        QTest::newRow("nothing") << QStringLiteral("zebra") << Rows{};
    }
    void filtersKeepWhatMatches() {
        QFETCH(QString, text);
        QFETCH(Rows, rows);
        RunQuery query;
        query.filter.text = text.toStdString();
        QCOMPARE(orderRuns(*fiveRuns(), query), rows);
    }

    void filtersByRecipeStatusAndTimeHoldTogether() {
        RunQuery query;
        query.filter.recipe = "orders";
        QCOMPARE(orderRuns(*fiveRuns(), query), (Rows{0, 2}));
        query.filter.statuses = {RunStatus::Completed, RunStatus::Failed};
        QCOMPARE(orderRuns(*fiveRuns(), query), (Rows{2}));
        query = {};
        query.filter.since = fromNs(300'000'000'000);
        query.filter.until = fromNs(500'000'000'000);
        QCOMPARE(orderRuns(*fiveRuns(), query), (Rows{1, 2})); // [since, until); no start is in no range
        query = {};
        query.filter.recipe = "no such recipe";
        QCOMPARE(orderRuns(*fiveRuns(), query), Rows{});
    }

    void theStoresAnswerToATextAddsRows() {
        RunQuery query;
        query.filter.text = "no answer";
        query.textRows = std::make_shared<const std::vector<std::int64_t>>(std::vector<std::int64_t>{10, 30});
        QCOMPARE(orderRuns(*fiveRuns(), query), (Rows{1, 2, 4}));
    }

    void factsHaveMediansAndTheNewestRuns() {
        const auto columns = fiveRuns();
        const RunFacts facts = factsOf(*columns, 1);
        QCOMPARE(facts.byRecency, (Rows{0, 1, 2}));
        QCOMPARE(facts.recipes[0].medianNs, 30'000'000'000);
        QCOMPARE(facts.recipes[2].medianNs, unknownNs); // no completed run
        QCOMPARE(facts.recipes[1].lastRuns, (Rows{1}));
        QCOMPARE(facts.recipes[1].runs, 2U);
        QCOMPARE(factsOf(*columns, 5).recipes[0].lastRuns, (Rows{2, 0})); // oldest first
    }

    void changesAreRecognised() {
        const auto five = viewOf(fiveRuns());
        auto longer = fiveRuns();
        const auto insertFront = [](auto &column, auto value) { column.insert(column.begin(), value); };
        insertFront(longer->rowId, 60);
        insertFront(longer->id, 0xf6U);
        insertFront(longer->recipe, 0U);
        insertFront(longer->status, RunStatus::Running);
        insertFront(longer->startNs, 600'000'000'000);
        insertFront(longer->durationNs, unknownNs);
        insertFront(longer->totalSteps, 10);
        insertFront(longer->completedSteps, 0);
        insertFront(longer->failedSteps, 0);
        insertFront(longer->error, 0U);
        const auto six = viewOf(longer);
        QCOMPARE(changeBetween(*five, *five).kind, RunViewChange::Kind::Same);
        QCOMPARE(changeBetween(*five, *six).kind, RunViewChange::Kind::Prepended);
        QCOMPARE(changeBetween(*five, *six).prepended, 1U);
        QCOMPARE(changeBetween(*six, *five).kind, RunViewChange::Kind::Reset);
    }

    void theModelIsSoundEmptyFilledAndChanged() {
        RunTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto five = viewOf(fiveRuns());
        model.setView(five);
        QCOMPARE(model.rowCount(), 5);
        const QPersistentModelIndex second(model.index(1, 0));
        model.setView(five, {RunViewChange::Kind::Same, 0});
        QCOMPARE(second.row(), 1); // selections hang on persistent indexes
        model.setView(viewOf(fiveRuns(), {.sortBy = RunColumn::Duration}));
        QVERIFY(!second.isValid());
        model.setView(std::make_shared<RunView>());
        QCOMPARE(model.rowCount(), 0);
    }

    void theModelSpeaksToPeople() {
        RunTableModel model;
        model.setView(viewOf(fiveRuns()));
        const auto at = [&](int row, RunColumn column, int role = Qt::DisplayRole) {
            return model.index(row, int(column)).data(role).toString();
        };
        QCOMPARE(at(1, RunColumn::State), QStringLiteral("Failed"));
        QCOMPARE(at(1, RunColumn::Steps), QStringLiteral("2/4"));
        QCOMPARE(at(3, RunColumn::Steps), QStringLiteral("1")); // nobody knows how many there are
        QCOMPARE(at(0, RunColumn::Duration), QStringLiteral("–"));
        QCOMPARE(at(3, RunColumn::Error), QStringLiteral("bad <b>amount</b>"));
        QVERIFY(at(3, RunColumn::Error, Qt::ToolTipRole).contains(QStringLiteral("&lt;b&gt;")));
        QCOMPARE(at(0, RunColumn::Id), QStringLiteral("00000000000000e5"));
        QCOMPARE(model.index(2, int(RunColumn::Duration)).data(RunTableModel::RatioRole).toDouble(), 1.0);
        const QStringList lines = runsAsTsv(*model.view(), {{1, 1}, {3, 3}}, Zone()).split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 4); // header, two runs, the end
        QCOMPARE(lines[1].count(QLatin1Char('\t')), runColumnCount - 1);
    }

    void sortingIsAskedFor() {
        RunTableModel model;
        QSignalSpy spy(&model, &RunTableModel::sortRequested);
        model.sort(int(RunColumn::Duration), Qt::DescendingOrder);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy[0][1].toBool(), true);
    }

    void theGridIsSoundAndPutsTheNewestRight() {
        StatusGridModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto view = viewOf(fiveRuns());
        model.setView(view);
        QCOMPARE(model.rowCount(), 3);
        const int last = model.runs() - 1;
        QCOMPARE(model.index(0, last).data(StatusGridModel::RunIdRole).toString(), QStringLiteral("00000000000000e5"));
        QCOMPARE(model.index(0, last - 1).data(StatusGridModel::RunIdRole).toString(),
                 QStringLiteral("00000000000000c3"));
        QVERIFY(!model.index(0, last - 2).data(StatusGridModel::StatusRole).isValid());
        model.setView(view);
        // Narrower, the oldest give way; the newest stays at the right.
        model.setRuns(1);
        QCOMPARE(model.columnCount(), 1);
        QCOMPARE(model.index(0, 0).data(StatusGridModel::RunIdRole).toString(), QStringLiteral("00000000000000e5"));
        model.setRuns(1000);
        QCOMPARE(model.columnCount(), StatusGridModel::mostRuns);
        model.setView(viewOf(syntheticRuns(100, 7)));
    }

    void aMillionRunsAreOrdered_data() {
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("text");
        QTest::newRow("started") << int(RunColumn::Started) << QString();
        QTest::newRow("duration") << int(RunColumn::Duration) << QString();
        QTest::newRow("recipe") << int(RunColumn::Recipe) << QString();
        QTest::newRow("error") << int(RunColumn::Error) << QString();
        QTest::newRow("text") << int(RunColumn::Started) << QStringLiteral("recipe_7");
        QTest::newRow("hex text") << int(RunColumn::Id) << QStringLiteral("abc");
    }
    void aMillionRunsAreOrdered() {
        static const auto million = syntheticRuns(1'000'000, 1);
        QFETCH(int, column);
        QFETCH(QString, text);
        RunQuery query{.sortBy = RunColumn(column), .descending = true};
        query.filter.text = text.toStdString();
        const Rows rows = orderRuns(*million, query);
        if (text.isEmpty())
            QCOMPARE(rows.size(), 1'000'000U);
        else
            QVERIFY(!rows.empty() && rows.size() < 1'000'000U);
        if (RunColumn(column) == RunColumn::Duration) {
            QVERIFY(std::is_sorted(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
                return million->durationNs[a] > million->durationNs[b];
            }));
        }
    }

    void aStoppedRequestEndsEmpty() {
        std::stop_source stop;
        stop.request_stop();
        RunQuery query;
        query.filter.text = "a";
        QVERIFY(orderRuns(*fiveRuns(), query, stop.get_token()).empty());
        QVERIFY(factsOf(*fiveRuns(), 5, stop.get_token()).recipes.empty());
    }

    void runIdsGoThereAndBack() {
        QCOMPARE(runIdText(0x0123456789abcdefU), "0123456789abcdef");
        QCOMPARE(runIdFromText("0123456789abcdef"), std::optional<std::uint64_t>(0x0123456789abcdefU));
        QVERIFY(!runIdFromText("0123"));
        QVERIFY(!runIdFromText("0123456789abcdeg"));
    }

    void rangesMeanBounds() {
        const Time moment = fromNs(1'000'000'000'000'000'000);
        const auto week = TimeRange{QStringLiteral("7d")}.bounds(moment, Zone());
        QCOMPARE(toNs(*week.since), toNs(moment - std::chrono::hours(168)));
        QVERIFY(!week.until);
        const auto days = TimeRange::ofDays(QDate(2026, 11, 23), QDate(2026, 11, 1)).bounds(moment, Zone());
        QCOMPARE(toNs(*days.until) - toNs(*days.since), std::chrono::nanoseconds(std::chrono::hours(23 * 24)).count());
        for (const char *code : {"", "7", "d", "-3d", "2026-11-01", "2026-11-09..2026-11-01", "x..y"})
            QVERIFY2(TimeRange{QString::fromLatin1(code)}.isAll(), code);
    }
};

QTEST_MAIN(TestRunView)
#include "tst_runview.moc"
