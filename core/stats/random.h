// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

namespace ra::stats {

/// Random numbers that are the same for the same seed on every machine, which those of the standard library's
/// distributions are not. Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM Trans.
/// Math. Softw. 47 (2021), xoshiro256++; seeded by splitmix64 as its authors advise.
class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (std::uint64_t &word : m_state) {
            seed += 0x9e3779b97f4a7c15U;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
            word = z ^ (z >> 31);
        }
    }
    std::uint64_t next() {
        const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t t = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= t;
        m_state[3] = std::rotl(m_state[3], 45);
        return result;
    }
    /// In [0, count), for counts below 2^32; the bias of at most count / 2^32 is left in.
    std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((next() >> 32) * std::uint64_t{count}) >> 32);
    }
    /// In [0, 1), a multiple of 2^-53.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    std::uint64_t m_state[4] = {};
};

} // namespace ra::stats
