// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/autocorrelation.h"

#include "core/series/magnitude.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/FFT>

namespace ra::series {

namespace {

struct Centred {
    std::vector<double> values; ///< zero where missing
    bool complete = true;
};

Centred centred(std::span<const double> values) {
    Centred result;
    double mean = 0;
    double count = 0;
    for (const double v : values) {
        if (std::isfinite(v))
            mean += (v - mean) / ++count;
    }
    result.values.reserve(values.size());
    for (const double v : values) {
        result.complete = result.complete && std::isfinite(v);
        result.values.push_back(std::isfinite(v) ? v - mean : 0);
    }
    return result;
}

std::vector<std::complex<double>> transformed(std::vector<double> values, std::size_t length) {
    values.resize(std::max(length, values.size()), 0.0);
    Eigen::FFT<double> fft;
    fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
    std::vector<std::complex<double>> spectrum;
    fft.fwd(spectrum, values);
    return spectrum;
}

std::size_t largestPrimeFactor(std::size_t n) {
    std::size_t largest = 1;
    for (std::size_t factor = 2; factor * factor <= n; ++factor) {
        for (; n % factor == 0; n /= factor)
            largest = factor;
    }
    return std::max(largest, n);
}

} // namespace

std::size_t quickLength(std::size_t n) {
    constexpr std::size_t mostSteps = std::size_t{1} << 26;
    constexpr std::size_t quickFactor = 7;
    const auto isQuick = [](std::size_t length) {
        const std::size_t factor = largestPrimeFactor(length);
        return factor <= quickFactor || factor <= mostSteps / length;
    };
    while (n > 1 && !isQuick(n))
        ++n;
    return n;
}

std::vector<double> autocorrelations(std::span<const double> values, std::size_t lags) {
    if (const int power = excessPower(values); power != 0)
        return autocorrelations(scaledDown(values, power), lags);
    const std::size_t n = values.size();
    if (n == 0)
        return {};
    lags = std::min(lags, n - 1);
    const Centred x = centred(values);
    std::vector<double> sums(lags + 1, 0.0);
    if (lags > 128 && n > 1024) {
        std::size_t length = 1;
        while (length < n + lags)
            length *= 2;
        std::vector<std::complex<double>> spectrum = transformed(x.values, length);
        for (std::complex<double> &s : spectrum)
            s = std::norm(s);
        Eigen::FFT<double> fft;
        fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
        std::vector<double> back;
        fft.inv(back, spectrum, static_cast<Eigen::Index>(length));
        std::copy(back.begin(), back.begin() + static_cast<std::ptrdiff_t>(lags + 1), sums.begin());
    } else {
        for (std::size_t lag = 0; lag <= lags; ++lag) {
            double sum = 0;
            for (std::size_t t = lag; t < n; ++t)
                sum += x.values[t] * x.values[t - lag];
            sums[lag] = sum;
        }
    }
    const double variance = sums[0];
    if (!(variance > 0) || !std::isfinite(variance))
        return [&] {
            std::vector<double> none(lags + 1, 0.0);
            none[0] = 1;
            return none;
        }();
    for (double &sum : sums)
        sum /= variance;
    return sums;
}

namespace {

/// The recursion of Durbin and Levinson up to an order: the partial autocorrelations and the last autoregression.
struct Levinson {
    std::vector<double> partials;
    std::vector<double> ar;
};

Levinson levinson(std::span<const double> correlations) {
    Levinson result;
    double error = 1;
    std::vector<double> before;
    for (std::size_t k = 1; k < correlations.size(); ++k) {
        double value = correlations[k];
        for (std::size_t j = 1; j < k; ++j)
            value -= result.ar[j - 1] * correlations[k - j];
        const double partial = error > 1e-14 ? value / error : 0;
        before = result.ar;
        for (std::size_t j = 0; j + 1 < k; ++j)
            result.ar[j] = before[j] - partial * before[k - 2 - j];
        result.ar.push_back(partial);
        result.partials.push_back(partial);
        error *= 1 - partial * partial;
    }
    return result;
}

} // namespace

std::vector<double> partialAutocorrelations(std::span<const double> values, std::size_t lags) {
    return levinson(autocorrelations(values, lags)).partials;
}

std::vector<double> yuleWalker(std::span<const double> values, std::size_t order) {
    return levinson(autocorrelations(values, order)).ar;
}

std::vector<double> periodogram(std::span<const double> values, std::size_t length) {
    if (values.empty())
        return {};
    const std::vector<std::complex<double>> spectrum = transformed(centred(values).values, length);
    std::vector<double> power;
    power.reserve(spectrum.size());
    for (const std::complex<double> &s : spectrum)
        power.push_back(std::norm(s) / static_cast<double>(values.size()));
    return power;
}

} // namespace ra::series
