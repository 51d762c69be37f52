// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/simulate.h"
#include "core/simulate/stamp.h"
#include "logreader.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include <filesystem>

using namespace ra;
using namespace ra::simulate;

Q_DECLARE_METATYPE(ra::simulate::Layout)

namespace {

const Time someMonday = fromNs(1'767'571'200'000'000'000); // 2026-01-05 00:00:00 UTC

SimulateConfig history(const QTemporaryDir &dir, std::uint64_t executions, Layout layout = Layout::Threads) {
    SimulateConfig config;
    config.outDir = dir.path().toStdString();
    config.executions = executions;
    config.layout = layout;
    config.days = 3;
    config.begin = someMonday;
    config.troubleShare = 0.3;
    return config;
}

/// The text of all runner logs of a folder, oldest first.
std::string runnerLogs(const std::string &outDir, Layout layout) {
    const std::string logs = outDir + "/framework0/logs/";
    QStringList names = QDir(QString::fromStdString(logs)).entryList(QDir::Files, QDir::Name);
    names.removeAll(QStringLiteral("structured.log"));
    if (layout != Layout::FilePerProcess) {
        // framework0.log is the newest, .1 the one before, and so on.
        std::sort(names.begin(), names.end(), [](const QString &a, const QString &b) {
            return a.section(QLatin1Char('.'), 2, 2).toInt() > b.section(QLatin1Char('.'), 2, 2).toInt();
        });
    }
    std::string text;
    for (const QString &name : names)
        text += logreader::contents(logs + name.toStdString());
    return text;
}

/// Calls of write() so far, as the kernel counts them; 0 where it does not.
qint64 writesOfThisProcess() {
    QFile file(QStringLiteral("/proc/self/io"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("syscw: "))
            return line.mid(7).toLongLong();
    }
    return 0;
}

std::string fixed(double number, int decimals) {
    std::string text;
    appendFixed(text, number, decimals);
    return text;
}

std::string listOf(const std::vector<std::string> &errors) {
    std::string text = "[";
    for (const std::string &error : errors) {
        text += text.size() > 1 ? ", " : "";
        appendPythonString(text, error);
    }
    return text + ']';
}

/// What is wrong with a logged run, held against the truth; empty if nothing.
std::string difference(const logreader::LoggedRun &logged, const SimulatedRun &truth, Stamp &stamp) {
    const Run &run = truth.run;
    const auto differs = [&run](const std::string &what, const std::string &log, const std::string &true_) {
        return run.executionId + ": " + what + " is \"" + log + "\" in the log, in truth \"" + true_ + '"';
    };
    if (logged.path != run.recipePath)
        return differs("path", logged.path, run.recipePath);
    if (logged.begun != stamp.local(*run.start))
        return differs("start", logged.begun, std::string(stamp.local(*run.start)));
    if (logged.thread != run.thread)
        return differs("thread", logged.thread, run.thread);
    const std::string status = logged.cancelRequested && logged.ended == "completed" ? "cancelled"
                               : logged.ended.empty()                                ? "abandoned"
                                                                                     : logged.ended;
    if (std::find(truth.accepted.begin(), truth.accepted.end(), runStatusFromString(status)) == truth.accepted.end())
        return differs("status", status, std::string(toString(run.status)));
    if (status == "rejected")
        return logged.refusal == run.errors.at(0) ? "" : differs("refusal", logged.refusal, run.errors.at(0));
    if (!logged.ended.empty()) {
        const std::string counts =
            std::to_string(run.completedSteps) + '/' + std::to_string(run.totalSteps.value_or(-1));
        if (logged.counts != counts)
            return differs("counts", logged.counts, counts);
        if (logged.duration != fixed(toSeconds(*run.duration), 3))
            return differs("duration", logged.duration, fixed(toSeconds(*run.duration), 3));
        if (logged.rate != fixed(100.0 * run.completedSteps / *run.totalSteps, 1))
            return differs("rate", logged.rate, "another");
    }
    std::size_t at = 0;
    for (const Step &step : run.steps) {
        if (step.status != StepStatus::Completed && step.status != StepStatus::Failed)
            continue;
        if (at == logged.steps.size())
            return differs("step", "missing", step.name);
        const logreader::LoggedStep &line = logged.steps.at(at++);
        const bool completed = step.status == StepStatus::Completed;
        if (line.name != step.name || line.completed != completed)
            return differs("step", line.name, step.name);
        if (line.attempts != step.attemptCount)
            return differs("attempts", std::to_string(line.attempts), std::to_string(step.attemptCount));
        if (completed && line.duration != fixed(toSeconds(*step.duration), 3))
            return differs("step duration", line.duration, fixed(toSeconds(*step.duration), 3));
        if (!completed && line.errors != listOf(step.errors))
            return differs("errors", line.errors, listOf(step.errors));
    }
    return at == logged.steps.size() ? "" : differs("a step", logged.steps.at(at).name, "not there");
}

} // namespace

