// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sketch.h"
#include "core/store/verify.h"
#include "tests/core/store/storefixture.h"
#include "tests/support/fulldisk.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <thread>

using namespace ra;
using namespace ra::test;

class TestSamples : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void samplesCommitWithTheirBatch();
    void samplesWithoutACheckpointAreHeldUntilTheNext();
    void heldSamplesAreStoredWhenTheirTimeHasCome();
    void aFailedCommitLosesNothingThatWasHeld();
    void tooManyToBeHeldAreStored();
    void readingAgainChangesNothing();
    void ofOneMomentTheGreatestCounts_data();
    void ofOneMomentTheGreatestCounts();
    void copiesOfARecordAreOneSample();
    void aDocumentTakesBackWhatItNoLongerTells();
    void whatHasLeftTheWindowOfAnExportStays();
    void anotherTellerTakesOver();
    void manySamplesAreSealedAtOnce();
    void aFullTailIsSealedInTheBackground();
    void aTailOfAnEarlierSessionIsSealed();
    void segmentsGrowByPowers();
    void lateSamplesAreMergedIntoTheirSegment();
    void anyOrderOfArrivalGivesTheSame_data();
    void anyOrderOfArrivalGivesTheSame();
    void partsHaveRowsWhereThatPays();
    void damageDoesNotKeepOutWhatComesOnThatDay();
    void aDamagedSegmentIsSaidToBeDamaged();
};

namespace {

constexpr std::int64_t begin = 1'767'600'000'000'000'000;
constexpr std::int64_t second = 1'000'000'000;

Series seriesOf(const std::string &name) {
    return {.name = name, .unit = "bytes", .kind = "gauge", .tags = R"({"recipe":"daily"})"};
}

struct Point {
    std::int64_t time = 0;
    double value = 0;
};

SampleSet setOf(const std::string &name, const std::vector<Point> &points) {
    SampleSet set;
    set.series.push_back(seriesOf(name));
    for (const Point &point : points)
        set.samples.push_back({0, begin + point.time, point.value});
    return set;
}

ingest::Batch logOf(int source, std::uint64_t end, SampleSet samples) {
    ingest::Batch batch = batchOf(source, end);
    batch.samples = std::move(samples);
    return batch;
}

/// What is read between two checkpoints.
ingest::Batch withoutCheckpoint(int source, SampleSet samples) {
    ingest::Batch batch = logOf(source, 0, std::move(samples));
    batch.checkpoint = {};
    return batch;
}

ingest::Batch documentOf(int source, SampleSet samples) {
    ingest::Batch batch = batchOf(100 + source, 1);
    batch.format = "metrics";
    batch.whole = true;
    batch.records = samples.samples.size();
    batch.samples = std::move(samples);
    return batch;
}

std::vector<Point> regular(std::int64_t first, std::int64_t count, std::int64_t step = second) {
    std::vector<Point> points;
    for (std::int64_t i = 0; i < count; ++i)
        points.push_back({first + i * step, static_cast<double>(i % 100)});
    return points;
}

/// "time value" of a series by time, joined by ','.
std::string pointsOf(const StoreFile &file, const std::string &name = "m") {
    return ask(*file.reader(), "SELECT coalesce(group_concat((t_ns - " + std::to_string(begin) +
                                   ") || ' ' || coalesce(value, 'NaN'), ','), '') FROM (SELECT t_ns, value FROM "
                                   "series_v s, samples(s.series) WHERE name = '" +
                                   name + "' ORDER BY t_ns)");
}

void tidyAll(store::Store &store) {
    while (need(store.tidy())) {
    }
}

/// So few at a time that they go to the tail.
void applyInPieces(store::Store &store, std::int64_t count) {
    constexpr std::int64_t piece = 100;
    for (std::int64_t at = 0; at < count; at += piece)
        need(store.apply({{logOf(1, static_cast<std::uint64_t>(at) + 1, setOf("m", regular(at * second, piece)))}}));
}

std::vector<std::int64_t> segmentSizes(const StoreFile &file) {
    std::vector<std::int64_t> sizes;
    for (const auto &row : need(file.reader()->sql("SELECT samples FROM segments_v ORDER BY first_ns")).rows)
        sizes.push_back(std::get<std::int64_t>(row[0]));
    return sizes;
}

const double noNumber = std::nan("");

/// All rollups of a series against what is made anew of its samples.
void compareRollups(query::Reader &reader, const std::string &name, const std::string &level,
                    const std::map<std::int64_t, double> &samples) {
    const std::map<std::string, std::int64_t> lengths = {
        {"minute", 60 * second}, {"hour", 3'600 * second}, {"day", 86'400 * second}};
    std::map<std::int64_t, std::vector<double>> parts;
    for (const auto &[time, value] : samples)
        parts[time - time % lengths.at(level)].push_back(value);
    const query::Table table = need(
        reader.sql("SELECT t_ns, count, sum, min, max, sum_squares, hex(sketch) FROM series_v s, rollups(s.series, '" +
                   level + "') WHERE name = '" + name + "' ORDER BY t_ns"));
    QCOMPARE(table.rows.size(), parts.size());
    auto part = parts.begin();
    for (const auto &row : table.rows) {
        const auto &[time, values] = *part++;
        stats::Sketch sketch;
        sketch.add(values);
        double squares = 0;
        for (const double value : values)
            squares += std::isnan(value) ? 0 : value * value;
        QCOMPARE(std::get<std::int64_t>(row[0]), time);
        QCOMPARE(std::get<std::int64_t>(row[1]), static_cast<std::int64_t>(sketch.count()));
        QCOMPARE(std::get<double>(row[2]), sketch.sum());
        if (sketch.count() > 0) {
            QCOMPARE(std::get<double>(row[3]), sketch.min());
            QCOMPARE(std::get<double>(row[4]), sketch.max());
        }
        QCOMPARE(std::get<double>(row[5]), squares); // whole numbers: no rounding
        std::string bytes;
        sketch.serialise(bytes);
        QCOMPARE(QByteArray::fromHex(QByteArray::fromStdString(std::get<std::string>(row[6]))).toStdString(), bytes);
    }
}

} // namespace

