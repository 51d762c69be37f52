// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/runassembler.h"

#include "core/ingest/forkcluster.h"
#include "logtext.h"

#include <QTest>

using namespace ra;
using namespace ra::ingest;
using namespace ra::ingest::test;

class TestRunAssembler : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunWithARetryHasItsAttemptsTracebackAndTimes() {
        const Kept kept = readAll(retryingRun());
        QCOMPARE(kept.runs.size(), 1U);
        const Run &run = kept.only();
        QVERIFY(run.status == RunStatus::Completed);
        QCOMPARE(run.recipe, std::string("flaky"));
        QCOMPARE(run.executionId, std::string("runner.7"));
        QCOMPARE(run.duration->count(), 410'000'000);
        QCOMPARE(run.totalSteps.value_or(-1), 1);
        QCOMPARE(run.steps.size(), 1U);
        const Step &step = run.steps[0];
        QCOMPARE(step.name, std::string("connect"));
        QCOMPARE(step.className, std::string("Flaky"));
        QCOMPARE(step.attemptCount, 2);
        QCOMPARE(step.attempts.size(), 2U);
        QVERIFY(!step.attempts[0].success.value_or(true));
        QCOMPARE(step.attempts[0].errorType, std::string("ConnectionError"));
        QCOMPARE(step.attempts[0].errorMessage, std::string("no answer (call 1)"));
        QVERIFY(step.attempts[0].traceback.ends_with("ConnectionError: no answer (call 1)"));
        QCOMPARE(step.attempts[1].success.value_or(false), true);
        QCOMPARE(step.duration->count(), 405'000'000);
        QCOMPARE(*step.end - *step.start, *step.duration);
        QCOMPARE(kept.spans.begin()->second.size(), 1U);
        QCOMPARE(kept.spans.begin()->second[0].length, std::uint32_t(retryingRun().size()));
    }

    void linesOfThreadsGoToTheirRuns() {
        const Kept kept = readAll(threadsLog());
        QCOMPARE(kept.runs.size(), 2U);
        const Run &a = kept.runs.begin()->second;
        const Run &b = std::next(kept.runs.begin())->second;
        QCOMPARE(a.recipePath, std::string("a.yaml"));
        QCOMPARE(a.thread, std::string("job-1"));
        QCOMPARE(a.steps[0].className, std::string("Load"));
        QVERIFY(b.status == RunStatus::Failed);
        QCOMPARE(b.steps[0].attempts[0].errorType, std::string("ValueError"));
        QVERIFY(!b.steps[0].attempts[0].traceback.ends_with("]"));
        for (const auto &[offset, spans] : kept.spans) {
            for (const LineSpan &span : spans)
                QVERIFY(span.certainty == Certainty::Certain);
        }
    }

    void aThreadNameThatTwoProcessesUseIsNotTakenForCertain() {
        const std::string pool = " [ThreadPoolExecutor-0_0]";
        const std::string a = start("10:00:00", 11, "a.yaml", pool);
        const Kept kept = readAll(
            a + line("10:00:00", "scriptlets.framework", "Starting execution of SaveA" + pool) +
            start("10:00:01", 12, "b.yaml", pool) +
            line("10:00:01", "scriptlets.framework", "Starting execution of SaveB" + pool) +
            line("10:00:03", "scriptlets.framework", "Execution failed for SaveA: disk full", "  ERROR") +
            "Traceback (most recent call last):\n  File \"/srv/a.py\", line 1, in run\nOSError: disk full" + pool +
            "\n" +
            line("10:00:03", "scriptlets.framework", "Completed SaveA in 3.00s (success: False, exit_code: 1)" + pool) +
            failed("10:00:03", 11, "save_a", "['disk full']" + pool) +
            end("10:00:03", 11, "failed", "0/1", "3.001", pool) +
            line("10:00:05", "scriptlets.framework", "Completed SaveB in 4.00s (success: True, exit_code: 0)" + pool) +
            done("10:00:05", 12, "save_b", "4.000", pool) + end("10:00:05", 12, "completed", "1/1", "4.001", pool));
        QCOMPARE(kept.runs.size(), 2U);
        const Run &failing = kept.runs.begin()->second;
        QCOMPARE(failing.steps.size(), 1U);
        QCOMPARE(failing.steps[0].className, std::string("SaveA"));
        QCOMPARE(failing.steps[0].attempts[0].errorType, std::string("OSError"));
        const Run &good = std::next(kept.runs.begin())->second;
        QVERIFY(good.status == RunStatus::Completed);
        QVERIFY(!good.suspect);
        QCOMPARE(good.steps.size(), 1U);
        QCOMPARE(good.steps[0].attempts.size(), 1U);
        QVERIFY(good.steps[0].attempts[0].success.value_or(false));
        const bool shared = std::any_of(kept.spans.at(0).begin(), kept.spans.at(0).end(), [&](const LineSpan &span) {
            return span.offset > a.size() && span.certainty == Certainty::Likely;
        });
        QVERIFY(shared);
    }

    void aTracebackGoesToTheRunThatRaisedHoweverLongItWasSilent() {
        const auto framework = [](const char *time, const char *message) {
            return line(time, "scriptlets.framework", message);
        };
        const std::string train = start("01:00:00", 1, "train.yaml");
        const std::string raised = framework("08:00:09", "Execution failed for Trainer: no memory") +
                                   "Traceback (most recent call last):\n  File \"/srv/t.py\", line 1, in run\n"
                                   "MemoryError: no memory\n";
        const std::string before = train + framework("01:00:00", "Starting execution of Trainer") +
                                   start("08:00:00", 2, "b.yaml") +
                                   framework("08:00:01", "Starting execution of LoadB");
        const Kept kept = readAll(
            before + raised + framework("08:00:09", "Completed Trainer in 25209.00s (success: False, exit_code: 1)") +
            framework("08:00:10", "Completed LoadB in 9.00s (success: True, exit_code: 0)"));
        QCOMPARE(kept.runs.size(), 2U);
        const Attempt &failing = kept.only().steps.at(0).attempts.at(0);
        QCOMPARE(failing.errorType, std::string("MemoryError"));
        QVERIFY(!failing.success.value_or(true));
        const Attempt &good = std::next(kept.runs.begin())->second.steps.at(0).attempts.at(0);
        QVERIFY(good.success.value_or(false));
        QVERIFY(good.errorType.empty());
        QVERIFY(good.traceback.empty());
        // And no line is called certain that came while both were open.
        for (const auto &[offset, spans] : kept.spans) {
            for (const LineSpan &span : spans)
                QVERIFY(span.certainty != Certainty::Certain || span.offset < before.size());
        }
    }

    void aTracebackOfAClassThatNoRunExecutesIsNobodys() {
        const Kept kept = readAll(start("10:00:00", 1, "a.yaml") +
                                  line("10:00:00", "scriptlets.framework", "Starting execution of Load") +
                                  line("10:00:01", "scriptlets.framework", "Execution failed for Other: boom") +
                                  "Traceback (most recent call last):\nValueError: boom\n");
        const Attempt &attempt = kept.only().steps.at(0).attempts.at(0);
        QVERIFY(attempt.traceback.empty());
        QVERIFY(attempt.errorType.empty());
        QVERIFY(!attempt.success.has_value());
    }

    void aPathThatEndsLikeAThreadNameIsFoundOut() {
        const Kept kept = readAll(start("10:00:00", 3, "jobs/old [v2]") + done("10:00:00", 3, "a", "0.1") +
                                  end("10:00:00", 3, "completed", "1/1", "0.101"));
        QCOMPARE(kept.only().recipePath, std::string("jobs/old [v2]"));
        QVERIFY(kept.only().thread.empty());
    }

    void forkedChildrenAreToldApartByTheirSums() {
        const Kept kept = readAll(forkedLog());
        QCOMPARE(kept.runs.size(), 2U);
        std::map<qint64, qint64> sums;
        for (const auto &[offset, run] : kept.runs) {
            QCOMPARE(run.steps.size(), 2U);
            sums[run.duration->count()] = (*run.steps[0].duration + *run.steps[1].duration).count();
            QCOMPARE(run.notes, std::vector<std::string>{"shares-runner-name"});
        }
        QCOMPARE(sums[852'000'000], 851'000'000);
        QCOMPARE(sums[859'000'000], 858'000'000);
    }

    void aKnownRecipeTellsForkedRunsApart() {
        auto book = std::make_shared<RecipeBook>();
        const auto recipe = [](const char *path, const std::vector<const char *> &names) {
            Recipe result;
            result.path = path;
            for (const char *name : names)
                result.steps.push_back({name, {}, {}, {}});
            return result;
        };
        QVERIFY(book->add(recipe("/home/x/jobs/one.yaml", {"dump"})));
        QVERIFY(book->add(recipe("/home/x/jobs/two.yaml", {"read", "write"})));
        const std::string log = start("10:00:00", 9, "jobs/two.yaml") + start("10:00:00", 9, "jobs/one.yaml") +
                                done("10:00:00", 9, "dump", "0.100") + end("10:00:00", 9, "completed", "1/1", "0.101") +
                                done("10:00:00", 9, "read", "0.100") + done("10:00:00", 9, "write", "0.100") +
                                end("10:00:00", 9, "completed", "2/2", "0.202");
        const Kept kept = readAll(log, book);
        QCOMPARE(kept.runs.begin()->second.steps.size(), 2U);
        QCOMPARE(std::next(kept.runs.begin())->second.steps[0].name, std::string("dump"));
    }

    void aDeadRunAndItsSuccessorWithTheSameNameAreTwo() {
        const Kept kept =
            readAll(start("10:00:00", 5, "a.yaml") + done("10:00:01", 5, "one", "1.000") +
                    start("12:00:00", 5, "a.yaml") + done("12:00:01", 5, "one", "1.001") +
                    done("12:00:02", 5, "two", "1.000") + end("12:00:02", 5, "completed", "2/2", "2.003"));
        QCOMPARE(kept.runs.size(), 2U);
        QCOMPARE(kept.runs.begin()->second.steps.size(), 1U);
        QVERIFY(kept.runs.begin()->second.status == RunStatus::Running);
        QCOMPARE(std::next(kept.runs.begin())->second.steps.size(), 2U);
    }

    void manyDeadRunsWhoseNamesComeBackAreTwiceAsMany() {
        // Without address randomisation every process may call its runner the same: that must not be kept for ever.
        constexpr int runs = 300;
        std::string log;
        for (int i = 0; i < runs; ++i)
            log += start("10:00:00", 100 + i, "a.yaml") + done("10:00:01", 100 + i, "one", "1.000");
        for (int i = 0; i < runs; ++i)
            log += start("12:00:00", 100 + i, "a.yaml") + done("12:00:02", 100 + i, "one", "2.001") +
                   end("12:00:02", 100 + i, "completed", "1/1", "2.003");
        SourceReader reader(utc());
        Kept kept;
        reader.feed(log);
        reader.finish();
        QVERIFY(reader.openRuns().size() < runs / 2);
        kept.apply(reader.takeBatch(true));
        reader.endOpenRuns(RunStatus::Abandoned);
        kept.apply(reader.takeBatch(true));
        QCOMPARE(kept.runs.size(), std::size_t{2 * runs});
        int begun = 0;
        for (const auto &[offset, run] : kept.runs)
            QCOMPARE(toString(run.status),
                     begun++ < runs ? toString(RunStatus::Abandoned) : toString(RunStatus::Completed));
    }

    void runsThatNeverEndAreForgottenBeyondABound() {
        // Processes are killed day by day, and what they left open must not be kept, searched and saved for ever.
        constexpr std::size_t runs = OpenRuns::maxOpen + 20;
        SourceReader reader(utc());
        for (std::size_t i = 0; i < runs; ++i) {
            reader.feed(start("10:00:00", 100 + static_cast<int>(i), "a.yaml"));
            if (i == 50) // speaks again, so that others are silent for longer
                reader.feed(done("10:00:00", 100, "one", "0.100"));
        }
        Kept kept;
        kept.apply(reader.takeBatch(true));
        QCOMPARE(reader.openRuns().size(), OpenRuns::maxOpen);
        QCOMPARE(kept.runs.size(), runs);
        std::size_t begun = 0;
        for (const auto &[offset, run] : kept.runs) {
            const bool forgotten = begun > 0 && begun <= 20;
            QCOMPARE(toString(run.status), toString(forgotten ? RunStatus::Abandoned : RunStatus::Running));
            ++begun;
        }
    }

    void aLineThatFitsSeveralGoesToTheOneThatSpokeLast() {
        const auto app = [](const char *time) { return line(time, "Saver", "saving"); };
        const auto saver = [](const char *time) {
            return line(time, "scriptlets.framework", "Starting execution of Saver");
        };
        const std::string log = start("10:00:00", 1, "a.yaml") + saver("10:00:00") + start("10:00:00", 2, "b.yaml") +
                                saver("10:00:00") + app("10:00:00") +
                                line("10:00:00", "runner.1", "a text of its own") + app("10:00:00");
        const Kept kept = readAll(log);
        const auto &first = kept.spans.begin()->second;
        const auto &second = std::next(kept.spans.begin())->second;
        const auto possible = [](const std::vector<LineSpan> &spans) {
            return std::ranges::count(spans, Certainty::Possible, &LineSpan::certainty);
        };
        QCOMPARE(possible(first), 1);
        QCOMPARE(possible(second), 1);
        QVERIFY(second.back().certainty == Certainty::Possible);
        QVERIFY(first.back().certainty == Certainty::Possible);
    }

    void linesOfNobodyEndTheWaitForSilentRunsThatShareAName() {
        // A line of an unknown runner stands between any two, so that they do not join to one stretch.
        std::string log = start("10:00:00", 9, "a.yaml") + start("11:00:00", 9, "a.yaml");
        for (std::size_t i = 0; i <= ForkCluster::maxOthers; ++i)
            log += line("11:00:01", "App", "working") + line("11:00:01", "runner.77", "a text of its own");
        SourceReader reader(utc());
        reader.feed(log);
        reader.finish();
        QVERIFY(reader.openRuns().empty());
        Kept kept;
        kept.apply(reader.takeBatch(false));
        QCOMPARE(kept.runs.size(), 2U);
        QCOMPARE(std::next(kept.spans.begin())->second.size(), ForkCluster::maxOthers + 2);
    }

    void runsOfOneNameThatCannotBeToldApartSaySo_data() {
        QTest::addColumn<QByteArray>("rival");
        std::string steps = start("10:00:00", 9, "a.yaml");
        for (std::size_t i = 0; i <= OpenRun::maxFacts; ++i)
            steps += done("10:00:00", 9, "s" + std::to_string(i), "0.001");
        QTest::newRow("its first line is missing") << QByteArray::fromStdString(done("10:00:00", 9, "one", "0.100"));
        QTest::newRow("it has too many steps to keep") << QByteArray::fromStdString(steps);
    }
    void runsOfOneNameThatCannotBeToldApartSaySo() {
        QFETCH(const QByteArray, rival);
        const std::string before = rival.toStdString();
        const Kept kept = readAll(before + start("10:00:01", 9, "b.yaml") + done("10:00:02", 9, "two", "0.100") +
                                  end("10:00:03", 9, "completed", "1/1", "2.000"));
        QCOMPARE(kept.runs.size(), 2U);
        for (const auto &[offset, run] : kept.runs) {
            QVERIFY(run.suspect);
            QVERIFY(std::ranges::count(run.notes, "shares-runner-name") == 1);
        }
        const std::vector<LineSpan> &spans = std::next(kept.spans.begin())->second;
        QCOMPARE(spans.size(), 1U);
        QVERIFY(spans[0].certainty == Certainty::Possible);
    }

    void refusedRecipesAreRuns() {
        const Kept kept = readAll(
            line("10:00:00", "runner.1", "Recipe execution failed: Recipe file not found: jobs/none.yaml", "  ERROR") +
            start("10:00:01", 2, "jobs/bad.yaml") +
            line("10:00:01", "runner.2", "Failed to parse recipe YAML: while parsing", "  ERROR") +
            "  in \"jobs/bad.yaml\", line 2\n" +
            line("10:00:01", "runner.2", "Recipe execution failed: Failed to parse recipe YAML: while parsing",
                 "  ERROR") +
            "  in \"jobs/bad.yaml\", line 2\nError: Failed to parse recipe YAML: while parsing\n");
        QCOMPARE(kept.runs.size(), 2U);
        const Run &none = kept.runs.begin()->second;
        QVERIFY(none.status == RunStatus::Rejected);
        QCOMPARE(none.recipePath, std::string("jobs/none.yaml"));
        const Run &bad = std::next(kept.runs.begin())->second;
        QVERIFY(bad.status == RunStatus::Rejected);
        QCOMPARE(bad.errors[0],
                 std::string("Failed to parse recipe YAML: while parsing\n  in \"jobs/bad.yaml\", line 2"));
    }

    void cancelledRunsSaySo() {
        const Kept kept =
            readAll(start("10:00:00", 1, "a.yaml") + done("10:00:01", 1, "one", "1.0") +
                    line("10:00:01", "runner.1", "Execution cancelled, skipping remaining steps from step 1") +
                    end("10:00:01", 1, "completed", "1/3", "1.001"));
        QVERIFY(kept.only().status == RunStatus::Cancelled);
        QCOMPARE(kept.only().totalSteps.value_or(0), 3);
    }

    void aClockSetBackIsSaid() {
        const Kept kept = readAll(start("10:00:00", 1, "a.yaml") + done("10:00:00", 1, "before", "0.6") +
                                  done("09:00:02", 1, "across", "-3597.799") + done("09:00:03", 1, "after", "0.3") +
                                  end("09:00:03", 1, "completed", "3/3", "-3596.890"));
        QVERIFY(kept.only().suspect);
        QCOMPARE(kept.only().duration->count(), -3'596'890'000'000);
    }

    void oddTimesAreKeptAsTheyAre_data() {
        QTest::addColumn<QString>("begin");
        QTest::addColumn<QString>("end");
        QTest::addColumn<bool>("suspect");
        const QString s = QStringLiteral("2026-11-23 10:00:00");
        QTest::newRow("the beginning of time") << "1970-01-01 00:00:00"
                                               << "1970-01-01 00:00:02" << false;
        QTest::newRow("far ahead") << "2199-12-31 23:59:59"
                                   << "2200-01-01 00:00:01" << false;
        QTest::newRow("it ends before it starts") << s << "2026-11-23 09:00:00" << true;
    }
    void oddTimesAreKeptAsTheyAre() {
        QFETCH(QString, begin);
        QFETCH(QString, end);
        QFETCH(bool, suspect);
        const std::string last = suspect ? "-3597.799" : "2.000";
        const std::string first = begin.toStdString() + " [    INFO] runner.5: ";
        const Kept kept = readAll(first + "Starting enhanced recipe execution: a.yaml\n" + end.toStdString() +
                                  " [    INFO] runner.5: Recipe execution completed - Status: completed, Steps: 0/0, "
                                  "Duration: " +
                                  last + "s, Success Rate: 100.0%\n");
        const auto seconds = [](Time time) { return toNs(time) / 1'000'000'000; };
        const auto expected = [](const QString &text) {
            return QDateTime::fromString(text + QLatin1Char('Z'), QStringLiteral("yyyy-MM-dd hh:mm:sst"))
                .toSecsSinceEpoch();
        };
        QCOMPARE(kept.runs.size(), 1U);
        QCOMPARE(seconds(*kept.only().start), expected(begin));
        QCOMPARE(seconds(*kept.only().end), expected(end));
        QCOMPARE(kept.only().suspect, suspect);
        QCOMPARE(kept.only().notes.size(), suspect ? 1U : 0U);
    }

    void theSameRunTwiceInOneFileIsTwoRuns() {
        const std::string run = start("10:00:00", 5, "a.yaml") + done("10:00:00", 5, "one", "0.010") +
                                end("10:00:00", 5, "completed", "1/1", "0.011");
        const Kept kept = readAll(run + run);
        QCOMPARE(kept.runs.size(), 2U);
        QVERIFY(kept.only().id != std::next(kept.runs.begin())->second.id);
    }

    void aRunCutOffIsMarkedAndRevivedWhenItSpeaks() {
        SourceReader reader(utc());
        Kept kept;
        reader.feed(start("10:00:00", 1, "a.yaml") +
                    line("10:00:00", "scriptlets.framework", "Starting execution of X"));
        QCOMPARE(reader.openRuns().size(), 1U);
        reader.endOpenRuns(RunStatus::Abandoned);
        kept.apply(reader.takeBatch(false));
        QVERIFY(kept.only().status == RunStatus::Abandoned);
        QVERIFY(kept.only().steps[0].status == StepStatus::Interrupted);
        reader.feed(done("10:00:05", 1, "x", "5.0") + end("10:00:05", 1, "completed", "1/1", "5.001"));
        kept.apply(reader.takeBatch(false));
        QVERIFY(kept.only().status == RunStatus::Completed);
        QVERIFY(kept.only().steps[0].status == StepStatus::Completed);
    }

    void quotedRecordsMakeNoRuns() {
        const Kept kept =
            readAll(start("10:00:00", 1, "a.yaml") + line("10:00:00", "Untidy", "quoted record inside a message:") +
                    "2026-01-02 03:04:05 [   ERROR] runner.140000000000000: Step 'ghost' failed: ['not real']\n" +
                    done("10:00:00", 1, "x", "0.1") + end("10:00:00", 1, "completed", "1/1", "0.101"));
        QCOMPARE(kept.runs.size(), 1U);
        QCOMPARE(kept.only().steps.size(), 1U);
    }

    void aSourceThatLostItsBeginningKeepsTheRest() {
        const Kept kept =
            readAll(done("10:00:04", 1, "three", "3.002") + end("10:00:04", 1, "completed", "4/4", "4.538"));
        QCOMPARE(kept.runs.size(), 1U);
        QVERIFY(kept.only().status == RunStatus::Completed);
        QVERIFY(kept.only().recipePath.empty());
        QCOMPARE(kept.only().notes[0], std::string("first-line-missing"));
    }

    void failedStepsAreCountedAsTheyFail() {
        SourceReader reader(utc());
        reader.feed(start("10:00:00", 1, "a.yaml"));
        for (int i = 1; i <= 5; ++i) {
            reader.feed(failed("10:00:01", 1, "bad" + std::to_string(i), "['no']") +
                        done("10:00:01", 1, "good", "0.1"));
            QCOMPARE(reader.takeBatch(false).runs.at(0).run.failedSteps, i);
        }
        reader.feed(line("10:00:02", "runner.1", "Continuing execution after step failure: lost"));
        QCOMPARE(reader.takeBatch(false).runs.at(0).run.failedSteps, 6);
        reader.feed(end("10:00:03", 1, "partial", "5/11", "3.000"));
        QCOMPARE(reader.takeBatch(false).runs.at(0).run.failedSteps, 6);
    }

    void anErrorsTypeIsSoughtInTheLastMentionsOfItsMessage_data() {
        QTest::addColumn<std::string>("message");
        QTest::addColumn<std::string>("after");
        QTest::addColumn<std::string>("type");
        QTest::newRow("a note repeats it")
            << std::string("no") << std::string("so it said: no") << std::string("OSError");
        QTest::newRow("a long message") << std::string(5'000, 'a') << std::string("a note: b")
                                        << std::string("OSError");
        std::string repeated;
        for (int i = 0; i < 1'000; ++i)
            repeated += "so it said: no\n";
        QTest::newRow("repeated without end: the search gives up")
            << std::string("no") << repeated + "and that was all" << std::string();
    }
    void anErrorsTypeIsSoughtInTheLastMentionsOfItsMessage() {
        QFETCH(const std::string, message);
        QFETCH(const std::string, after);
        QFETCH(const std::string, type);
        const Kept kept = readAll(
            start("10:00:00", 1, "a.yaml") + line("10:00:00", "scriptlets.framework", "Starting execution of Load") +
            line("10:00:00", "scriptlets.framework", "Execution failed for Load: " + message, "  ERROR") +
            "Traceback (most recent call last):\nOSError: " + message + "\n" + after + "\n" +
            failed("10:00:01", 1, "load", "['x']"));
        QCOMPARE(kept.only().steps[0].attempts[0].errorType, type);
    }
};

QTEST_GUILESS_MAIN(TestRunAssembler)
#include "tst_runassembler.moc"
