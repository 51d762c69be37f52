// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/anomalies.h"
#include "core/series/arrivals.h"
#include "core/series/esd.h"
#include "core/series/expectation.h"
#include "core/series/isolationforest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace ra::series {

namespace {

constexpr std::size_t fewest = 12;     ///< known values; below that everything may be usual
constexpr double chance = 0.05;        ///< of an anomaly in a whole series that has none, for each detector
constexpr std::size_t stretch = 9;     ///< rows over which a level is looked at
constexpr double isolated = 0.6;       ///< the isolation score that is well above that of the crowd (0.5)
constexpr double isolatedShare = 0.02; ///< of rows
constexpr double visible = 0.002;      ///< of the spread of the values: less is no scatter to anybody
constexpr double inside = 0.25;        ///< the highest score within the interval
constexpr double normalQuantile = 1.959963984540054;

/// A score of 0.5 for something that happens by chance with probability `chance` in the whole series.
double scoreOf(double probability) {
    const double above = std::log10(chance / std::max(probability, 1e-15));
    return above >= 0 ? 1 - std::pow(10.0, -above) / 2 : std::pow(10.0, above) / 2;
}

double quantile(std::vector<double> &sorted, double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

/// Scores magnitudes by an exponential tail that is fitted to those between the 80th and 95th per cent, so that
/// anomalies of up to 5 % have no say: censored likelihood.
std::vector<double> tailScores(std::span<const double> magnitudes) {
    std::vector<double> sorted(magnitudes.begin(), magnitudes.end());
    std::sort(sorted.begin(), sorted.end());
    const double low = quantile(sorted, 0.80);
    const double high = quantile(sorted, 0.95);
    double excess = 0;
    double within = 0;
    double beyond = 0;
    for (const double one : sorted) {
        excess += std::clamp(one, low, high) - low;
        within += one > low && one <= high ? 1 : 0;
        beyond += one > high ? 1 : 0;
    }
    const double mean = within > 0 ? excess / within : 0;
    const double share = (within + beyond) / static_cast<double>(sorted.size());
    std::vector<double> scores;
    scores.reserve(magnitudes.size());
    for (const double one : magnitudes) {
        // Where nothing ordinary differs at all, whatever does is told from it without doubt.
        const double p = one <= low ? 1 : mean > 0 ? share * std::exp(-(one - low) / mean) : 0;
        scores.push_back(scoreOf(p * static_cast<double>(magnitudes.size())));
    }
    return scores;
}

/// What is left of the known rows, and which rows those are.
struct Remainder {
    std::vector<double> values; ///< in robust standard deviations
    std::vector<std::size_t> rows;
    double scale = 0; ///< one robust standard deviation
};

Remainder remainderOf(std::span<const double> values, const std::vector<double> &expected) {
    Remainder left;
    std::vector<double> known;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i]))
            continue;
        left.rows.push_back(i);
        left.values.push_back(std::clamp(values[i] - expected[i], -1e300, 1e300));
        known.push_back(values[i]);
    }
    if (left.values.size() < fewest)
        return left;
    std::vector<double> sizes;
    sizes.reserve(left.values.size());
    for (const double value : left.values)
        sizes.push_back(std::abs(value));
    std::sort(sizes.begin(), sizes.end());
    std::sort(known.begin(), known.end());
    const double spread = std::min(quantile(known, 0.95) / 2 - quantile(known, 0.05) / 2, 1e300);
    // The median's word, unless the tails are heavier than normal: then that of the 95th per cent.
    left.scale =
        std::max({1.4826 * quantile(sizes, 0.5), quantile(sizes, 0.95) / normalQuantile, 2 * visible * spread});
    if (left.scale > 0)
        for (double &value : left.values)
            value = std::clamp(value / left.scale, -1e12, 1e12);
    return left;
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
        std::pair{Detector::Interval, tailScores(sizesOf(left.values))},
        std::pair{Detector::Outlier, outlierScores(left.values)},
        std::pair{Detector::Level, tailScores(sizesOf(levels))},
        std::pair{Detector::Isolation, isolationOf(left.values, levels)},
    };
    for (std::size_t k = 0; k < left.rows.size(); ++k) {
        // Two must agree, so that no one's idea of a usual series decides alone.
        std::array<double, 4> votes = {};
        for (std::size_t d = 0; d < scores.size(); ++d)
            votes[d] = scores[d].second[k];
        std::sort(votes.begin(), votes.end(), std::greater<>());
        // What lies within the interval is as expected, however strange a rounding error may look among others.
        const double score = std::abs(left.values[k]) > normalQuantile ? votes[1] : std::min(votes[1], inside);
        found.scores[left.rows[k]] = score;
        for (const auto &[detector, vote] : scores)
            if (score >= 0.5 && vote[k] >= 0.5)
                detectors[left.rows[k]].insert(detector);
    }
}

void judgeArrivals(const AnomalyInput &input, Anomalies &found, std::vector<DetectorSet> &detectors) {
    Arrivals arrivals;
    for (std::size_t i = 0; i < input.values.size(); ++i) {
        const double time = i < input.times.size() ? input.times[i] : std::numeric_limits<double>::quiet_NaN();
        const bool isMissing = !std::isfinite(input.values[i]);
        const double score = isMissing ? arrivals.missing(time) : arrivals.present(time);
        const double standing = isMissing ? 0 : arrivals.standing(input.values[i]);
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
    const Expectation expectation = expectedRows(input.values, input.times, input.isCalendar);
    Remainder left;
    if (!expectation.values.empty())
        left = remainderOf(input.values, expectation.values);
    if (left.scale > 0)
        judgeValues(left, found, detectors);
    judgeArrivals(input, found, detectors);
    for (std::size_t i = 0; i < n; ++i) {
        if (found.scores[i] < 0.5)
            continue;
        Anomaly anomaly{.index = i, .score = found.scores[i], .detectors = detectors[i]};
        if (!expectation.values.empty()) {
            anomaly.expected = expectation.values[i];
            anomaly.lower = anomaly.expected - normalQuantile * left.scale;
            anomaly.upper = anomaly.expected + normalQuantile * left.scale;
        }
        found.anomalies.push_back(anomaly);
    }
    return found;
}

} // namespace ra::series