void TestSamples::samplesCommitWithTheirBatch() {
    StoreFile file;
    auto store = file.open();
    SampleSet set = setOf("m", {{5, 1.5}, {3, -2}});
    set.series.push_back({.name = "cpu", .unit = "%", .subjectKind = SubjectKind::Process, .subject = 77});
    set.samples.push_back({1, begin, 50});
    QCOMPARE(need(store->apply({{logOf(1, 100, set)}})).samples, 3U);
    QCOMPARE(pointsOf(file), "3 -2.0,5 1.5");
    QCOMPARE(ask(*file.reader(), "SELECT name, unit, kind, tags, recipe, step, pid, machine FROM series_v ORDER BY 1"),
             "cpu|%|NULL|{}|NULL|NULL|77|0\nm|bytes|gauge|{\"recipe\":\"daily\"}|daily|NULL|NULL|0");
    const StoreInfo info = need(store->info());
    QCOMPARE(info.samples, 3U);
    QCOMPARE(info.segments, 0U);
    QVERIFY(info.sampleBytes > 0);
}

void TestSamples::samplesWithoutACheckpointAreHeldUntilTheNext() {
    StoreFile file;
    const auto store = file.open();
    need(store->apply({{logOf(1, 100, setOf("m", {{0, 1}}))}}));
    QVERIFY(!store->heldUntil());
    QCOMPARE(need(store->apply({{withoutCheckpoint(1, setOf("m", {{1, 2}}))}})).samples, 0U);
    QCOMPARE(need(store->apply({{withoutCheckpoint(2, setOf("m", {{5, 6}}))}})).samples, 0U);
    QVERIFY(store->heldUntil());
    QCOMPARE(pointsOf(file), "0 1.0");
    // That of the other log is not told to be read yet.
    QCOMPARE(need(store->apply({{logOf(1, 200, setOf("m", {{2, 3}}))}})).samples, 2U);
    QCOMPARE(pointsOf(file), "0 1.0,1 2.0,2 3.0");
    QCOMPARE(need(store->putHeld()).samples, 1U);
    QCOMPARE(pointsOf(file), "0 1.0,1 2.0,2 3.0,5 6.0");
    QVERIFY(!store->heldUntil());
    QCOMPARE(need(store->putHeld()).samples, 0U);
}

