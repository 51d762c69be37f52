// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sketch.h"
#include "sketchinputs.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace ra;
using namespace ra::stats;
using namespace sketchinputs;

namespace {

const double notANumber = std::numeric_limits<double>::quiet_NaN();

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
};

QTEST_GUILESS_MAIN(TestSketch)
#include "tst_sketch.moc"
