// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arimaproblem.h"

#include "core/series/diffusefilter.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

std::vector<double> ArimaCoefficients::flat() const {
    std::vector<double> all = ar;
    all.insert(all.end(), ma.begin(), ma.end());
    all.insert(all.end(), seasonalAr.begin(), seasonalAr.end());
    all.insert(all.end(), seasonalMa.begin(), seasonalMa.end());
    return all;
}

ArimaCoefficients ArimaCoefficients::from(std::span<const double> flat, const ArimaOrder &order) {
    const auto part = [&, at = std::size_t{0}](std::size_t count) mutable {
        const auto piece = flat.subspan(at, count);
        at += count;
        return std::vector<double>(piece.begin(), piece.end());
    };
    auto take = part;
    ArimaCoefficients result;
    result.ar = take(order.p);
    result.ma = take(order.q);
    result.seasonalAr = take(order.seasonalP);
    result.seasonalMa = take(order.seasonalQ);
    return result;
}

ArimaCoefficients coefficientsAt(std::span<const double> point, const ArimaOrder &order) {
    std::vector<double> partials(point.begin(), point.end());
    for (double &u : partials)
        u = std::tanh(u);
    ArimaCoefficients c = ArimaCoefficients::from(partials, order);
    c.ar = arFromPartials(c.ar);
    c.seasonalAr = arFromPartials(c.seasonalAr);
    c.ma = arFromPartials(c.ma);
    c.seasonalMa = arFromPartials(c.seasonalMa);
    for (double &theta : c.ma)
        theta = -theta;
    for (double &theta : c.seasonalMa)
        theta = -theta;
    return c;
}

std::vector<double> pointFor(ArimaCoefficients coefficients) {
    const auto inside = [](std::vector<double> &polynomial, double sign) {
        for (double &c : polynomial)
            c *= sign;
        for (;;) {
            if (const auto partials = partialsFromAr(polynomial)) {
                polynomial = *partials;
                break;
            }
            // Roots move outwards by a tenth.
            double factor = 1;
            for (double &c : polynomial)
                c *= (factor *= 0.9);
        }
        for (double &r : polynomial) {
            r = std::atanh(std::clamp(r, -0.98, 0.98));
        }
    };
    inside(coefficients.ar, 1);
    inside(coefficients.ma, -1);
    inside(coefficients.seasonalAr, 1);
    inside(coefficients.seasonalMa, -1);
    return coefficients.flat();
}

std::vector<double> differencing(const ArimaOrder &order) {
    std::vector<double> delta;
    for (std::size_t i = 0; i < order.d; ++i)
        delta = multiplied(delta, std::vector<double>{1}, 1, false);
    for (std::size_t i = 0; i < order.seasonalD; ++i)
        delta = multiplied(delta, std::vector<double>{1}, order.period, false);
    return delta;
}

std::vector<double> differenced(std::span<const double> values, std::size_t lag, std::size_t times) {
    std::vector<double> result(values.begin(), values.end());
    for (std::size_t i = 0; i < times; ++i) {
        if (result.size() <= lag)
            return {};
        for (std::size_t t = 0; t + lag < result.size(); ++t)
            result[t] = result[t + lag] - result[t];
        result.resize(result.size() - lag);
    }
    return result;
}

std::optional<ArimaProblem> ArimaProblem::make(std::span<const double> values, const ArimaOrder &order, bool diffuse) {
    if (order.mean && order.d + order.seasonalD > 1)
        return std::nullopt;
    if (std::any_of(values.begin(), values.end(), [](double v) { return std::isinf(v); }))
        return std::nullopt;
    ArimaProblem problem;
    problem.m_order = order;
    std::vector<double> series = differenced(differenced(values, 1, order.d), order.period, order.seasonalD);
    const auto observed =
        static_cast<std::size_t>(std::count_if(values.begin(), values.end(), [](double v) { return !std::isnan(v); }));
    if (observed < order.lost() + order.coefficients() + (order.mean ? 1 : 0) + 2 || series.empty())
        return std::nullopt;
    double mean = 0;
    std::size_t known = 0;
    for (const double v : series) {
        if (!std::isnan(v))
            mean += (v - mean) / static_cast<double>(++known);
    }
    double square = 0;
    double largest = 0;
    for (const double v : series) {
        if (!std::isnan(v)) {
            const double x = order.mean ? v - mean : v;
            square += x * x;
            largest = std::max(largest, std::abs(v));
        }
    }
    if (known < 2 || !(square > 0) || !std::isfinite(square) ||
        std::sqrt(square / static_cast<double>(known)) < 1e-14 * largest)
        return std::nullopt;
    problem.m_scale = std::sqrt(square / static_cast<double>(known));
    problem.m_diffuse = diffuse || observed < values.size();
    if (problem.m_diffuse)
        series.assign(values.begin(), values.end());
    // A drift of one a sample is `lag` in the difference.
    const double unit = order.d == 0 && order.seasonalD == 1 ? static_cast<double>(order.period) : 1;
    problem.m_centre = order.mean && !(problem.m_diffuse && order.lost() > 0) ? mean : 0;
    problem.m_length = series.size();
    problem.m_columns.reserve(problem.m_length * (order.mean ? 2 : 1));
    for (const double v : series)
        problem.m_columns.push_back((v - problem.m_centre) / problem.m_scale);
    if (order.mean) {
        for (std::size_t t = 0; t < problem.m_length; ++t)
            problem.m_columns.push_back(problem.m_diffuse && order.lost() > 0 ? static_cast<double>(t + 1) : unit);
    }
    problem.m_centre /= unit;
    return problem;
}

