// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// A series as a control chart wants it: of independent values.
struct ControlInput {
    std::vector<double> values;       ///< what was not to be expected from the values before; NaN where missing
    bool logarithms = false;          ///< whether the series was taken as logarithms
    double centre = 0;                ///< of the series (of its logarithms): what the innovations are counted from
    std::vector<double> coefficients; ///< of the autoregression; empty where neighbours are independent

    /// How much of a lasting shift of the series is left in the innovations: 1 less the coefficients' sum.
    [[nodiscard]] double gain() const;
    /// A level of the innovations as the level of the series.
    [[nodiscard]] double level(double innovation) const;
};

/// The innovations of a series: logarithms where all values are positive and these are the more normal ones (by the
/// likelihood of Box and Cox, two units better, of the baseline where there is one), then what an autoregression
/// leaves. It is fitted to the baseline, the first `baseline` rows, with an order by the criterion of Schwarz; without
/// one (0), of order one from the differences of the whole series, which a lasting shift hardly touches, where it is
/// beyond chance. O(n · order). Sources: L. C. Alwan, H. V. Roberts, J. Business Econ. Statist. 6 (1988)
/// 87-95 (chart of residuals); G. E. P. Box, D. R. Cox, J. Royal Statistical Society B 26 (1964) 211-252.
[[nodiscard]] ControlInput controlInput(std::span<const double> values, std::size_t baseline);

} // namespace ra::series
