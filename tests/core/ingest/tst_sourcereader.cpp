// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/sourcereader.h"

#include "logtext.h"

#include <QTest>
#include <QTime>

#include <random>

using namespace ra;
using namespace ra::ingest;
using namespace ra::ingest::test;

namespace {

/// Names of runs that died come back with others, which end before the names are heard again.
std::string namesLog() {
    const std::string a = " [recipe-0]";
    const std::string b = " [recipe-1]";
    const auto loads = [](const char *time, const std::string &thread) {
        return line(time, "scriptlets.framework", "Starting execution of Load" + thread) +
               line(time, "Load", "half way" + thread) +
               line(time, "scriptlets.framework", "Completed Load in 0.10s (success: True, exit_code: 0)" + thread);
    };
    return done("09:59:59", 5, "first", "0.100") + start("10:00:00", 5, "new.yaml") +
           end("10:00:01", 5, "completed", "0/0", "0.900") + start("10:00:02", 6, "dead.yaml", a) +
           loads("10:00:02", a) + start("10:00:03", 7, "b.yaml", b) + start("10:00:03", 8, "c.yaml", a) +
           loads("10:00:04", a) + loads("10:00:04", b) + done("10:00:04", 8, "load", "0.100", a) +
           end("10:00:05", 8, "completed", "1/1", "2.000", a) + start("10:00:06", 9, "d.yaml", b) +
           done("10:00:07", 5, "quoted", "0.100") + loads("10:00:07", a) + loads("10:00:08", b) +
           done("10:00:08", 7, "load", "0.100", b) + end("10:00:09", 7, "completed", "1/1", "6.000", b) +
           loads("10:00:10", b) + end("10:00:11", 9, "completed", "0/0", "5.000", b);
}

/// Twenty runs, five at a time, that end in another order than they began, or never; half of them in threads, and some
/// of a runner that another run bears at that time.
std::string crowdLog() {
    std::mt19937 random(29);
    struct Running {
        int runner;
        std::string thread;
        int steps;
        int done = 0;
    };
    std::vector<Running> running;
    std::string log;
    int second = 0;
    const auto clock = [&] { return QTime(10, 0).addSecs(second).toString(QStringLiteral("HH:mm:ss")).toStdString(); };
    for (int begun = 0; begun < 20 || !running.empty();) {
        second += static_cast<int>(random() % 2);
        const std::string time = clock();
        if (begun < 20 && running.size() < 5) {
            const bool shares = begun % 8 == 7;
            const int runner = shares ? running.back().runner : 100 + begun;
            const std::string thread = begun % 2 == 0 && !shares ? " [job-" + std::to_string(begun % 7) + "]" : "";
            running.push_back({runner, thread, static_cast<int>(random() % 4)});
            log += start(time.c_str(), runner, "jobs/" + std::to_string(begun % 5) + ".yaml", thread);
            ++begun;
            continue;
        }
        const std::size_t i = random() % running.size();
        Running &run = running[i];
        if (random() % 40 == 0) { // vanishes
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
            continue;
        }
        const std::string step = "step" + std::to_string(run.done);
        if (run.done < run.steps) {
            log += line(time.c_str(), "scriptlets.framework", "Starting execution of Load" + run.thread);
            log += line(time.c_str(), "Load", "half way" + run.thread);
            log += done(time.c_str(), run.runner, step, "0.100", run.thread);
            ++run.done;
            continue;
        }
        const std::string counts = std::to_string(run.done) + "/" + std::to_string(run.steps);
        log += end(time.c_str(), run.runner, "completed", counts.c_str(), "0.500", run.thread);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return log;
}

} // namespace

class TestSourceReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRestartKnowsWhatTheSourceIs() {
        const std::string utf16("\xFF\xFE"
                                "r\0u\0n\0\n\0",
                                10);
        for (const std::string &text : {forkedLog(), utf16}) {
            SourceReader before(utc());
            before.feed(text);
            Batch read = before.takeBatch(true);
            SourceReader after(utc());
            QVERIFY(after.resume(read.checkpoint));
            QCOMPARE(after.format(), before.format());
            QCOMPARE(after.takeBatch(true).format, read.format);
            after.feed("one more line\n");
            before.feed("one more line\n");
            QCOMPARE(after.takeBatch(true).checkpoint.state, before.takeBatch(true).checkpoint.state);
        }
        Checkpoint damaged = SourceReader(utc()).takeBatch(true).checkpoint;
        damaged.state.pop_back();
        QVERIFY(!SourceReader(utc()).resume(damaged));
    }

