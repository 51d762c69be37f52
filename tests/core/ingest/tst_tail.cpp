// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/bytesource.h"
#include "core/ingest/tail.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ra::ingest;
namespace fs = std::filesystem;

class tst_tail : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void readsInPiecesOfAnySize();
    void onlyItsOwnFileIsOpened();
    void startsInTheMiddle();
    void noticesEveryChangeOfWhatWasRead_data();
    void noticesEveryChangeOfWhatWasRead();
    void canBeClosedBetweenReadings();
    void identityIsOfWhatWasRead();
    void generationsNeverMix();

private:
    void write(const std::string &text) const { std::ofstream(m_path, std::ios::binary | std::ios::trunc) << text; }
    Tail tail(std::uint64_t offset = 0) const {
        struct stat status {};
        if (stat(m_path.c_str(), &status) != 0)
            qFatal("no file");
        Tail tail(status.st_dev, status.st_ino);
        if (tail.open(m_path) != Tail::Opening::Done || !tail.startAt(offset))
            qFatal("cannot open");
        return tail;
    }
    static std::string readAll(Tail &tail, std::size_t step = 100'000) {
        std::string all;
        std::vector<char> buffer(step);
        for (;;) {
            const Tail::Slice slice = tail.read(buffer);
            if (slice.outcome != Tail::Outcome::Bytes)
                return slice.outcome == Tail::Outcome::End ? all : all + "!";
            all.append(slice.bytes.data(), slice.bytes.size());
        }
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
};

void tst_tail::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(QStringLiteral("file")).toStdString();
}

void tst_tail::readsInPiecesOfAnySize() {
    std::string text;
    for (int i = 0; text.size() < 5000; ++i)
        text += std::to_string(i) + "\n";
    write(text);
    for (std::size_t step : {1, 7, 127, 128, 129, 1023, 1024, 1025, 100'000}) {
        Tail t = tail();
        QCOMPARE(readAll(t, step), text);
        QCOMPARE(t.offset(), text.size());
    }
}

void tst_tail::onlyItsOwnFileIsOpened() {
    write("x");
    Tail t = tail();
    QVERIFY(t.isOpen());
    fs::rename(m_path, m_path + "2");
    QVERIFY(t.open(m_path) == Tail::Opening::Missing);
    QVERIFY(t.open(m_path + "2/below") == Tail::Opening::Missing);
    write("y");
    QVERIFY(t.open(m_path) == Tail::Opening::OtherFile);
    QVERIFY(t.open(m_path + "2") == Tail::Opening::Done);
    QVERIFY(t.open(std::string(5000, 'x')) == Tail::Opening::Failed);
    QCOMPARE(t.error(), ENAMETOOLONG);
    fs::remove(m_path + "2");
    QVERIFY(t.isOpen());
    QCOMPARE(readAll(t), std::string("x"));
}

void tst_tail::startsInTheMiddle() {
    write("0123456789");
    Tail t = tail(4);
    QCOMPARE(readAll(t), std::string("456789"));
    QVERIFY(t.startAt(10));
    QCOMPARE(readAll(t), std::string());
    QVERIFY(!t.startAt(11));
    QCOMPARE(t.offset(), 0U);
}

void tst_tail::noticesEveryChangeOfWhatWasRead_data() {
    QTest::addColumn<int>("size");
    for (int size : {1, 100, 128, 500, 1024, 1025, 5000})
        QTest::addRow("%d bytes", size) << size;
}

void tst_tail::noticesEveryChangeOfWhatWasRead() {
    QFETCH(int, size);
    const std::string text(static_cast<std::size_t>(size), 'x');
    const auto isReplaced = [&](const std::string &next) {
        write(text);
        Tail t = tail();
        if (readAll(t) != text)
            return false;
        write(next);
        return readAll(t) == "!";
    };
    QVERIFY(!isReplaced(text));
    QVERIFY(!isReplaced(text + "more"));
    QVERIFY(isReplaced(""));
    QVERIFY(isReplaced(text.substr(1)));
    std::string other = text;
    other[0] = 'y';
    QVERIFY(isReplaced(other) && isReplaced(other + "more"));
    other = text;
    other.back() = 'y';
    QVERIFY(isReplaced(other) && isReplaced(other + "more"));
}

void tst_tail::canBeClosedBetweenReadings() {
    write("one");
    Tail t = tail();
    QCOMPARE(readAll(t), std::string("one"));
    t.close();
    QVERIFY(!t.isOpen());
    QVERIFY(!t.startAt(0));
    write("one and two");
    QVERIFY(t.open(m_path) == Tail::Opening::Done);
    QVERIFY(t.startAt(3));
    QCOMPARE(readAll(t), std::string(" and two"));
}

void tst_tail::identityIsOfWhatWasRead() {
    write("begin");
    Tail t = tail();
    const SourceIdentity before = t.identity();
    QCOMPARE(before.headLength, 5U);
    QCOMPARE(before.headHash, headHash(std::string("begin")));
    QCOMPARE(readAll(t), std::string("begin"));
    write("begin and more");
    QCOMPARE(t.identity(), before); // not read yet
    QCOMPARE(readAll(t), std::string(" and more"));
    QCOMPARE(t.identity().headLength, 14U);
    write("begin and more" + std::string(3000, 'x'));
    static_cast<void>(readAll(t));
    QCOMPARE(t.identity().headLength, 1024U);
    QCOMPARE(t.identity().headHash, headHash("begin and more" + std::string(1010, 'x')));
    t.close();
    t.restart();
    QCOMPARE(t.identity().headLength, 0U);
}

/// While one thread truncates and rewrites the file over and over, another reads it: everything that is handed out
/// between two replacements comes from one writing.
void tst_tail::generationsNeverMix() {
    write("");
    Tail t = tail();
    std::jthread writer([&](const std::stop_token &stop) {
        const int descriptor = open(m_path.c_str(), O_WRONLY | O_APPEND);
        for (int generation = 0; !stop.stop_requested(); ++generation) {
            const std::string piece(97, static_cast<char>('a' + generation % 26));
            for (int i = 0; i < 40 + generation % 7; ++i) {
                if (::write(descriptor, piece.data(), piece.size()) < 0)
                    qFatal("cannot write");
            }
            if (ftruncate(descriptor, 0) != 0)
                qFatal("cannot truncate");
        }
        close(descriptor);
    });
    std::vector<char> buffer(1500);
    std::string generation;
    int replaced = 0;
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 1500) {
        const Tail::Slice slice = t.read(buffer);
        if (slice.outcome == Tail::Outcome::Replaced) {
            t.restart();
            generation.clear();
            ++replaced;
        } else if (slice.outcome == Tail::Outcome::Bytes) {
            QCOMPARE(slice.offset, generation.size());
            generation.append(slice.bytes.data(), slice.bytes.size());
            QVERIFY2(generation.find_first_not_of(generation[0]) == std::string::npos, generation.c_str());
        }
    }
    QVERIFY(replaced > 20);
}

QTEST_GUILESS_MAIN(tst_tail)
#include "tst_tail.moc"