void TestSamples::heldSamplesAreStoredWhenTheirTimeHasCome() {
    StoreFile file;
    const auto store = file.open();
    need(store->apply({{withoutCheckpoint(1, setOf("m", {{0, 1}}))}}));
    const auto until = store->heldUntil();
    QVERIFY(until);
    tidyAll(*store);
    QCOMPARE(pointsOf(file), "");
    std::this_thread::sleep_until(*until); // it is a moment of the clock that is waited for
    QVERIFY(need(store->tidy()));
    QCOMPARE(pointsOf(file), "0 1.0");
}

void TestSamples::aFailedCommitLosesNothingThatWasHeld() {
    StoreFile file;
    const auto store = file.open();
    need(store->apply({{logOf(1, 100, setOf("m", {{0, 1}}))}}));
    need(store->apply({{withoutCheckpoint(1, setOf("m", {{1, 2}}))}}));
    {
        test::FullDisk full(100'000); // the log of the commit is larger
        const std::vector<ingest::Batch> batches = {logOf(1, 200, setOf("m", regular(1'000 * second, 20'000))),
                                                    withoutCheckpoint(1, setOf("m", {{2, 3}}))};
        QVERIFY(!store->apply(batches));
        QVERIFY(!store->putHeld());
    }
    QCOMPARE(pointsOf(file), "0 1.0");
    QCOMPARE(need(store->apply({{logOf(1, 300, setOf("m", {{3, 4}}))}})).samples, 2U);
    QCOMPARE(pointsOf(file), "0 1.0,1 2.0,3 4.0");
}

void TestSamples::tooManyToBeHeldAreStored() {
    StoreFile file;
    const auto store = file.open();
    constexpr std::int64_t piece = 300'000;
    std::uint64_t stored = 0;
    for (std::int64_t at = 0; at < 4 * piece; at += piece)
        stored += need(store->apply({{withoutCheckpoint(1, setOf("m", regular(at * second, piece)))}})).samples;
    QCOMPARE(stored, std::uint64_t{4} * piece);
    QVERIFY(!store->heldUntil());
}

void TestSamples::readingAgainChangesNothing() {
    StoreFile file;
    auto store = file.open();
    const SampleSet set = setOf("m", regular(0, 10'000));
    need(store->apply({{logOf(1, 100, set)}}));
    const std::string before = pointsOf(file);
    // Once more as it was, in another zone, from a copy.
    QCOMPARE(need(store->apply({{logOf(1, 100, set)}})).samples, 0U);
    QCOMPARE(need(store->apply({{logOf(2, 100, set)}})).samples, 0U);
    tidyAll(*store);
    QCOMPARE(need(store->apply({{logOf(3, 100, set)}})).samples, 0U);
    QCOMPARE(pointsOf(file), before);
    QCOMPARE(need(store->info()).samples, 10'000U);
}

void TestSamples::ofOneMomentTheGreatestCounts_data() {
    QTest::addColumn<bool>("sealed");
    QTest::addColumn<bool>("reversed");
    for (const bool sealed : {false, true}) {
        for (const bool reversed : {false, true})
            QTest::addRow("%s%s", sealed ? "sealed" : "tail", reversed ? ", reversed" : "") << sealed << reversed;
    }
}

void TestSamples::ofOneMomentTheGreatestCounts() {
    QFETCH(const bool, sealed);
    QFETCH(const bool, reversed);
    StoreFile file;
    auto store = file.open();
    std::vector<SampleSet> told = {setOf("m", {{1, 5}, {2, noNumber}, {3, 7}, {4, noNumber}}),
                                   setOf("m", {{1, 6}, {2, -1}, {3, 2}, {4, noNumber}})};
    if (sealed) {
        for (SampleSet &set : told) {
            for (const Point &point : regular(10, 5'000))
                set.samples.push_back({0, begin + point.time, point.value});
        }
    }
    if (reversed)
        std::swap(told[0], told[1]);
    QCOMPARE(need(store->apply({{logOf(1, 100, told[0])}})).samples, told[0].samples.size());
    QCOMPARE(need(store->apply({{logOf(2, 100, told[1])}})).samples, 0U);
    QCOMPARE(need(store->info()).segments, sealed ? 1U : 0U);
    QVERIFY(pointsOf(file).starts_with("1 6.0,2 -1.0,3 7.0,4 NaN"));
    need(store->apply({{logOf(3, 100, setOf("m", {{1, 4}, {1, 4.5}, {4, 0}}))}}));
    QVERIFY(pointsOf(file).starts_with("1 6.0,2 -1.0,3 7.0,4 0.0"));
}

void TestSamples::copiesOfARecordAreOneSample() {
    StoreFile file;
    auto store = file.open();
    const auto written = [](const std::vector<Point> &points) {
        SampleSet set = setOf("m", points);
        for (Sample &sample : set.samples)
            sample.timeIsOfWriting = true;
        return set;
    };
    need(store->apply({{logOf(1, 100, written({{10'000'000, 5}, {20'000'000, noNumber}}))}}));
    // The copies are written some microseconds later; another value, or the same one later, is another sample.
    const auto copies = written({{10'150'000, 5}, {20'900'000, noNumber}, {10'160'000, 6}, {11'200'000, 5}});
    QCOMPARE(need(store->apply({{logOf(2, 100, copies)}})).samples, 2U);
    QCOMPARE(need(store->apply({{logOf(3, 100, copies)}})).samples, 0U);
    QCOMPARE(pointsOf(file), "10000000 5.0,10160000 6.0,11200000 5.0,20000000 NaN");
}

void TestSamples::aDocumentTakesBackWhatItNoLongerTells() {
    StoreFile file;
    auto store = file.open();
    QCOMPARE(need(store->apply({{documentOf(1, setOf("m", {{1, 1}, {2, 2}, {3, 3}}))}})).samples, 3U);
    QCOMPARE(need(store->apply({{documentOf(1, setOf("m", {{1, 1}, {3, 4}, {5, 5}}))}})).samples, 1U);
    QCOMPARE(pointsOf(file), "1 1.0,3 4.0,5 5.0");
    // Sealed, too.
    need(store->apply({{documentOf(1, setOf("m", regular(1, 6'000, 1)))}}));
    QCOMPARE(need(store->info()).segments, 1U);
    need(store->apply({{documentOf(1, setOf("m", {{1, 9}, {6'000, 3}}))}}));
    QCOMPARE(pointsOf(file), "1 9.0,6000 3.0");
    QCOMPARE(need(store->info()).samples, 2U);
}

void TestSamples::whatHasLeftTheWindowOfAnExportStays() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{documentOf(1, setOf("m", {{1, 1}, {2, 2}, {3, 3}}))}}));
    need(store->apply({{documentOf(1, setOf("m", {{2, 2}, {4, 4}}))}}));
    QCOMPARE(pointsOf(file), "1 1.0,2 2.0,4 4.0");
    // One that tells of runs tells all of them.
    ingest::Batch timeline = documentOf(2, setOf("steps", {{1, 1}, {9, 9}}));
    timeline.runs = {changeOf(textRun(1, monday), 0)};
    need(store->apply({{timeline}}));
    timeline.samples = setOf("steps", {{9, 9}});
    need(store->apply({{timeline}}));
    QCOMPARE(pointsOf(file, "steps"), "9 9.0");
}

void TestSamples::anotherTellerTakesOver() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{documentOf(1, setOf("m", {{1, 5}, {2, 5}}))}}));
    need(store->apply({{documentOf(2, setOf("m", {{1, 7}}))}}));
    need(store->apply({{logOf(1, 100, setOf("m", {{1, 6}, {2, 5}}))}}));
    QCOMPARE(pointsOf(file), "1 7.0,2 5.0");
    QCOMPARE(need(store->info()).samples, 2U);
    need(store->apply({{documentOf(2, setOf("m", {{0, 0}}))}}));
    QCOMPARE(pointsOf(file), "0 0.0,1 6.0,2 5.0");
    need(store->apply({{documentOf(1, setOf("m", {{0, 0}}))}}));
    QCOMPARE(pointsOf(file), "0 0.0,1 6.0,2 5.0");
    need(store->apply({{documentOf(2, setOf("m", {{-1, 0}}))}}));
    QCOMPARE(pointsOf(file), "-1 0.0,0 0.0,1 6.0,2 5.0");
}

void TestSamples::manySamplesAreSealedAtOnce() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{logOf(1, 100, setOf("m", regular(0, 200'000)))}}));
    QCOMPARE(segmentSizes(file), (std::vector<std::int64_t>{65'536, 65'536, 65'536, 3'392}));
    QCOMPARE(ask(*file.reader(), "SELECT count(*), sum(value), count(DISTINCT t_ns) FROM samples"),
             "200000|9900000|200000");
    QVERIFY(need(store->info()).sampleBytes < 400'000);
}

void TestSamples::aFullTailIsSealedInTheBackground() {
    StoreFile file;
    auto store = file.open();
    applyInPieces(*store, 1'000);
    tidyAll(*store);
    QCOMPARE(need(store->info()).segments, 0U);
    need(store->apply({{logOf(1, 2'000, setOf("m", regular(1'000 * second, 24)))}}));
    const std::string before = pointsOf(file);
    tidyAll(*store);
    QCOMPARE(segmentSizes(file), std::vector<std::int64_t>{1'024});
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM tail_samples"), "0");
    QCOMPARE(pointsOf(file), before);
}

void TestSamples::aTailOfAnEarlierSessionIsSealed() {
    StoreFile file;
    applyInPieces(*file.open(), 2'000);
    const auto store = file.open();
    tidyAll(*store);
    QCOMPARE(segmentSizes(file), std::vector<std::int64_t>{2'000});
}

void TestSamples::segmentsGrowByPowers() {
    StoreFile file;
    auto store = file.open();
    constexpr std::int64_t pieces = 100;
    for (std::int64_t i = 0; i < pieces; ++i) {
        need(store->apply(
            {{logOf(1, 100 + static_cast<std::uint64_t>(i), setOf("m", regular(i * 1'024 * second, 1'024)))}}));
        tidyAll(*store);
    }
    const std::vector<std::int64_t> sizes = segmentSizes(file);
    QVERIFY2(sizes.size() <= 10, qPrintable(QString::number(sizes.size())));
    QCOMPARE(std::accumulate(sizes.begin(), sizes.end(), std::int64_t(0)), pieces * 1'024);
}

void TestSamples::lateSamplesAreMergedIntoTheirSegment() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{logOf(1, 100, setOf("m", regular(0, 200'000)))}}));
    // In between, in all segments, more than once.
    for (int round = 1; round <= 3; ++round) {
        need(store->apply({{logOf(2, 100 * static_cast<std::uint64_t>(round),
                                  setOf("m", regular(round * 1'000, 2'000, 100 * second)))}}));
        tidyAll(*store);
    }
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM tail_samples"), "0");
    QCOMPARE(ask(*file.reader(), "SELECT count(*), count(DISTINCT t_ns) FROM samples"), "206000|206000");
    // By their times and apart from each other.
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM segments_v a, segments_v b WHERE a.first_ns < b.first_ns AND "
                                 "a.last_ns >= b.first_ns"),
             "0");
    QVERIFY(segmentSizes(file).size() <= 8);
}

void TestSamples::anyOrderOfArrivalGivesTheSame_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 12; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

/// What logs tell is put in random order, in pieces, more than once, with sealing and reopening in between, while
/// documents say this and take it back; in the end each moment has the greatest of what is still told.
void TestSamples::anyOrderOfArrivalGivesTheSame() {
    QFETCH(const int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    StoreFile file;
    auto store = file.open();
    std::map<std::pair<std::string, std::int64_t>, double> logs;
    std::map<int, std::map<std::pair<std::string, std::int64_t>, double>> documents;
    std::vector<SampleSet> earlier;
    std::uint64_t end = 0;
    const auto randomSet = [&](int most) {
        SampleSet set;
        set.series = {seriesOf("a"), seriesOf("b")};
        // Sometimes near each other, sometimes all over the time.
        const std::int64_t from = below(2) ? below(20'000) : 0;
        const int width = from ? 6'000 : 26'000;
        for (int i = below(most); i >= 0; --i) {
            const double value = below(50) == 0 ? noNumber : below(5);
            set.samples.push_back(
                {static_cast<std::uint32_t>(below(2)), begin + (from + below(width)) * second, value});
        }
        return set;
    };
    const auto tell = [](auto &told, const SampleSet &set) {
        for (const Sample &sample : set.samples) {
            double &value = told.try_emplace({set.series[sample.series].name, sample.timeNs}, noNumber).first->second;
            value = std::isnan(value) || sample.value > value ? sample.value : value;
        }
    };
    for (int step = 0; step < 60; ++step) {
        switch (below(8)) {
        case 0: {
            const int document = below(3);
            SampleSet set = randomSet(3'000);
            set.samples.push_back({0, begin - second, 0}); // so that nothing lies before what it tells
            need(store->apply({{documentOf(document, set)}}));
            documents[document].clear();
            tell(documents[document], set);
            break;
        }
        case 1:
            tidyAll(*store);
            break;
        case 2:
            need(store->tidy());
            break;
        case 3:
            store.reset();
            store = file.open();
            break;
        case 4:
            if (!earlier.empty())
                need(store->apply(
                    {{logOf(1, ++end, earlier[static_cast<std::size_t>(below(static_cast<int>(earlier.size())))])}}));
            break;
        default:
            earlier.push_back(randomSet(below(3) ? 900 : 12'000));
            tell(logs, earlier.back());
            need(store->apply({{logOf(1, ++end, earlier.back())}}));
        }
    }
    std::map<std::pair<std::string, std::int64_t>, double> expected = logs;
    for (const auto &[document, told] : documents) {
        for (const auto &[place, value] : told) {
            double &best = expected.try_emplace(place, noNumber).first->second;
            best = std::isnan(best) || value > best ? value : best;
        }
    }
    const auto reader = file.reader();
    for (const char *name : {"a", "b"}) {
        const std::string sql =
            std::string("SELECT t_ns, value FROM series_v s, samples(s.series) WHERE name = '") + name + "'";
        const query::Table table = need(reader->sql(sql));
        std::map<std::int64_t, double> found;
        for (const auto &row : table.rows) {
            const double *value = std::get_if<double>(&row[1]);
            QVERIFY(found.emplace(std::get<std::int64_t>(row[0]), value ? *value : noNumber).second);
        }
        std::size_t count = 0;
        for (const auto &[place, value] : expected) {
            if (place.first != name)
                continue;
            ++count;
            const auto it = found.find(place.second);
            QVERIFY(it != found.end());
            QVERIFY(it->second == value || (std::isnan(value) && std::isnan(it->second)));
        }
        QCOMPARE(found.size(), count);
        for (const char *level : {"minute", "hour", "day"})
            compareRollups(*reader, name, level, found);
    }
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), report.damage.empty() ? "" : report.damage[0].what.c_str());
}

void TestSamples::partsHaveRowsWhereThatPays() {
    StoreFile file;
    const auto store = file.open();
    std::map<std::int64_t, double> all;
    std::uint64_t end = 0;
    const auto put = [&](const std::vector<Point> &samples) {
        for (const auto &[time, value] : samples)
            all[begin + time] = value;
        need(store->apply({{logOf(1, ++end, setOf("m", samples))}}));
        tidyAll(*store);
    };
    const auto rows = [&] {
        SQLite::Database db(file.path());
        std::string text;
        for (const int level : {0, 1, 2})
            text += std::to_string(
                        db.execAndGet("SELECT count(*) FROM sealed_rollups WHERE level = " + std::to_string(level))
                            .getInt()) +
                    ' ';
        return text;
    };
    const auto regularBy = [](std::int64_t from, std::int64_t apart, std::int64_t count) {
        std::vector<Point> samples;
        for (std::int64_t i = 0; i < count; ++i)
            samples.push_back({from + i * apart, static_cast<double>(i % 97)});
        return samples;
    };
    constexpr std::int64_t day = 86'400 * second;
    constexpr std::int64_t midnight = day - begin % day;
    put(regularBy(midnight, 40 * second, 2'160)); // less than 128 an hour
    QCOMPARE(QString::fromStdString(rows()), QLatin1String("0 0 1 "));
    put(regularBy(midnight + 7 * second, 40 * second, 2'160)); // more
    QCOMPARE(QString::fromStdString(rows()), QLatin1String("0 24 1 "));
    put(regularBy(midnight + 5 * 3'600 * second + second / 4, second / 2, 7'195)); // one hour: less than 128 a minute
    QCOMPARE(QString::fromStdString(rows()), QLatin1String("0 24 1 "));
    put(regularBy(midnight + 5 * 3'600 * second + second / 8, 5 * second, 700)); // more
    QCOMPARE(QString::fromStdString(rows()), QLatin1String("60 24 1 "));
    put(regularBy(midnight + day + 60 * second, second / 4, 14'100)); // another day, at once
    QCOMPARE(QString::fromStdString(rows()), QLatin1String("119 25 2 "));
    const auto reader = file.reader();
    for (const char *level : {"minute", "hour", "day"})
        compareRollups(*reader, "m", level, all);
    // Of a range, too.
    QCOMPARE(ask(*reader, "SELECT count(*), sum(count) FROM series_v s, rollups(s.series, 'minute', " +
                              std::to_string(begin + midnight + 4 * 3'600 * second) + ", " +
                              std::to_string(begin + midnight + 6 * 3'600 * second) + ")"),
             "120|" + std::to_string(2 * 180 + 7'195 + 700));
    QVERIFY(need(store::verify(file.path())).isSound());
}

void TestSamples::damageDoesNotKeepOutWhatComesOnThatDay() {
    StoreFile file;
    const auto all = regular(0, 3'000);
    need(file.open()->apply({{logOf(1, 100, setOf("m", all))}}));
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("UPDATE segments SET data = substr(data, 1, length(data) - 40) || zeroblob(40)");
    const auto store = file.open();
    ingest::Batch batch = logOf(1, 200, setOf("m", regular(4 * 3'600 * second, 1'000)));
    batch.samples.series.push_back(seriesOf("other"));
    for (std::int64_t i = 0; i < 1'000; ++i)
        batch.samples.samples.push_back({1, begin + i * second, 1});
    need(store->apply({{batch}}));
    const auto reader = file.reader();
    QCOMPARE(ask(*reader, "SELECT count(*) FROM series_v s, samples(s.series, " +
                              std::to_string(begin + 4 * 3'600 * second) + ") WHERE name = 'm'"),
             "1000");
    QCOMPARE(ask(*reader, "SELECT sum(count) FROM series_v s, rollups(s.series, 'day') WHERE name = 'other'"), "1000");
    QVERIFY(!need(store::verify(file.path())).isSound());
}

void TestSamples::aDamagedSegmentIsSaidToBeDamaged() {
    StoreFile file;
    need(file.open()->apply({{logOf(1, 100, setOf("m", regular(0, 5'000)))}}));
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("UPDATE segments SET data = substr(data, 1, 300) || x'00' || substr(data, 302)");
    const auto table = file.reader()->sql("SELECT count(*) FROM samples");
    QVERIFY(!table);
    QVERIFY2(table.error().why.find("segment of samples") != std::string::npos, describe(table.error()).c_str());
    const auto put = file.open()->apply({{logOf(1, 200, setOf("m", {{1, 1}}))}});
    QVERIFY(!put);
    QVERIFY2(put.error().why.find("segment of samples") != std::string::npos, describe(put.error()).c_str());
}

QTEST_GUILESS_MAIN(TestSamples)
#include "tst_samples.moc"
