// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/groups.h"

#include "core/stats/distributions.h"
#include "core/stats/moments.h"
#include "core/stats/quantile.h"
#include "core/stats/ranktests.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

/// The groups that have values; nothing if these are fewer than two or a value is infinite.
std::optional<std::vector<Moments>> momentsOf(Groups groups) {
    std::vector<Moments> all;
    for (const auto &group : groups) {
        Moments moments;
        moments.add(group);
        if (moments.count() == 0)
            continue;
        if (!moments.preciseMean())
            return std::nullopt;
        all.push_back(moments);
    }
    if (all.size() < 2)
        return std::nullopt;
    return all;
}

std::optional<FTest> fTest(double f, double df1, double df2) {
    if (!std::isfinite(f))
        return std::nullopt;
    return FTest{f, df1, df2, dist::fUpper(f, df1, df2)};
}

} // namespace

std::optional<FTest> anova(Groups groups) {
    const auto all = momentsOf(groups);
    if (!all)
        return std::nullopt;
    Moments total;
    double within = 0;
    for (const Moments &group : *all) {
        total.merge(group);
        within += *group.squares();
    }
    DoubleDouble between;
    for (const Moments &group : *all) {
        const DoubleDouble distance = *group.preciseMean() - *total.preciseMean();
        between += distance * distance * static_cast<double>(group.count());
    }
    const auto df1 = static_cast<double>(all->size() - 1);
    const double df2 = static_cast<double>(total.count()) - df1 - 1;
    if (!(df2 > 0) || !(within > 0))
        return std::nullopt;
    return fTest(between.value() / df1 / (within / df2), df1, df2);
}

std::optional<FTest> welchAnova(Groups groups) {
    const auto all = momentsOf(groups);
    if (!all)
        return std::nullopt;
    const auto k = static_cast<double>(all->size());
    DoubleDouble sum; // a rounded one would cost the digits that large means have in common
    DoubleDouble weighted;
    for (const Moments &group : *all) {
        const std::optional<double> variance = group.variance();
        if (!variance || !(*variance > 0) || !std::isfinite(*variance))
            return std::nullopt;
        const double weight = static_cast<double>(group.count()) / *variance;
        sum += weight;
        weighted += *group.preciseMean() * weight;
    }
    const DoubleDouble mean = weighted / sum;
    double between = 0;
    double correction = 0;
    for (const Moments &group : *all) {
        const auto n = static_cast<double>(group.count());
        const double weight = n / *group.variance();
        const double distance = (*group.preciseMean() - mean).value();
        between += weight * distance * distance;
        const double others = 1 - weight / sum.value();
        correction += others * others / (n - 1);
    }
    const double f = between / (k - 1) / (1 + 2 * (k - 2) / (k * k - 1) * correction);
    return fTest(f, k - 1, (k * k - 1) / (3 * correction));
}

std::optional<FTest> leveneTest(Groups groups, Centre centre) {
    std::vector<std::vector<double>> deviations;
    for (const auto &group : groups) {
        std::vector<double> x = sorted(group);
        if (x.empty())
            continue;
        Moments moments;
        moments.add(x);
        const double middle = centre == Centre::Median ? *median(x) : *moments.mean();
        for (double &value : x)
            value = std::abs(value - middle);
        if (!std::ranges::all_of(x, [](double value) { return std::isfinite(value); }))
            return std::nullopt;
        deviations.push_back(std::move(x));
    }
    return anova(deviations);
}

std::optional<KruskalWallis> kruskalWallis(Groups groups) {
    std::vector<double> all;
    std::vector<std::size_t> sizes;
    for (const auto &group : groups) {
        const std::vector<double> values = present(group);
        if (values.empty())
            continue;
        all.insert(all.end(), values.begin(), values.end());
        sizes.push_back(values.size());
    }
    if (sizes.size() < 2)
        return std::nullopt;
    const std::vector<double> ranks = midRanks(all);
    const auto n = static_cast<double>(all.size());
    const double middle = (n + 1) / 2;
    double between = 0;
    double squares = 0; // this in the place of its value without ties is the correction for them
    std::size_t at = 0;
    for (const std::size_t size : sizes) {
        double sum = 0;
        for (std::size_t i = 0; i < size; ++i, ++at) {
            sum += ranks[at] - middle;
            squares += (ranks[at] - middle) * (ranks[at] - middle);
        }
        between += sum * sum / static_cast<double>(size);
    }
    if (!(squares > 0))
        return std::nullopt;
    const auto df = static_cast<double>(sizes.size() - 1);
    const double h = between / (squares / (n - 1));
    return KruskalWallis{h, df, dist::chiSquaredUpper(h, df)};
}

} // namespace ra::stats
