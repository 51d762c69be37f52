// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/failuremodel.h"

#include "core/stats/distributions.h"
#include "core/stats/folds.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ra::stats {

namespace {

constexpr std::size_t fewestRows = 50;
constexpr std::size_t fewestOutcomes = 10;
constexpr double fewestJudged = 5; ///< of an outcome
constexpr double skillLevel = 0.025;
constexpr int permutations = 3;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What a fold's model says about the rows it has not seen.
struct Judgement {
    std::vector<std::uint32_t> rows = {};
    std::vector<double> scores = {}; ///< of the trees, before calibration
    std::vector<double> calibrated = {};
    std::vector<double> ranked = {}; ///< calibrated, less their mean in the part that chose: what tells rows apart
    double base = 0;                 ///< score of the base rate of all that was learnt from
    double recentBase = 0;           ///< of the part that chose, the latest where rows have times
    std::vector<double> rises = {};  ///< of the summed log loss, one a column shuffled
};

std::vector<double> at(std::span<const double> values, std::span<const std::uint32_t> rows) {
    std::vector<double> result;
    result.reserve(rows.size());
    for (const std::uint32_t row : rows)
        result.push_back(values[row]);
    return result;
}

std::vector<double> scoresOf(const BoostedTrees &trees, const BinnedTable &table, std::span<const std::uint32_t> rows) {
    std::vector<double> scores;
    scores.reserve(rows.size());
    for (const std::uint32_t row : rows)
        scores.push_back(trees.scoreOf(table, row));
    return scores;
}

/// Of the base rate, half a row of each outcome added.
double baseScoreOf(std::span<const double> y) {
    const double positives = std::accumulate(y.begin(), y.end(), 0.5);
    return std::log(positives / (static_cast<double>(y.size()) + 1 - positives));
}

double lossOf(const Platt &platt, std::span<const double> scores, std::span<const double> y) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        sum += scoreLoss(platt.at(scores[i]), y[i]);
    return sum;
}

/// By how much the loss rises with each column shuffled among the rows.
std::vector<double> risesOf(const BoostedTrees &trees, const Platt &platt, BinnedTable &table,
                            std::span<const std::uint32_t> rows, std::span<const double> y, Random &random) {
    const double loss = lossOf(platt, scoresOf(trees, table, rows), y);
    const std::vector<double> gains = trees.gains();
    std::vector<double> rises(gains.size(), 0.0);
    for (std::size_t j = 0; j < gains.size(); ++j) {
        if (gains[j] <= 0)
            continue;
        std::vector<std::uint8_t> &column = table.columns[j];
        const std::vector<std::uint8_t> kept = column;
        for (int i = 0; i < permutations; ++i) {
            for (std::size_t k = rows.size(); k > 1; --k)
                std::swap(column[rows[k - 1]], column[rows[random.below(static_cast<std::uint32_t>(k))]]);
            rises[j] += (lossOf(platt, scoresOf(trees, table, rows), y) - loss) / permutations;
        }
        column = kept;
    }
    return rises;
}

Judgement judge(const FailureData &data, const Fold &fold, std::uint64_t seed) {
    Judgement result{.rows = fold.test};
    BoostOptions options;
    options.seed = seed;
    const BoostedTrees trees = fitBoostedTrees(data.columns, data.y, fold.train, fold.validation, options);
    BinnedTable table = binned(data.columns, trees.bins);
    const Platt platt = fitPlatt(scoresOf(trees, table, fold.validation), at(data.y, fold.validation));
    result.scores = scoresOf(trees, table, fold.test);
    const std::vector<double> chosen = scoresOf(trees, table, fold.validation);
    const auto count = static_cast<double>(std::max<std::size_t>(chosen.size(), 1));
    const double mean = platt.at(std::accumulate(chosen.begin(), chosen.end(), 0.0) / count);
    for (const double score : result.scores) {
        result.calibrated.push_back(platt.at(score));
        result.ranked.push_back(platt.at(score) - mean);
    }
    std::vector<double> learnt = at(data.y, fold.validation);
    result.recentBase = baseScoreOf(learnt);
    const std::vector<double> before = at(data.y, fold.train);
    learnt.insert(learnt.end(), before.begin(), before.end());
    result.base = baseScoreOf(learnt);
    Random random(seed);
    result.rises = risesOf(trees, platt, table, fold.test, at(data.y, fold.test), random);
    return result;
}

/// That values, neighbours of which may resemble each other, have no positive mean; Bartlett's weights. Source: W. K.
/// Newey, K. D. West, Econometrica 55 (1987) 703-708.
double meanNotPositiveP(std::span<const double> values, std::size_t lags) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double variance = 0;
    for (std::size_t lag = 0; lag <= lags && lag < values.size(); ++lag) {
        double sum = 0;
        for (std::size_t i = lag; i < values.size(); ++i)
            sum += (values[i] - mean) * (values[i - lag] - mean);
        const double weight = lag == 0 ? 1 : 2 * (1 - static_cast<double>(lag) / static_cast<double>(lags + 1));
        variance += weight * sum / n;
    }
    if (!(variance > 0))
        return mean > 0 ? 0 : 1;
    return dist::tUpper(mean / std::sqrt(variance / n), n - 1);
}

/// All judgements, row by row in their order.
struct Pooled {
    std::vector<double> y, scores, calibrated, ranked, base, better;
};

