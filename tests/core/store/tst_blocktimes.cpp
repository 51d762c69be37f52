// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blocktimes.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;
using store::BlockTimes;

class TestBlockTimes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theTimesOfAllRecordsCount_data();
    void theTimesOfAllRecordsCount();
    void aLongLineIsToldByItsFirstMebibyte();
    void whatBelongsToALineComesLater_data();
    void whatBelongsToALineComesLater();
    void blocksThatAreFoldedKeepTheirTimes();
    void aBlockThatGoesTakesItsTimesAlong();
    void aDamagedBlockDoesNotStopTheOthers();
};

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t eight = toNs(monday); // 2026-01-05 08:00:00

std::string record(int seconds, const std::string &message = "x") {
    char time[32];
    std::snprintf(time, sizeof time, "2026-01-05 08:%02d:%02d", seconds / 60, seconds % 60);
    return std::string(time) + " [    INFO] runner.1: " + message + "\n";
}

std::string moment(const char *time) {
    return std::string(R"({"timestamp": ")") + time +
           R"(", "level": "INFO", "logger_name": "l", "message": "m", "context_id": null, "recipe_name": null, )"
           R"("step_name": null, "execution_id": "e", "thread_id": "1", "process_id": 1, "extra_data": {}})" +
           "\n";
}

ingest::Batch bytesOf(const std::string &bytes, std::uint64_t offset) {
    ingest::Batch batch = batchOf(1, offset + bytes.size());
    batch.raw = {{offset, bytes}};
    return batch;
}

/// First and last second after eight; "-" if there is none.
QString textOf(const BlockTimes::Range &range) {
    return range.isEmpty()
               ? QStringLiteral("-")
               : QStringLiteral("%1 %2").arg((range.first - eight) / second).arg((range.last - eight) / second);
}

QString textOf(const std::optional<BlockTimes> &times) {
    if (!times)
        return QStringLiteral("any");
    return QStringLiteral("%1|%2|%3%4%5")
        .arg(textOf(times->local), textOf(times->utc), QLatin1String(times->beginsRecord ? "begins " : ""),
             QLatin1String(times->endsLine ? "ends " : ""), QLatin1String(times->isOpen ? "open " : ""))
        .trimmed();
}

/// Of each block of a store, by place.
QString timesIn(const StoreFile &file) {
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    store::Statement rows(db, "SELECT state, local_first, local_last, utc_first, utc_last FROM blocks b LEFT JOIN "
                              "block_times ON block = b.id ORDER BY source_id, offset");
    QStringList all;
    while (rows.step())
        all += textOf(store::readBlockTimes(rows, 0));
    return all.join(u'\n');
}

} // namespace

void TestBlockTimes::theTimesOfAllRecordsCount_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("following");
    QTest::addColumn<QString>("times"); // local|utc|what else
    const auto row = [](const char *name, const std::string &bytes, const std::string &following, const char *times) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray::fromStdString(following)
                            << QString::fromLatin1(times);
    };
    row("nothing", "", "", "-|-|");
    row("one, which may be the end of another line", record(7), "", "7 7|-|ends");
    row("in no order", "a\n" + record(7) + record(3) + record(9) + record(5), "", "3 9|-|begins ends");
    row("moments and readings", moment("2026-01-05T08:00:40+00:00") + record(7), "", "7 7|40 40|begins ends");
    row("lines without a record", "a\n\nb\n", "", "-|-|ends");
    row("invalid bytes", "\xff\n" + record(4, "\xfe"), "", "4 4|-|begins ends");
    row("carriage returns", "\r\n2026-01-05 08:00:04 [    INFO] r: x\r\n", "", "4 4|-|begins ends");
    row("the last line is not there yet", record(1) + "2026-01-05 08:0", "", "1 1|-|open");
    row("the last line is not at its end", record(1) + "2026-01-05 08:00:09 [    INFO] r: x", "", "1 9|-|open");
    row("it goes on behind", record(1) + "2026-01-05 08:0", "0:09 [    INFO] r: x\n" + record(30), "1 9|-|begins");
    row("and still has no end", record(1) + "2026-01-05 08:0", "0:09 [    INFO] r: x", "1 9|-|open");
    row("half a moment", moment("2026-01-05T08:00:40+00:00").substr(0, 90),
        moment("2026-01-05T08:00:40+00:00").substr(90), "-|40 40|");
    row("the middle of a line", "abc", "def", "-|-|open");
}

void TestBlockTimes::theTimesOfAllRecordsCount() {
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, following);
    QFETCH(const QString, times);
    QCOMPARE(textOf(store::timesOf(std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())),
                                   std::string_view(following.data(), static_cast<std::size_t>(following.size())))),
             times);
}

