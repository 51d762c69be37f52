// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/boostedtrees.h"

#include "close.h"
#include "core/stats/calibration.h"
#include "core/stats/random.h"
#include "core/stats/treeshap.h"

#include <QTest>
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

using namespace ra::stats;
using ra::stats::test::missing;

namespace {

std::vector<std::uint32_t> rowsTo(std::size_t n) {
    std::vector<std::uint32_t> rows(n);
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

struct Sample {
    std::vector<FeatureColumn> columns;
    std::vector<double> y;
};

/// y by chance: more likely where the first column is large or missing, or the category is 2; the third is noise.
Sample sampleOf(std::size_t n, std::uint64_t seed) {
    Random random(seed);
    Sample sample{.columns = std::vector<FeatureColumn>(3), .y = {}};
    sample.columns[1].categorical = true;
    for (std::size_t i = 0; i < n; ++i) {
        const double x = random.uniform();
        const bool isMissing = random.uniform() < 0.2;
        const double category = random.below(4);
        sample.columns[0].values.push_back(isMissing ? missing : x);
        sample.columns[1].values.push_back(category);
        sample.columns[2].values.push_back(random.uniform());
        const double score = -2 + (isMissing || x > 0.7 ? 2 : 0) + (category == 2 ? 2 : 0);
        sample.y.push_back(random.uniform() < probabilityOf(score) ? 1 : 0);
    }
    return sample;
}

/// What a tree says where only the columns in `isKnown` are known: of other splits both children count by their rows.
double expectedOf(const Tree &tree, std::size_t number, const BinnedTable &table, std::size_t row, unsigned isKnown) {
    const TreeNode &node = tree[number];
    if (node.isLeaf())
        return node.value;
    if ((isKnown >> node.feature & 1U) != 0) {
        const bool left = node.leftBins[table.columns[node.feature][row]];
        return expectedOf(tree, left ? node.left : node.right, table, row, isKnown);
    }
    return (tree[node.left].cover * expectedOf(tree, node.left, table, row, isKnown) +
            tree[node.right].cover * expectedOf(tree, node.right, table, row, isKnown)) /
           node.cover;
}

/// Shapley's formula over all subsets of columns.
double shapleyOf(const BoostedTrees &model, const BinnedTable &table, std::size_t row, unsigned column) {
    const auto count = static_cast<unsigned>(model.bins.size());
    double effect = 0;
    for (unsigned subset = 0; subset < (1U << count); ++subset) {
        if ((subset >> column & 1U) != 0)
            continue;
        const auto size = static_cast<double>(std::popcount(subset));
        const double weight = std::tgamma(size + 1) * std::tgamma(count - size) / std::tgamma(count + 1);
        for (const Tree &tree : model.trees)
            effect += weight * (expectedOf(tree, 0, table, row, subset | 1U << column) -
                                expectedOf(tree, 0, table, row, subset));
    }
    return effect;
}

} // namespace

class TestBoostedTrees : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneSplitIsComputedByHand() {
        // Ten rows each at 1, 2, 3; y fails 1, 2 and 9 times. All p = 0.4: sums of p - y are 3, 2, -5; of p (1 -
        // p) 2.4.
        Sample sample{.columns = std::vector<FeatureColumn>(1), .y = {}};
        for (const auto &[x, failures] : {std::pair{1, 1}, {2, 2}, {3, 9}}) {
            for (int i = 0; i < 10; ++i) {
                sample.columns[0].values.push_back(x);
                sample.y.push_back(i < failures ? 1 : 0);
            }
        }
        Derivatives derivatives;
        for (const double y : sample.y) {
            derivatives.first.push_back(0.4 - y);
            derivatives.second.push_back(0.24);
        }
        const auto rows = rowsTo(30);
        const auto bins = binsOf(sample.columns, rows);
        QCOMPARE(bins[0].cuts, (std::vector<double>{1.5, 2.5}));
        const BinnedTable table = binned(sample.columns, bins);
        const Tree tree = growTree(table, bins, rows, derivatives, {.mostLeaves = 2});
        QCOMPARE(tree.size(), std::size_t(3));
        CLOSE(tree[0].gain, (25 / 5.8 + 25 / 3.4 - 0 / 8.2) / 2, 1e-12); // at 2.5: 5 and -5, λ = 1
        CLOSE(tree[1].value, -5 / 5.8, 1e-12);
        CLOSE(tree[2].value, 5 / 3.4, 1e-12);
        QCOMPARE(tree[1].cover, 20.0);
        QVERIFY(tree[0].leftBins[1] && tree[0].leftBins[2] && !tree[0].leftBins[3]);
    }

