// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/documentbatch.h"
#include "core/ingest/bytesource.h"
#include "tests/core/engine/enginefixture.h"

#include <set>

using namespace ra;
using namespace ra::test;
using engine::changesOf;
using engine::documentBatch;

namespace {

ingest::DocumentRun documentRun(const std::string &path, std::int64_t startNs, bool standsAlone = true) {
    ingest::DocumentRun run;
    run.run.recipePath = path;
    run.run.recipe = recipeNameFromPath(path);
    run.run.start = fromNs(startNs);
    run.run.duration = std::chrono::seconds(5);
    run.standsAlone = standsAlone;
    return run;
}

const ingest::DocumentFormat &formatNamed(std::string_view name) {
    for (const ingest::DocumentFormat &format : ingest::documentFormats()) {
        if (format.name == name)
            return format;
    }
    qFatal("no such format");
    return ingest::documentFormats().front();
}

} // namespace

class TestDocumentBatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void idsFollowFromWhatTheRunIs();
    void runsThatLookAlikeAreTwo();
    void runsKeepTheirPlaceAndWhetherTheyStandAlone();
    void aDocumentIsABatch();
    void aDocumentThatCannotBeUnderstoodIsARejectedLine();
    void whatCannotBeReadIsAnError();
};

void TestDocumentBatch::idsFollowFromWhatTheRunIs() {
    const auto idOf = [](const ingest::DocumentRun &run) { return changesOf({{run}, {}}).at(0).run.id; };
    const ingest::DocumentRun run = documentRun("jobs/daily.yaml", 1'000);
    const std::string id = idOf(run);
    QCOMPARE(id.size(), 16U);
    QVERIFY(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    QCOMPARE(idOf(run), id); // reading again gives the same
    ingest::DocumentRun other = run;
    other.run.recipePath = "jobs/nightly.yaml";
    QVERIFY(idOf(other) != id);
    other = run;
    other.run.start = fromNs(1'001);
    QVERIFY(idOf(other) != id);
    other = run;
    other.run.duration = std::chrono::seconds(6);
    QVERIFY(idOf(other) != id);
    other = run;
    other.run.status = RunStatus::Failed; // what becomes of it is no part of what it is
    QCOMPARE(idOf(other), id);
    other.run.start.reset();
    other.run.duration.reset();
    QCOMPARE(idOf(other).size(), 16U);
}

void TestDocumentBatch::runsThatLookAlikeAreTwo() {
    const ingest::DocumentRun run = documentRun("jobs/daily.yaml", 1'000);
    const auto changes = changesOf({{run, run, run}, {}});
    std::set<std::string> ids;
    for (const ingest::RunChange &change : changes)
        ids.insert(change.run.id);
    QCOMPARE(ids.size(), 3U);
    QCOMPARE(changes[0].run.id, changesOf({{run}, {}})[0].run.id);
}

void TestDocumentBatch::runsKeepTheirPlaceAndWhetherTheyStandAlone() {
    const auto changes = changesOf({{documentRun("a.yaml", 1), documentRun("b.yaml", 2, false)}, {}});
    QCOMPARE(changes.size(), 2U);
    QCOMPARE(changes[0].part, 0U);
    QCOMPARE(changes[1].part, 1U);
    QVERIFY(changes[0].standsAlone);
    QVERIFY(!changes[1].standsAlone);
    QVERIFY(changesOf({}).empty());
}

void TestDocumentBatch::aDocumentIsABatch() {
    const LogFolder folder;
    const std::string text = "name: Daily\nsteps:\n- {name: a, module: m, function: F}\n";
    folder.write("daily.yaml", text);
    folder.writeGzip("daily.yaml.gz", text);
    for (const char *name : {"daily.yaml", "daily.yaml.gz"}) {
        const ingest::Batch batch = need(documentBatch(folder.path(name), formatNamed("recipe"), Zone()));
        QCOMPARE(batch.path, folder.path(name));
        QCOMPARE(batch.format, "recipe");
        QVERIFY(batch.whole);
        QCOMPARE(batch.zone, "UTC");
        QCOMPARE(batch.recipes.size(), 1U);
        QCOMPARE(batch.recipes[0].name, "Daily");
        QCOMPARE(batch.records, 1U);
        QCOMPARE(batch.checkpoint.offset, text.size());
        QCOMPARE(batch.checkpoint.lines, 3U);
        QVERIFY(batch.rejected.empty());
        QVERIFY(batch.identity.inode != 0);
    }
}

void TestDocumentBatch::aDocumentThatCannotBeUnderstoodIsARejectedLine() {
    const LogFolder folder;
    folder.write("result.json", R"({"recipe_path": "a.yaml",)");
    const ingest::Batch batch = need(documentBatch(folder.path("result.json"), formatNamed("runner-result"), Zone()));
    QVERIFY(batch.runs.empty());
    QCOMPARE(batch.records, 0U);
    QCOMPARE(batch.rejected.size(), 1U);
    QVERIFY(!batch.rejected[0].reason.empty());
    QCOMPARE(batch.checkpoint.offset, 25U);
}

void TestDocumentBatch::whatCannotBeReadIsAnError() {
    const LogFolder folder;
    const auto gone = documentBatch(folder.path("gone.yaml"), formatNamed("recipe"), Zone());
    QVERIFY(!gone);
    QVERIFY(gone.error().kind == ErrorKind::NotFound);

    folder.writeGzip("cut.yaml.gz", manyRuns(2'000));
    std::filesystem::resize_file(folder.path("cut.yaml.gz"),
                                 std::filesystem::file_size(folder.path("cut.yaml.gz")) / 2);
    QVERIFY(!documentBatch(folder.path("cut.yaml.gz"), formatNamed("recipe"), Zone()));

    folder.write("huge.yaml", "steps:\n");
    std::filesystem::resize_file(folder.path("huge.yaml"), (64U << 20) + 1);
    const auto huge = documentBatch(folder.path("huge.yaml"), formatNamed("recipe"), Zone());
    QVERIFY(!huge);
    QVERIFY2(huge.error().why.find("64 MB") != std::string::npos, huge.error().why.c_str());
}

QTEST_GUILESS_MAIN(TestDocumentBatch)
#include "tst_documentbatch.moc"