void TestBlockTimes::aLongLineIsToldByItsFirstMebibyte() {
    const std::string begun = "a\n2026-01-05 08:00:09 [    INFO] r: " + std::string(500'000, 'x');
    const BlockTimes open = store::timesOf(begun, std::string(500'000, 'y'));
    QVERIFY(open.isOpen && !open.beginsRecord);
    const BlockTimes whole = store::timesOf(begun, std::string(600'000, 'y'));
    QVERIFY(!whole.isOpen && whole.beginsRecord);
    QCOMPARE(textOf(whole.local), QStringLiteral("9 9"));
}

void TestBlockTimes::whatBelongsToALineComesLater_data() {
    QTest::addColumn<QStringList>("pieces");
    QTest::addColumn<bool>("again"); // by another opening of the store
    QTest::addColumn<QString>("times");
    const auto row = [](const char *name, const std::vector<std::string> &pieces, const char *times) {
        QStringList all;
        for (const std::string &piece : pieces)
            all += QString::fromStdString(piece);
        for (const bool again : {false, true})
            QTest::addRow("%s%s", name, again ? ", later" : "") << all << again << QString::fromLatin1(times);
    };
    row("a time that is cut", {record(1) + "2026-01-05 08:0", "0:09 [    INFO] r: x\n"}, "1 9|-|\n-|-|ends");
    const std::string json = moment("2026-01-05T08:00:40+00:00");
    row("a moment that is cut", {record(1) + json.substr(0, 100), json.substr(100) + record(50)},
        "1 1|40 40|\n50 50|-|begins ends");
    row("in three, of which the second says nothing of its own",
        {record(1) + json.substr(0, 100), json.substr(100, 50), json.substr(150) + record(50)},
        "any\n-|-|\n50 50|-|begins ends");
    row("lines that end need nothing", {record(1), record(2)}, "1 1|-|ends\n2 2|-|ends");
}

void TestBlockTimes::whatBelongsToALineComesLater() {
    QFETCH(const QStringList, pieces);
    QFETCH(const bool, again);
    QFETCH(const QString, times);
    StoreFile file;
    auto store = file.open();
    std::uint64_t offset = 0;
    for (const QString &piece : pieces) {
        if (again) {
            store.reset();
            store = file.open();
        }
        need(store->apply({{bytesOf(piece.toStdString(), offset)}}));
        offset += static_cast<std::uint64_t>(piece.size());
    }
    QCOMPARE(timesIn(file), times);
}

void TestBlockTimes::blocksThatAreFoldedKeepTheirTimes() {
    StoreFile file;
    const auto store = file.open();
    std::string all;
    for (int i = 0; i < 200; ++i) {
        const std::string piece = record(i).substr(0, 30) + "\n" + record(i + 1, "y");
        need(store->apply({{bytesOf(piece, all.size())}}));
        all += piece;
    }
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    SQLite::Statement query(db, "SELECT count(*), min(local_first), max(local_last), (SELECT count(*) FROM "
                                "block_times) FROM blocks JOIN block_times ON block = id");
    QVERIFY(query.executeStep());
    const int blocks = query.getColumn(0).getInt();
    QVERIFY2(blocks > 1 && blocks < 100, qPrintable(QString::number(blocks)));
    QCOMPARE((query.getColumn(1).getInt64() - eight) / second, 1);
    QCOMPARE((query.getColumn(2).getInt64() - eight) / second, 200);
    QCOMPARE(query.getColumn(3).getInt(), blocks);
}

void TestBlockTimes::aBlockThatGoesTakesItsTimesAlong() {
    StoreFile file;
    need(file.open()->apply({{bytesOf(record(1), 0)}}));
    SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
    QCOMPARE(db.execAndGet("SELECT count(*) FROM block_times").getInt(), 1);
    db.exec("DELETE FROM blocks");
    QCOMPARE(db.execAndGet("SELECT count(*) FROM block_times").getInt(), 0);
}

void TestBlockTimes::aDamagedBlockDoesNotStopTheOthers() {
    StoreFile file;
    {
        const auto store = file.open();
        for (int i = 0; i < 3; ++i)
            need(store->apply({{bytesOf(record(i), static_cast<std::uint64_t>(i) * 1'000)}}));
    }
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("DELETE FROM block_times; UPDATE blocks SET data = x'00' WHERE offset = 1000");
    QCOMPARE(timesIn(file), QStringLiteral("any\nany\nany"));
    const auto store = file.open();
    while (need(store->tidy())) {
    }
    QCOMPARE(timesIn(file), QStringLiteral("0 0|-|ends\nany\n2 2|-|ends"));
    QVERIFY(!need(store->tidy()));
}

QTEST_GUILESS_MAIN(TestBlockTimes)
#include "tst_blocktimes.moc"
