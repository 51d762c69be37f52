// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/classify.h"
#include "core/ingest/discovery.h"
#include "core/ingest/rotation.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

using namespace ra;
using namespace ra::ingest;

namespace {

const QByteArray logLine = "2026-11-23 16:59:24 [    INFO] runner.140: Starting enhanced recipe execution: a.yaml\n";
const QByteArray jsonLine =
    R"({"timestamp": "2026-11-23T17:00:27+00:00", "level": "INFO", "logger_name": "a", "message": "x", "process_id": 1})"
    "\n";
const QByteArray recipeText = "steps:\n- {module: m, function: F}\n";

QByteArray text(std::string_view s) {
    return QByteArray(s.data(), static_cast<qsizetype>(s.size()));
}

/// The user's rights are taken away from a superuser, too, while this lives.
struct Powerless {
    Powerless() { setfsuid(65534); }
    ~Powerless() { setfsuid(geteuid()); }
};

} // namespace

class tst_discovery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void contentDecides_data();
    void contentDecides();
    void rotationNames_data();
    void rotationNames();
    void siblingsAreReadOldestFirst();
    void aTreeIsSearched();
    void linksAreFollowedOnce();
    void hiddenFoldersAreLeftOut();
    void filesGivenByNameAreAlwaysTried();
    void whatCannotBeReadIsReported();
    void aFolderThatCannotBeReadIsReported();
    void stoppingIsCancelled();
    void progressEndsWithTheTotal();
    void theCorpusIsFound();

private:
    void write(const char *name, const QByteArray &bytes) {
        const QString path = m_folder->filePath(QString::fromLatin1(name));
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write");
    }
    std::string at(const char *name) const { return m_folder->filePath(QString::fromLatin1(name)).toStdString(); }
    /// "format name" of all that is found, in order.
    QByteArrayList found(const std::vector<std::string> &paths, const DiscoveryOptions &options = {}) {
        const auto discovery = discover(paths, options);
        QByteArrayList list;
        if (!discovery)
            return {"FAILED"};
        m_errors = discovery->errors;
        const std::size_t prefix = m_folder->path().toStdString().size() + 1;
        for (const FoundSource &source : discovery->sources)
            list << text(source.format) + " " + text(source.path.substr(prefix));
        return list;
    }
    QByteArrayList found() { return found({m_folder->path().toStdString()}); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<Error> m_errors;
};

void tst_discovery::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_errors.clear();
}

void tst_discovery::contentDecides_data() {
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("format");
    const auto row = [](const char *name, const QByteArray &head, Classification::Kind kind, const char *format = "") {
        QTest::newRow(name) << head << static_cast<int>(kind) << QByteArray(format);
    };
    row("empty", "", Classification::Unknown);
    row("log", logLine, Classification::Lines, "runner-text");
    row("log without line end", logLine.chopped(1), Classification::Lines, "runner-text");
    row("log after other text", "hello\n\n\x1b[1mworld\n" + logLine, Classification::Lines, "runner-text");
    row("log with a mark", "\xEF\xBB\xBF" + logLine, Classification::Lines, "runner-text");
    row("log after zeros", QByteArray(5000, '\0') + "\n" + logLine, Classification::Lines, "runner-text");
    row("JSON lines", jsonLine, Classification::Lines, "foundation-json");
    row("broken JSON line, then a good one", jsonLine.left(60) + "\n" + jsonLine, Classification::Lines,
        "foundation-json");
    row("half a JSON line", jsonLine.left(60), Classification::Unknown);
    row("a message longer than the head", jsonLine.left(97) + QByteArray(65536 - 97, 'x'), Classification::Lines,
        "foundation-json");
    row("recipe", recipeText, Classification::Document, "recipe");
    row("recipe that quotes a log", "description: |\n  " + logLine + recipeText, Classification::Document, "recipe");
    row("log that quotes a recipe", logLine + recipeText, Classification::Lines, "runner-text");
    row("database", QByteArray("SQLite format 3\0", 16) + logLine, Classification::Database, "sqlite");
    row("write-ahead log", "\x37\x7F\x06\x82\n" + logLine, Classification::Database, "sqlite");
    row("journal", "\xD9\xD5\x05\xF9\n" + logLine, Classification::Database, "sqlite");
    row("text", "nothing\nof interest\n", Classification::Unknown);
    row("binary",
        QByteArray("\x7F"
                   "ELF\2\1\1\0\0\0",
                   10),
        Classification::Unknown);
    row("UTF-16",
        QByteArray("\xFF\xFE"
                   "2\0"
                   "0\0",
                   6),
        Classification::Unknown);
}

void tst_discovery::contentDecides() {
    QFETCH(QByteArray, head);
    QFETCH(int, kind);
    QFETCH(QByteArray, format);
    const Classification what =
        classify("x", {head.data(), static_cast<std::size_t>(std::min<qsizetype>(head.size(), 65536))});
    QCOMPARE(static_cast<int>(what.kind), kind);
    QCOMPARE(text(what.format), format);
    QCOMPARE(what.document != nullptr, kind == Classification::Document);
}

