// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/contingency.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ra::stats {

std::optional<FisherTest> fisherTest(const FourFold &table) {
    const auto a = static_cast<double>(table[0][0]);
    const auto b = static_cast<double>(table[0][1]);
    const auto c = static_cast<double>(table[1][0]);
    const auto d = static_cast<double>(table[1][1]);
    constexpr double countable = 9007199254740992; // 2^53: beyond it a double steps over whole numbers
    if (a + b + c + d == 0 || a + b + c + d > countable)
        return std::nullopt;
    const double good = a + b;
    const double bad = c + d;
    const double drawn = a + c;
    const double from = std::max(0.0, drawn - bad);
    const double to = std::min(good, drawn);
    // Shares of the likeliest table, outwards from it by the ratio of neighbours: exact to the last digits, where
    // logarithms of factorials would not be.
    const double mode = std::clamp(std::floor((good + 1) * (drawn + 1) / (good + bad + 2)), from, to);
    const auto ratio = [&](double k) { return (good - k) * (drawn - k) / ((k + 1) * (bad - drawn + k + 1)); };
    const auto relative = [&](double k) { // to the mode
        double share = 1;
        double at = mode;
        while (at < k && share > 0)
            share *= ratio(at++);
        while (at > k && share > 0)
            share /= ratio(--at);
        return share;
    };
    const double limit = relative(a) * (1 + 1e-7); // what rounding tells apart is equally likely
    double all = 0;
    double extreme = 0;
    const auto count = [&](double share) {
        all += share;
        if (share <= limit)
            extreme += share;
    };
    count(1);
    double share = 1;
    double k = mode;
    while (k < to && share > 0)
        count(share *= ratio(k++));
    share = 1;
    k = mode;
    while (k > from && share > 0)
        count(share /= ratio(--k));
    FisherTest answer{std::min(1.0, extreme / all), {}};
    if (b * c > 0)
        answer.oddsRatio = a * d / (b * c);
    return answer;
}

std::optional<ChiSquared> chiSquaredIndependence(std::span<const double> counts, std::size_t columns) {
    if (columns < 2 || counts.size() % columns != 0)
        return std::nullopt;
    const std::size_t rows = counts.size() / columns;
    std::vector<double> rowSums(rows, 0.0);
    std::vector<double> columnSums(columns, 0.0);
    double total = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!(counts[i] >= 0) || std::isinf(counts[i]))
            return std::nullopt;
        rowSums[i / columns] += counts[i];
        columnSums[i % columns] += counts[i];
        total += counts[i];
    }
    const auto isUsed = [](double sum) { return sum > 0; };
    const auto usedRows = std::ranges::count_if(rowSums, isUsed);
    const auto usedColumns = std::ranges::count_if(columnSums, isUsed);
    if (usedRows < 2 || usedColumns < 2)
        return std::nullopt;
    ChiSquared answer;
    answer.smallestExpected = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double expected = rowSums[i / columns] * (columnSums[i % columns] / total);
        if (!(expected > 0))
            continue;
        answer.statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        answer.smallestExpected = std::min(answer.smallestExpected, expected);
    }
    answer.df = static_cast<double>((usedRows - 1) * (usedColumns - 1));
    answer.p = dist::chiSquaredUpper(answer.statistic, answer.df);
    return answer;
}

std::optional<ChiSquared> chiSquaredFit(std::span<const double> counts, std::span<const double> probabilities) {
    if (counts.size() < 2 || counts.size() != probabilities.size())
        return std::nullopt;
    double total = 0;
    double weights = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!(counts[i] >= 0) || !(probabilities[i] > 0))
            return std::nullopt;
        total += counts[i];
        weights += probabilities[i];
    }
    if (!(total > 0) || !std::isfinite(total) || !std::isfinite(weights))
        return std::nullopt;
    ChiSquared answer;
    answer.smallestExpected = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double expected = total * (probabilities[i] / weights);
        answer.statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        answer.smallestExpected = std::min(answer.smallestExpected, expected);
    }
    answer.df = static_cast<double>(counts.size() - 1);
    answer.p = dist::chiSquaredUpper(answer.statistic, answer.df);
    return answer;
}

} // namespace ra::stats