std::optional<Concentrated> ArimaProblem::concentrate(const double *mean) const {
    double yy = 0;
    double xy = 0;
    double xx = 0;
    const double *const y = m_innovations.values.data();
    const double *const x = y + m_length;
    for (std::size_t t = 0; t < m_length; ++t) {
        if (std::isnan(y[t]))
            continue;
        yy += y[t] * y[t];
        if (m_order.mean) {
            xy += x[t] * y[t];
            xx += x[t] * x[t];
        }
    }
    Concentrated result;
    if (m_order.mean && xx > 0)
        result.mean = mean != nullptr ? *mean : xy / xx;
    const double squares = yy - 2 * result.mean * xy + result.mean * result.mean * xx;
    result.used = m_innovations.used;
    const auto n = static_cast<double>(result.used);
    result.sigma2 = squares / n;
    if (result.used == 0 || !(result.sigma2 > 0) || !std::isfinite(result.sigma2))
        return std::nullopt;
    result.sumLogVariance = m_innovations.sumLogVariance;
    result.objective = 0.5 * (std::log(result.sigma2) + result.sumLogVariance / n);
    return result;
}

std::optional<Concentrated> ArimaProblem::evaluate(const ArimaCoefficients &coefficients, const double *mean) {
    const std::vector<double> ar = coefficients.fullAr(m_order.period);
    const std::vector<double> ma = coefficients.fullMa(m_order.period);
    if (m_diffuse) {
        auto filter = DiffuseFilter::make(ar, ma, differencing(m_order));
        if (!filter)
            return std::nullopt;
        filter->run(m_columns, m_length, m_innovations);
    } else {
        const auto filter = ArmaFilter::make(ar, ma);
        if (!filter)
            return std::nullopt;
        filter->run(m_columns, m_length, m_innovations);
    }
    return concentrate(mean);
}

std::optional<Concentrated> ArimaProblem::evaluateConditional(const ArimaCoefficients &coefficients) {
    if (m_diffuse)
        return evaluate(coefficients);
    struct Term {
        std::size_t lag;
        double coefficient;
    };
    const auto terms = [](const std::vector<double> &polynomial) {
        std::vector<Term> list;
        for (std::size_t i = 0; i < polynomial.size(); ++i) {
            if (polynomial[i] != 0)
                list.push_back({i + 1, polynomial[i]});
        }
        return list;
    };
    const std::vector<double> fullAr = coefficients.fullAr(m_order.period);
    const std::vector<Term> ar = terms(fullAr);
    const std::vector<Term> ma = terms(coefficients.fullMa(m_order.period));
    const std::size_t skip = fullAr.size();
    if (skip + 2 >= m_length)
        return evaluate(coefficients);
    m_innovations.values.assign(m_columns.size(), 0.0);
    m_innovations.used = m_length - skip;
    m_innovations.sumLogVariance = 0;
    for (std::size_t begin = 0; begin < m_columns.size(); begin += m_length) {
        const double *const y = m_columns.data() + begin;
        double *const e = m_innovations.values.data() + begin;
        for (std::size_t t = skip; t < m_length; ++t) {
            double value = y[t];
            for (const Term &term : ar)
                value -= term.coefficient * y[t - term.lag];
            for (const Term &term : ma)
                value -= t >= term.lag ? term.coefficient * e[t - term.lag] : 0;
            e[t] = value;
        }
    }
    return concentrate(nullptr);
}

std::vector<double> ArimaProblem::innovations(double mean) const {
    std::vector<double> result(m_innovations.values.begin(),
                               m_innovations.values.begin() + static_cast<std::ptrdiff_t>(m_length));
    if (m_order.mean) {
        for (std::size_t t = 0; t < m_length; ++t)
            result[t] -= mean * m_innovations.values[m_length + t];
    }
    return result;
}

} // namespace ra::series
