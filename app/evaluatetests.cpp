// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluatefunctions.h"

#include "core/series/unitroot.h"
#include "core/stats/contingency.h"
#include "core/stats/distances.h"
#include "core/stats/fit.h"
#include "core/stats/groups.h"
#include "core/stats/padjust.h"
#include "core/stats/power.h"
#include "core/stats/quantile.h"
#include "core/stats/randomness.h"
#include "core/stats/ranktests.h"
#include "core/stats/trend.h"
#include "core/stats/twosample.h"

#include <cmath>

namespace ra::app {

namespace {

using nlohmann::json;
using Values = std::vector<double>;
constexpr double unknown = CaseOutput::unknown;

void shapiroWilk(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::shapiroWilk(in.values("data"));
    out.of("W", test, &stats::ShapiroWilk::w);
    out.of("p", test, &stats::ShapiroWilk::p);
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

void levene(const CaseInput &in, CaseOutput &out) {
    const std::vector<Values> groups = {in.values("a"), in.values("b")};
    const auto test = stats::leveneTest(groups, stats::Centre::Mean);
    out.of("F", test, &stats::FTest::f);
    out.of("p", test, &stats::FTest::p);
}

void moodScale(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::moodTest(in.values("a"), in.values("b"));
    out.of("z", test, &stats::ScaleTest::z);
    out.of("p", test, &stats::ScaleTest::p);
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

void andersonDarling(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::andersonDarlingNormal(in.values("data"));
    out.of("A2", test, &stats::AndersonDarling::a2);
    out.of("p", test, &stats::AndersonDarling::p);
}

void andersonDarlingOfTwo(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::andersonDarlingTwoSample(in.values("a"), in.values("b"), 1);
    out.of("A2", test, &stats::AndersonDarling::a2);
    out.of("p", test, &stats::AndersonDarling::p);
}

void fisher(const CaseInput &in, CaseOutput &out) {
    stats::FourFold table;
    const char *const names[] = {"a", "b", "c", "d"};
    for (std::size_t i = 0; i < 4; ++i)
        table[i / 2][i % 2] = in.count(names[i], unknown);
    const auto test = stats::fisherTest(table);
    out.of("p", test, &stats::FisherTest::p);
    out("odds_ratio", test ? test->oddsRatio : std::nullopt);
}

void chiSquared(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::chiSquaredIndependence(in.values("counts"), in.count("columns", unknown));
    out.of("statistic", test, &stats::ChiSquared::statistic);
    out.of("df", test, &stats::ChiSquared::df);
    out.of("p", test, &stats::ChiSquared::p);
}

void runs(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::runsTest(in.values("data"));
    out("runs", test ? static_cast<double>(test->runs) : unknown);
    out.of("z", test, &stats::RunsTest::z);
    out.of("p_normal", test, &stats::RunsTest::pNormal);
    out("p_exact", test ? test->pExact : std::nullopt);
}

void ljungBox(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::ljungBox(in.values("data"), in.count("lags", 1), in.count("fitted", 0));
    out.of("Q", test, &stats::LjungBox::q);
    out.of("df", test, &stats::LjungBox::df);
    out.of("p", test, &stats::LjungBox::p);
}

void stationarity(const CaseInput &in, CaseOutput &out) {
    const Values x = stats::present(in.values("data"));
    const auto about = in.flag("trend") ? series::Deterministic::Trend : series::Deterministic::Level;
    const std::size_t lags = in.count("lags", std::trunc(4 * std::pow(static_cast<double>(x.size()) / 100, 0.25)));
    const auto kpss = series::kpssTest(x, about, lags);
    const auto adf = series::adfTest(x, about, lags);
    out.of("kpss", kpss, &series::UnitRootTest::statistic);
    out.of("kpss_p", kpss, &series::UnitRootTest::p);
    out.of("adf", adf, &series::UnitRootTest::statistic);
    out.of("adf_p", adf, &series::UnitRootTest::p);
}

void permutation(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::permutationTest(in.values("a"), in.values("b"), 1);
    out.of("difference", test, &stats::PermutationTest::difference);
    out.of("p", test, &stats::PermutationTest::p);
}

void mannKendall(const CaseInput &in, CaseOutput &out) {
    const auto test = stats::mannKendall(in.values("data"));
    out.of("S", test, &stats::MannKendall::s);
    out.of("var_S", test, &stats::MannKendall::variance);
    out.of("Z", test, &stats::MannKendall::z);
    out.of("p", test, &stats::MannKendall::p);
    out.of("tau_b", test, &stats::MannKendall::tau);
}

void pAdjust(const CaseInput &in, CaseOutput &out) {
    const Values p = in.values("p");
    out("holm", stats::adjust(p, stats::Adjustment::Holm));
    out("bh", stats::adjust(p, stats::Adjustment::BenjaminiHochberg));
    out("bonferroni", stats::adjust(p, stats::Adjustment::Bonferroni));
    out("hochberg", stats::adjust(p, stats::Adjustment::Hochberg));
}

std::optional<double> asNumber(const std::optional<std::uint64_t> &count) {
    return count ? std::optional(static_cast<double>(*count)) : std::nullopt;
}

void power(const CaseInput &in, CaseOutput &out) {
    const double d = in.number("d");
    const double alpha = in.number("alpha", 0.05);
    const double wanted = in.number("power", 0.8);
    out("runs", asNumber(stats::tTestRuns(d, wanted, alpha)));
    out("power", stats::tTestPower(in.number("n", unknown), d, alpha));
}

void powerOfProportions(const CaseInput &in, CaseOutput &out) {
    out("runs", asNumber(stats::proportionRuns(in.number("p1"), in.number("p2"), in.number("power", 0.8),
                                               in.number("alpha", 0.05))));
}

void powerOfRanks(const CaseInput &in, CaseOutput &out) {
    out("runs",
        asNumber(stats::mannWhitneyRuns(in.number("superiority"), in.number("power", 0.8), in.number("alpha", 0.05))));
}

void runsForMean(const CaseInput &in, CaseOutput &out) {
    out("runs", asNumber(stats::meanRuns(in.number("sd"), in.number("margin"), in.number("level", 0.95))));
}

} // namespace

const CaseFunctions &testFunctions() {
    static const CaseFunctions functions = {
        {"anderson_darling", andersonDarling},
        {"anderson_darling_two_sample", andersonDarlingOfTwo},
        {"brown_forsythe", brownForsythe},
        {"chi_squared", chiSquared},
        {"cliffs_delta", cliffsDelta},
        {"cohens_d", cohensD},
        {"f_variance", fVariance},
        {"fisher", fisher},
        {"k_groups", kGroups},
        {"ks_two_sample", kolmogorovSmirnov},
        {"levene", levene},
        {"ljung_box", ljungBox},
        {"mann_kendall", mannKendall},
        {"mann_whitney", mannWhitney},
        {"mood_scale", moodScale},
        {"p_adjust", pAdjust},
        {"permutation", permutation},
        {"power_mann_whitney", powerOfRanks},
        {"power_proportions", powerOfProportions},
        {"power_t", power},
        {"runs", runs},
        {"runs_for_mean", runsForMean},
        {"shapiro_wilk", shapiroWilk},
        {"stationarity", stationarity},
        {"student_t", studentT},
        {"welch_t", welchT},
    };
    return functions;
}

} // namespace ra::app
