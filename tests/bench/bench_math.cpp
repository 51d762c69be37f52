// SPDX-License-Identifier: GPL-3.0-or-later
// What a call of the mathematics costs: processor time of one thread, the best of some repetitions, beside the
// reference points that are known. Prints one JSON document.
#include "core/graph/schedule.h"
#include "core/series/anomalies.h"
#include "core/series/capacity.h"
#include "core/series/control.h"
#include "core/series/forecast.h"
#include "core/stats/bootstrap.h"
#include "core/stats/correlation.h"
#include "core/stats/describe.h"
#include "core/stats/distances.h"
#include "core/stats/failuremodel.h"
#include "core/stats/quantile.h"
#include "core/stats/ranktests.h"
#include "core/stats/regression.h"
#include "core/stats/robust.h"
#include "core/stats/trend.h"
#include "core/stats/twosample.h"
#include "core/table/csv.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <ctime>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

namespace {

using Json = nlohmann::ordered_json;
using namespace ra;

double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Collects what is measured; a result is kept so that no call is left out.
class Bench {
public:
    explicit Bench(int repeat)
        : m_repeat(repeat) {}

    /// `reference`: what others need for the same, in milliseconds; empty where nothing is known.
    void measure(const std::string &name, const std::function<double()> &call, const std::string &reference = {}) {
        double best = 1e300;
        for (int i = 0; i < m_repeat; ++i) {
            const double begun = cpuSeconds();
            int calls = 0;
            do {
                m_sum += call();
                ++calls;
            } while (cpuSeconds() - begun < 0.02);
            best = std::min(best, (cpuSeconds() - begun) / calls);
        }
        Json entry = {{"name", name}, {"ms", best * 1e3}};
        if (!reference.empty())
            entry["reference"] = reference;
        m_entries.push_back(entry);
    }
    [[nodiscard]] Json result() const { return {{"calls", m_entries}, {"checksum", std::isfinite(m_sum)}}; }

private:
    int m_repeat;
    double m_sum = 0;
    Json m_entries = Json::array();
};

std::vector<double> lognormal(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> distribution(3, 0.8);
    std::vector<double> values(count);
    for (double &value : values)
        value = distribution(random);
    return values;
}

void measureStats(Bench &bench) {
    const auto small = lognormal(400, 1);
    const auto other = lognormal(400, 2);
    const auto large = lognormal(1'000'000, 3);
    bench.measure("moments of 1,000,000", [&] {
        stats::Moments moments;
        moments.add(large);
        return *moments.kurtosis();
    });
    bench.measure("description of 1,000,000, sorted", [&] { return *stats::describe(large).median; });
    const std::vector<double> ps = {0.5, 0.95, 0.99};
    bench.measure(
        "three quantiles of 1,000,000 by selection", [&] { return stats::selectQuantiles(large, ps)[0]; },
        "3 x nth_element 11.5 ms (1,146 ms for 100 M)");
    bench.measure("Welch, 400 x 400", [&] { return stats::welchTest(small, other)->p; });
    bench.measure("Mann-Whitney, 400 x 400", [&] { return stats::mannWhitney(small, other)->pNormal; });
    bench.measure("Mann-Whitney exact, 49 x 49",
                  [&] { return stats::mannWhitney(std::span(small).first(49), std::span(other).first(49))->pExact; });
    bench.measure("Hodges-Lehmann with interval, 400 x 400",
                  [&] { return stats::hodgesLehmann(small, other)->estimate; });
    bench.measure("Kolmogorov-Smirnov exact, 400 x 400",
                  [&] { return *stats::kolmogorovSmirnov(small, other)->pExact; });
    bench.measure("Kendall, 400", [&] { return stats::kendall(small, other)->p; });
    bench.measure("bootstrap of the mean, 400 values, 9,999 resamples",
                  [&] { return stats::bootstrap(small, stats::countedMean())->bca->low; });
    bench.measure("bootstrap of a quantile, exact, 400 values",
                  [&] { return stats::bootstrapQuantile(small, 0.95)->bca->low; });
    bench.measure("bootstrap of a ratio of medians, 400 / 400, 9,999 resamples",
                  [&] { return stats::bootstrapMedianRatio(small, other)->bca->low; });
}

void measureRegression(Bench &bench) {
    const auto y = lognormal(10'000, 4);
    std::vector<std::vector<double>> x;
    for (unsigned k = 0; k < 5; ++k)
        x.push_back(lognormal(10'000, 5 + k));
    const stats::Design design = stats::Design::of(x, y);
    bench.measure("least squares in double-double, 10,000 x 6",
                  [&] { return stats::leastSquares(design)->coefficients[0]; });
    bench.measure("Huber, 10,000 x 6", [&] { return stats::huberRegression(design)->coefficients[0]; });
    bench.measure("median regression, 10,000 x 6",
                  [&] { return stats::quantileRegression(design, 0.5)->coefficients[0]; });
    bench.measure("Theil-Sen, 2,000", [&] { return stats::theilSen(std::span(y).first(2'000))->slope; });
    bench.measure("Theil-Sen, 10,000", [&] { return stats::theilSen(y)->slope; });
    bench.measure("Mann-Kendall, 10,000", [&] { return stats::mannKendall(y)->p; });
    bench.measure("Mann-Kendall corrected, 2,000",
                  [&] { return stats::correctedMannKendall(std::span(y).first(2'000))->p; });
}

void measureGraph(Bench &bench) {
    constexpr std::size_t tasks = 100'000;
    std::mt19937_64 random(6);
    std::vector<std::string> ids;
    std::vector<double> durations;
    for (std::size_t i = 0; i < tasks; ++i) {
        ids.push_back("task_" + std::to_string(random() % 1'000'000'000) + "_" + std::to_string(i));
        durations.push_back(static_cast<double>(random() % 10'000) / 100);
    }
    std::vector<graph::Edge> edges;
    while (edges.size() < 300'000) {
        const auto a = static_cast<graph::Task>(random() % tasks);
        const auto b = static_cast<graph::Task>(random() % tasks);
        if (a != b)
            edges.emplace_back(std::min(a, b), std::max(a, b));
    }
    bench.measure(
        "graph of 100,000 tasks and 300,000 edges: build, order, critical path, slack, parallelism, bottlenecks, 8 "
        "workers",
        [&] {
            const graph::TaskGraph graph(ids, durations, edges);
            const graph::Order order = graph::orderOf(graph).order;
            const graph::Timing timing = graph::timingOf(order);
            const auto critical = graph::criticalTasks(graph, order, timing);
            const auto path = graph::criticalPath(graph, order, timing);
            const auto bottlenecks = graph::bottlenecks(graph, order, timing);
            const auto priorities = graph::prioritiesOf(graph, order, timing);
            return static_cast<double>(critical.size() + path.size() + bottlenecks.size() +
                                       graph::maxParallelism(order, timing)) +
                   graph::listSchedule(order, priorities, 8).makespan;
        },
        "goal 40 ms; networkx, the longest path alone of 29 traces of some 200 tasks, 38 ms");
}

void measureAnomalies(Bench &bench) {
    const auto values = lognormal(20'000, 8);
    std::vector<double> times(values.size());
    for (std::size_t i = 0; i < times.size(); ++i)
        times[i] = 300 * static_cast<double>(i);
    const series::AnomalyInput input{.values = values, .times = times, .isCalendar = true};
    bench.measure(
        "anomalies while they come in, 20,000 rows", [&] { return series::causalAnomalies(input).scores.back(); },
        "goal 60 ms (3 µs a row); contextOSE 150 µs a row");
    bench.measure("anomalies of a whole series, 20,000 rows",
                  [&] { return series::wholeAnomalies(input).scores.back(); });
}

void measureSeries(Bench &bench) {
    const auto million = lognormal(1'000'000, 9);
    bench.measure(
        "forecast of 24 from 1,000,000 rows",
        [&] { return series::forecastSeries(million, {.horizon = 24})->mean.back(); },
        "goal 1 s; 97 s where all count");
    auto values = lognormal(1'000, 8);
    bench.measure("control chart, 1,000, starting itself",
                  [&] { return static_cast<double>(series::controlChart(values).alarms.size()); });
    bench.measure("control chart, 1,000, baseline of 200",
                  [&] { return series::controlChart(values, {.baseline = 200}).limit; });
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] += static_cast<double>(i) / 5 + 20 * std::sin(static_cast<double>(i % 24) / 3.82);
    bench.measure("time to a limit, 1,000 hours with a day, 2,000 paths",
                  [&] { return series::timeToLimit(values, {.limit = 400, .periods = {24}}).steps; });
}

void measureTrees(Bench &bench) {
    constexpr std::size_t rows = 5'000;
    stats::FailureData data;
    for (unsigned j = 0; j < 10; ++j)
        data.columns.push_back({.values = lognormal(rows, 10 + j)});
    for (std::size_t i = 0; i < rows; ++i)
        data.y.push_back(std::fmod(data.columns[0].values[i] + data.columns[9].values[i], 100) > 70 ? 1 : 0);
    bench.measure("failure model of 5,000 runs x 10: five folds, calibration, permutations, final trees",
                  [&] { return stats::learnFailures(data).logLoss; });
    const stats::FailureModel model = stats::learnFailures(data);
    const stats::BinnedTable table = stats::binned(data.columns, model.trees.bins);
    bench.measure("explanation of one run (TreeSHAP)", [&] { return model.explained(table, 7).expected; });
}

void measureTable(Bench &bench) {
    std::string text = "t,value\n";
    const auto values = lognormal(200'000, 7);
    for (std::size_t i = 0; i < values.size(); ++i)
        text += std::to_string(i) + "," + std::to_string(values[i]) + "\n";
    bench.measure("CSV of 200,000 rows", [&] { return table::readCsv(text, {})->series[0].values()[7]; });
}

} // namespace

int main(int argc, char **argv) {
    int repeat = 3;
    CLI::App program{"Measures the mathematics; prints JSON"};
    program.add_option("--repeat", repeat, "The best of so many counts")->check(CLI::Range(1, 1'000));
    CLI11_PARSE(program, argc, argv);
    Bench bench(repeat);
    measureStats(bench);
    measureRegression(bench);
    measureGraph(bench);
    measureAnomalies(bench);
    measureSeries(bench);
    measureTrees(bench);
    measureTable(bench);
    std::cout << bench.result().dump(1) << '\n';
    return 0;
}
