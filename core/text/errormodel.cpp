// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/errormodel.h"

#include <algorithm>
#include <cmath>

namespace ra::text {

namespace {

constexpr std::array<std::string_view, errorClasses> names = {
    "timeout",    "network",       "permission", "missing_file", "out_of_memory", "resource_exhaustion",
    "validation", "configuration", "unknown",
};

/// A weight in units, as near as 16 bits can say it.
std::int16_t rounded(double units) {
    if (std::isnan(units))
        return 0;
    return static_cast<std::int16_t>(std::lround(std::clamp(units, -32767.0, 32767.0)));
}

double lengthOf(std::span<const std::uint32_t> group) {
    return group.empty() ? 1 : std::sqrt(static_cast<double>(group.size()));
}

} // namespace

std::string_view nameOf(ErrorClass is) {
    return names[static_cast<std::size_t>(is)];
}

std::optional<ErrorClass> errorClassNamed(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        return std::nullopt;
    return static_cast<ErrorClass>(found - names.begin());
}

ErrorModel::ErrorModel()
    : m_rows(ErrorFeatures::buckets) {}

std::array<double, errorClasses> ErrorModel::scores(const ErrorFeatures &features) const {
    std::array<double, errorClasses> scores{};
    for (std::size_t c = 0; c < errorClasses; ++c)
        scores[c] = unit * m_bias[c];
    for (const auto group : {features.words(), features.pieces()}) {
        std::array<std::int32_t, stride> sums{};
        for (const std::uint32_t bucket : group) {
            const Row &row = m_rows[bucket];
            for (std::size_t c = 0; c < stride; ++c)
                sums[c] += row[c];
        }
        const double factor = unit / lengthOf(group);
        for (std::size_t c = 0; c < errorClasses; ++c)
            scores[c] += factor * sums[c];
    }
    return scores;
}

std::array<double, errorClasses> ErrorModel::probabilities(const ErrorFeatures &features) const {
    std::array<double, errorClasses> p = scores(features);
    const double most = *std::max_element(p.begin(), p.end());
    double sum = 0;
    for (double &each : p)
        sum += each = std::exp(each - most);
    for (double &each : p)
        each /= sum;
    return p;
}

ErrorVerdict ErrorModel::classify(std::string_view message, ErrorFeatures &scratch) const {
    scratch.read(message);
    const auto p = probabilities(scratch);
    const auto best = std::max_element(p.begin(), p.end() - 1);
    ErrorVerdict verdict{.best = static_cast<ErrorClass>(best - p.begin()), .probability = *best};
    if (verdict.probability >= threshold)
        verdict.said = verdict.best;
    return verdict;
}

void ErrorModel::learn(std::string_view message, ErrorClass is) {
    constexpr int mostSteps = 32; // more are needed only where weights are at their limits
    ErrorFeatures features;
    features.read(message);
    const auto own = static_cast<std::size_t>(is);
    // The squared length of the features with the bias, if no two share a bucket.
    const double squared = 1 + (features.words().empty() ? 0 : 1) + (features.pieces().empty() ? 0 : 1);
    for (int step = 0; step < mostSteps; ++step) {
        const auto s = scores(features);
        std::size_t rival = own == 0 ? 1 : 0;
        for (std::size_t c = 0; c < errorClasses; ++c) {
            if (c != own && s[c] > s[rival])
                rival = c;
        }
        const double loss = margin - (s[own] - s[rival]);
        if (loss <= 0)
            return;
        const double change = loss / (2 * squared) / unit + 1;
        m_bias[own] = rounded(m_bias[own] + change);
        m_bias[rival] = rounded(m_bias[rival] - change);
        for (const auto group : {features.words(), features.pieces()}) {
            const double each = change / lengthOf(group);
            for (const std::uint32_t bucket : group) {
                Row &row = m_rows[bucket];
                row[own] = rounded(row[own] + each);
                row[rival] = rounded(row[rival] - each);
            }
        }
    }
}

void ErrorModel::setWeight(std::uint32_t bucket, ErrorClass of, double weight) {
    m_rows[bucket][static_cast<std::size_t>(of)] = rounded(weight / unit);
}

void ErrorModel::setBias(ErrorClass of, double bias) {
    m_bias[static_cast<std::size_t>(of)] = rounded(bias / unit);
}

} // namespace ra::text
