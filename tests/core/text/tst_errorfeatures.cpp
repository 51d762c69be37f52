// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/errorfeatures.h"

#include <QTest>
#include <algorithm>

using namespace ra::text;

namespace {

std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> featuresOf(std::string_view message) {
    ErrorFeatures features;
    features.read(message);
    return {{features.words().begin(), features.words().end()}, {features.pieces().begin(), features.pieces().end()}};
}

} // namespace

class TestErrorFeatures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void alike_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        const auto row = [](const char *one, const char *other) {
            QTest::newRow(one) << QByteArray(one) << QByteArray(other);
        };
        row("File not found", "file NOT found");
        row("FileNotFoundError", "file_not_found_error");
        row("HTTPError", "http error");
        row("cannot open /etc/a/b.conf", "cannot open /var/lib/other.conf");
        row("get https://a.example.com/x failed", "get http://b.example.org/y?z failed");
        row("from 10.0.0.1", "from 192.168.7.200");
        row("id 123456", "id 99887766");
        row("can't open", "cant open");
        row("  a,  b ", "a b");
    }
    void alike() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QVERIFY(featuresOf(one.toStdString()) == featuresOf(other.toStdString()));
    }
    void apart_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        const auto row = [](const char *one, const char *other) {
            QTest::newRow(one) << QByteArray(one) << QByteArray(other);
        };
        row("timed out", "out timed");
        row("status 504", "status 403");
        row("no module named timeout", "no module named 'timeout'");
        row("read a.conf", "read a.csv");
        row("/a/b.conf", "/a/b.csv");
    }
    void apart() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QVERIFY(featuresOf(one.toStdString()) != featuresOf(other.toStdString()));
    }
    void nothingHasNoFeatures() {
        for (const char *message : {"", "   ", "---", "''", "\"\""}) {
            const auto [words, pieces] = featuresOf(message);
            QVERIFY2(pieces.empty(), message);
        }
        QVERIFY(featuresOf("").first.empty());
    }
    void anyBytesAreTaken() {
        std::string bytes;
        for (int i = 0; i < 20'000; ++i)
            bytes.push_back(static_cast<char>(i * 7919 >> 3));
        for (const std::string &message :
             {bytes, std::string(5000, 'a'), std::string(5000, '/'), std::string(5000, '\''), std::string(5000, '0'),
              std::string(100, '1') + std::string(900, ':'), std::string("can'"), std::string("'")}) {
            const auto [words, pieces] = featuresOf(message);
            for (const std::uint32_t bucket : words)
                QVERIFY(bucket < ErrorFeatures::buckets);
            for (const std::uint32_t bucket : pieces)
                QVERIFY(bucket < ErrorFeatures::buckets);
        }
    }
    void onlyTheBeginningIsRead() {
        const std::string begin(ErrorFeatures::readBytes, ' ');
        QVERIFY(featuresOf(begin + "timed out").first.empty());
        std::string words;
        for (int i = 0; i < 400; ++i)
            words += "ab ";
        QVERIFY(featuresOf(words).first.size() < 400);
    }
    void objectsAreUsedAgain() {
        ErrorFeatures features;
        features.read("one two three four");
        features.read("timed out");
        QVERIFY(std::ranges::equal(features.words(), featuresOf("timed out").first));
        QVERIFY(std::ranges::equal(features.pieces(), featuresOf("timed out").second));
    }
};

QTEST_APPLESS_MAIN(TestErrorFeatures)
#include "tst_errorfeatures.moc"
