// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/anomalies.h"
#include "core/series/arrivals.h"
#include "core/series/discords.h"
#include "core/series/esd.h"
#include "core/series/expectation.h"
#include "core/series/isolationforest.h"
#include "core/series/rarecounts.h"
#include "core/series/remainder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace ra::series {

namespace {

constexpr double chance = 0.05;        ///< of an anomaly in a whole series that has none, for each detector
constexpr std::size_t stretch = 9;     ///< rows over which a level is looked at
constexpr double isolated = 0.6;       ///< the isolation score that is well above that of the crowd (0.5)
constexpr double isolatedShare = 0.02; ///< of rows
constexpr double inside = 0.25;        ///< the highest score within the interval

/// A score of 0.5 for something that happens by chance with probability `chance` in the whole series.
double scoreOf(double probability) {
    const double above = std::log10(chance / std::max(probability, 1e-15));
    return above >= 0 ? 1 - std::pow(10.0, -above) / 2 : std::pow(10.0, above) / 2;
}

/// Scores magnitudes by an exponential tail that is fitted to those between the 80th and 95th per cent, so that
/// anomalies of up to 5 % have no say: censored likelihood. `chances`: how many of them are independent.
std::vector<double> tailScores(std::span<const double> magnitudes, double chances) {
    std::vector<double> sorted(magnitudes.begin(), magnitudes.end());
    std::sort(sorted.begin(), sorted.end());
    const double low = quantileOf(sorted, 0.80);
    const double high = quantileOf(sorted, 0.95);
    double excess = 0;
    double within = 0;
    double beyond = 0;
    double steps = 0; // different values between low and high
    double last = low;
    for (const double one : sorted) {
        excess += std::clamp(one, low, high) - low;
        within += one > low && one <= high ? 1 : 0;
        beyond += one > high ? 1 : 0;
        steps += one > last && one <= high ? 1 : 0;
        last = one;
    }
    const auto count = static_cast<double>(sorted.size());
    double mean = within > 0 ? excess / within : 0;
    double share = (within + beyond) / count;
    // Medians of counts take a few values, between which there is no tail to fit: it is taken from zero on, and what is
    // `low` counts with what is beyond.
    constexpr double fewSteps = 4;
    if (steps < fewSteps && low > 0) {
        share = static_cast<double>(sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), low)) / count;
        if (share < 1)
            mean = std::max(mean, low / -std::log(share));
    }
    // The mean rests on the fifth that is above `low`, and by as much as it may err the tail may be longer: the
    // predictive distribution of an exponential one.
    const double rests = share * chances;
    const auto shareBeyond = [rests](double means) { return std::exp(-rests * std::log1p(means / rests)); };
    std::vector<double> scores;
    scores.reserve(magnitudes.size());
    for (const double one : magnitudes) {
        // Where nothing ordinary differs at all, whatever does is told from it without doubt.
        const double p = one <= low ? 1 : mean > 0 ? share * shareBeyond((one - low) / mean) : 0;
        scores.push_back(scoreOf(p * chances));
    }
    return scores;
}

std::vector<double> sizesOf(std::span<const double> values) {
    std::vector<double> sizes;
    sizes.reserve(values.size());
    for (const double value : values)
        sizes.push_back(std::abs(value));
    return sizes;
}

std::vector<double> outlierScores(std::span<const double> remainder) {
    std::vector<double> scores(remainder.size(), 0.0);
    const EsdTest test = generalisedEsd(remainder, std::max<std::size_t>(5, remainder.size() / 50), chance);
    double least = 1; // a step is as sure as the surest after it: those before were in its way
    for (std::size_t i = test.steps.size(); i-- > 0;) {
        least = std::min(least, test.steps[i].p);
        scores[test.steps[i].index] = scoreOf(least);
    }
    return scores;
}

