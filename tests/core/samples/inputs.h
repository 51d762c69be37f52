// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

/// Inputs made to be hard for something, by name; the same for the same seed.
namespace inputs {

template <typename T>
using Make = std::function<T(std::mt19937_64 &, std::size_t i)>;
template <typename T>
using Makers = std::map<std::string, Make<T>>;

inline double unit(std::mt19937_64 &random) {
    return std::ldexp(static_cast<double>(random() >> 11), -53);
}

inline Makers<double> values() {
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto decimals = [](double value, double power) { return std::round(value * power) / power; };
    return {
        {"any bits", [](auto &r, auto) { return std::bit_cast<double>(r()); }},
        {"constant", [](auto &, auto) { return 0.1; }},
        {"constant NaN with a payload", [](auto &, auto) { return std::bit_cast<double>(0xfff0dead0000beefU); }},
        {"NaN of all kinds", [](auto &r, auto) { return std::bit_cast<double>(r() | 0x7ff0000000000000U); }},
        {"negative zeros among zeros", [](auto &, auto i) { return i % 3 == 0 ? -0.0 : 0.0; }},
        {"infinities", [=](auto &, auto i) { return i % 2 ? infinity : -infinity; }},
        {"subnormals", [](auto &r, auto) { return std::bit_cast<double>(r() & 0x800fffffffffffffU); }},
        {"largest and least", [](auto &, auto i) { return i % 2 ? std::numeric_limits<double>::max() : 5e-324; }},
        {"integers", [](auto &r, auto) { return static_cast<double>(static_cast<std::int32_t>(r())); }},
        {"large integers", [](auto &r, auto) { return static_cast<double>(static_cast<std::int64_t>(r())); }},
        {"integers around 2^51", [](auto &r, auto) { return 0x1p51 - 500 + static_cast<double>(r() % 1000); }},
        {"counter", [](auto &, auto i) { return static_cast<double>(i * 3); }},
        {"counter that is reset", [](auto &, auto i) { return static_cast<double>(i % 777); }},
        {"pages of memory", [](auto &r, auto) { return static_cast<double>(r() % 1'000'000 * 4096); }},
        {"hundredths", [=](auto &r, auto) { return decimals(100 * unit(r), 1e2); }},
        {"hundredths with gaps", [=](auto &r, auto i) { return i % 10 == 0 ? nan : decimals(100 * unit(r), 1e2); }},
        {"hundredths, mostly gaps", [=](auto &r, auto i) { return i % 10 ? nan : decimals(100 * unit(r), 1e2); }},
        {"hundredths with true doubles", [=](auto &r, auto i) { return i % 4 ? decimals(unit(r), 1e2) : unit(r); }},
        {"15 digits", [=](auto &r, auto) { return static_cast<double>(r() % 1'000'000'000'000'000) / 1e15; }},
        {"tiny decimals", [](auto &r, auto) { return static_cast<double>(r() % 1000) / 1e17; }},
        {"microseconds", [=](auto &r, auto) { return decimals(0.02 * std::exp(4 * unit(r)), 1e6); }},
        {"true doubles", [](auto &r, auto) { return 500 + unit(r); }},
        {"true doubles of both signs", [](auto &r, auto) { return std::normal_distribution<double>()(r); }},
        {"true doubles of all scales", [](auto &r, auto) { return std::pow(10, 600 * unit(r) - 300); }},
        {"floats", [](auto &r, auto) { return static_cast<double>(static_cast<float>(unit(r))); }},
        {"sine", [](auto &, auto i) { return std::sin(static_cast<double>(i) / 50); }},
        {"few true doubles", [](auto &r, auto) { return std::sqrt(static_cast<double>(r() % 7)); }},
        {"256 true doubles", [](auto &r, auto) { return std::sqrt(static_cast<double>(r() % 256)); }},
        {"257 true doubles", [](auto &r, auto) { return std::sqrt(static_cast<double>(r() % 257)); }},
        {"long runs", [](auto &, auto i) { return std::sqrt(static_cast<double>(i - i % 300)); }},
        {"short runs", [](auto &, auto i) { return std::sqrt(static_cast<double>(i - i % 5)); }},
        {"alternating", [](auto &, auto i) { return i % 2 ? 1e-3 : 1e9; }},
        {"saw", [](auto &, auto i) { return static_cast<double>(i % 100) / 10; }},
        {"one spike", [=](auto &r, auto i) { return i == 100 ? 1e300 : decimals(unit(r), 1e3); }},
        {"spikes down", [=](auto &r, auto i) { return i % 37 ? decimals(unit(r), 1e3) : -1e6; }},
    };
}

/// Not in order; see ascending().
inline Makers<std::int64_t> integers() {
    static constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    static constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    return {
        {"any bits", [](auto &r, auto) { return static_cast<std::int64_t>(r()); }},
        {"constant", [](auto &, auto) { return most; }},
        {"least and most", [](auto &, auto i) { return i % 2 ? most : least; }},
        {"ascending", [](auto &, auto i) { return static_cast<std::int64_t>(i) * 1'000'000'007; }},
        {"descending", [](auto &, auto i) { return -static_cast<std::int64_t>(i); }},
        {"squares", [](auto &, auto i) { return static_cast<std::int64_t>(i * i); }},
        {"small", [](auto &r, auto) { return static_cast<std::int64_t>(r() % 16); }},
        {"multiples of 2^62", [](auto &r, auto) { return static_cast<std::int64_t>(r() << 62); }},
        {"multiples of 2^63", [](auto &r, auto) { return static_cast<std::int64_t>(r() << 63); }},
        {"multiples of 3 * 2^40", [](auto &r, auto) { return static_cast<std::int64_t>(r() % 64) * (3LL << 40); }},
        {"multiples but for one",
         [](auto &r, auto i) { return static_cast<std::int64_t>(r() % 999) * 1000 + (i == 200); }},
        {"a late start", [](auto &, auto i) { return static_cast<std::int64_t>(i < 130 ? 0 : i * 1000); }},
        {"slow, fast, still",
         [](auto &r, auto i) {
             const auto n = static_cast<std::int64_t>(i);
             return i % 1000 < 300 ? n : i % 1000 < 600 ? n * 5000 + static_cast<std::int64_t>(r() % 100) : 7;
         }},
        {"outliers on both sides",
         [](auto &r, auto i) {
             const auto small = static_cast<std::int64_t>(r() % 64);
             return i % 50 == 3 ? most - small : i % 50 == 30 ? least + small : small;
         }},
    };
}

/// A data row for each, with its name in the one column.
template <typename T>
void addRows(const Makers<T> &makers) {
    QTest::addColumn<QString>("name");
    for (const auto &[name, maker] : makers)
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

template <typename T>
std::vector<T> make(const Makers<T> &makers, const std::string &name, std::size_t n, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    std::vector<T> all(n);
    for (std::size_t i = 0; i < n; ++i)
        all[i] = makers.at(name)(random, i);
    return all;
}

/// The same bits, NaN and zeros too.
inline bool same(const std::vector<double> &a, const std::vector<double> &b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

} // namespace inputs
