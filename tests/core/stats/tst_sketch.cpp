// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sketch.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <random>

using namespace ra;
using namespace ra::stats;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double notANumber = std::numeric_limits<double>::quiet_NaN();

using Values = std::vector<double>;
using Make = std::function<double(std::mt19937_64 &, std::size_t i)>;

/// Distributions made to be hard for something.
const std::map<std::string, Make> &distributions() {
    static const auto uniform = [](std::mt19937_64 &r) { return std::ldexp(static_cast<double>(r() >> 11), -53); };
    static const std::map<std::string, Make> all{
        {"uniform", [](auto &r, auto) { return uniform(r); }},
        {"normal", [](auto &r, auto) { return std::normal_distribution<double>()(r); }},
        {"log-normal", [](auto &r, auto) { return std::lognormal_distribution<double>(0, 3)(r); }},
        {"Pareto with no mean", [](auto &r, auto) { return std::pow(uniform(r) + 1e-300, -2); }},
        {"two heaps", [](auto &r, auto i) { return (i % 2 == 0 ? 1e-9 : 1e9) * (1 + uniform(r)); }},
        {"all scales", [](auto &r, auto) { return std::pow(10, 600 * uniform(r) - 300); }},
        {"all scales and signs",
         [](auto &r, auto i) { return (i % 2 ? 1 : -1) * std::pow(10, 600 * uniform(r) - 300); }},
        {"any bits", [](auto &r, auto) { return std::bit_cast<double>(r()); }},
        {"powers of two", [](auto &r, auto) { return std::ldexp(1, static_cast<int>(r() % 2046) - 1022); }},
        {"below powers of two",
         [](auto &r, auto) { return std::nextafter(std::ldexp(1, static_cast<int>(r() % 2045) - 1021), 0); }},
        {"ascending", [](auto &, auto i) { return static_cast<double>(i); }},
        {"descending", [](auto &, auto i) { return -static_cast<double>(i); }},
        {"saw", [](auto &, auto i) { return static_cast<double>(i % 100) - 50; }},
        {"mostly zero", [](auto &r, auto i) { return i % 50 == 0 ? uniform(r) - 0.5 : 0.0; }},
        {"one far off", [](auto &r, auto i) { return i == 77 ? 1e300 : uniform(r); }},
        {"equal", [](auto &, auto) { return 0.3; }},
        {"infinities", [](auto &r, auto i) { return i % 3 == 0   ? infinity
                                                    : i % 3 == 1 ? -infinity
                                                                 : uniform(r); }},
        {"largest and least", [](auto &, auto i) { return i % 2 ? std::numeric_limits<double>::max() : 2.3e-308; }},
    };
    return all;
}

Values made(const std::string &name, std::size_t n = 4'000, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    Values values(n);
    for (std::size_t i = 0; i < n; ++i)
        values[i] = distributions().at(name)(random, i);
    return values;
}

void addRows() {
    QTest::addColumn<std::string>("name");
    for (const auto &[name, make] : distributions())
        QTest::newRow(name.c_str()) << name;
}

Sketch sketchOf(std::span<const double> values, SketchOptions options = {}) {
    Sketch sketch(options);
    sketch.add(values);
    return sketch;
}

std::string bytesOf(const Sketch &sketch) {
    std::string bytes;
    sketch.serialise(bytes);
    return bytes;
}

/// Fails the test where a quantile is further off than the sketch says.
void checkQuantiles(const Sketch &sketch, Values values) {
    values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }), values.end());
    std::sort(values.begin(), values.end());
    QCOMPARE(sketch.count(), values.size());
    QCOMPARE(sketch.min(), values.front());
    QCOMPARE(sketch.max(), values.back());
    for (int i = 0; i <= 64; ++i) { // nearer to each other towards both ends, where it is harder
        const double q = (1 - std::cos(i * 3.14159265 / 64)) / 2;
        const double truth = values[static_cast<std::size_t>(std::floor(q * static_cast<double>(values.size() - 1)))];
        const double said = *sketch.quantile(q);
        const double spacing = std::abs(truth) < std::numeric_limits<double>::min() ? 0x1p-1074 : 0;
        const double allowed = std::abs(truth) * sketch.relativeError() + spacing;
        const bool good = said == truth || std::abs(said - truth) <= allowed;
        QVERIFY2(good, qPrintable(QStringLiteral("q %1: %2 instead of %3").arg(q).arg(said).arg(truth)));
    }
}

} // namespace

