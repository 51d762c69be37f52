// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/numberfilter.h"

#include "core/store/statement.h"

#include <array>

namespace ra::store {

namespace {

constexpr std::size_t words =
    256 * 1024; // 2 MiB: with a million runs in the store, one question in five hundred is for nothing

/// The bits of a number. Run numbers are hashes already, but those given to runs of one number are neighbours.
std::array<std::uint64_t, 4> bitsOf(std::int64_t number) {
    std::uint64_t x = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15ULL;
    x ^= x >> 32;
    // From the upper half, which the place of the first bit does not depend on.
    const std::uint64_t y = (x * 0xBF58476D1CE4E5B9ULL >> 32) | 1;
    constexpr std::uint64_t mask = words * 64 - 1;
    return {x & mask, (x + y) & mask, (x + 2 * y) & mask, (x + 3 * y) & mask};
}

} // namespace

bool NumberFilter::mayHold(std::int64_t number, const SQLite::Database &db, const Gathered &gathered) {
    if (m_bits.empty()) {
        if (++m_asked <= patience)
            return true;
        fill(db, gathered);
    }
    for (const std::uint64_t bit : bitsOf(number)) {
        if ((m_bits[bit / 64] >> (bit % 64) & 1) == 0)
            return false;
    }
    return true;
}

void NumberFilter::add(std::int64_t number) {
    if (m_bits.empty())
        return;
    for (const std::uint64_t bit : bitsOf(number))
        m_bits[bit / 64] |= std::uint64_t(1) << (bit % 64);
}

void NumberFilter::forget() {
    m_bits = {};
    m_asked = 0;
}

void NumberFilter::fill(const SQLite::Database &db, const Gathered &gathered) {
    m_bits.assign(words, 0);
    Statement numbers(db, "SELECT run_id FROM runs UNION ALL SELECT alt_id FROM runs WHERE alt_id IS NOT NULL");
    while (numbers.step())
        add(numbers.integer(0));
    for (const std::int64_t number : gathered)
        add(number);
}

} // namespace ra::store
