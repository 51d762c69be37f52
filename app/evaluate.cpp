// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate.h"

#include "app/evaluatemore.h"
#include "core/stats/bootstrap.h"
#include "core/stats/correlation.h"
#include "core/stats/describe.h"
#include "core/stats/distances.h"
#include "core/stats/distributions.h"
#include "core/stats/fit.h"
#include "core/stats/groups.h"
#include "core/stats/intervals.h"
#include "core/stats/padjust.h"
#include "core/stats/quantile.h"
#include "core/stats/ranktests.h"
#include "core/stats/regression.h"
#include "core/stats/trend.h"
#include "core/stats/twosample.h"

#include <charconv>
#include <cmath>

namespace ra::app {

namespace {

using nlohmann::json;
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

void shapiroWilk(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::shapiroWilk(in.values("data"));
    out.of("W", test, &stats::ShapiroWilk::w);
    out.of("p", test, &stats::ShapiroWilk::p);
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

void welchT(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::welchTest(in.values("a"), in.values("b"), in.number("level", 0.95));
    out.of("t", test, &stats::TTest::t);
    out.of("df", test, &stats::TTest::df);
    out.of("p", test, &stats::TTest::p);
    out.interval("lo", "hi", test ? std::optional(test->difference) : std::nullopt);
}

void studentT(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::studentTest(in.values("a"), in.values("b"), in.number("level", 0.95));
    out.of("t", test, &stats::TTest::t);
    out.of("df", test, &stats::TTest::df);
    out.of("p", test, &stats::TTest::p);
}

void mannWhitney(const CaseInput &in, CaseOutput &out) {
    const Values a = in.values("a");
    const Values b = in.values("b");
    const auto test = stats::mannWhitney(a, b);
    out.of("U_a", test, &stats::MannWhitney::u);
    out.of("p_normal_continuity", test, &stats::MannWhitney::pCorrected);
    out.of("p_normal", test, &stats::MannWhitney::pNormal);
    // The reference goes over to the limit where one sample has 50 values, which Analytics does later.
    const bool isLarge = std::max(stats::present(a).size(), stats::present(b).size()) >= 50;
    out.of("p_exact", test, isLarge ? &stats::MannWhitney::pNormal : &stats::MannWhitney::pExact);
    out("hodges_lehmann", stats::rankShift(a, b));
}

void cliffsDelta(const CaseInput &in, CaseOutput &out) {
    out("delta", stats::cliffsDelta(in.values("a"), in.values("b")));
}

void cohensD(const CaseInput &in, CaseOutput &out) {
    const auto effect = stats::standardizedDifference(in.values("a"), in.values("b"));
    out.of("d", effect, &stats::StandardizedDifference::d);
    out.of("hedges_g", effect, &stats::StandardizedDifference::g);
}

void kolmogorovSmirnov(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::kolmogorovSmirnov(in.values("a"), in.values("b"));
    out.of("D", test, &stats::KolmogorovSmirnov::d);
    out.of("p_asymptotic", test, &stats::KolmogorovSmirnov::pAsymptotic);
    out.of("p_exact", test, &stats::KolmogorovSmirnov::pExact);
}

void fVariance(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::varianceRatio(in.values("a"), in.values("b"), in.number("level", 0.95));
    out.of("F", test, &stats::VarianceRatio::f);
    out.of("p", test, &stats::VarianceRatio::p);
    out.interval("lo", "hi", test ? std::optional(test->ratio) : std::nullopt);
}

void brownForsythe(const CaseInput &in, CaseOutput &out) {
    const std::vector<Values> groups = {in.values("a"), in.values("b")};
    const auto test = stats::leveneTest(groups, stats::Centre::Median);
    out.of("F", test, &stats::FTest::f);
    out.of("p", test, &stats::FTest::p);
}

void moodScale(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::moodTest(in.values("a"), in.values("b"));
    out.of("z", test, &stats::ScaleTest::z);
    out.of("p", test, &stats::ScaleTest::p);
}

void mannKendall(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::mannKendall(in.values("data"));
    out.of("S", test, &stats::MannKendall::s);
    out.of("var_S", test, &stats::MannKendall::variance);
    out.of("Z", test, &stats::MannKendall::z);
    out.of("p", test, &stats::MannKendall::p);
    out.of("tau_b", test, &stats::MannKendall::tau);
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

void proportionInterval(const CaseInput &in, CaseOutput &out) {
    const double successes = in.number("successes");
    const double n = in.number("n");
    const double level = in.number("level", 0.95);
    out.interval("wilson_lo", "wilson_hi", stats::wilsonInterval(successes, n, level));
    out.interval("clopper_pearson_lo", "clopper_pearson_hi", stats::clopperPearsonInterval(successes, n, level));
    out.interval("jeffreys_lo", "jeffreys_hi", stats::jeffreysInterval(successes, n, level));
}

void kGroups(const CaseInput &in, CaseOutput &out) {
    std::vector<Values> groups;
    for (const json &group : in.at("groups")) {
        if (!areNumbers(group))
            throw BadInput("\"groups\" holds something else than numbers");
        groups.push_back(numbersOf(group));
    }
    const auto ranks = stats::kruskalWallis(groups);
    const auto equal = stats::anova(groups);
    const auto welch = stats::welchAnova(groups);
    out.of("kruskal_H", ranks, &stats::KruskalWallis::h);
    out.of("kruskal_p", ranks, &stats::KruskalWallis::p);
    out.of("anova_F", equal, &stats::FTest::f);
    out.of("anova_p", equal, &stats::FTest::p);
    out.of("welch_F", welch, &stats::FTest::f);
    out.of("welch_p", welch, &stats::FTest::p);
}

void pAdjust(const CaseInput &in, CaseOutput &out) {
    const Values p = in.values("p");
    out("holm", stats::adjust(p, stats::Adjustment::Holm));
    out("bh", stats::adjust(p, stats::Adjustment::BenjaminiHochberg));
    out("bonferroni", stats::adjust(p, stats::Adjustment::Bonferroni));
    out("hochberg", stats::adjust(p, stats::Adjustment::Hochberg));
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

const CaseFunctions functions = {
    {"bootstrap_ci", bootstrapInterval},
    {"brown_forsythe", brownForsythe},
    {"cliffs_delta", cliffsDelta},
    {"cohens_d", cohensD},
    {"correlation", correlation},
    {"distribution", distribution},
    {"f_variance", fVariance},
    {"fit_mle", fitMle},
    {"k_groups", kGroups},
    {"ks_two_sample", kolmogorovSmirnov},
    {"linear_prediction", linearPrediction},
    {"linear_trend", linearTrend},
    {"mann_kendall", mannKendall},
    {"mann_whitney", mannWhitney},
    {"mean_ci_t", meanInterval},
    {"mood_scale", moodScale},
    {"p_adjust", pAdjust},
    {"proportion_ci", proportionInterval},
    {"quantile", quantile},
    {"quantile_ci_order_statistic", quantileInterval},
    {"sd_ci_chisq", sdInterval},
    {"shapiro_wilk", shapiroWilk},
    {"student_t", studentT},
    {"summary", summary},
    {"theil_sen", theilSen},
    {"welch_t", welchT},
};

CaseFunction functionNamed(const std::string &name) {
    for (const CaseFunctions *all : {&functions, &moreFunctions()}) {
        if (const auto found = all->find(name); found != all->end())
            return found->second;
    }
    return nullptr;
}

tl::unexpected<Error> badCase(std::string why) {
    return fail({.kind = ErrorKind::Invalid, .what = "evaluate the case", .where = {}, .why = std::move(why)});
}

} // namespace

Result<void> evaluate(const json &given, const Samples &samples, table::JsonWriter &out) {
    if (!given.is_object() || !given.contains("fn") || !given["fn"].is_string())
        return badCase("it names no function \"fn\"");
    const CaseFunction function = functionNamed(given["fn"].get<std::string>());
    if (function == nullptr)
        return badCase("there is no function \"" + given["fn"].get<std::string>() + '"');
    const auto input = given.find("input");
    if (input == given.end() || !input->is_object())
        return badCase("it has no object \"input\"");
    // Into a writer of its own: half an output is none.
    table::JsonWriter content;
    content.beginObject();
    try {
        CaseOutput output(content);
        function(CaseInput(*input, samples), output);
    } catch (const BadInput &error) {
        return badCase(error.what());
    }
    content.endObject();
    out.key("output").raw(content.take());
    return {};
}

} // namespace ra::app