    void missingValuesGoWhereTheyBelong() {
        for (const bool highFails : {false, true}) {
            Sample sample{.columns = std::vector<FeatureColumn>(1), .y = {}};
            for (int i = 0; i < 90; ++i) {
                sample.columns[0].values.push_back(i % 3 == 2 ? missing : i % 3);
                // Those missing fare as the 1s do.
                sample.y.push_back((i % 3 == 0) == highFails ? i / 3 % 10 == 0 : i / 3 % 10 != 0);
            }
            BoostOptions options;
            options.mostRounds = 20;
            options.rowShare = 1;
            const BoostedTrees model = fitBoostedTrees(sample.columns, sample.y, rowsTo(90), {}, options);
            const BinnedTable table = binned(sample.columns, model.bins);
            const double low = model.scoreOf(table, 0);
            CLOSE(model.scoreOf(table, 2), model.scoreOf(table, 1), 1e-12);
            QVERIFY(highFails ? model.scoreOf(table, 2) > low + 1 : model.scoreOf(table, 2) < low - 1);
        }
    }

    void categoriesAreToldApartInOneSplit() {
        // Of 8 categories the even ones fail: no order of their codes shows that, that of their means does.
        Sample sample{.columns = std::vector<FeatureColumn>(1), .y = {}};
        sample.columns[0].categorical = true;
        for (int i = 0; i < 400; ++i) {
            sample.columns[0].values.push_back(i % 8);
            sample.y.push_back(i % 8 % 2 == 0 ? i % 11 != 0 : i % 11 == 0);
        }
        BoostOptions options;
        options.mostRounds = 1;
        options.rate = 1;
        options.grow.mostLeaves = 2;
        const BoostedTrees model = fitBoostedTrees(sample.columns, sample.y, rowsTo(400), {}, options);
        const BinnedTable table = binned(sample.columns, model.bins);
        for (std::size_t row = 0; row < 8; ++row)
            QVERIFY((model.scoreOf(table, row) > 0.5) == (row % 2 == 0));
        std::vector<FeatureColumn> later{{.values = {7, 99, missing, -1}, .categorical = true}};
        const BinnedTable unseen = binned(later, model.bins);
        for (std::size_t row = 0; row < 4; ++row)
            QVERIFY(std::isfinite(model.scoreOf(unseen, row)));
    }

    void histogramsAreThoseOfTheRows() {
        // Property: every node's cover is that of its children, each leaf has its fewest rows, and rows fall where the
        // covers say.
        const Sample sample = sampleOf(2000, 1);
        BoostOptions options;
        options.mostRounds = 10;
        options.rowShare = 1;
        const BoostedTrees model = fitBoostedTrees(sample.columns, sample.y, rowsTo(2000), {}, options);
        const BinnedTable table = binned(sample.columns, model.bins);
        QCOMPARE(model.trees.size(), std::size_t(10));
        for (const Tree &tree : model.trees) {
            std::vector<double> fallen(tree.size(), 0.0);
            for (std::size_t row = 0; row < 2000; ++row) {
                std::size_t at = 0;
                while (!tree[at].isLeaf())
                    at = tree[at].leftBins[table.columns[tree[at].feature][row]] ? tree[at].left : tree[at].right;
                ++fallen[at];
            }
            for (std::size_t i = 0; i < tree.size(); ++i) {
                if (tree[i].isLeaf()) {
                    QCOMPARE(fallen[i], tree[i].cover);
                    QVERIFY(tree[i].cover >= 10);
                } else {
                    QCOMPARE(tree[i].cover, tree[tree[i].left].cover + tree[tree[i].right].cover);
                    QVERIFY(tree[i].gain > 0);
                }
            }
        }
    }

    void eachTreeLowersTheLossOfItsRows() {
        const Sample sample = sampleOf(1000, 2);
        double before = 1e9;
        for (const std::size_t rounds : {1U, 5U, 20U, 60U}) {
            BoostOptions options;
            options.mostRounds = rounds;
            options.rowShare = 1;
            const BoostedTrees model = fitBoostedTrees(sample.columns, sample.y, rowsTo(1000), {}, options);
            const BinnedTable table = binned(sample.columns, model.bins);
            double loss = 0;
            for (std::size_t row = 0; row < 1000; ++row)
                loss += scoreLoss(model.scoreOf(table, row), sample.y[row]);
            QVERIFY(loss < before);
            before = loss;
        }
    }

