// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/esd.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace ra::series {

namespace {

/// The values that are left, as a range of the sorted ones: the farthest from the mean is always at one of its ends.
class Left {
public:
    explicit Left(std::span<const double> values)
        : m_values(values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (std::isfinite(values[i]))
                m_order.push_back(i);
        std::sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
        m_end = m_order.size();
        if (m_order.empty())
            return;
        // Around the median and in units of the largest size there, so that neither offsets nor powers cancel digits.
        m_origin = values[m_order[m_end / 2]];
        m_unit = std::max(std::abs(values[m_order.front()] / 2 - m_origin / 2),
                          std::abs(values[m_order.back()] / 2 - m_origin / 2));
        for (const std::size_t i : m_order) {
            m_sum += scaled(i);
            m_squares += scaled(i) * scaled(i);
        }
    }

    [[nodiscard]] std::size_t size() const { return m_end - m_begin; }

    /// The farthest value and its distance in standard deviations, which is taken away; false if nothing differs.
    bool takeFarthest(EsdStep &step) {
        const auto n = static_cast<double>(size());
        const double mean = m_sum / n;
        const double deviation = std::sqrt(std::max(0.0, (m_squares - n * mean * mean) / (n - 1)));
        if (!(deviation > 1e-12))
            return false;
        const bool isLow = mean - scaled(m_order[m_begin]) > scaled(m_order[m_end - 1]) - mean;
        step.index = isLow ? m_order[m_begin++] : m_order[--m_end];
        const double value = scaled(step.index);
        step.statistic = std::abs(value - mean) / deviation;
        m_sum -= value;
        m_squares -= value * value;
        return true;
    }

private:
    [[nodiscard]] double scaled(std::size_t i) const {
        return m_unit > 0 ? (m_values[i] / 2 - m_origin / 2) / m_unit : 0;
    }

    std::span<const double> m_values;
    std::vector<std::size_t> m_order;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    double m_origin = 0;
    double m_unit = 0;
    double m_sum = 0;
    double m_squares = 0;
};

} // namespace

EsdTest generalisedEsd(std::span<const double> values, std::size_t most, double alpha) {
    EsdTest test;
    Left left(values);
    while (test.steps.size() < most && left.size() >= 3) {
        const auto n = static_cast<double>(left.size());
        EsdStep step;
        if (!left.takeFarthest(step))
            break;
        const boost::math::students_t distribution(n - 2);
        const double t = boost::math::quantile(boost::math::complement(distribution, alpha / (2 * n)));
        step.critical = (n - 1) * t / std::sqrt((n - 2 + t * t) * n);
        // The same relation the other way round: from R to the t that it stands for.
        const double squared = n * step.statistic * step.statistic;
        const double rest = (n - 1) * (n - 1) - squared;
        const double reached = rest > 0 ? std::sqrt((n - 2) * squared / rest) : 1e300;
        step.p = std::min(1.0, 2 * n * boost::math::cdf(boost::math::complement(distribution, reached)));
        test.steps.push_back(step);
        if (step.statistic > step.critical)
            test.outliers = test.steps.size();
    }
    return test;
}

} // namespace ra::series
