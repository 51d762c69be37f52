// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/leakshapes.h"

#include "core/series/teeth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <functional>
#include <numbers>

namespace ra::series {

Blocks blocksOf(std::span<const double> values) {
    constexpr std::size_t most = 128;
    const std::size_t n = values.size();
    const Teeth teeth = findTeeth(values);
    const std::vector<double> phase = toothPhase(teeth, n);
    // The first samples are start-up in any process.
    const std::size_t skipped = n * 3 / 100;
    const std::size_t size = std::max<std::size_t>(1, (n - skipped + most - 1) / most);
    std::vector<std::array<double, 5>> rows; // time, value, phase, early phase, rises so far
    std::vector<double> rises(n, 0.0);
    for (const std::size_t at : teeth.rises)
        ++rises[at];
    for (std::size_t t = 1; t < n; ++t)
        rises[t] += rises[t - 1];
    for (std::size_t begin = skipped; begin < n; begin += size) {
        std::array<double, 5> sum{};
        double count = 0;
        for (std::size_t t = begin; t < std::min(n, begin + size); ++t) {
            if (teeth.spike[t])
                continue;
            ++count;
            sum[0] += static_cast<double>(t) / static_cast<double>(n);
            sum[1] += values[t];
            sum[2] += phase[t];
            sum[3] += std::min(1.0, 4 * phase[t]);
            sum[4] += rises[t];
        }
        if (count == 0)
            continue;
        for (double &s : sum)
            s /= count;
        rows.push_back(sum);
    }
    const auto m = static_cast<Eigen::Index>(rows.size());
    Blocks blocks;
    blocks.samples = static_cast<double>(size);
    blocks.time.resize(m);
    blocks.values.resize(m);
    if (!teeth.rises.empty())
        blocks.stairs.resize(m);
    const bool hasTeeth = !teeth.drops.empty();
    blocks.hasTeeth = hasTeeth;
    blocks.nuisance = Matrix::Ones(m, hasTeeth ? 6 : 4);
    for (Eigen::Index i = 0; i < m; ++i) {
        const auto &row = rows[static_cast<std::size_t>(i)];
        blocks.time[i] = row[0];
        blocks.values[i] = row[1];
        if (blocks.stairs.size() > 0)
            blocks.stairs[i] = row[4];
        // Start-up ramps of several lengths.
        blocks.nuisance(i, 1) = std::exp(-row[0] / 0.01);
        blocks.nuisance(i, 2) = std::exp(-row[0] / 0.02);
        blocks.nuisance(i, 3) = std::exp(-row[0] / 0.0375);
        if (hasTeeth) {
            blocks.nuisance(i, 4) = row[2];
            blocks.nuisance(i, 5) = row[3];
        }
    }
    blocks.centre = blocks.values.mean();
    blocks.values.array() -= blocks.centre;
    blocks.scale = std::sqrt(blocks.values.squaredNorm() / static_cast<double>(m));
    if (blocks.scale > 0)
        blocks.values /= blocks.scale;
    return blocks;
}

namespace {

Vector mapped(const Vector &time, const std::function<double(double)> &f) {
    return time.unaryExpr(f);
}

/// from, from + step, ...: `count` numbers.
std::vector<double> ladder(double from, double step, std::size_t count) {
    std::vector<double> rungs(count);
    for (std::size_t i = 0; i < count; ++i)
        rungs[i] = from + static_cast<double>(i) * step;
    return rungs;
}

} // namespace

void addLoad(Space &space, const Blocks &blocks) {
    Space smooth = space;
    for (const double knot : {0.0, 0.25, 0.5, 0.75})
        smooth.add(mapped(blocks.time, [knot](double u) { return std::max(0.0, u - knot); }));
    const Vector rest = smooth.beside(blocks.values);
    const auto power = [&](double cycles) {
        const double omega = 2 * std::numbers::pi * cycles;
        std::complex<double> sum = 0;
        for (Eigen::Index i = 0; i < rest.size(); ++i)
            sum += std::polar(rest[i], omega * blocks.time[i]);
        return 2 * std::norm(sum) / static_cast<double>(rest.size());
    };
    double best = 0;
    double cycles = 0;
    for (const double c : ladder(2.75, 1.0 / 3, 30)) {
        const double e = power(c);
        if (e > best) {
            best = e;
            cycles = c;
        }
    }
    for (const double step : {0.16, 0.08, 0.04, 0.02}) {
        for (const double c : {cycles - step, cycles + step}) {
            const double e = power(c);
            if (e > best) {
                best = e;
                cycles = c;
            }
        }
    }
    const double total = rest.squaredNorm();
    // More than a quarter of what is left: noise has its power spread over all frequencies.
    if (!(best > 0.25 * total))
        return;
    const double omega = 2 * std::numbers::pi * cycles;
    space.add(mapped(blocks.time, [omega](double u) { return std::sin(omega * u); }));
    space.add(mapped(blocks.time, [omega](double u) { return std::cos(omega * u); }));
}

std::vector<Shape> shapesOf(const Blocks &blocks) {
    const Vector &time = blocks.time;
    std::vector<Shape> shapes;
    const auto add = [&](const char *name, bool grows, std::vector<double> parameter,
                         const std::function<double(double)> &f) {
        shapes.push_back({name, grows, std::move(parameter), mapped(time, f), f(1) - f(0)});
    };
    add("linear", true, {}, [](double u) { return u; });
    // Later than at 70 % there is too little left to tell growth from a passing wave.
    for (const double c : ladder(0.2, 0.025, 21))
        add("late", true, {c}, [c](double u) { return std::max(0.0, u - c); });
    for (const double g : {0.5, 0.9, 1.3})
        add("accelerating", true, {g}, [g](double u) { return std::expm1(g * u) / std::expm1(g); });
    for (const double power : ladder(0, 1, 14)) {
        const double tau = 0.05 * std::pow(1.12, power);
        add("saturating", false, {tau}, [tau](double u) { return 1 - std::exp(-u / tau); });
    }
    for (const double c : ladder(0.15, 0.02, 24))
        add("ceiling", false, {c}, [c](double u) { return std::min(1.0, u / c); });
    for (const double c : ladder(0.35, 0.0125, 41))
        add("released", false, {c}, [c](double u) { return u < c ? u / c : 0; });
    for (const double c : ladder(0.06, 0.0125, 61))
        add("step", false, {c}, [c](double u) { return u >= c ? 1 : 0; });
    // Bursts of one size: their places were told by the noise between neighbours, not by this fit.
    if (blocks.stairs.size() > 0)
        shapes.push_back({"stairs", true, {}, blocks.stairs, blocks.stairs.maxCoeff() - blocks.stairs.minCoeff()});
    return shapes;
}

} // namespace ra::series
