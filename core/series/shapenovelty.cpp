// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/shapenovelty.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ra::series {

namespace {

constexpr double largest = 1e15; // its square still fits a float, a dozen times

/// A place that looks random and is the same in every run.
std::size_t scattered(std::size_t i, std::size_t count) {
    return ((static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U) >> 32) % count;
}

} // namespace

ShapeNovelty::ShapeNovelty(std::size_t length, std::size_t stride)
    : m_length(length)
    , m_stride(stride)
    , m_recent(length * stride, 0.0)
    , m_latest(length, 0.0F)
    , m_library(length * prototypes, 0.0F) {}

void ShapeNovelty::gather() {
    const std::size_t size = m_recent.size();
    std::size_t from = m_seen % size; // the oldest
    for (float &mean : m_latest) {
        double sum = 0;
        for (std::size_t i = 0; i < m_stride; ++i) {
            sum += m_recent[from];
            from = from + 1 == size ? 0 : from + 1;
        }
        mean = static_cast<float>(sum / static_cast<double>(m_stride));
    }
}

ShapeNovelty::Distance ShapeNovelty::add(double value) {
    m_recent[m_seen % m_recent.size()] = std::clamp(value, -largest, largest);
    ++m_seen;
    if (m_seen < m_recent.size())
        return {};
    gather();
    float sum = 0;
    for (const float one : m_latest)
        sum += one;
    const float mean = sum / static_cast<float>(m_length);
    Distance distance;
    if (m_used > 0) {
        m_squares.fill(0.0F);
        for (std::size_t j = 0; j < m_length; ++j) {
            const float here = m_latest[j];
            const float *const there = m_library.data() + j * prototypes;
            for (std::size_t k = 0; k < prototypes; ++k) {
                const float difference = there[k] - here;
                m_squares[k] += difference * difference;
            }
        }
        float plain = std::numeric_limits<float>::max();
        float centred = plain;
        for (std::size_t k = 0; k < m_used; ++k) {
            // The squares of centred stretches are those of the stretches less what their means differ.
            const float apart = m_means[k] - mean;
            plain = std::min(plain, m_squares[k]);
            centred = std::min(centred, m_squares[k] - apart * apart * static_cast<float>(m_length));
        }
        const auto length = static_cast<double>(m_length);
        // What cancellation leaves of equal shapes is no distance.
        const double rounding = 1e-6 * static_cast<double>(plain);
        distance.plain = std::sqrt(static_cast<double>(plain) / length);
        distance.centred = centred > rounding ? std::sqrt(static_cast<double>(centred) / length) : 0.0;
    }
    const std::size_t place = m_used < prototypes ? m_used++ : scattered(m_seen, prototypes);
    for (std::size_t j = 0; j < m_length; ++j)
        m_library[j * prototypes + place] = m_latest[j];
    m_means[place] = mean;
    return distance;
}

} // namespace ra::series
