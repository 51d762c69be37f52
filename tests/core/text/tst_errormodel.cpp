// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/errormodel.h"

#include "core/text/shipped/shippedmodel.h"
#include "core/text/training/train.h"

#include <QTest>
#include <cmath>
#include <numeric>
#include <xxhash.h>

using namespace ra::text;

namespace {

ErrorVerdict verdictOf(const ErrorModel &model, std::string_view message) {
    ErrorFeatures scratch;
    return model.classify(message, scratch);
}

std::string bytesOf(const ErrorModel &model) {
    std::string bytes;
    model.serialise(bytes);
    return bytes;
}

/// The bytes with a sound checksum behind them.
std::string sealed(std::string body) {
    const std::uint64_t checksum = XXH3_64bits(body.data(), body.size());
    for (unsigned shift = 0; shift < 64; shift += 8)
        body.push_back(static_cast<char>(checksum >> shift));
    return body;
}

} // namespace

class TestErrorModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void classesHaveNames() {
        for (std::size_t c = 0; c < errorClasses; ++c)
            QCOMPARE(errorClassNamed(nameOf(static_cast<ErrorClass>(c))), std::optional(static_cast<ErrorClass>(c)));
        QVERIFY(!errorClassNamed("Timeout"));
    }
    void anEmptyModelKnowsNothing() {
        const ErrorVerdict verdict = verdictOf(ErrorModel(), "connection refused");
        QVERIFY(std::abs(verdict.probability - 1.0 / errorClasses) < 1e-12);
        QCOMPARE(verdict.said, ErrorClass::Unknown);
    }
    void probabilitiesAddUp() {
        const ErrorModel model = shippedErrorModel();
        ErrorFeatures features;
        for (const char *message : {"", "x", "timed out", "permission denied: no such file, out of memory"}) {
            features.read(message);
            const auto p = model.probabilities(features);
            QVERIFY(std::abs(std::accumulate(p.begin(), p.end(), 0.0) - 1) < 1e-12);
        }
    }
    void theShippedModelKnowsPlainCases_data() {
        QTest::addColumn<QByteArray>("is");
        const auto row = [](const char *message, const char *is) { QTest::newRow(message) << QByteArray(is); };
        row("the request to the billing service timed out", "timeout");
        row("connection refused by 10.1.2.3:80", "network");
        row("you do not have permission to read /srv/a", "permission");
        row("cannot find the file results.csv", "missing_file");
        row("java.lang.OutOfMemoryError: Java heap space", "out_of_memory");
        row("write failed: no space left on device", "resource_exhaustion");
        row("ValueError: invalid date in column start", "validation");
        row("unknown option --colour", "configuration");
    }
    void theShippedModelKnowsPlainCases() {
        QFETCH(QByteArray, is);
        const ErrorVerdict verdict = verdictOf(shippedErrorModel(), QTest::currentDataTag());
        QCOMPARE(QByteArray(nameOf(verdict.said).data()), is);
        QCOMPARE(verdict.best, verdict.said);
    }
    void correctionsAreLearnt() {
        ErrorModel model = shippedErrorModel();
        const char *message = "flux capacitor went offline in lane 3";
        for (const ErrorClass is : {ErrorClass::Permission, ErrorClass::Timeout, ErrorClass::Unknown}) {
            model.learn(message, is);
            ErrorFeatures features;
            features.read(message);
            const auto s = model.scores(features);
            for (std::size_t c = 0; c < errorClasses; ++c) {
                if (c != static_cast<std::size_t>(is))
                    QVERIFY(s[static_cast<std::size_t>(is)] >= s[c] + ErrorModel::margin - 0.05);
            }
        }
        QCOMPARE(verdictOf(model, message).said, ErrorClass::Unknown);
        // What is known already changes nothing, and others are left as they were.
        const ErrorModel before = model;
        model.learn(message, ErrorClass::Unknown);
        QVERIFY(model == before);
        QCOMPARE(verdictOf(model, "connection refused").said, ErrorClass::Network);
        // A message without features still moves the biases.
        model.learn("", ErrorClass::Timeout);
        QCOMPARE(verdictOf(model, "").best, ErrorClass::Timeout);
    }
    void modelsComeBackAsTheyWere() {
        ErrorModel model = shippedErrorModel();
        model.learn("flux capacitor went offline", ErrorClass::Permission);
        const auto again = ErrorModel::deserialise(bytesOf(model));
        QVERIFY(again && *again == model);
        QVERIFY(bytesOf(*again) == bytesOf(model));
        const auto empty = ErrorModel::deserialise(bytesOf(ErrorModel()));
        QVERIFY(empty && *empty == ErrorModel());
    }
    void damageIsRefused() {
        ErrorModel model;
        model.learn("flux capacitor went offline", ErrorClass::Permission);
        const std::string bytes = bytesOf(model);
        for (std::size_t size = 0; size < bytes.size(); size += 7)
            QVERIFY(!ErrorModel::deserialise(bytes.substr(0, size)));
        const std::string body = bytes.substr(0, bytes.size() - 8);
        QVERIFY(ErrorModel::deserialise(sealed(body)));
        QVERIFY(!ErrorModel::deserialise(sealed(body + '\0')));
        QVERIFY(!ErrorModel::deserialise(sealed(body.substr(0, body.size() - 1))));
        std::string other = body;
        other[6] = 15; // bits of a bucket
        QVERIFY(!ErrorModel::deserialise(sealed(other)));
        const std::string biases = body.substr(0, 7) + std::string(errorClasses, '\0');
        QVERIFY(!ErrorModel::deserialise(sealed(biases + "\x01\xff\xff\xff\x7f")));
        QVERIFY(!ErrorModel::deserialise(sealed(body.substr(0, 7) + "\xff\xff\xff\x7f" + std::string(8, '\0') + '\0')));
        QCOMPARE(ErrorModel::deserialise("nonsense that is long enough").error().kind, ra::ErrorKind::Damaged);
    }
    void weightsAreHeldWithinLimits() {
        ErrorModel model;
        model.setWeight(7, ErrorClass::Timeout, 1e300);
        model.setWeight(8, ErrorClass::Timeout, std::nan(""));
        model.setBias(ErrorClass::Network, -1e300);
        model.setBias(ErrorClass::Timeout, std::nan(""));
        const auto again = ErrorModel::deserialise(bytesOf(model));
        QVERIFY(again && *again == model);
    }

    void sentencesAreRead() {
        const auto read =
            readSentences("# a comment\n== timeout\n\n$cmd {timed out|gave up}\n== unknown\nx {{ y", "a.txt");
        QVERIFY(read);
        QCOMPARE(read->size(), std::size_t{2});
        QCOMPARE(read->at(0).is, ErrorClass::Timeout);
        QCOMPARE(vary(read->at(1), 0), std::string("x { y"));
        QVERIFY(vary(read->at(0), 0).ends_with("timed out") || vary(read->at(0), 0).ends_with("gave up"));
        for (const char *wrong : {"no class", "== nothing", "== timeout\na $nosuch", "== timeout\na {b|c"})
            QVERIFY2(!readSentences(wrong, "a.txt"), wrong);
        QCOMPARE(readSentences("== timeout\na {b", "a.txt").error().where, std::string("a.txt:2"));
    }
    void variationsDependOnTheirArgumentsAlone() {
        const Sentence sentence{
            ErrorClass::Network,
            "$user $type $time $path $name $host $file $field $conf $set $env $cmd $port $num $url $dir $size"};
        bool differs = false;
        for (std::uint32_t variation = 0; variation < 200; ++variation) {
            QCOMPARE(vary(sentence, variation), vary(sentence, variation));
            QVERIFY(vary(sentence, variation).find('$') == std::string::npos);
            differs = differs || vary(sentence, variation) != vary(sentence, 0);
        }
        QVERIFY(differs);
    }
    void partsOfTheLargestGroupComeInTurn() {
        QCOMPARE(partsOfLargestGroup("plain {{ text"), std::size_t{1});
        QCOMPARE(partsOfLargestGroup("{a|b} {one|two||four} {c}"), std::size_t{4});
        QCOMPARE(partsOfLargestGroup("a group without an end {a|b"), std::size_t{2});
        const Sentence sentence{ErrorClass::Timeout, "{a|b}: {aleph|beth|gimel|daleth|he}"};
        for (const char *part : {"aleph", "beth", "gimel", "daleth", "he"}) {
            int seen = 0;
            for (std::uint32_t variation = 0; variation < 50; ++variation)
                seen += vary(sentence, variation).ends_with(part) ? 1 : 0;
            // Each is due ten times; what is put behind a sentence, or left out of it, hides some.
            QVERIFY2(seen >= 3 && seen <= 10, part);
        }
    }
    void trainingFindsWhatTellsClassesApart() {
        std::vector<Sentence> sentences;
        for (const char *place : {"reader", "writer", "loader", "sender", "parser", "router"}) {
            sentences.push_back({ErrorClass::Timeout, std::string(place) + " timed out after $time"});
            sentences.push_back({ErrorClass::OutOfMemory, std::string(place) + " ran out of memory at $num"});
            sentences.push_back({ErrorClass::Unknown, std::string(place) + " did well"});
        }
        const auto trained = trainErrorModel(sentences, {.folds = 2});
        QVERIFY(trained);
        QVERIFY(trained->report.accuracy > 0.95);
        QVERIFY(trained->report.macroF1 > 0.3); // of nine classes three occur
        QVERIFY(trained->report.calibrationError < 0.2);
        QCOMPARE(verdictOf(trained->model, "the printer timed out").said, ErrorClass::Timeout);
        QCOMPARE(verdictOf(trained->model, "the printer ran out of memory").said, ErrorClass::OutOfMemory);
        QCOMPARE(verdictOf(trained->model, "the printer did well").said, ErrorClass::Unknown);
        QVERIFY(trainErrorModel(sentences, {.folds = 2})->model == trained->model);
        QVERIFY(!trainErrorModel({}));
        QVERIFY(!trainErrorModel(sentences, {.folds = 1}));
        QVERIFY(!trainErrorModel(sentences, {.folds = 19}));
    }
};

QTEST_APPLESS_MAIN(TestErrorModel)
#include "tst_errormodel.moc"