class TestSketch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void noQuantileIsFurtherOffThanPromised_data() { addRows(); }
    void noQuantileIsFurtherOffThanPromised() {
        QFETCH(std::string, name);
        const Values values = made(name);
        for (const double error : {0.003, 0.01, 0.1, 0.5}) {
            const Sketch sketch = sketchOf(values, {.relativeError = error});
            QCOMPARE(sketch.relativeError(), error); // as nothing is ever joined by default, up to 1 %
            checkQuantiles(sketch, values);
        }
    }

    void joinedBucketsKeepToWhatTheySay_data() { addRows(); }
    void joinedBucketsKeepToWhatTheySay() {
        QFETCH(std::string, name);
        const Values values = made(name);
        checkQuantiles(sketchOf(values, {.relativeError = 0.01, .maxBuckets = 64}), values);
    }

    void joiningDoublesTheErrorAndNoMore() {
        Values values;
        for (int i = 0; i < 200; ++i) // two or three buckets between neighbours at 1 %
            values.push_back(std::pow(1.05, i));
        QCOMPARE(sketchOf(values, {.maxBuckets = 200}).relativeError(), 0.01);
        const Sketch joined = sketchOf(values, {.maxBuckets = 130});
        // Neighbours share a bucket once it is (1.01 / 0.99)^4 wide: tanh(4 artanh 0.01) = 0.0399800.
        QVERIFY(std::abs(joined.relativeError() - 0.0399800) < 1e-7);
        QVERIFY(bytesOf(joined).size() < bytesOf(sketchOf(values)).size());
    }

    void aMergeOfPartsIsTheSketchOfTheWhole_data() { addRows(); }
    void aMergeOfPartsIsTheSketchOfTheWhole() {
        QFETCH(std::string, name);
        Values values = made(name, 3'000);
        values.push_back(notANumber);
        values.push_back(-0.0);
        values.push_back(5e-324);
        std::mt19937_64 random(9);
        for (const SketchOptions options : {SketchOptions{}, SketchOptions{.relativeError = 0.02, .maxBuckets = 40}}) {
            const Sketch whole = sketchOf(values, options);
            for (int round = 0; round < 6; ++round) {
                std::shuffle(values.begin(), values.end(), random);
                // Parts of any size, some one by one, joined in any order.
                std::vector<Sketch> parts;
                for (std::size_t at = 0; at < values.size();) {
                    const std::size_t n = std::min<std::size_t>(random() % 700, values.size() - at);
                    Sketch part(options);
                    if (round % 2 == 0) {
                        part.add(std::span(values).subspan(at, n));
                    } else {
                        for (std::size_t i = at; i < at + n; ++i)
                            part.add(values[i]);
                    }
                    parts.push_back(std::move(part));
                    at += n;
                }
                while (parts.size() > 1) {
                    const std::size_t from = random() % parts.size();
                    const std::size_t to = (from + 1 + random() % (parts.size() - 1)) % parts.size();
                    QVERIFY(parts[to].merge(parts[from]));
                    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
                }
                QVERIFY(parts[0] == whole);
                QCOMPARE(bytesOf(parts[0]), bytesOf(whole));
            }
        }
    }

    void whatIsTakenAwayIsAsIfItHadNeverBeenThere_data() { addRows(); }
    void whatIsTakenAwayIsAsIfItHadNeverBeenThere() {
        QFETCH(std::string, name);
        Values values = made(name, 400);
        values.push_back(notANumber);
        values.push_back(-0.0);
        values.push_back(5e-324);
        std::mt19937_64 random(17);
        for (const SketchOptions options : {SketchOptions{}, SketchOptions{.relativeError = 0.02, .maxBuckets = 40}}) {
            for (int round = 0; round < 40; ++round) {
                std::shuffle(values.begin(), values.end(), random);
                const std::size_t n =
                    round < 4 ? values.size() - static_cast<std::size_t>(round) : random() % (values.size() + 1);
                const auto gone = std::span(values).first(n);
                const auto rest = std::span(values).subspan(n);
                Sketch sketch = sketchOf(values, options);
                QVERIFY(sketch.takeAway(sketchOf(gone, options)));
                const Sketch left = sketchOf(rest, options);
                QCOMPARE(sketch.count(), left.count());
                QCOMPARE(sketch.nans(), left.nans());
                QVERIFY(sketch.sum() == left.sum() || (std::isnan(sketch.sum()) && std::isnan(left.sum())));
                const double error = std::max(sketch.relativeError(), left.relativeError()) * 2 + 1e-12;
                for (const double q : {0.0, 0.25, 0.5, 1.0}) {
                    const auto a = sketch.quantile(q);
                    const auto b = left.quantile(q);
                    QCOMPARE(a.has_value(), b.has_value());
                    if (a && std::isfinite(*b))
                        QVERIFY2(std::abs(*a - *b) <= error * std::abs(*b) + 5e-324, qPrintable(QString::number(*b)));
                    else if (a)
                        QCOMPARE(*a, *b);
                }
                if (left.count() == 0 && options == SketchOptions{})
                    QCOMPARE(bytesOf(sketch), bytesOf(left));
                // Its bytes are those of a sketch, whatever is left.
                const auto read = Sketch::deserialise(bytesOf(sketch));
                QVERIFY(read && *read == sketch);
            }
        }
    }

    void whatIsNoPartCannotBeTakenAway() {
        const Sketch whole = sketchOf(Values{1, 2, 2, 700, -3, 0, notANumber});
        for (const Values &other :
             {Values{1, 1}, Values{3}, Values{1e-300}, Values{1e300}, Values{-3, -3}, Values{0, 0},
              Values{notANumber, notANumber}, Values{INFINITY}, Values{-INFINITY}}) {
            Sketch sketch = whole;
            QVERIFY(!sketch.takeAway(sketchOf(other)));
            QVERIFY(sketch == whole);
        }
        Sketch sketch = whole;
        QVERIFY(!sketch.takeAway(sketchOf(Values{1}, {.relativeError = 0.02})));
        QVERIFY(!Sketch().takeAway(whole));
        QVERIFY(sketch.takeAway(sketchOf(Values{2, 1, 700})));
        QVERIFY(std::abs(sketch.max() - 2) <= 0.02);
        QCOMPARE(sketch.min(), -3.0);
    }

    void mergingWithOtherOptionsIsRefusedAndChangesNothing() {
        Sketch sketch = sketchOf(Values{1, 2});
        const Sketch before = sketch;
        const auto merged = sketch.merge(sketchOf(Values{3}, {.relativeError = 0.02}));
        QVERIFY(!merged);
        QCOMPARE(merged.error().kind, ErrorKind::Invalid);
        QVERIFY(sketch == before);
    }

    void nothingHasNoQuantile() {
        const Sketch sketch;
        QCOMPARE(sketch.count(), 0U);
        QCOMPARE(sketch.sum(), 0.0);
        QVERIFY(std::isnan(sketch.min()) && std::isnan(sketch.max()) && std::isnan(sketch.mean()));
        QVERIFY(!sketch.quantile(0.5));
    }

    void quantilesOutsideTheirRangeAreNone() {
        const Sketch sketch = sketchOf(Values{1, 2, 3});
        QVERIFY(!sketch.quantile(-0.1) && !sketch.quantile(1.1) && !sketch.quantile(notANumber));
    }

    void whatIsNoOrdinaryNumberFollowsTheRule() {
        const Sketch both = sketchOf(Values{notANumber, infinity, -infinity, 1, notANumber});
        QCOMPARE(both.count(), 3U);
        QCOMPARE(both.nans(), 2U);
        QVERIFY(std::isnan(both.sum()));
        QCOMPARE(both.min(), -infinity);
        QCOMPARE(both.max(), infinity);
        const Sketch up = sketchOf(Values{infinity, infinity, infinity});
        QCOMPARE(up.sum(), infinity);
        QCOMPARE(up.min(), infinity);
        QCOMPARE(*up.quantile(0.5), infinity);
        const Sketch down = sketchOf(Values{-infinity, -infinity, -infinity, -infinity});
        QCOMPARE(down.sum(), -infinity);
        QCOMPARE(down.max(), -infinity);
        QCOMPARE(*down.quantile(0.5), -infinity);
        QVERIFY(!std::signbit(sketchOf(Values{-0.0}).min()));
    }

    void sumsAreExact() {
        const Sketch sketch = sketchOf(Values(1'000, 0.1));
        QCOMPARE(sketch.sum(), 100.0); // 1,000 times the double next to 0.1 is 100 + 5.6e-15, nearest to 100
        QCOMPARE(sketch.mean(), 0.1);
    }

    void optionsOutsideTheirRangeAreMended() {
        QCOMPARE(Sketch({.relativeError = 0}).relativeError(), 0.001);
        QCOMPARE(Sketch({.relativeError = notANumber}).relativeError(), 0.001);
        QCOMPARE(Sketch({.relativeError = 7}).relativeError(), 0.5);
        QCOMPARE(Sketch({.maxBuckets = 0}).options().maxBuckets, 16U);
    }

    void bytesComeBack_data() { addRows(); }
    void bytesComeBack() {
        QFETCH(std::string, name);
        for (const std::size_t n : {0, 1, 2, 10, 3'000}) {
            for (const SketchOptions options :
                 {SketchOptions{}, SketchOptions{.relativeError = 0.05, .maxBuckets = 20}}) {
                const Sketch sketch = sketchOf(made(name, n), options);
                const auto back = Sketch::deserialise(bytesOf(sketch));
                QVERIFY(back);
                QVERIFY(*back == sketch);
                QVERIFY(back->quantile(0.3) == sketch.quantile(0.3) || std::isnan(sketch.sum()));
            }
        }
    }

    void mergingBytesIsMergingTheSketch_data() { addRows(); }
    void mergingBytesIsMergingTheSketch() {
        QFETCH(std::string, name);
        for (const std::size_t n : {std::size_t(1), std::size_t(2), std::size_t(57), std::size_t(1'000)}) {
            const Sketch other = sketchOf(made(name, n));
            for (const SketchOptions options :
                 {SketchOptions{}, SketchOptions{.relativeError = 0.05, .maxBuckets = 20}}) {
                for (const std::size_t before : {std::size_t(0), std::size_t(40)}) {
                    Sketch slow = sketchOf(made(name, before), options);
                    Sketch fast = slow;
                    const auto merged = slow.merge(other);
                    const auto read = fast.mergeSerialised(bytesOf(other));
                    QCOMPARE(read.has_value(), merged.has_value());
                    QVERIFY(fast == slow);
                }
            }
        }
        // What is damaged is refused, and changes nothing.
        const std::string bytes = bytesOf(sketchOf(made(name, 60)));
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            std::string flipped = bytes;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            Sketch sketch;
            if (!sketch.mergeSerialised(flipped))
                QVERIFY(sketch == Sketch());
            else
                QVERIFY(Sketch::deserialise(flipped).has_value());
        }
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            Sketch sketch;
            QVERIFY(!sketch.mergeSerialised(std::string_view(bytes).substr(0, n)));
            QVERIFY(sketch == Sketch());
        }
    }

    void bytesAreFew() {
        QCOMPARE(bytesOf(Sketch()).size(), 1U);
        QVERIFY(bytesOf(sketchOf(Values(100'000, 1.0))).size() <= 10);
        QVERIFY(bytesOf(sketchOf(Values(100'000, 0.3))).size() <= 30);
        QVERIFY(bytesOf(sketchOf(made("uniform", 100'000))).size() <= 1'500);
    }

    void theBytesNeverChange() {
        // Written by hand from the description in sketch.cpp. 1 and 2: version 1, no flags; 1 and 2 reversed (f03f,
        // 40); no zeros; two positive, sparse: bucket 1075 octaves of 35.0 each up, and 35 on; none negative; the sum.
        const std::string bytes = bytesOf(sketchOf(Values{1, 2}));
        std::string expected("\x10", 1);
        putDouble(expected, 1);
        putDouble(expected, 2);
        putVarint(expected, 0);
        putVarint(expected, 2 * 2 + 1);
        const double perOctave = 0.7 / std::log(1.01 / 0.99);
        putVarint(expected, static_cast<std::uint64_t>(1075 * perOctave));
        putVarint(expected, 0);
        putVarint(expected, 1);
        putVarint(expected,
                  static_cast<std::uint64_t>(1076 * perOctave) - static_cast<std::uint64_t>(1075 * perOctave) - 1);
        putVarint(expected, 1);
        putVarint(expected, 0);
        // 3 = 3 * 2^1074 / 2^1074, and 1074 = 33 * 32 + 18: one digit at place 33, 3 * 2^18.
        putVarint(expected, 2);
        putVarint(expected, 33);
        putVarint(expected, 3 << 18);
        QCOMPARE(bytes, expected);
    }

    void damagedBytesGiveAnErrorOrASketch() {
        for (const char *name : {"normal", "equal", "infinities"}) {
            for (const SketchOptions options :
                 {SketchOptions{}, SketchOptions{.relativeError = 0.05, .maxBuckets = 20}}) {
                const std::string bytes = bytesOf(sketchOf(made(name, 60), options));
                for (std::size_t n = 0; n < bytes.size(); ++n) {
                    const auto cut = Sketch::deserialise(std::string_view(bytes).substr(0, n));
                    QVERIFY(!cut);
                    QCOMPARE(cut.error().kind, ErrorKind::Damaged);
                }
                QVERIFY(!Sketch::deserialise(bytes + '\0'));
                for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
                    std::string flipped = bytes;
                    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
                    if (const auto sketch = Sketch::deserialise(flipped)) { // some flips make another sound sketch
                        QVERIFY(!sketch->quantile(0.5) || sketch->count() > 0);
                        QVERIFY(*Sketch::deserialise(bytesOf(*sketch)) == *sketch);
                    }
                }
            }
        }
    }

    void foreignBytesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("another version") << QByteArray("\x28");
        QTest::newRow("empty and equal") << QByteArray("\x1c");
        QTest::newRow("a level of 21") << QByteArray("\x1a\x15\x00\x00\x00", 5);
        QTest::newRow("an equal value 0 times") << QByteArray("\x14\x00\x00\x00", 4);
        QTest::newRow("an equal infinity") << QByteArray("\x14\xff\xe0\x03\x01\x00", 6);
        QTest::newRow("extremes the wrong way round") << QByteArray("\x10\x40\x00\x00\x00\x00\x00", 7);
        QTest::newRow("extremes of nothing") << QByteArray("\x10\x00\x40\x00\x00\x00\x00", 7);
        QTest::newRow("equal zeros that are negative") << QByteArray("\x14\x80\x01\x01");
        QTest::newRow("an error of 0") << QByteArray("\x19\x00\x10", 3);
        QTest::newRow("a dense million of buckets in no bytes") << QByteArray("\x10\x00\x40\x00\x80\x89\x7a\x01", 8);
        QTest::newRow("a bucket that is none")
            << QByteArray("\x10\x00\x40\x00\x03\x01\xff\xff\xff\xff\x0f\x01\x00\x00", 14);
    }
    void foreignBytesAreRefused() {
        QFETCH(QByteArray, bytes);
        const auto sketch = Sketch::deserialise({bytes.data(), static_cast<std::size_t>(bytes.size())});
        QVERIFY(!sketch);
        QCOMPARE(sketch.error().kind, ErrorKind::Damaged);
    }
};

QTEST_GUILESS_MAIN(TestSketch)
#include "tst_sketch.moc"