    void truthIsLearntAndNoiseIsNot() {
        const Sample sample = sampleOf(6000, 3);
        const auto all = rowsTo(6000);
        const std::span rows(all);
        const BoostedTrees model =
            fitBoostedTrees(sample.columns, sample.y, rows.first(3000), rows.subspan(3000, 1000));
        const BinnedTable table = binned(sample.columns, model.bins);
        double loss = 0;
        double best = 0;
        for (std::size_t row = 4000; row < 6000; ++row) {
            const double x = sample.columns[0].values[row];
            const double truth = -2 + (std::isnan(x) || x > 0.7 ? 2 : 0) + (sample.columns[1].values[row] == 2 ? 2 : 0);
            loss += scoreLoss(model.scoreOf(table, row), sample.y[row]) / 2000;
            best += scoreLoss(truth, sample.y[row]) / 2000;
        }
        QVERIFY2(loss < best + 0.01, qPrintable(QStringLiteral("%1 %2").arg(loss).arg(best)));
        const std::vector<double> gains = model.gains();
        QVERIFY(gains[2] < 0.25 * std::min(gains[0], gains[1]));
        // Nothing to learn: no tree, or hardly any.
        Sample noise = sampleOf(2000, 4);
        Random random(5);
        for (double &y : noise.y)
            y = random.uniform() < 0.2 ? 1 : 0;
        const BoostedTrees none = fitBoostedTrees(noise.columns, noise.y, rows.first(1500), rows.subspan(1500, 500));
        QVERIFY2(none.trees.size() <= 5, qPrintable(QString::number(none.trees.size())));
    }

    void unitsOfANumberDoNotMatter() {
        Sample sample = sampleOf(500, 6);
        const BoostedTrees model = fitBoostedTrees(sample.columns, sample.y, rowsTo(500));
        const BinnedTable table = binned(sample.columns, model.bins);
        for (double &x : sample.columns[0].values)
            x = std::exp(20 * x);
        const BoostedTrees other = fitBoostedTrees(sample.columns, sample.y, rowsTo(500));
        const BinnedTable otherTable = binned(sample.columns, other.bins);
        for (std::size_t row = 0; row < 500; ++row)
            QCOMPARE(other.scoreOf(otherTable, row), model.scoreOf(table, row));
    }

    void effectsAreShapleyValues() {
        const Sample sample = sampleOf(400, 7);
        BoostOptions options;
        options.mostRounds = 8;
        const BoostedTrees model = fitBoostedTrees(sample.columns, sample.y, rowsTo(400), {}, options);
        const BinnedTable table = binned(sample.columns, model.bins);
        for (std::size_t row = 0; row < 40; ++row) {
            const Explanation why = explained(model, table, row);
            double sum = why.expected;
            for (unsigned column = 0; column < 3; ++column) {
                QVERIFY(std::abs(why.effects[column] - shapleyOf(model, table, row, column)) < 1e-10);
                sum += why.effects[column];
            }
            QVERIFY(std::abs(sum - model.scoreOf(table, row)) < 1e-10);
        }
    }

    void oneOutcomeAloneGrowsNothing() {
        const Sample sample = sampleOf(100, 8);
        for (const double outcome : {0.0, 1.0}) {
            const std::vector<double> y(100, outcome);
            const BoostedTrees model = fitBoostedTrees(sample.columns, y, rowsTo(100));
            QVERIFY(model.trees.empty());
            CLOSE(probabilityOf(model.base), outcome == 1 ? 100.5 / 101 : 0.5 / 101, 1e-12);
        }
        QVERIFY(fitBoostedTrees(sample.columns, sample.y, {}).trees.empty());
        QVERIFY(fitBoostedTrees({}, sample.y, rowsTo(100)).gains().empty());
    }

    void hostileColumnsAreSurvived() {
        for (std::vector<double> values : ra::stats::test::hostile()) {
            for (const bool categorical : {false, true}) {
                while (values.size() < 60) // again and again
                    values.push_back(values.empty() ? 0
                                                    : values[values.size() % std::min<std::size_t>(values.size(), 5)]);
                std::vector<FeatureColumn> columns{{.values = values, .categorical = categorical}};
                std::vector<double> y(values.size());
                for (std::size_t i = 0; i < y.size(); ++i)
                    y[i] = i % 3 == 0 ? 1 : 0;
                const BoostedTrees model = fitBoostedTrees(columns, y, rowsTo(y.size()));
                const BinnedTable table = binned(columns, model.bins);
                QVERIFY(model.bins[0].count <= 256);
                for (std::size_t row = 0; row < y.size(); ++row)
                    QVERIFY(std::isfinite(model.scoreOf(table, row)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestBoostedTrees)
#include "tst_boostedtrees.moc"
