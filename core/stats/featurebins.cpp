// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/featurebins.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ra::stats {

namespace {

constexpr std::size_t mostBins = 256;
constexpr double mostCodes = 1 << 24; ///< of categories; what is beyond is none

FeatureBins binsOfNumbers(std::vector<double> values) {
    FeatureBins bins;
    std::sort(values.begin(), values.end());
    const double room = static_cast<double>(values.size()) / mostNumberBins;
    double filled = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        ++filled;
        if (values[i] > values[i - 1] && filled >= room && bins.cuts.size() + 1 < mostNumberBins) {
            // Halves first, so that no sum overflows; rounding must not reach the value above.
            const double middle = values[i - 1] / 2 + values[i] / 2;
            bins.cuts.push_back(middle < values[i] ? middle : values[i - 1]);
            filled = 0;
        }
    }
    bins.count = bins.cuts.size() + 2;
    return bins;
}

FeatureBins binsOfCategories(const std::vector<double> &values) {
    FeatureBins bins{.categorical = true, .cuts = {}, .codes = {}};
    std::vector<std::pair<std::size_t, std::size_t>> counts; // of a code, and the code
    for (const double v : values) {
        const auto code = static_cast<std::size_t>(v);
        for (std::size_t next = counts.size(); next <= code; ++next)
            counts.emplace_back(0, next);
        ++counts[code].first;
    }
    bins.codes.assign(counts.size(), 1);
    std::stable_sort(counts.begin(), counts.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    for (const auto &[count, code] : counts) {
        if (count < fewestOfCategory || bins.count == mostBins)
            break;
        bins.codes[code] = static_cast<std::uint8_t>(bins.count++);
    }
    return bins;
}

} // namespace

std::uint8_t FeatureBins::binOf(double value) const {
    if (!std::isfinite(value))
        return 0;
    if (categorical) {
        const bool isKnown = value >= 0 && value < static_cast<double>(codes.size());
        return isKnown ? codes[static_cast<std::size_t>(value)] : std::uint8_t{1};
    }
    const auto at = std::lower_bound(cuts.begin(), cuts.end(), value);
    return static_cast<std::uint8_t>(at - cuts.begin() + 1);
}

std::vector<FeatureBins> binsOf(std::span<const FeatureColumn> columns, std::span<const std::uint32_t> rows) {
    std::vector<FeatureBins> result;
    for (const FeatureColumn &column : columns) {
        std::vector<double> values;
        for (const std::uint32_t row : rows) {
            const double v = column.values[row];
            if (std::isfinite(v) && (!column.categorical || (v >= 0 && v < mostCodes)))
                values.push_back(v);
        }
        result.push_back(column.categorical ? binsOfCategories(values) : binsOfNumbers(std::move(values)));
    }
    return result;
}

BinnedTable binned(std::span<const FeatureColumn> columns, std::span<const FeatureBins> bins) {
    BinnedTable table;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        const std::vector<double> &values = columns[j].values;
        table.rows = values.size();
        std::vector<std::uint8_t> coded(values.size());
        std::transform(values.begin(), values.end(), coded.begin(), [&](double v) { return bins[j].binOf(v); });
        table.columns.push_back(std::move(coded));
    }
    return table;
}

} // namespace ra::stats