/// By points of three numbers: the row, the level around it and the step to it. Isolation scores know no chance, and
/// saturate: what counts is to be among the few that are isolated at all.
std::vector<double> isolationOf(std::span<const double> remainder, std::span<const double> levels) {
    std::vector<double> points;
    points.reserve(3 * remainder.size());
    for (std::size_t i = 0; i < remainder.size(); ++i) {
        points.push_back(remainder[i]);
        points.push_back(levels[i]);
        points.push_back(i > 0 ? remainder[i] - remainder[i - 1] : 0);
    }
    std::vector<double> scores = isolationScores(points, 3);
    std::vector<double> sorted = scores;
    std::sort(sorted.begin(), sorted.end());
    for (double &score : scores) {
        const auto first = std::lower_bound(sorted.begin(), sorted.end(), score);
        const double share = static_cast<double>(sorted.end() - first) / static_cast<double>(sorted.size());
        score = score < isolated ? 0 : std::pow(2.0, -share / isolatedShare);
    }
    return scores;
}

void judgeValues(const Remainder &left, Anomalies &found, std::vector<DetectorSet> &detectors) {
    const std::vector<double> levels = runningMedian(left.values, stretch);
    const std::array scores = {
        std::pair{Detector::Interval, tailScores(sizesOf(left.values), static_cast<double>(left.values.size()))},
        std::pair{Detector::Outlier, outlierScores(left.values)},
        std::pair{Detector::Level, tailScores(sizesOf(levels), static_cast<double>(levels.size()))},
        std::pair{Detector::Isolation, isolationOf(left.values, levels)},
    };
    for (std::size_t k = 0; k < left.rows.size(); ++k) {
        // Two must agree, so that no one's idea of a usual series decides alone.
        std::array<double, 4> votes = {};
        for (std::size_t d = 0; d < scores.size(); ++d)
            votes[d] = scores[d].second[k];
        std::sort(votes.begin(), votes.end(), std::greater<>());
        // What lies within the interval is as expected, however strange a rounding error may look among others.
        const double score = std::abs(left.values[k]) > normalInterval ? votes[1] : std::min(votes[1], inside);
        found.scores[left.rows[k]] = score;
        for (const auto &[detector, vote] : scores)
            if (score >= 0.5 && vote[k] >= 0.5)
                detectors[left.rows[k]].insert(detector);
    }
}

/// Rare counts: a row that has many, or a stretch of rows. There is no other view of them.
void judgeRareCounts(const RareCounts &counts, std::span<const double> values, std::span<const std::size_t> rows,
                     Anomalies &found, std::vector<DetectorSet> &detectors) {
    const auto n = static_cast<double>(values.size());
    double together = 0; // in the rows around, as far as there are
    std::size_t begin = 0;
    std::size_t end = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (; end < std::min(values.size(), i + stretch / 2 + 1); ++end)
            together += values[end];
        for (; begin + stretch / 2 < i; ++begin)
            together -= values[begin];
        const double one = scoreOf(n * counts.chance(values[i], 1, values[i]));
        // Rows without an event are not what is unusual about a stretch that has many.
        const double level =
            values[i] > 0 ? scoreOf(n * counts.chance(together, static_cast<double>(end - begin), values[i])) : 0;
        found.scores[rows[i]] = std::max(one, level);
        if (one >= 0.5)
            detectors[rows[i]].insert(Detector::Outlier);
        if (level >= 0.5)
            detectors[rows[i]].insert(Detector::Level);
    }
}

/// Where two stretches differ most, less their means.
std::size_t oddestPoint(std::span<const double> points, std::size_t at, std::size_t like, std::size_t length) {
    double mean = 0;
    for (std::size_t k = 0; k < length; ++k)
        mean += (points[at + k] - points[like + k]) / static_cast<double>(length);
    std::size_t oddest = at;
    double most = 0;
    for (std::size_t k = 0; k < length; ++k) {
        const double apart = std::abs(points[at + k] - points[like + k] - mean);
        if (apart > most) {
            most = apart;
            oddest = at + k;
        }
    }
    return oddest;
}

