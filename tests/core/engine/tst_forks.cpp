// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that share a runner name, and recipes that become known at one time or another: the result is always the same.
#include "core/engine/forks.h"

#include "core/ingest/forkcluster.h"
#include "core/ingest/sourcereader.h"
#include "core/query/reader.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace ra;
using namespace ra::engine;

namespace {

/// Two children of one process: without the recipes, what ends first could be either.
const std::string forked =
    "2026-11-23 10:00:00 [    INFO] runner.9: Starting enhanced recipe execution: jobs/two.yaml\n"
    "2026-11-23 10:00:00 [    INFO] runner.9: Starting enhanced recipe execution: jobs/one.yaml\n"
    "2026-11-23 10:00:00 [    INFO] Dump: a line that names no runner\n"
    "2026-11-23 10:00:00 [    INFO] runner.9: Step 'dump' completed successfully (0.100s)\n"
    "2026-11-23 10:00:00 [    INFO] runner.9: Recipe execution completed - Status: completed, Steps: 1/1, Duration: "
    "0.101s, Success Rate: 100.0%\n"
    "2026-11-23 10:00:00 [    INFO] runner.9: Step 'read' completed successfully (0.100s)\n"
    "2026-11-23 10:00:00 [    INFO] runner.9: Step 'write' completed successfully (0.100s)\n";
const std::string forkedEnd =
    "2026-11-23 10:00:00 [    INFO] runner.9: Recipe execution completed - Status: completed, "
    "Steps: 2/2, Duration: 0.202s, Success Rate: 100.0%\n";

Recipe recipe(const char *path, const std::vector<const char *> &names) {
    Recipe result;
    result.path = path;
    result.name = path;
    for (const char *name : names)
        result.steps.push_back({name, {}, {}, {}});
    return result;
}

void addRecipes(ingest::RecipeBook &book) {
    book.add(recipe("/home/x/jobs/one.yaml", {"dump"}));
    book.add(recipe("/home/x/jobs/two.yaml", {"read", "write"}));
}

/// The runs as "path: steps", what they are made of in order.
QString described(const std::vector<Run> &runs) {
    QStringList text;
    for (const Run &run : runs) {
        QStringList steps;
        for (const Step &step : run.steps)
            steps += QString::fromStdString(step.name);
        text += QString::fromStdString(run.recipePath + " " + std::string(toString(run.status)) + ": ") +
                steps.join(QLatin1Char(' '));
    }
    text.sort();
    return text.join(QLatin1Char('\n'));
}

/// A store that takes what a reader tells.
class Fixture {
public:
    Fixture()
        : m_writer(*store::Store::open(path()), {}) {}

    void put(ingest::SourceReader &reader) {
        ingest::Batch batch = reader.takeBatch(true);
        batch.path = "/nowhere/logs/framework0.log";
        batch.identity = {7, 42, 0xABC, 1024};
        put(std::move(batch));
    }
    void put(ingest::Batch batch) {
        m_writer.push(std::move(batch));
        QVERIFY(m_writer.flush());
    }
    std::size_t resolve(const ingest::RecipeBook &book) {
        auto batches = resolveForksAnew(m_writer, book);
        if (!batches)
            qFatal("%s", batches.error().sentence().c_str());
        const std::size_t count = batches->size();
        for (ingest::Batch &batch : *batches)
            put(std::move(batch));
        return count;
    }
    QString runs() {
        const auto reader = query::Reader::open(path());
        return described(*(*reader)->runs({}, 100));
    }
    std::vector<Run> all() { return *(*query::Reader::open(path()))->runs({}, 100); }
    std::size_t lines(const std::string &id) { return (*query::Reader::open(path()))->log(id)->size(); }

private:
    [[nodiscard]] std::string path() const { return m_folder.filePath(QStringLiteral("a.store")).toStdString(); }

    QTemporaryDir m_folder;
    WriterThread m_writer;
};

Zone utc() {
    return *Zone::fromName("UTC");
}

std::vector<Run> knownFromTheStart(const std::string &log) {
    auto book = std::make_shared<ingest::RecipeBook>();
    addRecipes(*book);
    ingest::SourceReader reader(utc(), book);
    reader.feed(log);
    Fixture fixture;
    fixture.put(reader);
    return fixture.all();
}

} // namespace

