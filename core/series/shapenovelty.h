// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace ra::series {

/// How unlike anything seen before the latest stretch of a stream is: the distance to the nearest of 256 stretches of
/// its past, which are replaced at random places, so that old ones fade. Once as it is and once less its mean. Memory
/// is fixed; O(256 length) a value, in floats. Source: E. Burnaev, V. Ishimtsev, "Conformalized density- and
/// distance-based anomaly detection in time-series data", arXiv:1608.04585 (2016).
class ShapeNovelty {
public:
    /// `length`: values in a stretch; `stride`: each of them is the mean of so many values of the stream.
    ShapeNovelty(std::size_t length, std::size_t stride);

    struct Distance {
        double plain = 0;   ///< root mean square difference to the nearest stretch; 0 before there is one
        double centred = 0; ///< the same with each stretch less its mean
    };
    /// Takes the next value of the stream. Values beyond 1e15 in size count as that.
    [[nodiscard]] Distance add(double value);

private:
    static constexpr std::size_t prototypes = 256;

    void gather();

    std::size_t m_length;
    std::size_t m_stride;
    std::vector<double> m_recent; ///< a ring of length · stride values
    std::size_t m_seen = 0;
    std::vector<float> m_latest;
    std::vector<float> m_library; ///< by place in the stretch, then by prototype
    std::array<float, prototypes> m_means = {};
    std::array<float, prototypes> m_squares = {};
    std::size_t m_used = 0;
};

} // namespace ra::series
