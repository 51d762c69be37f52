// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluatefunctions.h"

#include "core/series/autocorrelation.h"
#include "core/stats/bootstrap.h"
#include "core/stats/circular.h"
#include "core/stats/correlation.h"
#include "core/stats/describe.h"
#include "core/stats/distributions.h"
#include "core/stats/fit.h"
#include "core/stats/intervals.h"
#include "core/stats/quantile.h"
#include "core/stats/regression.h"
#include "core/stats/trend.h"
#include "core/stats/weighted.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ra::app {

namespace {

using Values = std::vector<double>;
constexpr double unknown = CaseOutput::unknown;

/// As many resamples as give an end of an interval to within half a per cent of its width.
constexpr std::uint32_t resamples = 49'999;

/// Sums of powers of the deviations from the mean rounded to a double: what the reference takes for shape. Moments has
/// the exact ones, which differ in the eighth digit where the mean is 10^9 standard deviations from zero.
struct Shape {
    std::optional<double> g1, adjustedG1, g2, adjustedG2;
};

Shape shapeOf(const stats::Description &d) {
    Shape shape;
    if (!d.moments.skewness())
        return shape;
    const double mean = *d.moments.mean();
    const auto n = static_cast<double>(d.ascending.size());
    stats::DoubleDouble squares;
    stats::DoubleDouble cubes;
    stats::DoubleDouble fourths;
    for (const double value : d.ascending) {
        const stats::DoubleDouble deviation = value - mean;
        const stats::DoubleDouble square = deviation * deviation;
        squares += square;
        cubes += square * deviation;
        fourths += square * square;
    }
    const double m2 = squares.value() / n;
    shape.g1 = cubes.value() / n / std::pow(m2, 1.5);
    shape.g2 = fourths.value() / n / (m2 * m2) - 3;
    if (d.moments.adjustedSkewness())
        shape.adjustedG1 = *shape.g1 * std::sqrt(n * (n - 1)) / (n - 2);
    if (d.moments.adjustedKurtosis())
        shape.adjustedG2 = ((n + 1) * *shape.g2 + 6) * (n - 1) / ((n - 2) * (n - 3));
    return shape;
}

void summary(const CaseInput &in, CaseOutput &out) {
    const stats::Description d = stats::describe(in.values("data"));
    const stats::Moments &m = d.moments;
    const Shape shape = shapeOf(d);
    out("n", static_cast<double>(m.count()));
    out("mean", m.mean());
    out("sd", m.sd());
    out("variance", m.variance());
    out("min", m.min());
    out("max", m.max());
    out("median", d.median);
    out("iqr_type7", d.interquartileRange);
    out("mad_scaled", d.medianDeviation.value_or(unknown) * stats::medianDeviationScale);
    out("mad_raw", d.medianDeviation);
    out("trimmed_mean_10", d.trimmedMean10);
    out("trimmed_mean_20", d.trimmedMean20);
    out("geometric_mean", d.geometricMean);
    out("harmonic_mean", d.harmonicMean);
    out("skewness_g1", shape.g1);
    out("skewness_G1", shape.adjustedG1);
    out("kurtosis_excess_g2", shape.g2);
    out("kurtosis_excess_G2", shape.adjustedG2);
    out("cv", d.variationCoefficient);
    out("sem", d.standardError);
}

void quantile(const CaseInput &in, CaseOutput &out) {
    const Values x = stats::sorted(in.values("data"));
    const auto type = static_cast<int>(in.number("type", 7));
    Values q;
    for (const double p : in.values("p"))
        q.push_back(stats::quantile(x, p, type).value_or(unknown));
    out("q", q);
}

void meanInterval(const CaseInput &in, CaseOutput &out) {
    out.interval("lo", "hi", stats::meanInterval(in.values("data"), in.number("level", 0.95)));
}

void sdInterval(const CaseInput &in, CaseOutput &out) {
    out.interval("lo", "hi", stats::sdInterval(in.values("data"), in.number("level", 0.95)));
}

void quantileInterval(const CaseInput &in, CaseOutput &out) {
    const Values x = stats::sorted(in.values("data"));
    const auto interval = stats::quantileInterval(x, in.number("q"), in.number("level", 0.95));
    out.of("rank_lo", interval, &stats::QuantileInterval::lowRank);
    out.of("rank_hi", interval, &stats::QuantileInterval::highRank);
    out.of("lo", interval, &stats::QuantileInterval::low);
    out.of("hi", interval, &stats::QuantileInterval::high);
    out.of("coverage", interval, &stats::QuantileInterval::coverage);
}

/// The quantile that "median", "p95" or "p99.9" names.
std::optional<double> namedQuantile(const std::string &name) {
    if (name == "median")
        return 0.5;
    if (name.size() < 2 || name.front() != 'p')
        return std::nullopt;
    double per = 0;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), per);
    if (error != std::errc() || end != name.data() + name.size() || !(per >= 0 && per <= 100))
        return std::nullopt;
    return per / 100;
}

