// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/bucketcounts.h"

#include <QTest>
#include <map>
#include <random>

using namespace ra::stats;

namespace {

using Reference = std::map<std::uint32_t, std::uint64_t>; // bucket to count, none of zero

BucketCounts countsOf(const Reference &reference) {
    BucketCounts buckets;
    for (const auto &[index, count] : reference) {
        buckets.cover(index, index);
        buckets.add(index, count);
    }
    return buckets;
}

Reference made(std::mt19937_64 &random) {
    Reference reference;
    for (std::uint64_t i = random() % 40; i > 0; --i)
        reference[static_cast<std::uint32_t>(500 + random() % 300)] += 1 + random() % 5;
    return reference;
}

/// Fails the test where they differ.
void compare(const BucketCounts &buckets, const Reference &reference) {
    Reference found;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
        if (buckets.counts[i] != 0)
            found[buckets.first + static_cast<std::uint32_t>(i)] = buckets.counts[i];
        total += buckets.counts[i];
    }
    QVERIFY(found == reference);
    QCOMPARE(buckets.total, total);
    QCOMPARE(buckets.used, static_cast<std::uint32_t>(reference.size()));
    std::uint32_t from = 0;
    const auto trimmed = buckets.trimmed(from);
    QCOMPARE(trimmed.empty(), reference.empty());
    if (!reference.empty()) {
        QCOMPARE(from, reference.begin()->first);
        QCOMPARE(from + trimmed.size() - 1, std::size_t{reference.rbegin()->first});
    }
}

} // namespace

class TestBucketCounts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mergedTakenAwayAndJoinedTheyAreTheSameAsAMapOfCounts() {
        std::mt19937_64 random(11);
        for (int round = 0; round < 500; ++round) {
            Reference first = made(random);
            const Reference second = made(random);
            BucketCounts buckets = countsOf(first);
            compare(buckets, first);
            Reference both = first;
            for (const auto &[index, count] : second)
                both[index] += count;
            buckets.merge(countsOf(second));
            compare(buckets, both);
            QVERIFY(buckets == countsOf(both));
            QVERIFY(buckets.holds(countsOf(second)));

            BucketCounts joined = buckets;
            joined.join(3);
            Reference eighths;
            for (const auto &[index, count] : both)
                eighths[index / 8] += count;
            compare(joined, eighths);

            buckets.takeAway(countsOf(second));
            compare(buckets, first);
            QVERIFY(buckets == countsOf(first)); // though it covers more
        }
    }

    void onlyPartsAreHeld() {
        const BucketCounts buckets = countsOf({{10, 2}, {12, 1}});
        QVERIFY(buckets.holds({}));
        QVERIFY(buckets.holds(buckets));
        QVERIFY(buckets.holds(countsOf({{10, 1}, {12, 1}})));
        QVERIFY(!buckets.holds(countsOf({{10, 3}})));
        QVERIFY(!buckets.holds(countsOf({{11, 1}})));
        QVERIFY(!buckets.holds(countsOf({{9, 1}})));
        QVERIFY(!buckets.holds(countsOf({{100, 1}})));
        QVERIFY(!BucketCounts().holds(buckets));
    }

    void whereTheyLieMakesADifference() {
        QVERIFY(countsOf({{10, 2}}) != countsOf({{11, 2}}));
        QVERIFY(countsOf({{10, 2}}) != countsOf({{10, 3}}));
        QVERIFY(countsOf({}) == BucketCounts());
    }
};

QTEST_GUILESS_MAIN(TestBucketCounts)
#include "tst_bucketcounts.moc"
