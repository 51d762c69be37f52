// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/arima.h"
#include "core/series/ets.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

/// Expected values and standard deviations of the next values.
struct Path {
    std::vector<double> mean;
    std::vector<double> sd;
};

/// A series up to some moment, with what several methods share.
struct Past {
    std::span<const double> values;
    std::vector<std::size_t> periods;         ///< of which there are more than two cycles, the shortest first
    std::vector<double> adjusted;             ///< less the seasons
    std::vector<std::vector<double>> figures; ///< the last cycle of each season, beginning with the next value

    [[nodiscard]] static Past of(std::span<const double> values, std::span<const std::size_t> periods);
    /// The last of the adjusted values: all that models without a season can make use of, see forecastSeries().
    [[nodiscard]] std::span<const double> latest() const;
    /// The seasons `ahead` values after the last one (0: the next).
    [[nodiscard]] double season(std::size_t ahead) const;
};

/// One forecasting method in the competition. Orders are chosen once, on the whole series; at each moment of the
/// back-test the parameters are estimated again, from the values until then only.
class Candidate {
public:
    virtual ~Candidate() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    /// The model that was chosen, "ETS(A,Ad,N)".
    [[nodiscard]] virtual std::string model() const { return name(); }
    [[nodiscard]] virtual double aicc() const;
    /// Chooses orders; false where the method does not apply.
    [[nodiscard]] virtual bool choose(const Past &past) = 0;
    [[nodiscard]] virtual std::optional<Path> ahead(const Past &past, std::size_t horizon) = 0;
};

[[nodiscard]] std::unique_ptr<Candidate> adjustedArima(); ///< robust STL, ARIMA on what is left of the seasons
[[nodiscard]] std::unique_ptr<Candidate> adjustedEts();   ///< robust STL, exponential smoothing
[[nodiscard]] std::unique_ptr<Candidate> adjustedTheta(); ///< robust STL, dynamic optimised theta
[[nodiscard]] std::unique_ptr<Candidate> lagRegression(); ///< regression on lags of all seasons
[[nodiscard]] std::unique_ptr<Candidate> harmonic();      ///< waves of all seasons with ARIMA errors
[[nodiscard]] std::unique_ptr<Candidate> seasonalEts();   ///< all 15 models, one short season
[[nodiscard]] std::unique_ptr<Candidate> seasonalArima(); ///< one short season
[[nodiscard]] std::unique_ptr<Candidate> naive();         ///< what was one cycle ago; the best of the periods and of 1
[[nodiscard]] std::unique_ptr<Candidate> seasonalNaive(std::size_t period); ///< one cycle of this period ago

} // namespace ra::series
