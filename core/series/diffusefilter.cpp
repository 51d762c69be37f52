// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/diffusefilter.h"

#include <cmath>
#include <limits>

namespace ra::series {

std::optional<DiffuseFilter> DiffuseFilter::make(std::span<const double> ar, std::span<const double> ma,
                                                 std::span<const double> differences) {
    if (!partialsFromAr(ar))
        return std::nullopt;
    const auto p = static_cast<Eigen::Index>(ar.size());
    const auto r = std::max(p, static_cast<Eigen::Index>(ma.size()) + 1);
    const auto d = static_cast<Eigen::Index>(differences.size());
    DiffuseFilter filter;
    Eigen::MatrixXd inner = Eigen::MatrixXd::Zero(r, r);
    for (Eigen::Index i = 0; i < r; ++i) {
        if (i < p)
            inner(i, 0) = ar[static_cast<std::size_t>(i)];
        if (i + 1 < r)
            inner(i, i + 1) = 1;
    }
    Eigen::VectorXd shock = Eigen::VectorXd::Zero(r);
    shock[0] = 1;
    for (std::size_t i = 0; i < ma.size(); ++i)
        shock[static_cast<Eigen::Index>(i) + 1] = ma[i];
    // The stationary covariance Σ T^k s s' T'^k, doubling the number of terms each time.
    Eigen::MatrixXd covariance = shock * shock.transpose();
    Eigen::MatrixXd power = inner;
    for (int doubling = 0; doubling < 40; ++doubling) {
        const Eigen::MatrixXd more = power * covariance * power.transpose();
        covariance += more;
        if (!(more.cwiseAbs().maxCoeff() > 1e-15 * covariance.cwiseAbs().maxCoeff()))
            break;
        power = (power * power).eval();
    }
    filter.m_ar =
        Eigen::VectorXd::NullaryExpr(r, [&](Eigen::Index i) { return i < p ? ar[static_cast<std::size_t>(i)] : 0.0; });
    filter.m_observe = Eigen::VectorXd::Zero(r + d);
    filter.m_observe[0] = 1;
    for (Eigen::Index i = 0; i < d; ++i)
        filter.m_observe[r + i] = differences[static_cast<std::size_t>(i)];
    filter.m_shock = Eigen::VectorXd::Zero(r + d);
    filter.m_shock.head(r) = shock;
    filter.m_start = Eigen::MatrixXd::Zero(r + d, r + d);
    filter.m_start.topLeftCorner(r, r) = covariance;
    constexpr double diffuse = 1e6;
    for (Eigen::Index i = 0; i < d; ++i)
        filter.m_start(r + i, r + i) = diffuse;
    return filter;
}

void DiffuseFilter::advance(Eigen::MatrixXd &m) const {
    const Eigen::Index r = m_ar.size();
    const Eigen::Index size = m_observe.size();
    for (Eigen::Index c = 0; c < m.cols(); ++c) {
        double *const x = m.col(c).data();
        const double head = x[0];
        double observed = head;
        for (Eigen::Index i = r; i < size; ++i)
            observed += m_observe[i] * x[i];
        for (Eigen::Index i = 0; i + 1 < r; ++i)
            x[i] = x[i + 1] + m_ar[i] * head;
        x[r - 1] = m_ar[r - 1] * head;
        for (Eigen::Index i = size - 1; i > r; --i)
            x[i] = x[i - 1];
        if (size > r)
            x[r] = observed;
    }
}

void DiffuseFilter::run(std::span<const double> columns, std::size_t length, Innovations &out) {
    constexpr double stillDiffuse = 1e4;
    const std::size_t count = length == 0 ? 0 : columns.size() / length;
    out.values.assign(columns.size(), std::numeric_limits<double>::quiet_NaN());
    out.sumLogVariance = 0;
    out.used = 0;
    const auto size = m_observe.size();
    m_states = Eigen::MatrixXd::Zero(size, static_cast<Eigen::Index>(count));
    Eigen::MatrixXd covariance = m_start;
    const Eigen::Index r = m_ar.size();
    const Eigen::MatrixXd noise = m_shock.head(r) * m_shock.head(r).transpose();
    for (std::size_t t = 0; t < length; ++t) {
        if (t > 0) {
            advance(m_states);
            advance(covariance);
            covariance.transposeInPlace();
            advance(covariance);
            covariance.topLeftCorner(r, r) += noise;
        }
        if (std::isnan(columns[t]))
            continue;
        const Eigen::VectorXd gain = covariance * m_observe;
        const double variance = m_observe.dot(gain);
        const bool counts = variance < stillDiffuse;
        for (std::size_t c = 0; c < count; ++c) {
            const auto column = static_cast<Eigen::Index>(c);
            const double innovation = columns[c * length + t] - m_observe.dot(m_states.col(column));
            if (counts)
                out.values[c * length + t] = innovation / std::sqrt(variance);
            m_states.col(column) += gain * (innovation / variance);
        }
        if (counts) {
            out.sumLogVariance += std::log(variance);
            ++out.used;
        }
        covariance -= gain * gain.transpose() / variance;
    }
}

std::vector<double> DiffuseFilter::ahead(std::size_t horizon) const {
    std::vector<double> expected(horizon, 0.0);
    if (m_states.cols() == 0)
        return expected;
    Eigen::MatrixXd state = m_states.col(0);
    for (double &value : expected) {
        advance(state);
        value = m_observe.dot(state.col(0));
    }
    return expected;
}

} // namespace ra::series