class TestSimulate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theTruthAgreesWithTheLogs_data() {
        QTest::addColumn<Layout>("layout");
        QTest::addColumn<bool>("debug");
        QTest::addColumn<int>("rotateBytes");
        QTest::addColumn<int>("concurrent");
        QTest::addColumn<QString>("zone");
        QTest::newRow("threads") << Layout::Threads << false << 0 << 6 << QStringLiteral("UTC");
        QTest::newRow("threads with DEBUG=1") << Layout::Threads << true << 0 << 3 << QStringLiteral("UTC");
        QTest::newRow("one after the other") << Layout::Threads << false << 0 << 1 << QStringLiteral("Asia/Kathmandu");
        QTest::newRow("processes share a file")
            << Layout::SharedFile << false << 0 << 8 << QStringLiteral("Europe/Berlin");
        QTest::newRow("rotated") << Layout::SharedFile << false << 60'000 << 4 << QStringLiteral("UTC");
        QTest::newRow("a file a process") << Layout::FilePerProcess << false << 0 << 5 << QStringLiteral("UTC");
    }
    void theTruthAgreesWithTheLogs() {
        QFETCH(Layout, layout);
        QFETCH(bool, debug);
        QFETCH(int, rotateBytes);
        QFETCH(int, concurrent);
        QFETCH(QString, zone);
        const QTemporaryDir dir;
        SimulateConfig config = history(dir, 300, layout);
        config.debugLines = debug;
        config.rotateBytes = static_cast<std::uint64_t>(rotateBytes);
        config.concurrent = concurrent;
        config.zone = zone.toStdString();
        const auto truth = simulate::simulate(config);
        QVERIFY2(truth, truth ? "" : truth.error().sentence().c_str());
        QCOMPARE(truth->runs.size(), std::size_t(300));
        if (rotateBytes > 0)
            QVERIFY(QFile::exists(dir.filePath(QStringLiteral("framework0/logs/framework0.log.3.gz"))));

        const logreader::Logs logs =
            logreader::read(runnerLogs(config.outDir, layout), layout == Layout::Threads && concurrent > 1);
        QCOMPARE(logs.records, truth->textRecords);
        QCOMPARE(logs.runs.size(), truth->runs.size());
        QCOMPARE(logs.levels.contains("DEBUG"), debug);

        // A runner's executions follow each other, so the n-th of a runner is the same here and there.
        std::map<std::string, std::vector<const SimulatedRun *>> byRunner;
        std::size_t attempts = 0;
        std::size_t raised = 0;
        for (const SimulatedRun &run : truth->runs) {
            byRunner[run.run.executionId].push_back(&run);
            for (const Step &step : run.run.steps) {
                for (const Attempt &attempt : step.attempts) {
                    attempts += attempt.exitCode || !attempt.success ? 1 : 0; // the others could not be loaded
                    raised += attempt.traceback.empty() ? 0 : 1;
                }
            }
        }
        QCOMPARE(logs.attempts, attempts);
        QCOMPARE(logs.tracebacks, raised);
        Stamp stamp(Zone::fromName(config.zone).value());
        std::map<std::string, std::size_t> seen;
        for (const logreader::LoggedRun &run : logs.runs) {
            const auto &same = byRunner[run.runner];
            const std::size_t n = seen[run.runner]++;
            QVERIFY(n < same.size());
            const std::string wrong = difference(run, *same.at(n), stamp);
            QVERIFY2(wrong.empty(), wrong.c_str());
        }
    }

    void everyKindOfEndOccurs() {
        const QTemporaryDir dir;
        const auto truth = simulate::simulate(history(dir, 600, Layout::SharedFile));
        QVERIFY(truth);
        std::set<RunStatus> seen;
        bool retried = false;
        bool skipped = false;
        for (const SimulatedRun &run : truth->runs) {
            seen.insert(run.run.status);
            for (const Step &step : run.run.steps) {
                retried |= step.attemptCount > 1 && step.status == StepStatus::Completed;
                skipped |= step.status == StepStatus::Skipped;
            }
        }
        const std::set<RunStatus> all = {RunStatus::Completed, RunStatus::Partial,   RunStatus::Failed,
                                         RunStatus::Rejected,  RunStatus::Cancelled, RunStatus::Killed};
        QCOMPARE(seen, all);
        QVERIFY(retried);
        QVERIFY(skipped);
    }

    void theSameSeedGivesTheSameBytes() {
        const QTemporaryDir first;
        const QTemporaryDir second;
        const QTemporaryDir other;
        SimulateConfig config = history(first, 120);
        QVERIFY(simulate::simulate(config));
        config.outDir = second.path().toStdString();
        QVERIFY(simulate::simulate(config));
        config.outDir = other.path().toStdString();
        config.seed = 2;
        QVERIFY(simulate::simulate(config));
        int files = 0;
        for (QDirIterator it(first.path(), QDir::Files, QDirIterator::Subdirectories); it.hasNext(); ++files) {
            const QString below = QDir(first.path()).relativeFilePath(it.next());
            QFile a(first.filePath(below));
            QFile b(second.filePath(below));
            QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
            QVERIFY2(a.readAll() == b.readAll(), qPrintable(below));
        }
        QVERIFY(files > 10);
        QVERIFY(runnerLogs(first.path().toStdString(), Layout::Threads) !=
                runnerLogs(other.path().toStdString(), Layout::Threads));
    }

    void structuredLinesAreJsonWithTheFoundationsFields() {
        const QTemporaryDir dir;
        SimulateConfig config = history(dir, 150);
        config.structuredShare = 1;
        const auto truth = simulate::simulate(config);
        QVERIFY(truth);
        const std::string text = logreader::contents(config.outDir + "/framework0/logs/structured.log");
        std::size_t lines = 0;
        bool stack = false;
        for (std::size_t at = 0; at < text.size(); ++lines) {
            const std::size_t end = text.find('\n', at);
            const auto json = nlohmann::ordered_json::parse(text.substr(at, end - at));
            at = end + 1;
            std::vector<std::string> keys;
            for (const auto &[key, value] : json.items())
                keys.push_back(key);
            std::vector<std::string> expected = {"timestamp",  "level",       "logger_name", "message",
                                                 "context_id", "recipe_name", "step_name",   "execution_id",
                                                 "thread_id",  "process_id",  "extra_data"};
            if (json.at("level") == "ERROR") {
                expected.emplace_back("stack_trace");
                stack |= json.at("stack_trace").get<std::string>().starts_with("Traceback (most recent call last):\n");
            }
            QCOMPARE(keys, expected);
        }
        QCOMPARE(lines, truth->structuredRecords);
        QVERIFY(stack);
    }

    void resultsTellTheSameAsTheTruth() {
        const QTemporaryDir dir;
        SimulateConfig config = history(dir, 100, Layout::SharedFile);
        config.resultShare = 1;
        const auto truth = simulate::simulate(config);
        QVERIFY(truth);
        std::size_t saved = 0;
        for (const SimulatedRun &run : truth->runs) {
            if (!run.result)
                continue;
            ++saved;
            const std::string path = config.outDir + "/framework0/results/run_" + std::to_string(run.run.runner) + '_' +
                                     std::to_string(toNs(*run.run.start) / 1000) + ".json";
            const auto json = nlohmann::json::parse(logreader::contents(path));
            QCOMPARE(json.at("completed_steps").get<int>(), run.run.completedSteps);
            QCOMPARE(json.at("recipe_path").get<std::string>(), run.run.recipePath);
            QVERIFY(std::abs(json.at("start_time").get<double>() - static_cast<double>(toNs(*run.run.start)) / 1e9) <
                    1e-5);
        }
        QVERIFY(saved > 50);
        QCOMPARE(QDir(dir.filePath(QStringLiteral("framework0/results"))).entryList(QDir::Files).size(),
                 qsizetype(saved));
    }

    void theTruthFileStandsBesideTheLogsFolder() {
        const QTemporaryDir dir;
        const auto truth = simulate::simulate(history(dir, 20));
        QVERIFY(truth);
        const auto json =
            nlohmann::json::parse(logreader::contents(dir.filePath(QStringLiteral("truth.json")).toStdString()));
        QCOMPARE(json.at("runs").size(), std::size_t(20));
        QCOMPARE(json.at("simulation").at("text_records").get<std::uint64_t>(), truth->textRecords);
        for (const char *field : {"recipe_path", "status", "start_ns", "duration_s", "steps", "execution_id"})
            QVERIFY2(json.at("runs").at(0).contains(field), field);
    }

    void aHistoryStaysInItsDaysAndFollowsTheHoursOfTheDay() {
        const QTemporaryDir dir;
        SimulateConfig config = history(dir, 2000);
        config.days = 14;
        config.concurrent = 16;
        const auto truth = simulate::simulate(config);
        QVERIFY(truth);
        int night = 0;
        int noon = 0;
        for (const SimulatedRun &run : truth->runs) {
            const auto since = std::chrono::duration_cast<std::chrono::hours>(*run.run.start - someMonday).count();
            QVERIFY(since >= 0 && since < 14L * 24);
            if (run.run.recipe == "daily_orders" || run.run.recipe == "invoices")
                ++(since % 24 >= 8 && since % 24 < 17 ? noon : night);
        }
        QVERIFY(noon > 3 * night);
    }

    void aHistoryWithoutABeginLiesInThePast() {
        for (const double days : {0.0, 2.0}) {
            const QTemporaryDir dir;
            SimulateConfig config = history(dir, 200);
            config.begin.reset();
            config.days = days;
            const auto truth = simulate::simulate(config);
            QVERIFY(truth);
            // An execution that starts just before the end may take an hour.
            QVERIFY(*truth->runs.back().run.start <= now() + std::chrono::hours(1));
            QVERIFY(*truth->runs.back().run.start > now() - std::chrono::hours(30));
        }
    }

    void aRegressionMakesAStepSlower() {
        const auto runs = generateRuns(5, 20'000, someMonday, 20);
        std::vector<double> before;
        std::vector<double> after;
        for (const Run &run : runs) {
            for (const Step &step : run.steps) {
                if (step.name == "clean_rows" && step.status == StepStatus::Completed)
                    (toSeconds(*run.start - someMonday) < 12 * 86'400 ? before : after)
                        .push_back(toSeconds(*step.duration));
            }
        }
        const auto median = [](std::vector<double> &v) {
            std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
            return v.at(v.size() / 2);
        };
        QVERIFY(median(after) > 1.5 * median(before));
    }

    void generatedRunsComeByStartWithIds() {
        RunGenerator generator(1, 5000, someMonday, 30);
        std::set<std::string> ids;
        Time last = someMonday;
        std::size_t count = 0;
        for (auto runs = generator.next(700); !runs.empty(); runs = generator.next(700)) {
            QVERIFY(runs.size() <= 700);
            for (const Run &run : runs) {
                QVERIFY(*run.start >= last);
                last = *run.start;
                QCOMPARE(run.id.size(), std::size_t(16));
                ids.insert(run.id);
                ++count;
            }
        }
        QCOMPARE(count, std::size_t(5000));
        QCOMPARE(ids.size(), count);
        QCOMPARE(generateRuns(1, 50, someMonday, 30).size(), std::size_t(50));
    }

    void bulkLogsStopAtTheirSize() {
        const QTemporaryDir dir;
        SimulateConfig config;
        config.outDir = dir.path().toStdString();
        config.executions = 0;
        config.targetBytes = 3'000'000;
        config.begin = someMonday;
        config.keepTruth = false;
        std::uint64_t reported = 0;
        const auto truth =
            simulate::simulate(config, {}, [&reported](const Progress &progress) { reported = progress.done; });
        QVERIFY(truth);
        QVERIFY(truth->runs.empty());
        QVERIFY(truth->executions > 100);
        std::uint64_t bytes = 0;
        for (const std::string &log : truth->logs)
            bytes += static_cast<std::uint64_t>(QFileInfo(dir.filePath(QString::fromStdString(log))).size());
        QCOMPARE(bytes, truth->bytes);
        QVERIFY(bytes >= config.targetBytes && bytes < config.targetBytes + 200'000);
        QCOMPARE(reported, config.targetBytes);
    }

    void aLiveSimulationKeepsItsPaceAndWritesARecordAtOnce() {
        const QTemporaryDir dir;
        SimulateConfig config;
        config.outDir = dir.path().toStdString();
        config.executions = 0;
        config.concurrent = 50;
        config.live = true;
        config.linesPerSecond = 500;
        config.liveFor = std::chrono::seconds(3);
        config.structuredShare = 0;

        const qint64 writesBefore = writesOfThisProcess();
        QElapsedTimer timer;
        timer.start();
        const auto truth = simulate::simulate(config);
        const double seconds = static_cast<double>(timer.elapsed()) / 1e3;
        const qint64 writes = writesOfThisProcess() - writesBefore;
        QVERIFY(truth);
        // One write a record; recipes and the truth are some dozens more.
        if (writesBefore > 0) {
            const auto records = static_cast<qint64>(truth->textRecords);
            QVERIFY2(writes >= records && writes < records + 100, qPrintable(QString::number(writes - records)));
        }
        QVERIFY2(seconds > 2.9 && seconds < 10, qPrintable(QString::number(seconds)));
        // The mean is exact over many executions; these are few.
        QVERIFY2(truth->textRecords > 500 && truth->textRecords < 3000,
                 qPrintable(QString::number(truth->textRecords)));
        int abandoned = 0;
        for (const SimulatedRun &run : truth->runs)
            abandoned += run.run.status == RunStatus::Abandoned ? 1 : 0;
        QVERIFY(abandoned > 0);
        const logreader::Logs logs = logreader::read(runnerLogs(config.outDir, config.layout), true);
        QCOMPARE(logs.records, truth->textRecords);
        QCOMPARE(logs.runs.size(), truth->runs.size());
    }

    void aStopEndsALiveSimulationWell() {
        const QTemporaryDir dir;
        SimulateConfig config;
        config.outDir = dir.path().toStdString();
        config.executions = 0;
        config.live = true;
        std::stop_source stop;
        std::optional<Result<SimulationTruth>> truth;
        std::jthread worker([&] { truth = simulate::simulate(config, stop.get_token()); });
        QTRY_VERIFY(QFileInfo(dir.filePath(QStringLiteral("framework0/logs/framework0.log"))).size() > 0);
        stop.request_stop();
        worker.join();
        QVERIFY(truth && *truth);
        QVERIFY(!(*truth)->runs.empty());
    }

    void aStoppedHistoryIsCancelled() {
        const QTemporaryDir dir;
        std::stop_source stop;
        stop.request_stop();
        const auto truth = simulate::simulate(history(dir, 1000), stop.get_token());
        QVERIFY(!truth);
        QCOMPARE(truth.error().kind, ErrorKind::Cancelled);
    }

    void aFolderThatHoldsASimulationIsRefused_data() {
        QTest::addColumn<QString>("removed");
        QTest::newRow("all of it") << QString();
        QTest::newRow("only its logs and results") << QStringLiteral("truth.json");
        QTest::newRow("only its truth") << QStringLiteral("framework0");
    }

    void aFolderThatHoldsASimulationIsRefused() {
        QFETCH(const QString, removed);
        const QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkpath(QStringLiteral("framework0/logs"))); // an empty folder is nothing
        SimulateConfig config = history(dir, 20);
        config.resultShare = 1;
        QVERIFY(simulate::simulate(config));
        if (!removed.isEmpty())
            std::filesystem::remove_all(dir.filePath(removed).toStdString());
        const auto contents = [&] {
            QByteArray all;
            for (QDirIterator it(dir.path(), QDir::Files, QDirIterator::Subdirectories); it.hasNext();) {
                QFile file(it.next());
                all += file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("?");
            }
            return all;
        };
        const QByteArray before = contents();
        const auto again = simulate::simulate(config);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Invalid);
        QVERIFY(!again.error().hint.empty());
        QVERIFY(contents() == before);
    }

    void whatCannotBeDoneIsRefused() {
        const QTemporaryDir dir;
        QCOMPARE(simulate::simulate({}).error().kind, ErrorKind::Invalid);
        SimulateConfig endless = history(dir, 0);
        QCOMPARE(simulate::simulate(endless).error().kind, ErrorKind::Invalid);
        SimulateConfig nowhere = history(dir, 5);
        nowhere.zone = "Not/AZone";
        QVERIFY(!simulate::simulate(nowhere));
        SimulateConfig unwritable = history(dir, 5);
        unwritable.outDir = "/proc/nowhere";
        QVERIFY(!simulate::simulate(unwritable));
    }
};

QTEST_GUILESS_MAIN(TestSimulate)
#include "tst_simulate.moc"
