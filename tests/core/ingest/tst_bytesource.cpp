// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/bytesource.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <array>
#include <random>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

using namespace ra;
using namespace ra::ingest;

namespace {

std::string gzip(const std::string &text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(const std::string &text, int windowLog = 0) {
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (windowLog != 0)
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog);
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
    ZSTD_freeCCtx(context);
    return out;
}

std::string noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string text(size, '\0');
    for (char &c : text)
        c = "abcdefghijklmnop\n"[random() % 17];
    return text;
}

/// The value of a Result that must be one.
template <typename T>
T need(const Result<T> &result) {
    if (!result)
        qFatal("%s", result.error().sentence().c_str());
    return *result;
}

/// Everything from `offset` on, in pieces of `step` bytes, and the error that ended it if any.
std::pair<std::string, std::string> readAll(ByteSource &source, std::size_t step, std::uint64_t offset = 0) {
    std::string all;
    std::vector<char> buffer(step);
    for (;;) {
        const Result<std::size_t> length = source.read(offset + all.size(), buffer);
        if (!length)
            return {all, length.error().why};
        if (*length == 0)
            return {all, {}};
        all.append(buffer.data(), *length);
    }
}

} // namespace

class tst_bytesource : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aFileIsOneStream_data();
    void aFileIsOneStream();
    void readingJumpsAsAsked_data();
    void readingJumpsAsAsked();
    void aFarPlaceIsApproachedInPieces_data() { readingJumpsAsAsked_data(); }
    void aFarPlaceIsApproachedInPieces();
    void damageKeepsWhatCameBefore_data();
    void damageKeepsWhatCameBefore();
    void aWindowTooLargeIsAnError();
    void aFileThatGrowsIsReadOn();
    void identityIsOfTheDecompressedHead();
    void identityGrowsWithTheFile();
    void holesAreZeros();
    void whatCannotBeReadIsAnError();
    void moving();

