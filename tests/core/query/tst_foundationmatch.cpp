// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/foundationmatch.h"

#include <QTest>

using namespace ra;
using namespace ra::query;
using ingest::Certainty;

namespace {

const std::vector<std::string> names = {"daily", "daily_orders"};

Time at(int ms) {
    return fromNs(1'767'600'000'000'000'000) + std::chrono::milliseconds(ms);
}

Run run(std::int64_t pid = 0) {
    Run result;
    result.recipe = "daily";
    result.start = at(0);
    result.end = at(10'000);
    result.pid = pid;
    return result;
}

FoundationRecord record(int ms, std::int64_t pid, std::string recipe = {}, std::string message = "m") {
    return {at(ms), pid, std::move(recipe), "framework0.pipeline", std::move(message), true, 1};
}

/// "C" certain, "L" likely, "-" not attached, by record.
QString match(const Run &of, const std::vector<Neighbour> &others, const std::vector<FoundationRecord> &records) {
    QString text;
    for (const auto &certainty : matchFoundation(of, names, others, records))
        text += certainty == Certainty::Certain ? u'C' : certainty == Certainty::Likely ? u'L' : u'-';
    return text;
}

} // namespace

class TestFoundationMatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void neighboursCountAtTheirFirstAndLastMoment() {
        const Neighbour other{"hourly", 0, at(2'000), at(3'000)};
        const Neighbour open{"hourly", 0, at(5'000), std::nullopt};
        const Neighbour never{"hourly", 0, at(1'000), at(500)};
        QCOMPARE(match(run(), {other, open, never},
                       {record(1'500, 7), record(2'000, 7), record(2'500, 7), record(3'000, 7), record(3'001, 7),
                        record(4'999, 7), record(5'000, 7), record(9'000, 7)}),
                 QStringLiteral("L---LL--"));
    }

    void manyRecordsOfOneMomentAmongManyRuns() {
        // What compares each with each is not at its end today.
        std::vector<FoundationRecord> records;
        std::vector<Neighbour> others;
        for (int i = 0; i < 100'000; ++i) {
            records.push_back(record(500, 7, "daily", "the same"));
            records.back().sourceId = i % 2;
            others.push_back({"hourly", 0, at(i / 100), at(400)});
        }
        const QString found = match(run(), others, records);
        QCOMPARE(found.count(u'L'), 50'000); // the other half are copies
    }

    void theRunsOwnProcessIsCertain() {
        QCOMPARE(match(run(7), {}, {record(1, 7), record(2, 8), record(3, 7, "other")}), QStringLiteral("C-C"));
    }

    void aProcessWithSeveralRunsIsNotCertain() {
        const Neighbour sameProcess{"hourly", 7, at(0), at(5'000)};
        QCOMPARE(
            match(run(7), {sameProcess}, {record(1'000, 7, "daily"), record(2'000, 7, "hourly"), record(6'000, 7)}),
            QStringLiteral("L-C"));
    }

    void theRecipesNameSpeaksForTheOnlyRunOfIt() {
        QCOMPARE(match(run(), {}, {record(1, 7, "daily_orders"), record(2, 7, "other"), record(3, 7)}),
                 QStringLiteral("L-L"));
    }

    void twoRunsOfARecipeCannotBeToldApartByItsName() {
        const Neighbour twin{"daily", 0, at(4'000), at(6'000)};
        QCOMPARE(
            match(run(), {twin}, {record(1'000, 7, "daily"), record(5'000, 7, "daily"), record(5'500, 8, "daily")}),
            QStringLiteral("L--"));
    }

    void twoProcessesThatNameItAreOneTooMany() {
        QCOMPARE(match(run(), {}, {record(1, 7, "daily"), record(2, 8, "daily")}), QStringLiteral("--"));
    }

    void whatNamesNothingNeedsARunAndAProcessAlone() {
        QCOMPARE(match(run(), {}, {record(1, 7), record(2, 0)}), QStringLiteral("LL"));
        QCOMPARE(match(run(), {}, {record(1, 7), record(2, 8)}), QStringLiteral("--"));
        QCOMPARE(match(run(), {{"hourly", 0, at(0), std::nullopt}}, {record(1, 7)}), QStringLiteral("-"));
    }

    void otherFoldersLogsNeedTheProcessNumber() {
        FoundationRecord elsewhere = record(1, 7, "daily");
        elsewhere.sameTree = false;
        QCOMPARE(match(run(), {}, {elsewhere}), QStringLiteral("-"));
        QCOMPARE(match(run(7), {}, {elsewhere}), QStringLiteral("C"));
    }

    void copiesInOtherFilesCountOnce() {
        FoundationRecord copy = record(101, 7);
        copy.sourceId = 2;
        FoundationRecord simple = record(101, 0);
        simple.sourceId = 3;
        FoundationRecord later = record(200, 7);
        later.sourceId = 2;
        QCOMPARE(match(run(), {}, {record(100, 7), record(100, 7), copy, simple, later}), QStringLiteral("LL--L"));
    }
};

QTEST_GUILESS_MAIN(TestFoundationMatch)
#include "tst_foundationmatch.moc"
