// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/minimise.h"

#include <algorithm>
#include <cmath>
#include <nlopt.hpp>

namespace ra::series {

namespace {

/// What NLopt is to see where the function is not defined: models of it are still finite.
constexpr double undefined = 1e100;

/// Remembers the best point, which NLopt forgets when rounding ends a search.
class Watched {
public:
    Watched(const Objective &objective, std::vector<double> start)
        : f(objective)
        , best{std::move(start), 0, 0} {
        best.value = at(best.at);
    }

    double at(const std::vector<double> &x) {
        ++best.evaluations;
        const double value = f(x);
        return std::isfinite(value) ? std::min(value, undefined) : undefined;
    }

    double take(const std::vector<double> &x) {
        const double value = at(x);
        if (value < best.value) {
            best.value = value;
            best.at = x;
        }
        return value;
    }

    /// The slopes at `x`, whose value is `here`. Where one side is undefined the other decides, and 0 where both are.
    void slopes(const std::vector<double> &x, double here, const DescentOptions &options, std::vector<double> &out) {
        probe = x;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const auto beside = [&](double step) {
                probe[i] = x[i] + step;
                const double value = at(probe);
                probe[i] = x[i];
                return value;
            };
            const double up = beside(options.step);
            const bool back = options.gradient == Gradient::Central || up >= undefined;
            const double down = back ? beside(-options.step) : undefined;
            if (up < undefined && down < undefined)
                out[i] = (up - down) / (2 * options.step);
            else if (up < undefined)
                out[i] = (up - here) / options.step;
            else
                out[i] = down < undefined ? (here - down) / options.step : 0;
        }
    }

    const std::vector<double> &start() const { return best.at; }

    unsigned variables() const { return static_cast<unsigned>(best.at.size()); }

    Minimum found() && { return std::move(best); }

private:
    const Objective &f;
    Minimum best;
    std::vector<double> probe;
};

/// What the C function that NLopt calls is told.
struct Call {
    Watched &watched;
    const DescentOptions &options;
};

double valueAt(const std::vector<double> &x, std::vector<double> &gradient, void *data) {
    const Call &call = *static_cast<Call *>(data);
    const double value = call.watched.take(x);
    if (!gradient.empty())
        call.watched.slopes(x, value, call.options, gradient);
    return value;
}

/// Runs `search` until it ends by itself. That rounding ended it, or that it got nowhere, is no error: what was found
/// by then is in `watched`.
Minimum run(nlopt::opt &search, Watched &watched, const DescentOptions &options) {
    Call call{watched, options};
    search.set_min_objective(valueAt, &call);
    search.set_ftol_abs(options.tolerance);
    search.set_maxeval(options.points);
    std::vector<double> at = watched.start();
    double value = 0;
    try {
        search.optimize(at, value);
    } catch (const std::runtime_error &) { // nlopt::roundoff_limited is one too
    }
    return std::move(watched).found();
}

} // namespace

Minimum descend(const Objective &f, std::vector<double> start, const DescentOptions &options) {
    Watched watched(f, std::move(start));
    if (watched.start().empty())
        return std::move(watched).found();
    nlopt::opt search(nlopt::LD_SLSQP, watched.variables());
    return run(search, watched, options);
}

Minimum survey(const Objective &f, std::vector<double> start, double reach, const DescentOptions &options) {
    Watched watched(f, std::move(start));
    if (watched.start().size() < 2)
        return std::move(watched).found();
    nlopt::opt search(nlopt::LN_BOBYQA, watched.variables());
    search.set_initial_step(reach);
    return run(search, watched, options);
}

} // namespace ra::series