private:
    std::string write(const std::string &bytes, const char *name = "file") {
        const QString path = m_folder->filePath(QString::fromLatin1(name));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            qFatal("cannot write");
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        return path.toStdString();
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void tst_bytesource::init() {
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_bytesource::aFileIsOneStream_data() {
    QTest::addColumn<std::string>("stored");
    QTest::addColumn<std::string>("text");
    QTest::addColumn<int>("compression");
    const auto row = [](const char *name, const std::string &stored, const std::string &text, Compression compression) {
        QTest::newRow(name) << stored << text << static_cast<int>(compression);
    };
    const std::string a = noise(300'000, 1);
    const std::string b = noise(70'000, 2);
    row("plain", a, a, Compression::None);
    row("empty", "", "", Compression::None);
    row("three bytes", "abc", "abc", Compression::None);
    row("gzip", gzip(a), a, Compression::Gzip);
    row("gzip of nothing", gzip(""), "", Compression::Gzip);
    row("two members", gzip(a) + gzip(b), a + b, Compression::Gzip);
    row("an empty member between", gzip(a) + gzip("") + gzip(b), a + b, Compression::Gzip);
    row("padded with zeros", gzip(a) + std::string(512, '\0'), a, Compression::Gzip);
    row("zstd", zstd(a), a, Compression::Zstd);
    row("zstd of nothing", zstd(""), "", Compression::Zstd);
    row("two frames", zstd(a) + zstd(b), a + b, Compression::Zstd);
    row("gzip inside gzip is data", gzip(gzip(a)), gzip(a), Compression::Gzip);
    row("highly compressible", zstd(std::string(20'000'000, 'x')), std::string(20'000'000, 'x'), Compression::Zstd);
    row("highly compressible gzip", gzip(std::string(5'000'000, 'x')), std::string(5'000'000, 'x'), Compression::Gzip);
}

void tst_bytesource::aFileIsOneStream() {
    QFETCH(std::string, stored);
    QFETCH(std::string, text);
    QFETCH(int, compression);
    auto source = ByteSource::open(write(stored, "named.log"));
    QVERIFY(source);
    QCOMPARE(static_cast<int>(source->compression()), compression);
    QCOMPARE(source->stamp().value_or(FileStamp{}).size, std::int64_t(stored.size()));
    for (std::size_t step : {std::size_t(1) << 20, std::size_t(4097), std::size_t(100'003)}) {
        const auto [all, error] = readAll(*source, step);
        QCOMPARE(error, std::string());
        QVERIFY(all == text);
    }
}

void tst_bytesource::readingJumpsAsAsked_data() {
    QTest::addColumn<std::string>("stored");
    const std::string text = noise(500'000, 3);
    QTest::newRow("plain") << text;
    QTest::newRow("gzip") << gzip(text.substr(0, 200'000)) + gzip(text.substr(200'000));
    QTest::newRow("zstd") << zstd(text.substr(0, 100'000)) + zstd(text.substr(100'000));
}

void tst_bytesource::readingJumpsAsAsked() {
    QFETCH(std::string, stored);
    const std::string text = noise(500'000, 3);
    auto source = ByteSource::open(write(stored));
    QVERIFY(source);
    const unsigned seed = 4;
    std::mt19937 random(seed);
    std::vector<char> buffer(60'000);
    for (int round = 0; round < 60; ++round) {
        const std::size_t offset = random() % 510'000;
        const std::size_t size = random() % buffer.size();
        const auto length = source->read(offset, std::span(buffer).first(size));
        QVERIFY(length);
        const std::size_t expected = offset >= text.size() ? 0 : std::min(size, text.size() - offset);
        QCOMPARE(*length, expected);
        QVERIFY(expected == 0 ||
                std::string_view(buffer.data(), expected) == std::string_view(text).substr(offset, expected));
    }
    QVERIFY(source->read(0, {}).value_or(1) == 0);
}

void tst_bytesource::aFarPlaceIsApproachedInPieces() {
    QFETCH(std::string, stored);
    const std::string text = noise(500'000, 3);
    auto source = ByteSource::open(write(stored));
    QVERIFY(source);
    const bool packed = source->compression() != Compression::None;
    const std::uint64_t offset = 450'000;
    int pieces = 1;
    for (; !need(source->approach(offset, 100'000)); ++pieces)
        QVERIFY(pieces < 100);
    QCOMPARE(pieces, packed ? 5 : 1);
    QVERIFY(readAll(*source, 4097, offset).first == text.substr(offset));
    QVERIFY(need(source->approach(offset, packed ? offset : 0))); // back again
    QVERIFY(readAll(*source, 4097, offset).first == text.substr(offset));
    QVERIFY(need(source->approach(600'000, UINT64_MAX))); // beyond the end: as near as there is
    std::array<char, 10> buffer{};
    QCOMPARE(need(source->read(600'000, buffer)), 0U);
}

void tst_bytesource::damageKeepsWhatCameBefore_data() {
    QTest::addColumn<std::string>("stored");
    QTest::addColumn<int>("atLeast");
    const std::string text = noise(500'000, 5);
    const std::string gz = gzip(text);
    const std::string zst = zstd(text);
    QTest::newRow("gzip cut") << gz.substr(0, gz.size() / 2) << 200'000;
    QTest::newRow("gzip without its last bytes") << gz.substr(0, gz.size() - 4) << 500'000;
    QTest::newRow("zstd cut") << zst.substr(0, zst.size() / 2) << 100'000;
    std::string broken = gz;
    for (std::size_t i = gz.size() / 2; i < gz.size() / 2 + 200; ++i)
        broken[i] = static_cast<char>(~broken[i]);
    QTest::newRow("gzip broken inside") << broken << 200'000;
    broken = zst;
    for (std::size_t i = zst.size() / 2; i < zst.size() / 2 + 200; ++i)
        broken[i] = static_cast<char>(~broken[i]);
    QTest::newRow("zstd broken inside") << broken << 100'000;
    QTest::newRow("something after gzip") << gz + "trailing" << 500'000;
    QTest::newRow("something after zstd") << zst + "trailing" << 500'000;
    QTest::newRow("nothing but a gzip magic") << gz.substr(0, 4) << 0;
    QTest::newRow("nothing but a zstd magic") << zst.substr(0, 4) << 0;
}

void tst_bytesource::damageKeepsWhatCameBefore() {
    QFETCH(std::string, stored);
    QFETCH(int, atLeast);
    const std::string text = noise(500'000, 5);
    auto source = ByteSource::open(write(stored));
    QVERIFY(source);
    const auto [all, error] = readAll(*source, 10'000);
    QVERIFY(!error.empty());
    QVERIFY2(all.size() >= static_cast<std::size_t>(atLeast), std::to_string(all.size()).c_str());
    // Broken data may decode to something else for a while before it is noticed; what came before is right.
    QVERIFY(all.substr(0, static_cast<std::size_t>(atLeast)) == text.substr(0, static_cast<std::size_t>(atLeast)));
    std::vector<char> one(1);
    const auto again = source->read(all.size(), one);
    QVERIFY(!again && again.error().kind == ErrorKind::Damaged && again.error().where == source->path());
    const auto identity = source->identity();
    QVERIFY(identity);
    QCOMPARE(identity->headLength, static_cast<std::uint32_t>(std::min<std::size_t>(1024, all.size())));
}

void tst_bytesource::aWindowTooLargeIsAnError() {
    auto source = ByteSource::open(write(zstd(noise(10'000'000, 6), 24)));
    QVERIFY(source);
    std::vector<char> buffer(100);
    const auto length = source->read(0, buffer);
    QVERIFY(!length && length.error().kind == ErrorKind::Damaged);
}

void tst_bytesource::aFileThatGrowsIsReadOn() {
    const std::string path = write("one\n");
    auto source = ByteSource::open(path);
    QVERIFY(source);
    QCOMPARE(readAll(*source, 100).first, std::string("one\n"));
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::Append));
    file.write("two\n");
    file.close();
    QCOMPARE(readAll(*source, 100, 4).first, std::string("two\n"));
}

void tst_bytesource::identityIsOfTheDecompressedHead() {
    const std::string text = noise(5000, 7);
    auto plain = ByteSource::open(write(text, "a"));
    auto packed = ByteSource::open(write(gzip(text), "b"));
    auto other = ByteSource::open(write(zstd(noise(5000, 8)), "c"));
    QVERIFY(plain && packed && other);
    std::vector<char> buffer(2000);
    QVERIFY(packed->read(1000, buffer));
    const auto first = plain->identity();
    const auto second = packed->identity();
    QVERIFY(first && second);
    QCOMPARE(first->headLength, 1024U);
    QCOMPARE(first->headHash, second->headHash);
    QVERIFY(first->inode != second->inode);
    QCOMPARE(first->device, second->device);
    struct stat status {};
    QCOMPARE(stat(plain->path().c_str(), &status), 0);
    QCOMPARE(first->inode, status.st_ino);
    const auto third = other->identity();
    QVERIFY(third && third->headHash != first->headHash);
    // Reading goes on where it was.
    QVERIFY(packed->read(3000, buffer).value_or(0) == 2000);
    QVERIFY(std::string_view(buffer.data(), 2000) == std::string_view(text).substr(3000));
}

void tst_bytesource::identityGrowsWithTheFile() {
    const std::string path = write("short");
    auto source = ByteSource::open(path);
    QVERIFY(source);
    const auto before = source->identity();
    QVERIFY(before && before->headLength == 5);
    write("short and then some");
    const auto after = source->identity();
    QVERIFY(after && after->headLength == 19 && after->headHash != before->headHash);
    QCOMPARE(headHash(std::string_view("short and then some").substr(0, before->headLength)), before->headHash);
    write("shy"); // another file under the same inode
    const auto rewritten = source->identity();
    QVERIFY(rewritten && rewritten->headLength == 3 && rewritten->inode == before->inode);
    QCOMPARE(rewritten->headHash, headHash(std::string_view("shy")));
    QVERIFY(rewritten->headHash != headHash(std::string_view("short").substr(0, 3)));
}

void tst_bytesource::holesAreZeros() {
    const std::string path = write("begin");
    const std::uint64_t size = 20ULL << 30; // takes no room on the disk
    if (truncate(path.c_str(), static_cast<off_t>(size)) != 0)
        QSKIP("the file system has no sparse files of 20 GB");
    auto source = ByteSource::open(path);
    QVERIFY(source);
    QCOMPARE(source->stamp().value_or(FileStamp{}).size, std::int64_t(size));
    std::vector<char> buffer(1000, 'x');
    QCOMPARE(source->read(size - 500, buffer).value_or(0), std::size_t(500));
    QVERIFY(std::all_of(buffer.begin(), buffer.begin() + 500, [](char c) { return c == '\0'; }));
    QCOMPARE(source->read(size + 500, buffer).value_or(1), std::size_t(0));
}

void tst_bytesource::whatCannotBeReadIsAnError() {
    const auto missing = ByteSource::open(m_folder->filePath(QStringLiteral("none")).toStdString());
    QVERIFY(!missing && missing.error().kind == ErrorKind::NotFound);
    const auto folder = ByteSource::open(m_folder->path().toStdString());
    QVERIFY(!folder && folder.error().kind == ErrorKind::Invalid);
    const std::string pipe = m_folder->filePath(QStringLiteral("pipe")).toStdString();
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    const auto fifo = ByteSource::open(pipe);
    QVERIFY(!fifo && fifo.error().kind == ErrorKind::Invalid);
    if (geteuid() != 0) {
        const std::string secret = write("x", "secret");
        chmod(secret.c_str(), 0);
        const auto denied = ByteSource::open(secret);
        QVERIFY(!denied && !denied.error().hint.empty());
    }
    // /proc/self/mem is a regular file whose first page cannot be read.
    const auto unreadable = ByteSource::open("/proc/self/mem");
    QVERIFY(!unreadable && unreadable.error().kind == ErrorKind::Failed);
}

void tst_bytesource::moving() {
    auto first = ByteSource::open(write("first", "1"));
    auto second = ByteSource::open(write(gzip("second"), "2"));
    QVERIFY(first && second);
    *first = std::move(*second);
    QCOMPARE(readAll(*first, 10).first, std::string("second"));
    ByteSource third(std::move(*first));
    QCOMPARE(readAll(third, 10).first, std::string("second"));
}

QTEST_GUILESS_MAIN(tst_bytesource)
#include "tst_bytesource.moc"