/// Stretches of the remainder that are like no other: anomalies that no row shows by itself.
void judgeShapes(const Judgement &judgement, Anomalies &found, std::vector<DetectorSet> &detectors) {
    constexpr std::size_t mostPoints = 4096;
    constexpr std::size_t usual = 16;   ///< points in a stretch
    constexpr std::size_t longest = 64; ///< of a season
    const Remainder &left = judgement.left;
    const std::size_t n = left.values.size();
    // Of long series means are looked at: shapes of that size count there.
    const std::size_t block = (n + mostPoints - 1) / mostPoints;
    std::vector<double> points;
    for (std::size_t begin = 0; begin + block <= n; begin += block) {
        double sum = 0;
        for (std::size_t k = begin; k < begin + block; ++k)
            sum += found.scores[left.rows[k]] >= 0.5 ? 0 : left.values[k]; // known anomalies are not told twice
        points.push_back(sum / std::sqrt(static_cast<double>(block)));
    }
    std::size_t length = usual;
    for (const std::size_t period : judgement.expectation.periods) {
        if (period / block >= usual / 2 && period / block <= longest)
            length = period / block;
    }
    if (points.size() < 24 * length)
        return;
    const MatrixProfile profile = matrixProfile(points, length);
    // Stretches that overlap are one: as many chances as there are lengths.
    std::vector<double> scores =
        tailScores(profile.distances, static_cast<double>(points.size()) / static_cast<double>(length));
    for (;;) {
        const auto most = std::max_element(scores.begin(), scores.end());
        if (*most < 0.5)
            return;
        const auto at = static_cast<std::size_t>(most - scores.begin());
        const std::size_t first = oddestPoint(points, at, profile.where[at], length) * block;
        std::size_t row = first;
        for (std::size_t k = first; k < first + block; ++k)
            row = std::abs(left.values[k]) > std::abs(left.values[row]) ? k : row;
        row = left.rows[row];
        found.scores[row] = std::max(found.scores[row], *most);
        detectors[row].insert(Detector::Shape);
        const std::size_t end = std::min(at + length, scores.size());
        for (std::size_t i = at < length ? 0 : at - length + 1; i < end; ++i)
            scores[i] = 0;
    }
}

void judgeArrivals(const AnomalyInput &input, bool standstills, Anomalies &found, std::vector<DetectorSet> &detectors) {
    Arrivals arrivals;
    for (std::size_t i = 0; i < input.values.size(); ++i) {
        const double time = i < input.times.size() ? input.times[i] : std::numeric_limits<double>::quiet_NaN();
        const bool isMissing = !std::isfinite(input.values[i]);
        const double score = isMissing ? arrivals.missing(time) : arrivals.present(time);
        const double standing = isMissing || !standstills ? 0 : arrivals.standing(input.values[i]);
        found.scores[i] = std::max({found.scores[i], score, standing});
        if (score >= 0.5)
            detectors[i].insert(isMissing ? Detector::Missing : Detector::Late);
        if (standing >= 0.5)
            detectors[i].insert(Detector::Standstill);
    }
}

} // namespace

Anomalies wholeAnomalies(const AnomalyInput &input) {
    const std::size_t n = input.values.size();
    Anomalies found;
    found.scores.assign(n, 0.0);
    std::vector<DetectorSet> detectors(n);
    std::vector<double> known;
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < n; ++i) {
        if (!std::isfinite(input.values[i]))
            continue;
        known.push_back(input.values[i]);
        rows.push_back(i);
    }
    const bool isRare = known.size() >= fewestJudged && areRareCounts(known);
    const RareCounts counts(known);
    const Judgement judgement = isRare ? Judgement{} : judged(input);
    const Remainder &left = judgement.left;
    if (isRare) {
        judgeRareCounts(counts, known, rows, found, detectors);
    } else if (left.scale > 0) {
        judgeValues(left, found, detectors);
        judgeShapes(judgement, found, detectors);
    }
    judgeArrivals(input, !isRare, found, detectors);
    for (std::size_t i = 0; i < n; ++i) {
        if (found.scores[i] < 0.5)
            continue;
        Anomaly anomaly{.index = i, .score = found.scores[i], .detectors = detectors[i]};
        if (isRare) {
            anomaly.expected = counts.mean();
            anomaly.lower = 0;
            anomaly.upper = counts.usual();
        } else if (!judgement.expectation.values.empty()) {
            anomaly.expected = judgement.value(i, 0);
            anomaly.lower = judgement.value(i, left.low);
            anomaly.upper = judgement.value(i, left.high);
        }
        found.anomalies.push_back(anomaly);
    }
    return found;
}

} // namespace ra::series