void tst_discovery::rotationNames_data() {
    QTest::addColumn<QByteArray>("stem");
    QTest::addColumn<QByteArray>("date");
    QTest::addColumn<unsigned>("number");
    const auto row = [](const char *path, const char *stem, const char *date, unsigned number) {
        QTest::newRow(path) << QByteArray(stem) << QByteArray(date) << number;
    };
    row("a.log", "a.log", "", 0);
    row("logs/a.log.3", "logs/a.log", "", 3);
    row("logs/a.log.3.gz", "logs/a.log", "", 3);
    row("a.log.12.zst", "a.log", "", 12);
    row("a.log-20261123", "a.log", "20261123", 0);
    row("a.log-20261123.gz", "a.log", "20261123", 0);
    row("a.log.2026-11-23", "a.log", "20261123", 0);
    row("a.log.2026-11-23_14-00", "a.log", "202611231400", 0);
    row("a_2026-02.log", "a_2026-02.log", "", 0);
    row("a.log.gz", "a.log", "", 0);
    row("x.1/a.log", "x.1/a.log", "", 0);
    row("x.1/.5", "x.1/.5", "", 0);
    row(".gz", ".gz", "", 0);
    row("a.1234567", "a.1234567", "", 0);
    row("a.", "a.", "", 0);
    row("7", "7", "", 0);
}

void tst_discovery::rotationNames() {
    QFETCH(QByteArray, stem);
    QFETCH(QByteArray, date);
    QFETCH(unsigned, number);
    const Rotation rotation = rotationOf(QTest::currentDataTag());
    QCOMPARE(text(rotation.stem), stem);
    QCOMPARE(text(rotation.date), date);
    QCOMPARE(rotation.number, number);
}

void tst_discovery::siblingsAreReadOldestFirst() {
    const QByteArrayList expected = {
        "a.log.2026-11-21", "a.log-20261122.gz", "a.log.10", "a.log.2.gz", "a.log.1", "a.log", "b.log.1", "b.log",
        "c/a.log"};
    QByteArrayList paths = expected;
    std::reverse(paths.begin(), paths.end());
    std::sort(paths.begin(), paths.end(),
              [](const QByteArray &a, const QByteArray &b) { return isReadBefore(a.constData(), b.constData()); });
    QCOMPARE(paths, expected);
    QVERIFY(!isReadBefore("a.log", "a.log"));
}

void tst_discovery::aTreeIsSearched() {
    write("logs/framework0.log", logLine);
    write("logs/framework0.log.1", "x\n" + logLine);
    write("logs/deep/er/audit", jsonLine);
    write("jobs/a.yaml", recipeText);
    write("notes.txt", "nothing\n");
    write("store.db", QByteArray("SQLite format 3\0", 16) + logLine);
    write("empty.log", "");
    const gzFile packed = gzopen(at("logs/framework0.log.2.gz").c_str(), "wb");
    gzwrite(packed, logLine.data(), static_cast<unsigned>(logLine.size()));
    gzclose(packed);
    write("damaged.gz", QByteArray("\x1F\x8B\x08"
                                   "not gzip at all",
                                   18));
    QCOMPARE(mkfifo(at("pipe").c_str(), 0600), 0);
    const QByteArrayList expected = {"recipe jobs/a.yaml", "foundation-json logs/deep/er/audit",
                                     "runner-text logs/framework0.log.2.gz", "runner-text logs/framework0.log.1",
                                     "runner-text logs/framework0.log"};
    QCOMPARE(found(), expected);
    QCOMPARE(m_errors.size(), 1U);
    QVERIFY(m_errors[0].kind == ErrorKind::Damaged);
}

void tst_discovery::linksAreFollowedOnce() {
    write("logs/a.log", logLine);
    QVERIFY(QFile::link(QStringLiteral("a.log"), m_folder->filePath(QStringLiteral("logs/0-current.log"))));
    QVERIFY(QFile::link(m_folder->path(), m_folder->filePath(QStringLiteral("logs/loop"))));
    QVERIFY(QFile::link(QStringLiteral("nowhere"), m_folder->filePath(QStringLiteral("logs/broken"))));
    QVERIFY(QFile::link(QStringLiteral("self"), m_folder->filePath(QStringLiteral("self"))));
    QTemporaryDir elsewhere;
    QVERIFY(QFile::link(elsewhere.path(), m_folder->filePath(QStringLiteral("linked"))));
    QFile other(elsewhere.filePath(QStringLiteral("b.log")));
    QVERIFY(other.open(QIODevice::WriteOnly) && other.write(logLine) > 0);
    other.close();
    // By whatever name the loop leads to it, each file is there once.
    const QByteArrayList list = found();
    QCOMPARE(list.size(), 2);
    QVERIFY2(list.join('|').count("/b.log") == 1, list.join('|'));
    QVERIFY2(list.join('|').count("/a.log") == 1, list.join('|'));
    // Given twice is the same.
    QVERIFY(QFile::remove(m_folder->filePath(QStringLiteral("logs/loop"))));
    QCOMPARE(found({at("logs"), at("logs/a.log"), at("logs/0-current.log")}), QByteArrayList{"runner-text logs/a.log"});
}

