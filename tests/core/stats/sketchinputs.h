// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/sketch.h"

#include <QTest>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

/// Values for sketches; the same for the same seed.
namespace sketchinputs {

constexpr double infinity = std::numeric_limits<double>::infinity();

using Values = std::vector<double>;
using Make = std::function<double(std::mt19937_64 &, std::size_t i)>;

/// Distributions made to be hard for something, by name.
inline const std::map<std::string, Make> &distributions() {
    static const auto uniform = [](std::mt19937_64 &r) { return std::ldexp(static_cast<double>(r() >> 11), -53); };
    static const std::map<std::string, Make> all{
        {"uniform", [](auto &r, auto) { return uniform(r); }},
        {"normal", [](auto &r, auto) { return std::normal_distribution<double>()(r); }},
        {"log-normal", [](auto &r, auto) { return std::lognormal_distribution<double>(0, 3)(r); }},
        {"Pareto with no mean", [](auto &r, auto) { return std::pow(uniform(r) + 1e-300, -2); }},
        {"two heaps", [](auto &r, auto i) { return (i % 2 == 0 ? 1e-9 : 1e9) * (1 + uniform(r)); }},
        {"all scales", [](auto &r, auto) { return std::pow(10, 600 * uniform(r) - 300); }},
        {"all scales and signs",
         [](auto &r, auto i) { return (i % 2 ? 1 : -1) * std::pow(10, 600 * uniform(r) - 300); }},
        {"any bits", [](auto &r, auto) { return std::bit_cast<double>(r()); }},
        {"powers of two", [](auto &r, auto) { return std::ldexp(1, static_cast<int>(r() % 2046) - 1022); }},
        {"below powers of two",
         [](auto &r, auto) { return std::nextafter(std::ldexp(1, static_cast<int>(r() % 2045) - 1021), 0); }},
        {"ascending", [](auto &, auto i) { return static_cast<double>(i); }},
        {"descending", [](auto &, auto i) { return -static_cast<double>(i); }},
        {"saw", [](auto &, auto i) { return static_cast<double>(i % 100) - 50; }},
        {"mostly zero", [](auto &r, auto i) { return i % 50 == 0 ? uniform(r) - 0.5 : 0.0; }},
        {"one far off", [](auto &r, auto i) { return i == 77 ? 1e300 : uniform(r); }},
        {"equal", [](auto &, auto) { return 0.3; }},
        {"infinities", [](auto &r, auto i) { return i % 3 == 0   ? infinity
                                                    : i % 3 == 1 ? -infinity
                                                                 : uniform(r); }},
        {"largest and least", [](auto &, auto i) { return i % 2 ? std::numeric_limits<double>::max() : 2.3e-308; }},
    };
    return all;
}

inline Values made(const std::string &name, std::size_t n = 4'000, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    Values values(n);
    for (std::size_t i = 0; i < n; ++i)
        values[i] = distributions().at(name)(random, i);
    return values;
}

/// A row for each distribution.
inline void addRows() {
    QTest::addColumn<std::string>("name");
    for (const auto &[name, make] : distributions())
        QTest::newRow(name.c_str()) << name;
}

inline ra::stats::Sketch sketchOf(std::span<const double> values, ra::stats::SketchOptions options = {}) {
    ra::stats::Sketch sketch(options);
    sketch.add(values);
    return sketch;
}

inline std::string bytesOf(const ra::stats::Sketch &sketch) {
    std::string bytes;
    sketch.serialise(bytes);
    return bytes;
}

} // namespace sketchinputs
