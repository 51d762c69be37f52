// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/livemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

live::LiveRun runNamed(const std::string &id, std::uint64_t version = 1, RunStatus status = RunStatus::Running) {
    live::LiveRun run;
    run.id = id;
    run.recipe = "recipe_" + id;
    run.version = version;
    run.status = status;
    return run;
}

/// A board by its ids, in order: "a b c".
std::shared_ptr<live::LiveSnapshot> board(const char *ids) {
    auto snapshot = std::make_shared<live::LiveSnapshot>();
    const QStringList words = QString::fromLatin1(ids).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString &word : words)
        snapshot->runs.push_back(runNamed(word.toStdString()));
    return snapshot;
}

QString idsOf(const LiveModel &model) {
    QStringList ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids << QString::fromStdString(model.runAt(row).id);
    return ids.join(QLatin1Char(' '));
}

} // namespace

class TestLiveModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void boardsFollowEachOther_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        for (const auto &[from, to] :
             std::initializer_list<std::pair<const char *, const char *>>{{"", ""},
                                                                          {"", "a b"},
                                                                          {"a b", ""},
                                                                          {"a b c", "a c"},
                                                                          {"a c", "a b c"},
                                                                          {"a b c", "c b a"},
                                                                          {"a b c d", "b c d a"},
                                                                          {"a b c d", "d a b c"},
                                                                          {"a b c d", "x b y a z"},
                                                                          {"a b c d e f", "b d f a c e"}})
            QTest::addRow("%s to %s", from, to) << QByteArray(from) << QByteArray(to);
    }
    void boardsFollowEachOther() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        LiveModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSnapshot(board(from.constData()));
        QCOMPARE(idsOf(model), QString::fromLatin1(from));
        model.setSnapshot(board(to.constData()));
        QCOMPARE(idsOf(model), QString::fromLatin1(to));
    }

    void onlyChangedRowsAreSignalled() {
        LiveModel model;
        model.setSnapshot(board("a b c d e"));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const auto next = board("a b c d e");
        next->runs[1].version = 2;
        next->runs[2].version = 7;
        next->runs[4].version = 3;
        model.setSnapshot(next);
        QCOMPARE(changed.size(), 2); // b and c together, then e
        QCOMPARE(changed[0][0].toModelIndex().row(), 1);
        QCOMPARE(changed[0][1].toModelIndex().row(), 2);
        QCOMPARE(changed[1][0].toModelIndex().row(), 4);
        QCOMPARE(inserted.size() + reset.size(), 0);
        model.setSnapshot(board("a b c d e")); // versions differ again
        QCOMPARE(changed.size(), 4);
        changed.clear();
        model.setSnapshot(board("a b c d e"));
        QCOMPARE(changed.size(), 0);
    }

    void aRunThatEndsIsMovedOnceAndStaysSelected() {
        LiveModel model;
        model.setSnapshot(board("a b c d x y"));
        const QPersistentModelIndex selected = model.index(0, 0);
        QSignalSpy moved(&model, &QAbstractItemModel::rowsMoved);
        model.setSnapshot(board("b c d a x y"));
        QCOMPARE(moved.size(), 1);
        QCOMPARE(selected.row(), 3);
    }

    void noBasisIsExact() {
        live::LiveRun run;
        run.estimate.emplace();
        run.estimate->basisRuns = 50;
        run.estimate->spread = 0;
        QCOMPARE(LiveModel::basisOf(run), QStringLiteral("50 runs, ±<1 %"));
        run.estimate->spread = 0.006;
        QCOMPARE(LiveModel::basisOf(run), QStringLiteral("50 runs, ±1 %"));
    }

    void randomBoardsKeepTheModelConsistent() {
        const unsigned seed = 20261123;
        std::mt19937 random(seed);
        LiveModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<live::LiveRun> runs;
        int named = 0;
        for (int round = 0; round < 300; ++round) {
            for (auto i = random() % 4; i > 0; --i)
                runs.insert(runs.begin() + static_cast<std::ptrdiff_t>(random() % (runs.size() + 1)),
                            runNamed(std::to_string(named++)));
            for (auto i = random() % 3; i > 0 && !runs.empty(); --i)
                runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(random() % runs.size()));
            for (auto i = random() % 3; i > 0 && !runs.empty(); --i)
                std::swap(runs[random() % runs.size()], runs[random() % runs.size()]);
            if (!runs.empty()) {
                live::LiveRun &changed = runs[random() % runs.size()];
                ++changed.version;
                changed.step = "step " + std::to_string(round);
            }
            // Who holds on to a row goes on seeing the same run.
            std::vector<std::pair<QPersistentModelIndex, std::string>> held;
            for (int row = 0; row < model.rowCount(); ++row)
                held.emplace_back(model.index(row, 0), model.runAt(row).id);
            auto snapshot = std::make_shared<live::LiveSnapshot>();
            snapshot->version = static_cast<std::uint64_t>(round);
            snapshot->runs = runs;
            model.setSnapshot(snapshot);
            QCOMPARE(model.rowCount(), static_cast<int>(runs.size()));
            for (int row = 0; row < model.rowCount(); ++row) {
                QCOMPARE(model.runAt(row).id, runs[static_cast<std::size_t>(row)].id);
                QCOMPARE(model.runAt(row).step, runs[static_cast<std::size_t>(row)].step);
            }
            for (const auto &[index, id] : held) {
                if (index.isValid())
                    QCOMPARE(model.runAt(index.row()).id, id);
                else
                    QVERIFY(std::ranges::find(runs, id, &live::LiveRun::id) == runs.end());
            }
        }
    }

    void wordsForPeople() {
        LiveModel model;
        auto snapshot = board("a b c");
        snapshot->taken = Time(1000s);
        live::LiveRun &run = snapshot->runs[0];
        run.start = Time(808s);
        run.step = "transform_orders";
        run.stepIndex = 4;
        run.totalSteps = 9;
        run.attempt = 2;
        run.estimate = live::Estimate{
            .remaining = 117s, .progress = 0.62, .basisRuns = 12, .spread = 0.09, .slower = true, .ratio = 1.38};
        snapshot->runs[0].lastLine = "2026-11-23 16:59:24 [    INFO] Load: read 12 rows <b>so far</b>";
        live::LiveRun &done = snapshot->runs[1];
        done.status = RunStatus::Failed;
        done.end = Time(950s);
        done.start = Time(900s);
        done.failedSteps = 1;
        snapshot->runs[2].basisRuns = 0;
        model.setSnapshot(snapshot);
        const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(cell(0, LiveModel::Elapsed), QStringLiteral("3 m 12 s"));
        QCOMPARE(cell(0, LiveModel::Step), QStringLiteral("transform_orders 4 of 9"));
        QCOMPARE(cell(0, LiveModel::Progress), QStringLiteral("62 %"));
        QVERIFY(cell(0, LiveModel::Finish).startsWith(QStringLiteral("≈ 2 m left · ")));
        QCOMPARE(cell(0, LiveModel::Basis), QStringLiteral("12 runs, ±9 %"));
        QCOMPARE(cell(0, LiveModel::Note),
                 QStringLiteral("attempt 2 · slower than usual (+38 %) · read 12 rows <b>so far</b>"));
        QVERIFY(model.index(1, 0).data(LiveModel::AlarmRole).toBool());
        QVERIFY(!model.index(0, 0).data(LiveModel::AlarmRole).toBool());
        QCOMPARE(cell(2, LiveModel::Finish), QStringLiteral("no estimate yet"));
        QCOMPARE(cell(2, LiveModel::Basis), QStringLiteral("first runs"));

        model.setNow(Time(1100s)); // time passes without a new snapshot
        QCOMPARE(cell(0, LiveModel::Elapsed), QStringLiteral("4 m 52 s"));
        QCOMPARE(cell(0, LiveModel::Finish), QStringLiteral("≈ 17 s left"));
        QCOMPARE(cell(1, LiveModel::Elapsed), QStringLiteral("50.0 s"));
        model.setNow(Time(1200s));
        QCOMPARE(cell(0, LiveModel::Finish), QStringLiteral("overdue by 1 m 23 s"));
        QCOMPARE(cell(0, LiveModel::Progress), QStringLiteral("99 %"));
    }

    void withoutEnoughRunsNothingIsClaimed_data() {
        QTest::addColumn<std::optional<int>>("runs");
        QTest::addColumn<QString>("basis");
        QTest::newRow("not asked yet") << std::optional<int>() << QString();
        QTest::newRow("none") << std::optional(0) << QStringLiteral("first runs");
        for (int runs = 1; runs < live::LiveBoard::leastBasis; ++runs)
            QTest::addRow("%d", runs) << std::optional(runs) << QStringLiteral("not enough runs (%1 of 5)").arg(runs);
    }
    void withoutEnoughRunsNothingIsClaimed() {
        QFETCH(std::optional<int>, runs);
        LiveModel model;
        auto snapshot = board("a b");
        snapshot->taken = Time(1000s);
        for (live::LiveRun &run : snapshot->runs) {
            run.start = Time(990s);
            run.basisRuns = runs;
            run.step = "load";
            run.stepIndex = 3;
        }
        snapshot->runs[0].totalSteps = 8;
        model.setSnapshot(snapshot);
        const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
        for (const Time present : {Time(1000s), Time(1100s)}) {
            model.setNow(present);
            QCOMPARE(cell(0, LiveModel::Finish), QStringLiteral("no estimate yet"));
            QCOMPARE(cell(0, LiveModel::Progress), QStringLiteral("25 %")); // two of eight steps are done
            QVERIFY(!model.progressOf(snapshot->runs[0]));                  // a bar of time is not drawn from it
            QCOMPARE(cell(1, LiveModel::Progress), QString());              // of how many steps is not known
            QTEST(cell(0, LiveModel::Basis), "basis");
        }
    }
};

QTEST_GUILESS_MAIN(TestLiveModel)
#include "tst_livemodel.moc"
