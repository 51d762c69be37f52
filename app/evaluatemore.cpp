// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluatemore.h"

#include "core/series/autocorrelation.h"
#include "core/series/unitroot.h"
#include "core/stats/circular.h"
#include "core/stats/contingency.h"
#include "core/stats/distances.h"
#include "core/stats/groups.h"
#include "core/stats/power.h"
#include "core/stats/quantile.h"
#include "core/stats/randomness.h"
#include "core/stats/weighted.h"

#include <cmath>

namespace ra::app {

namespace {

using Values = std::vector<double>;
constexpr double unknown = CaseOutput::unknown;

/// A whole number that is not negative, of at most 2^31.
std::size_t countOf(const CaseInput &in, const char *name, double otherwise) {
    const double number = in.number(name, otherwise);
    if (!(number >= 0) || number > 0x1p31 || number != std::floor(number))
        throw BadInput(std::string("\"") + name + "\" is no count");
    return static_cast<std::size_t>(number);
}

std::optional<double> asNumber(const std::optional<std::uint64_t> &count) {
    return count ? std::optional(static_cast<double>(*count)) : std::nullopt;
}

void andersonDarling(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::andersonDarlingNormal(in.values("data"));
    out.of("A2", test, &stats::AndersonDarling::a2);
    out.of("p", test, &stats::AndersonDarling::p);
}

void fisher(const CaseInput &in, CaseOutput &out) {
    stats::FourFold table;
    const char *const names[] = {"a", "b", "c", "d"};
    for (std::size_t i = 0; i < 4; ++i)
        table[i / 2][i % 2] = countOf(in, names[i], unknown);
    const auto test = stats::fisherTest(table);
    out.of("p", test, &stats::FisherTest::p);
    out("odds_ratio", test ? test->oddsRatio : std::nullopt);
}

void chiSquared(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::chiSquaredIndependence(in.values("counts"), countOf(in, "columns", unknown));
    out.of("statistic", test, &stats::ChiSquared::statistic);
    out.of("df", test, &stats::ChiSquared::df);
    out.of("p", test, &stats::ChiSquared::p);
}

void levene(const CaseInput &in, CaseOutput &out) {
    const std::vector<Values> groups = {in.values("a"), in.values("b")};
    const auto test = stats::leveneTest(groups, stats::Centre::Mean);
    out.of("F", test, &stats::FTest::f);
    out.of("p", test, &stats::FTest::p);
}

void runs(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::runsTest(in.values("data"));
    out("runs", test ? static_cast<double>(test->runs) : unknown);
    out.of("z", test, &stats::RunsTest::z);
    out.of("p_normal", test, &stats::RunsTest::pNormal);
    out("p_exact", test ? test->pExact : std::nullopt);
}

void ljungBox(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::ljungBox(in.values("data"), countOf(in, "lags", 1), countOf(in, "fitted", 0));
    out.of("Q", test, &stats::LjungBox::q);
    out.of("df", test, &stats::LjungBox::df);
    out.of("p", test, &stats::LjungBox::p);
}

void permutation(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::permutationTest(in.values("a"), in.values("b"), 1);
    out.of("difference", test, &stats::PermutationTest::difference);
    out.of("p", test, &stats::PermutationTest::p);
}

void poissonRate(const CaseInput &in, CaseOutput &out) {
    out.interval("lo", "hi",
                 stats::poissonRateInterval(in.number("events"), in.number("exposure", 1), in.number("level", 0.95)));
}

void power(const CaseInput &in, CaseOutput &out) {
    const double d = in.number("d");
    const double alpha = in.number("alpha", 0.05);
    const double wanted = in.number("power", 0.8);
    out("runs", asNumber(stats::tTestRuns(d, wanted, alpha)));
    out("power", stats::tTestPower(in.number("n", unknown), d, alpha));
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

void stationarity(const CaseInput &in, CaseOutput &out) {
    const Values x = stats::present(in.values("data"));
    const auto about = in.flag("trend") ? series::Deterministic::Trend : series::Deterministic::Level;
    const std::size_t lags = countOf(in, "lags", std::trunc(4 * std::pow(static_cast<double>(x.size()) / 100, 0.25)));
    const auto kpss = series::kpssTest(x, about, lags);
    const auto adf = series::adfTest(x, about, lags);
    out.of("kpss", kpss, &series::UnitRootTest::statistic);
    out.of("kpss_p", kpss, &series::UnitRootTest::p);
    out.of("adf", adf, &series::UnitRootTest::statistic);
    out.of("adf_p", adf, &series::UnitRootTest::p);
}

void autocorrelation(const CaseInput &in, CaseOutput &out) {
    const Values x = in.values("data");
    const std::size_t lags = std::min(countOf(in, "lags", 10), x.empty() ? 0 : x.size() - 1);
    out("acf", series::autocorrelations(x, lags));
    out("pacf", series::partialAutocorrelations(x, lags));
}

} // namespace

const CaseFunctions &moreFunctions() {
    static const CaseFunctions functions = {
        {"anderson_darling", andersonDarling},
        {"autocorrelation", autocorrelation},
        {"chi_squared", chiSquared},
        {"circular", circular},
        {"fisher", fisher},
        {"levene", levene},
        {"ljung_box", ljungBox},
        {"permutation", permutation},
        {"poisson_rate_ci", poissonRate},
        {"power_t", power},
        {"runs", runs},
        {"stationarity", stationarity},
        {"weighted", weighted},
    };
    return functions;
}

} // namespace ra::app