void bootstrapInterval(const CaseInput &in, CaseOutput &out) {
    const Values x = in.values("data");
    const std::string name = in.text("statistic");
    const stats::BootstrapOptions options{.level = in.number("level", 0.95), .resamples = resamples};
    std::optional<stats::BootstrapInterval> interval;
    if (const auto q = namedQuantile(name))
        interval = stats::bootstrapQuantile(x, *q, options);
    else if (name == "mean" || name == "sd")
        interval = stats::bootstrap(x, name == "mean" ? stats::countedMean() : stats::countedSd(), options);
    else
        throw BadInput("no statistic \"" + name + '"');
    out.interval("perc_lo", "perc_hi", interval ? std::optional(interval->percentile) : std::nullopt);
    out.interval("bca_lo", "bca_hi", interval ? interval->bca : std::nullopt);
}

void proportionInterval(const CaseInput &in, CaseOutput &out) {
    const double successes = in.number("successes");
    const double n = in.number("n");
    const double level = in.number("level", 0.95);
    out.interval("wilson_lo", "wilson_hi", stats::wilsonInterval(successes, n, level));
    out.interval("clopper_pearson_lo", "clopper_pearson_hi", stats::clopperPearsonInterval(successes, n, level));
    out.interval("jeffreys_lo", "jeffreys_hi", stats::jeffreysInterval(successes, n, level));
}

void poissonRate(const CaseInput &in, CaseOutput &out) {
    out.interval("lo", "hi",
                 stats::poissonRateInterval(in.number("events"), in.number("exposure", 1), in.number("level", 0.95)));
}

void fitMle(const CaseInput &in, CaseOutput &out) {
    Values x = in.values("data");
    const std::string distribution = in.text("distribution");
    if (in.flag("scaled_by_mean")) {
        stats::Moments moments;
        moments.add(x);
        for (double &value : x)
            value /= moments.mean().value_or(unknown);
    }
    if (distribution == "lognormal") {
        const auto fit = stats::fitLognormal(x);
        out.of("meanlog", fit, &stats::LognormalFit::meanLog);
        out.of("sdlog", fit, &stats::LognormalFit::sdLog);
        out.of("loglik", fit, &stats::LognormalFit::logLikelihood);
    } else if (distribution == "gamma") {
        const auto fit = stats::fitGamma(x);
        out.of("shape", fit, &stats::GammaFit::shape);
        out.of("rate", fit, &stats::GammaFit::rate);
        out.of("loglik", fit, &stats::GammaFit::logLikelihood);
    } else if (distribution == "weibull") {
        const auto fit = stats::fitWeibull(x);
        out.of("shape", fit, &stats::WeibullFit::shape);
        out.of("scale", fit, &stats::WeibullFit::scale);
        out.of("loglik", fit, &stats::WeibullFit::logLikelihood);
    } else if (distribution == "exponential") {
        const auto fit = stats::fitExponential(x);
        out.of("rate", fit, &stats::ExponentialFit::rate);
        out.of("loglik", fit, &stats::ExponentialFit::logLikelihood);
    } else {
        throw BadInput("no distribution \"" + distribution + '"');
    }
}

void distribution(const CaseInput &in, CaseOutput &out) {
    namespace dist = stats::dist;
    const double df = in.number("df");
    const double df2 = in.number("df2");
    const double p = in.number("p");
    const double q = in.number("q");
    out("qnorm", dist::normalQuantile(p));
    out("pnorm", dist::normalCdf(q));
    out("qt", dist::tQuantile(p, df));
    out("pt", dist::tCdf(q, df));
    out("qchisq", dist::chiSquaredQuantile(p, df));
    out("pchisq_upper", dist::chiSquaredUpper(std::abs(q) * df, df));
    out("qf", dist::fQuantile(p, df, df2));
    out("pf_upper", dist::fUpper(std::abs(q), df, df2));
    out("qbeta", dist::betaQuantile(p, df, df2));
    out("pbeta", dist::betaCdf(1 / (1 + std::exp(-q)), df, df2));
    out("qgamma", dist::gammaQuantile(p, df));
    out("lgamma", dist::logGamma(df));
}

