// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace ra::simulate {

/// A small random generator whose results are the same on every machine and library (those of <random> distributions
/// are not). Source: Blackman and Vigna, xoshiro256**, seeded by splitmix64; doi:10.1145/3460772.
class Random {
public:
    /// Streams of different (seed, stream) are independent for every practical purpose.
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) {
        std::uint64_t mix = seed ^ (stream * 0xd1342543de82ef95ULL + 0x2545f4914f6cdd1dULL);
        for (std::uint64_t &word : m_state) {
            mix += 0x9e3779b97f4a7c15ULL;
            std::uint64_t z = mix;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
            word = z ^ (z >> 31);
        }
    }

    [[nodiscard]] std::uint64_t bits() {
        const std::uint64_t result = rotate(m_state[1] * 5, 7) * 9;
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = rotate(m_state[3], 45);
        return result;
    }

    /// In [0, 1).
    [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    /// In [low, high).
    [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }

    /// In [0, n); 0 for n == 0. The bias of the modulo is below 2^-40 for every n used here.
    [[nodiscard]] std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : bits() % n; }

    [[nodiscard]] bool chance(double probability) { return uniform() < probability; }

    /// Standard normal, by Box and Muller (doi:10.1214/aoms/1177706645).
    [[nodiscard]] double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

    /// Log-normal with that median; sigma is the standard deviation of its logarithm.
    [[nodiscard]] double logNormal(double median, double sigma) { return median * std::exp(sigma * normal()); }

private:
    [[nodiscard]] static constexpr std::uint64_t rotate(std::uint64_t x, int by) {
        return (x << by) | (x >> (64 - by));
    }

    std::array<std::uint64_t, 4> m_state{};
};

} // namespace ra::simulate
