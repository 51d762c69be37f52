// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/statusgrid.h"

#include "ui/models/statusgridmodel.h"
#include "ui/theme/tokens.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

struct Row {
    std::uint64_t id;
    std::uint32_t recipe;
};

/// Runs of recipe_0, recipe_1, ..., newest first.
std::shared_ptr<const RunView> viewOf(const std::vector<Row> &runs) {
    auto columns = std::make_shared<query::RunColumns>();
    std::int64_t minute = 100'000;
    for (const Row &run : runs) {
        while (columns->recipes.size() <= run.recipe) {
            columns->recipes.push_back("recipe_" + std::to_string(columns->recipes.size()));
            columns->recipePaths.push_back({});
        }
        columns->rowId.push_back(static_cast<std::int64_t>(run.id));
        columns->id.push_back(run.id);
        columns->recipe.push_back(run.recipe);
        columns->status.push_back(RunStatus::Completed);
        columns->startNs.push_back(toNs(Time(std::chrono::minutes(--minute))));
        columns->durationNs.push_back(unknownNs);
        columns->totalSteps.push_back(-1);
        columns->completedSteps.push_back(0);
        columns->failedSteps.push_back(0);
        columns->error.push_back(0);
    }
    columns->errors = {{}};
    auto view = std::make_shared<RunView>();
    view->facts = std::make_shared<const RunFacts>(factsOf(*columns, lastRunsPerRecipe));
    view->columns = std::move(columns);
    return view;
}

class Fixture {
public:
    Fixture() {
        grid.resize(900, 200);
        grid.show();
        if (!QTest::qWaitForWindowExposed(&grid))
            qFatal("no window");
        table = grid.findChild<QTableView *>();
    }
    std::uint64_t current() const {
        return runIdFromText(table->currentIndex().data(StatusGridModel::RunIdRole).toString().toStdString())
            .value_or(0);
    }
    void choose(std::uint64_t id) {
        const auto *model = static_cast<StatusGridModel *>(table->model());
        table->setCurrentIndex(model->indexOf(QString::fromStdString(runIdText(id))));
        QCOMPARE(current(), id);
    }
    QStringList names() const {
        QStringList all;
        for (int row = 0; row < table->model()->rowCount(); ++row)
            all << table->model()->headerData(row, Qt::Vertical).toString();
        return all;
    }
    StatusGrid grid;
    QTableView *table = nullptr;
};

} // namespace

class TestStatusGrid : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;

private Q_SLOTS:
    void initTestCase() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_dir.path());
        applyTheme(ThemeChoice::Light);
    }

    void keysBeginAtTheNewestRun() {
        Fixture f;
        f.grid.setView(viewOf({{3, 0}, {2, 1}, {1, 0}}));
        QCOMPARE(f.current(), 3U);
        f.grid.setView(viewOf({{4, 1}, {3, 0}, {2, 1}, {1, 0}})); // and go on to while nobody chose another
        QCOMPARE(f.current(), 4U);
    }

    void theChosenRunStaysTheCurrentOne_data() {
        QTest::addColumn<int>("newest");
        QTest::newRow("a run of its own recipe comes") << 1;
        QTest::newRow("a run of another recipe comes") << 0;
        QTest::newRow("a recipe comes") << 2;
    }
    void theChosenRunStaysTheCurrentOne() {
        QFETCH(int, newest);
        Fixture f;
        f.grid.setView(viewOf({{5, 1}, {4, 0}, {3, 1}, {2, 0}, {1, 1}}));
        f.choose(3);
        f.grid.setView(viewOf({{6, static_cast<std::uint32_t>(newest)}, {5, 1}, {4, 0}, {3, 1}, {2, 0}, {1, 1}}));
        QCOMPARE(f.current(), 3U);
        f.grid.resize(700, 200); // fewer columns: the same
        QCOMPARE(f.current(), 3U);
        f.grid.setView(viewOf({{6, 0}, {5, 1}})); // it is gone: back to the newest
        QCOMPARE(f.current(), 6U);
    }

    void rowsKeepTheirPlacesWhileRunsCome() {
        Fixture f;
        f.grid.setView(viewOf({{3, 0}, {2, 1}, {1, 0}}));
        QCOMPARE(f.names(), (QStringList{QStringLiteral("recipe_0"), QStringLiteral("recipe_1")}));
        f.grid.setView(viewOf({{4, 1}, {3, 0}, {2, 1}, {1, 0}}));
        QCOMPARE(f.names(), (QStringList{QStringLiteral("recipe_0"), QStringLiteral("recipe_1")}));
        f.grid.setView(viewOf({{5, 2}, {4, 1}, {3, 0}, {2, 1}, {1, 0}})); // a recipe that was not there yet
        QCOMPARE(f.names(),
                 (QStringList{QStringLiteral("recipe_2"), QStringLiteral("recipe_0"), QStringLiteral("recipe_1")}));
        f.grid.orderByRecency();
        QCOMPARE(f.names(),
                 (QStringList{QStringLiteral("recipe_2"), QStringLiteral("recipe_1"), QStringLiteral("recipe_0")}));
        f.grid.setView(viewOf({{4, 1}, {2, 1}})); // withdrawn
        QCOMPARE(f.names(), QStringList{QStringLiteral("recipe_1")});
    }

    void whatIsReadAfterTheNewestRunsIsOrderedAmongThem() {
        Fixture f;
        const auto part = viewOf({{9, 0}, {8, 1}});
        auto first = std::make_shared<RunView>(*part);
        first->partial = true;
        f.grid.setView(first);
        f.grid.setView(viewOf({{9, 0}, {8, 1}, {7, 2}}));
        QCOMPARE(f.names(),
                 (QStringList{QStringLiteral("recipe_0"), QStringLiteral("recipe_1"), QStringLiteral("recipe_2")}));
    }

    void aNameNarrowsToItsRecipe() {
        Fixture f;
        f.grid.setView(viewOf({{3, 0}, {2, 1}}));
        f.grid.setView(viewOf({{4, 1}, {3, 0}, {2, 1}}));
        QSignalSpy chosen(&f.grid, &StatusGrid::recipeActivated);
        Q_EMIT f.table->verticalHeader()->sectionClicked(1);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toString(), QStringLiteral("recipe_1"));
    }

    void whatComesDoesNotScrollTheGrid() {
        Fixture f;
        std::vector<Row> runs;
        for (std::uint32_t i = 0; i < 40; ++i)
            runs.push_back({100 - i, i});
        f.grid.setView(viewOf(runs));
        f.choose(99); // near the top, then the reader scrolls away from it
        f.table->verticalScrollBar()->setValue(f.table->verticalScrollBar()->maximum());
        const int place = f.table->verticalScrollBar()->value();
        QVERIFY(place > 0);
        runs.insert(runs.begin(), {200, 39});
        f.grid.setView(viewOf(runs));
        QCOMPARE(f.current(), 99U);
        QCOMPARE(f.table->verticalScrollBar()->value(), place);
    }
};

QTEST_MAIN(TestStatusGrid)
#include "tst_statusgrid.moc"