    void everyCutIntoChunksGivesTheSame_data() {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<int>("rounds");
        QTest::addColumn<int>("piece"); ///< at most, in bytes
        const auto row = [](const char *name, const std::string &log, int rounds, int piece) {
            QTest::addRow("%s in pieces of %d", name, piece) << QByteArray::fromStdString(log) << rounds << piece;
        };
        for (const int piece : {7, 300}) {
            row("retries", retryingRun(), 12, piece);
            row("threads", threadsLog(), 12, piece);
            row("forks", forkedLog(), 12, piece);
            row("all", retryingRun() + threadsLog() + forkedLog(), 12, piece);
        }
        row("crowd", crowdLog(), 6, 300);
        row("names", namesLog(), 24, 300);
    }
    void everyCutIntoChunksGivesTheSame() {
        QFETCH(const QByteArray, log);
        QFETCH(const int, rounds);
        QFETCH(const int, piece);
        const std::string text = log.toStdString();
        const Kept whole = readAll(text);
        std::mt19937 random(7);
        for (int round = 0; round < rounds; ++round) {
            SourceReader reader(utc());
            Kept kept;
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t size =
                    std::min<std::size_t>(1 + random() % static_cast<unsigned>(piece), text.size() - at);
                reader.feed(std::span(text).subspan(at, size));
                at += size;
                if (random() % 3 == 0)
                    kept.apply(reader.takeBatch(false));
                if (random() % 5 == 0) { // a restart from the last checkpoint
                    const Batch batch = reader.takeBatch(true);
                    kept.apply(batch);
                    SourceReader next(utc());
                    QVERIFY(next.resume(batch.checkpoint));
                    at = batch.checkpoint.offset;
                    reader = std::move(next);
                }
            }
            reader.finish();
            kept.apply(reader.takeBatch(false));
            QCOMPARE(kept.runs.size(), whole.runs.size());
            for (const auto &[offset, run] : whole.runs)
                QVERIFY2(kept.runs[offset] == run, run.recipePath.c_str());
            QVERIFY(kept.spans == whole.spans);
        }
    }

    void aHalfLineAtTheEndIsReadAndReadAgainWhenItGoesOn() {
        const std::string text = start("10:00:00", 1, "a.yaml") + end("10:00:00", 1, "completed", "0/0", "0.001");
        SourceReader reader(utc());
        reader.feed(std::span(text).first(text.size() - 1)); // no final newline
        reader.finish();
        const Batch batch = reader.takeBatch(true);
        QVERIFY(batch.runs[0].run.status == RunStatus::Completed);
        SourceReader next(utc());
        QVERIFY(next.resume(batch.checkpoint));
        QVERIFY(next.offset() < text.size());
        next.feed(std::span(text).subspan(next.offset()));
        next.finish();
        const Batch again = next.takeBatch(true);
        QCOMPARE(again.runs.size(), 1U);
        QVERIFY(again.runs[0].run.status == RunStatus::Completed);
        QCOMPARE(again.checkpoint.offset, text.size());
    }

    void anErrorsTypeIsNotDecidedInTheMiddleOfItsTraceback() {
        // The message names no type, so the last line would; and the last line is a note that the error carries.
        const std::string text = start("10:00:00", 1, "a.yaml") +
                                 line("10:00:00", "scriptlets.framework", "Starting execution of Load") +
                                 line("10:00:00", "scriptlets.framework", "Execution failed for Load: ", "  ERROR") +
                                 "Traceback (most recent call last):\nValueError\nThe file was a note\n" +
                                 failed("10:00:01", 1, "load", "['']");
        const Kept whole = readAll(text);
        SourceReader reader(utc());
        Kept kept;
        for (const char byte : text) {
            reader.feed(std::span(&byte, 1));
            kept.apply(reader.takeBatch(false));
        }
        reader.finish();
        kept.apply(reader.takeBatch(false));
        QCOMPARE(whole.only().steps[0].attempts[0].errorType, std::string());
        QVERIFY(kept == whole);
    }

    void awkwardBytesAreReadOrSaid() {
        std::string text = "\xEF\xBB\xBF" + start("10:00:00", 1, "a.yaml");
        text.insert(text.size() - 1, "\r");
        text += "\x1b[32m" + line("10:00:00", "X", "coloured");
        text += line("10:00:00", "X", std::string("nul \0 byte", 10));
        text += failed("10:00:01", 1, "latin\xE9", "['caf\xE9']");
        text += line("10:00:01", "X", std::string(3'000'000, 'x'));
        text += end("10:00:01", 1, "partial", "0/1", "1.001");
        const Kept kept = readAll(text);
        QCOMPARE(kept.runs.size(), 1U);
        QCOMPARE(kept.only().recipePath, std::string("a.yaml"));
        QCOMPARE(kept.only().steps[0].name, std::string("latin\xC3\xA9"));
        QCOMPARE(kept.only().steps[0].errors[0], std::string("caf\xC3\xA9"));
        QCOMPARE(kept.rejected.size(), 1U);
        QVERIFY(kept.rejected[0].reason.find("1 MiB") != std::string::npos);
        QCOMPARE(kept.spans.begin()->second[0].length, std::uint32_t(text.size()));
    }

    void aLineThatIsTooLongIsSaidToBeHoweverItComes_data() {
        QTest::addColumn<std::size_t>("size");
        QTest::addColumn<bool>("ended");
        QTest::addColumn<bool>("tooLong");
        QTest::newRow("the longest") << SourceReader::maxLine << true << false;
        QTest::newRow("the longest, without line end") << SourceReader::maxLine << false << false;
        QTest::newRow("a byte more") << SourceReader::maxLine + 1 << true << true;
        QTest::newRow("a byte more, without line end") << SourceReader::maxLine + 1 << false << true;
        QTest::newRow("far more") << SourceReader::maxLine * 3 << true << true;
    }
    void aLineThatIsTooLongIsSaidToBeHoweverItComes() {
        QFETCH(const std::size_t, size);
        QFETCH(const bool, ended);
        QFETCH(const bool, tooLong);
        std::string text = line("10:00:01", "X", "");
        text.pop_back();
        text.resize(size, 'x');
        if (ended)
            text += '\n';
        for (const std::size_t piece : {text.size(), text.size() / 2, std::size_t{100'000}}) {
            SourceReader reader(utc());
            for (std::size_t at = 0; at < text.size(); at += piece)
                reader.feed(std::span(text).subspan(at, std::min(piece, text.size() - at)));
            reader.finish();
            const Batch batch = reader.takeBatch(false);
            QCOMPARE(batch.rejected.size(), tooLong ? 1U : 0U);
            QCOMPARE(reader.offset(), text.size());
        }
    }

    void utf16IsRefusedWithAdvice() {
        const Kept kept = readAll(std::string("\xFF\xFE\x32\x00\n\x00", 6));
        QCOMPARE(kept.rejected.size(), 1U);
        QVERIFY(kept.rejected[0].reason.find("UTF-8") != std::string::npos);
    }

    void aLineFarBeyondTheCapTakesBoundedMemory() {
        SourceReader reader(utc());
        const std::string part(1'000'000, 'y');
        for (int i = 0; i < 100; ++i)
            reader.feed(part);
        reader.feed(std::string("\n"));
        QCOMPARE(reader.offset(), 100'000'001U);
        reader.feed(retryingRun());
        reader.finish();
        QCOMPARE(reader.takeBatch(false).runs.size(), 1U);
    }

    void aDamagedStateIsRefused() {
        SourceReader reader(utc());
        reader.feed(start("10:00:00", 1, "a.yaml"));
        Checkpoint checkpoint = reader.takeBatch(true).checkpoint;
        SourceReader other(utc());
        QVERIFY(other.resume(checkpoint));
        std::mt19937 random(3);
        for (int i = 0; i < 3'000; ++i) {
            Checkpoint damaged = checkpoint;
            damaged.state[random() % damaged.state.size()] = static_cast<char>(random());
            damaged.state.resize(random() % (damaged.state.size() + 1));
            SourceReader victim(utc());
            (void)victim.resume(damaged); // whatever it says, it neither crashes nor takes forever
        }
        checkpoint.state.clear();
        QVERIFY(!other.resume(checkpoint));
    }

    void localTimesAreReadInTheSourcesZone() {
        const Kept kept = readAll(start("16:59:24", 1, "a.yaml"), nullptr, *Zone::fromName("Asia/Kolkata"));
        QCOMPARE(toNs(*kept.only().start), toNs(*readAll(start("11:29:24", 1, "a.yaml")).only().start));
    }
};

QTEST_GUILESS_MAIN(TestSourceReader)
#include "tst_sourcereader.moc"