void tst_discovery::hiddenFoldersAreLeftOut() {
    write(".git/a.log", logLine);
    write(".hidden.log", logLine);
    QCOMPARE(found(), QByteArrayList{"runner-text .hidden.log"});
    QCOMPARE(found({m_folder->path().toStdString()}, {.hiddenFolders = true}).size(), 2);
    QCOMPARE(found({at(".git")}).size(), 1);
}

void tst_discovery::filesGivenByNameAreAlwaysTried() {
    write("plain.txt", "nothing known\n");
    write("store.db", QByteArray("SQLite format 3\0", 16));
    write("damaged.gz", QByteArray("\x1F\x8B\x08"
                                   "not gzip at all",
                                   18));
    QCOMPARE(found({at("plain.txt")}), QByteArrayList{"text plain.txt"});
    QVERIFY(found({at("store.db")}).isEmpty());
    QCOMPARE(m_errors.size(), 1U);
    QVERIFY(found({at("damaged.gz")}).isEmpty());
    QVERIFY(m_errors.size() == 1 && m_errors[0].kind == ErrorKind::Damaged);
}

void tst_discovery::whatCannotBeReadIsReported() {
    write("a.log", logLine);
    QCOMPARE(mkfifo(at("pipe").c_str(), 0600), 0);
    QCOMPARE(found({at("none"), at("a.log"), at("pipe")}), QByteArrayList{"runner-text a.log"});
    QCOMPARE(m_errors.size(), 2U);
    QCOMPARE(text(m_errors[0].where), text(at("none")));
}

void tst_discovery::aFolderThatCannotBeReadIsReported() {
    write("a.log", logLine);
    write("locked/b.log", logLine);
    write("secret.log", logLine);
    QCOMPARE(chmod(m_folder->path().toLocal8Bit().constData(), 0755), 0);
    QCOMPARE(chmod(at("locked").c_str(), 0), 0);
    QCOMPARE(chmod(at("secret.log").c_str(), 0), 0);
    QByteArrayList list;
    {
        const Powerless user;
        list = found();
    }
    chmod(at("locked").c_str(), 0700);
    QCOMPARE(list, QByteArrayList{"runner-text a.log"});
    QCOMPARE(m_errors.size(), 2U);
    for (const Error &error : m_errors)
        QVERIFY(text(error.where) == text(at("locked")) || text(error.where) == text(at("secret.log")));
}

void tst_discovery::stoppingIsCancelled() {
    write("a.log", logLine);
    std::stop_source stop;
    stop.request_stop();
    const std::vector<std::string> paths = {m_folder->path().toStdString()};
    const auto discovery = discover(paths, {}, stop.get_token());
    QVERIFY(!discovery && discovery.error().kind == ErrorKind::Cancelled);
}

void tst_discovery::progressEndsWithTheTotal() {
    for (int i = 0; i < 200; ++i)
        write(("f" + QByteArray::number(i)).constData(), logLine);
    std::vector<Progress> reports;
    const std::vector<std::string> paths = {m_folder->path().toStdString()};
    const auto discovery = discover(paths, {}, {}, [&](const Progress &p) { reports.push_back(p); });
    QVERIFY(discovery && discovery->sources.size() == 200 && discovery->looked == 200);
    QVERIFY(reports.size() >= 3);
    QVERIFY(std::is_sorted(reports.begin(), reports.end(),
                           [](const Progress &a, const Progress &b) { return a.done < b.done; }));
    QVERIFY(reports.back().done == 200 && reports.back().total == 200 && reports.back().stage == "scan");
}

void tst_discovery::theCorpusIsFound() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    const QString corpus = shared + QStringLiteral("/framework0/corpus");
    const auto kinds = [&](const char *scenario) {
        const std::vector<std::string> paths = {(corpus + u'/' + QString::fromLatin1(scenario)).toStdString()};
        std::map<std::string, int> counts;
        const auto discovery = discover(paths);
        for (const FoundSource &source : discovery->sources)
            ++counts[source.format];
        return counts;
    };
    using Counts = std::map<std::string, int>;
    // Two logs, the console, the recipe; the samples of /proc and the list of records are of no interest.
    QVERIFY((kinds("17_resources") == Counts{{"runner-text", 3}, {"recipe", 1}}));
    Counts batch = kinds("13_batch_host");
    QCOMPARE(batch["runner-result"], 6);
    QCOMPARE(batch["runner-text"], 2);
    Counts structured = kinds("21_structured_logs");
    QCOMPARE(structured["foundation-json"], 3);
    QCOMPARE(structured["foundation-detailed"], 1);
    Counts layouts = kinds("34_other_layouts");
    QCOMPARE(layouts["runner-text-ms"], 2);
    Counts shapes = kinds("32_recipe_shapes");
    QCOMPARE(shapes["recipe"], 10);
}

QTEST_GUILESS_MAIN(tst_discovery)
#include "tst_discovery.moc"