Pooled pooledOf(const FailureData &data, const std::vector<Judgement> &judgements, FailureModel &model) {
    Pooled all;
    std::vector<double> recent;
    model.judgedProbabilities.assign(data.y.size(), unknown);
    for (const Judgement &one : judgements) {
        for (std::size_t i = 0; i < one.rows.size(); ++i) {
            all.y.push_back(data.y[one.rows[i]]);
            all.scores.push_back(one.scores[i]);
            all.calibrated.push_back(one.calibrated[i]);
            all.ranked.push_back(one.ranked[i]);
            all.base.push_back(one.base);
            recent.push_back(one.recentBase);
            model.judgedProbabilities[one.rows[i]] = stats::probabilityOf(one.calibrated[i]);
        }
    }
    // Trees are calibrated by the latest rows: to follow a drift of the base rate must not count as skill.
    if (lossOf({}, recent, all.y) < lossOf({}, all.base, all.y))
        all.base = std::move(recent);
    for (std::size_t i = 0; i < all.y.size(); ++i)
        all.better.push_back(scoreLoss(all.base[i], all.y[i]) - scoreLoss(all.calibrated[i], all.y[i]));
    return all;
}

std::vector<double> probabilitiesOf(std::span<const double> scores) {
    std::vector<double> result(scores.size());
    std::transform(scores.begin(), scores.end(), result.begin(), [](double s) { return probabilityOf(s); });
    return result;
}

void describe(const Pooled &all, bool inOrder, FailureModel &model) {
    const auto n = static_cast<double>(all.y.size());
    const std::vector<double> probabilities = probabilitiesOf(all.calibrated);
    model.judged = all.y.size();
    model.auc = rocArea(all.ranked, all.y);
    model.brier = brierScore(probabilities, all.y);
    model.logLoss = lossOf({}, all.calibrated, all.y) / n;
    model.baseBrier = brierScore(probabilitiesOf(all.base), all.y);
    model.baseLogLoss = lossOf({}, all.base, all.y) / n;
    model.calibration = reliabilityOf(probabilities, all.y);
    const auto lags = static_cast<std::size_t>(4 * std::pow(n / 100, 2.0 / 9));
    model.skillP = meanNotPositiveP(all.better, inOrder ? lags : 0);
    const bool isBetter = model.skillP < skillLevel && model.auc.interval.low > 0.5;
    model.verdict = isBetter ? FailureVerdict::Useful : FailureVerdict::NoBetter;
}

/// Trees of all known rows, as many as a part of them chose; calibrated by what the folds said about rows unseen.
void learnAll(const FailureData &data, const Pooled &all, std::uint64_t seed, FailureModel &model) {
    const Fold whole = wholeOf(data.y, data.times, seed);
    BoostOptions options;
    options.seed = seed;
    options.mostRounds = fitBoostedTrees(data.columns, data.y, whole.train, whole.validation, options).trees.size();
    std::vector<std::uint32_t> rows = whole.train;
    rows.insert(rows.end(), whole.validation.begin(), whole.validation.end());
    std::sort(rows.begin(), rows.end());
    model.trees = fitBoostedTrees(data.columns, data.y, rows, {}, options);
    model.platt = fitPlatt(all.scores, all.y);
}

} // namespace

double FailureModel::probabilityOf(const BinnedTable &table, std::size_t row) const {
    if (verdict != FailureVerdict::Useful)
        return baseRate;
    return stats::probabilityOf(platt.at(trees.scoreOf(table, row)));
}

Explanation FailureModel::explained(const BinnedTable &table, std::size_t row) const {
    if (verdict != FailureVerdict::Useful) {
        return {.expected = std::log(baseRate / (1 - baseRate)),
                .effects = std::vector<double>(table.columns.size(), 0.0)};
    }
    Explanation result = stats::explained(trees, table, row);
    result.expected = platt.at(result.expected);
    for (double &effect : result.effects)
        effect *= platt.slope;
    return result;
}

FailureModel learnFailures(const FailureData &data, std::uint64_t seed) {
    FailureModel model;
    model.judgedProbabilities.assign(data.y.size(), unknown);
    model.importance.resize(data.columns.size());
    for (const double y : data.y) {
        model.known += y == 0 || y == 1 ? 1 : 0;
        model.positives += y == 1 ? 1 : 0;
    }
    if (model.known > 0)
        model.baseRate = static_cast<double>(model.positives) / static_cast<double>(model.known);
    if (model.known < fewestRows || std::min(model.positives, model.known - model.positives) < fewestOutcomes)
        return model;
    std::vector<Judgement> judgements;
    double judgedPositives = 0;
    double judgedRows = 0;
    for (const Fold &fold : foldsOf(data.y, data.times, seed)) {
        judgements.push_back(judge(data, fold, seed));
        for (const std::uint32_t row : fold.test)
            judgedPositives += data.y[row];
        judgedRows += static_cast<double>(fold.test.size());
    }
    if (std::min(judgedPositives, judgedRows - judgedPositives) < fewestJudged)
        return model;
    const Pooled all = pooledOf(data, judgements, model);
    describe(all, !data.times.empty(), model);
    learnAll(data, all, seed, model);
    const std::vector<double> gains = model.trees.gains();
    const double total = std::accumulate(gains.begin(), gains.end(), 0.0);
    for (std::size_t j = 0; j < gains.size(); ++j) {
        model.importance[j].gain = total > 0 ? gains[j] / total : 0;
        for (const Judgement &one : judgements)
            model.importance[j].permutation += one.rises[j] / judgedRows;
    }
    return model;
}

} // namespace ra::stats
