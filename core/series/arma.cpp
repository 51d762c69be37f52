// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arma.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

std::vector<double> arFromPartials(std::span<const double> partials) {
    std::vector<double> ar(partials.begin(), partials.end());
    std::vector<double> before;
    for (std::size_t k = 1; k < ar.size(); ++k) {
        before.assign(ar.begin(), ar.begin() + static_cast<std::ptrdiff_t>(k));
        for (std::size_t j = 0; j < k; ++j)
            ar[j] = before[j] - ar[k] * before[k - 1 - j];
    }
    return ar;
}

std::optional<std::vector<double>> partialsFromAr(std::span<const double> ar) {
    std::vector<double> partials(ar.begin(), ar.end());
    std::vector<double> before;
    for (std::size_t k = partials.size(); k-- > 0;) {
        const double last = partials[k];
        if (!(std::abs(last) < 1))
            return std::nullopt;
        before.assign(partials.begin(), partials.begin() + static_cast<std::ptrdiff_t>(k));
        for (std::size_t j = 0; j < k; ++j)
            partials[j] = (before[j] + last * before[k - 1 - j]) / (1 - last * last);
    }
    return partials;
}

std::vector<double> multiplied(std::span<const double> plain, std::span<const double> seasonal, std::size_t period,
                               bool moving) {
    std::vector<double> product(plain.size() + seasonal.size() * period, 0.0);
    std::copy(plain.begin(), plain.end(), product.begin());
    const double sign = moving ? 1 : -1;
    for (std::size_t j = 0; j < seasonal.size(); ++j) {
        const std::size_t lag = (j + 1) * period;
        product[lag - 1] += seasonal[j];
        for (std::size_t i = 0; i < plain.size(); ++i)
            product[lag + i] += sign * plain[i] * seasonal[j];
    }
    return product;
}

std::vector<double> psiWeights(std::span<const double> ar, std::span<const double> ma, std::size_t count) {
    std::vector<double> psi(count, 0.0);
    for (std::size_t j = 0; j < count; ++j) {
        double value = j == 0 ? 1 : j <= ma.size() ? ma[j - 1] : 0;
        for (std::size_t i = 0; i < std::min(j, ar.size()); ++i)
            value += ar[i] * psi[j - 1 - i];
        psi[j] = value;
    }
    return psi;
}

namespace {

/// Autocovariances 0 to `lags` of a stationary autoregression with unit innovation variance, by running the recursion
/// of Levinson backwards; empty where it is not stationary. O(p² + p lags).
std::vector<double> arCovariances(std::span<const double> ar, std::size_t lags) {
    const std::size_t p = ar.size();
    std::vector<double> orders(p * (p + 1) / 2); // coefficients of order k begin at k (k - 1) / 2
    const auto order = [&](std::size_t k) { return orders.data() + k * (k - 1) / 2; };
    if (p > 0)
        std::copy(ar.begin(), ar.end(), order(p));
    double variance = 1;
    for (std::size_t k = p; k > 0; --k) {
        const double *const upper = order(k);
        const double last = upper[k - 1];
        const double rest = 1 - last * last;
        if (!(rest > 0))
            return {};
        variance /= rest;
        if (k > 1) {
            double *const lower = order(k - 1);
            for (std::size_t j = 0; j + 1 < k; ++j)
                lower[j] = (upper[j] + last * upper[k - 2 - j]) / rest;
        }
    }
    std::vector<double> gamma(lags + 1);
    gamma[0] = variance;
    double error = variance; // of a prediction from k - 1 values
    for (std::size_t k = 1; k <= lags; ++k) {
        double value = 0;
        if (k <= p) {
            const double last = order(k)[k - 1];
            value = last * error;
            for (std::size_t j = 1; j < k; ++j)
                value += order(k - 1)[j - 1] * gamma[k - j];
            error *= 1 - last * last;
        } else {
            for (std::size_t j = 1; j <= p; ++j)
                value += ar[j - 1] * gamma[k - j];
        }
        gamma[k] = value;
    }
    return gamma;
}

} // namespace