class TestForks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void recipesThatBecomeKnownLaterChangeWhatWasDecided_data() {
        QTest::addColumn<QString>("log");
        QTest::newRow("all have ended") << QString::fromStdString(forked + forkedEnd);
        QTest::newRow("one is open, its process is gone") << QString::fromStdString(forked);
    }
    void recipesThatBecomeKnownLaterChangeWhatWasDecided() {
        QFETCH(QString, log);
        const auto gone = [](const Run &) { return true; };
        auto book = std::make_shared<ingest::RecipeBook>();
        Fixture fixture;
        ingest::SourceReader reader(utc(), book);
        reader.feed(log.toStdString());
        reader.endOpenRuns(RunStatus::Abandoned, gone);
        fixture.put(reader);
        const QString without = fixture.runs();

        addRecipes(*book);
        QCOMPARE(fixture.resolve(*book), 1U);
        std::vector<Run> expected = knownFromTheStart(log.toStdString());
        for (Run &run : expected) {
            if (run.status == RunStatus::Running)
                run.status = RunStatus::Abandoned;
        }
        QCOMPARE(fixture.runs(), described(expected));
        QVERIFY(fixture.runs() != without); // else the recipes told nothing, and this test nothing either
        QCOMPARE(fixture.resolve(*book), 0U);
    }

    void recipesThatBecomeKnownOneByOneGiveTheSame() {
        ingest::RecipeBook book;
        Fixture fixture;
        ingest::SourceReader reader(utc());
        reader.feed(forked + forkedEnd);
        fixture.put(reader);
        book.add(recipe("/home/x/jobs/two.yaml", {"read", "write"}));
        QCOMPARE(fixture.resolve(book), 1U);
        book.add(recipe("/home/x/jobs/other.yaml", {"dump"}));
        QCOMPARE(fixture.resolve(book), 0U);
        book.add(recipe("/home/x/jobs/one.yaml", {"dump"}));
        QCOMPARE(fixture.resolve(book), 1U);
        QCOMPARE(fixture.runs(), described(knownFromTheStart(forked + forkedEnd)));
    }

    void runsThatAreBeingReadAreDecidedAnewByThemselves() {
        auto book = std::make_shared<ingest::RecipeBook>();
        Fixture fixture;
        ingest::SourceReader reader(utc(), book);
        reader.feed(forked);
        fixture.put(reader);
        addRecipes(*book);
        fixture.put(reader);
        QCOMPARE(fixture.resolve(*book), 0U);
        QCOMPARE(fixture.runs(), described(knownFromTheStart(forked)));
    }

    void aRunFoundDeadStaysSoWhileTheOthersGoOn() {
        auto book = std::make_shared<ingest::RecipeBook>();
        addRecipes(*book);
        ingest::SourceReader reader(utc(), book);
        const std::size_t second = forked.find("runner.9: Step 'dump'");
        const std::size_t line = forked.rfind('\n', second) + 1;
        reader.feed(forked.substr(0, line));
        (void)reader.takeBatch(false);
        reader.endOpenRuns(RunStatus::Abandoned, [](const Run &run) { return run.recipePath == "jobs/two.yaml"; });
        QCOMPARE(reader.takeBatch(false).runs.size(), 1U);
        const std::size_t end = forked.find("runner.9: Step 'read'");
        reader.feed(forked.substr(line, forked.rfind('\n', end) + 1 - line));
        const ingest::Batch batch = reader.takeBatch(false);
        QCOMPARE(batch.runs.size(), 1U);
        QCOMPARE(batch.runs[0].run.recipePath, std::string("jobs/one.yaml"));
        // It speaks again: it was not dead.
        reader.feed(forked.substr(forked.rfind('\n', end) + 1));
        const ingest::Batch again = reader.takeBatch(false);
        QCOMPARE(again.runs.size(), 1U);
        QCOMPARE(again.runs[0].run.recipePath, std::string("jobs/two.yaml"));
        QVERIFY(again.runs[0].run.status == RunStatus::Running);
    }

    void theirLinesGoAlong() {
        ingest::RecipeBook book;
        Fixture fixture;
        ingest::SourceReader reader(utc());
        reader.feed(forked + forkedEnd);
        ingest::Batch batch = reader.takeBatch(true);
        batch.path = "/nowhere/logs/framework0.log";
        batch.identity = {7, 42, 0xABC, 1024};
        batch.raw.push_back({0, forked + forkedEnd});
        fixture.put(std::move(batch));
        addRecipes(book);
        fixture.resolve(book);
        std::map<std::string, std::size_t> lines;
        for (const Run &run : fixture.all())
            lines[run.recipePath] = fixture.lines(run.id);
        QCOMPARE(lines["jobs/two.yaml"], 4U);
        QCOMPARE(lines["jobs/one.yaml"], 4U); // with the one that names no runner
    }

    void whatIsKeptSurvivesSavingAndDamageIsRefused() {
        ingest::SourceReader reader(utc());
        reader.feed(forked + forkedEnd);
        const ingest::Batch batch = reader.takeBatch(true);
        QCOMPARE(batch.forks.size(), 1U);
        QCOMPARE(batch.forks[0].recipePaths, (std::vector<std::string>{"jobs/two.yaml", "jobs/one.yaml"}));
        auto cluster = ingest::ForkCluster::load(batch.forks[0].data);
        QVERIFY(cluster.has_value());
        cluster->resolve(nullptr);
        QVERIFY(cluster->record() == batch.forks[0]);
        const std::string &data = batch.forks[0].data;
        for (std::size_t length = 0; length < data.size(); ++length)
            QVERIFY(!ingest::ForkCluster::load(data.substr(0, length)));
    }
};

QTEST_GUILESS_MAIN(TestForks)
#include "tst_forks.moc"