void correlation(const CaseInput &in, CaseOutput &out) {
    const Values a = in.values("a");
    const Values b = in.values("b");
    const std::string method = in.text("method");
    if (method != "pearson" && method != "spearman" && method != "kendall")
        throw BadInput("no method \"" + method + '"');
    const auto answer = method == "pearson"    ? stats::pearson(a, b, in.number("level", 0.95))
                        : method == "spearman" ? stats::spearman(a, b)
                                               : stats::kendall(a, b);
    out.of("r", answer, &stats::Correlation::r);
    out.of("p", answer, &stats::Correlation::p);
    out.interval("lo", "hi", answer ? answer->interval : std::nullopt);
}

void theilSen(const CaseInput &in, CaseOutput &out) {
    const auto line = stats::theilSen(in.values("data"), in.number("level", 0.95));
    out.of("slope", line, &stats::TheilSen::slope);
    out.of("intercept_median", line, &stats::TheilSen::intercept);
    out.interval("lo", "hi", line ? std::optional(line->interval) : std::nullopt);
}

void linearTrend(const CaseInput &in, CaseOutput &out) {
    const auto line = stats::linearTrend(in.values("data"));
    const auto number = [&](std::string_view name, const Values stats::Regression::*member, std::size_t i) {
        out(name, line ? ((*line).*member)[i] : unknown);
    };
    number("intercept", &stats::Regression::coefficients, 0);
    number("slope", &stats::Regression::coefficients, 1);
    number("se_slope", &stats::Regression::standardErrors, 1);
    number("t_slope", &stats::Regression::t, 1);
    number("p_slope", &stats::Regression::p, 1);
    out.interval("slope_lo", "slope_hi",
                 line ? std::optional(line->coefficientInterval(1, in.number("level", 0.95))) : std::nullopt);
    out.of("r2", line, &stats::Regression::r2);
    out.of("sigma", line, &stats::Regression::residualSd);
}

void linearPrediction(const CaseInput &in, CaseOutput &out) {
    const auto line = stats::linearTrend(in.values("data"));
    const auto at =
        line ? std::optional(stats::predictLine(*line, in.number("at"), in.number("level", 0.95))) : std::nullopt;
    out.of("fit", at, &stats::Prediction::fit);
    out.interval("lo", "hi", at ? std::optional(at->next) : std::nullopt);
}

void circular(const CaseInput &in, CaseOutput &out) {
    const auto mean = stats::circular(in.values("data"), in.number("period"));
    out("mean", mean ? mean->mean : std::nullopt);
    out.of("concentration", mean, &stats::Circular::concentration);
    out("sd", mean ? mean->sd : std::nullopt);
    out("rayleigh_p", mean ? mean->rayleighP : std::nullopt);
}

void weighted(const CaseInput &in, CaseOutput &out) {
    const Values x = in.values("data");
    const Values w = in.values("weights");
    out("mean", stats::weightedMean(x, w));
    out("variance_frequency", stats::weightedVariance(x, w, stats::WeightMeaning::Frequency));
    out("variance_reliability", stats::weightedVariance(x, w, stats::WeightMeaning::Reliability));
    out("median", stats::weightedQuantile(x, w, 0.5));
}

void autocorrelation(const CaseInput &in, CaseOutput &out) {
    const Values x = in.values("data");
    const std::size_t lags = std::min(in.count("lags", 10), x.empty() ? 0 : x.size() - 1);
    out("acf", series::autocorrelations(x, lags));
    out("pacf", series::partialAutocorrelations(x, lags));
}

} // namespace

const CaseFunctions &estimateFunctions() {
    static const CaseFunctions functions = {
        {"autocorrelation", autocorrelation},
        {"bootstrap_ci", bootstrapInterval},
        {"circular", circular},
        {"correlation", correlation},
        {"distribution", distribution},
        {"fit_mle", fitMle},
        {"linear_prediction", linearPrediction},
        {"linear_trend", linearTrend},
        {"mean_ci_t", meanInterval},
        {"poisson_rate_ci", poissonRate},
        {"proportion_ci", proportionInterval},
        {"quantile", quantile},
        {"quantile_ci_order_statistic", quantileInterval},
        {"sd_ci_chisq", sdInterval},
        {"summary", summary},
        {"theil_sen", theilSen},
        {"weighted", weighted},
    };
    return functions;
}

} // namespace ra::app