std::optional<ArmaFilter> ArmaFilter::make(std::span<const double> ar, std::span<const double> ma) {
    const std::size_t p = ar.size();
    const std::size_t q = ma.size();
    const std::size_t r = std::max(p, q + 1);
    ArmaFilter filter;
    filter.m_ar.assign(r, 0.0);
    std::copy(ar.begin(), ar.end(), filter.m_ar.begin());
    for (std::size_t i = 0; i < p; ++i) {
        if (ar[i] != 0)
            filter.m_arTerms.push_back({i + 1, ar[i]});
    }
    for (std::size_t i = 0; i < q; ++i) {
        if (ma[i] != 0)
            filter.m_maTerms.push_back({i + 1, ma[i]});
    }
    const std::vector<double> u = arCovariances(ar, p + q);
    if (u.empty())
        return std::nullopt;
    // Of the ARMA: cross[s] = Σ θ_i γ_u(s - i), γ(k) = Σ θ_j cross[k + j].
    std::vector<double> cross(p + q + 1);
    for (std::size_t s = 0; s <= p + q; ++s) {
        cross[s] = u[s];
        for (const Term &term : filter.m_maTerms)
            cross[s] += term.coefficient * u[s > term.lag ? s - term.lag : term.lag - s];
    }
    std::vector<double> gamma(p + 1);
    for (std::size_t k = 0; k <= p; ++k) {
        gamma[k] = cross[k];
        for (const Term &term : filter.m_maTerms)
            gamma[k] += term.coefficient * cross[k + term.lag];
    }
    std::vector<double> psi(q + 1, 0.0);
    psi[0] = 1;
    for (const Term &term : filter.m_maTerms)
        psi[term.lag] = term.coefficient;
    for (std::size_t j = 1; j <= q; ++j) {
        for (const Term &term : filter.m_arTerms) {
            if (term.lag <= j)
                psi[j] += term.coefficient * psi[j - term.lag];
        }
    }
    // State i (from 1): Σ_(j >= i) φ_j y_(t-1+i-j) + Σ_(j >= i-1) θ_j e_(t+i-1-j).
    filter.m_first.assign(r, 0.0);
    filter.m_first[0] = gamma[0];
    for (const Term &term : filter.m_arTerms) {
        for (std::size_t i = 2; i <= term.lag; ++i)
            filter.m_first[i - 1] += term.coefficient * gamma[term.lag - i + 1];
    }
    for (const Term &term : filter.m_maTerms) {
        for (std::size_t i = 2; i <= term.lag + 1; ++i)
            filter.m_first[i - 1] += term.coefficient * psi[term.lag - i + 1];
    }
    return filter;
}

void ArmaFilter::run(std::span<const double> columns, std::size_t length, Innovations &out,
                     std::vector<double> *state) const {
    const std::size_t r = m_ar.size();
    const std::size_t count = length == 0 ? 0 : columns.size() / length;
    out.values.resize(columns.size());
    out.used = length;
    out.sumLogVariance = 0;
    if (columns.empty())
        return;
    // One more place, so that the shift needs no question at the end.
    std::vector<double> work((3 + count) * (r + 1), 0.0);
    double *const gain = work.data();
    double *const step = gain + (r + 1);
    double *const shifted = step + (r + 1);
    double *const states = shifted + (r + 1);
    const double *const ar = m_ar.data();
    for (std::size_t i = 0; i < r; ++i)
        gain[i] = ar[i] * m_first[0] + (i + 1 < r ? m_first[i + 1] : 0.0);
    std::copy(gain, gain + r, step);
    double variance = m_first[0];
    double scale = -1 / variance; // P_(t+1) - P_t = scale · step step'
    std::size_t calm = 0;         // steps in a row that changed nothing to speak of
    std::size_t t = 0;
    double product = 1; // of variances, so that there are few logarithms
    for (; t < length; ++t) {
        product *= variance;
        if (product > 1e200 || product < 1e-200) {
            out.sumLogVariance += std::log(product);
            product = 1;
        }
        const double root = 1 / std::sqrt(variance);
        for (std::size_t c = 0; c < count; ++c) {
            double *const a = states + c * (r + 1);
            const double innovation = columns[c * length + t] - a[0];
            out.values[c * length + t] = innovation * root;
            const double head = a[0];
            const double pull = innovation / variance;
            for (std::size_t i = 0; i < r; ++i)
                a[i] = a[i + 1] + ar[i] * head + gain[i] * pull;
        }
        const double head = step[0];
        const double next = std::max(1.0, variance + scale * head * head); // below one by rounding only
        for (std::size_t i = 0; i < r; ++i)
            shifted[i] = step[i + 1] + ar[i] * head;
        const double ratio = head / variance;
        const double push = scale * head;
        for (std::size_t i = 0; i < r; ++i) {
            step[i] = shifted[i] - ratio * gain[i];
            gain[i] += push * shifted[i];
        }
        scale *= variance / next;
        variance = next;
        calm = std::abs(push * head) < 1e-13 ? calm + 1 : 0;
        if (calm > r && variance - 1 < 1e-11 && state == nullptr) {
            ++t;
            break;
        }
    }
    out.sumLogVariance += std::log(product);
    if (state != nullptr)
        state->assign(states, states + r);
    // Settled: the innovations follow from the difference equation.
    for (std::size_t c = 0; c < count; ++c) {
        const double *const y = columns.data() + c * length;
        double *const e = out.values.data() + c * length;
        for (std::size_t s = t; s < length; ++s) {
            double value = y[s];
            for (const Term &term : m_arTerms)
                value -= term.coefficient * y[s - term.lag];
            for (const Term &term : m_maTerms)
                value -= term.coefficient * e[s - term.lag];
            e[s] = value;
        }
    }
}

std::vector<double> ArmaFilter::ahead(std::span<const double> column, std::size_t horizon) const {
    Innovations innovations;
    std::vector<double> state(m_ar.size(), 0.0);
    run(column, column.size(), innovations, &state);
    std::vector<double> expected(horizon);
    for (double &value : expected) {
        value = state.front();
        for (std::size_t i = 0; i < state.size(); ++i)
            state[i] = (i + 1 < state.size() ? state[i + 1] : 0.0) + m_ar[i] * value;
    }
    return expected;
}

} // namespace ra::series
