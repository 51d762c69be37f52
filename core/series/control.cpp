// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/control.h"

#include "core/series/baseline.h"
#include "core/series/controlinput.h"
#include "core/series/controlstate.h"
#include "core/series/magnitude.h"
#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr std::size_t fewest = 20;
constexpr std::size_t firstValues = 10;     ///< from which a chart that starts itself has its first target
constexpr double countsAtMost = 3;          ///< sigmas
constexpr double drawnInVariance = 0.99501; ///< of a standard normal variable drawn in to ±3
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Target and sigma, from as many values.
struct Estimate {
    double count = 0;
    double mean = 0;
    double squares = 0;

    [[nodiscard]] double sigma(double least) const {
        return std::max(count > 1 ? std::sqrt(squares / (count - 1)) : 0.0, least);
    }
    void add(double value, double least) {
        const double room = countsAtMost * sigma(least);
        const double drawn = std::clamp(value, mean - room, mean + room);
        const double before = drawn - mean;
        mean += before / ++count;
        squares += before * (drawn - mean) / drawnInVariance;
    }
};

/// The deviation of a value from those of the estimate, as a standard normal variable where these are normal.
double comparedWithPast(double value, const Estimate &past, double least) {
    const double sigma = past.sigma(least);
    if (!(sigma > 0))
        return 0;
    const double t = (value - past.mean) / sigma * std::sqrt(past.count / (past.count + 1));
    const double tail = stats::dist::tUpper(std::abs(t), past.count - 1);
    const double z = tail > 0 ? -stats::dist::normalQuantile(tail) : countsAtMost;
    return std::copysign(std::min(z, countsAtMost), t);
}

double againstTarget(double value, const Estimate &target, double least) {
    const double sigma = target.sigma(least);
    return sigma > 0 ? std::clamp((value - target.mean) / sigma, -countsAtMost, countsAtMost) : 0;
}

/// A level shift from `onset` on leaves 1, 1 - φ1, 1 - φ1 - φ2, ... of itself in the innovations.
std::vector<double> tracesOf(const ControlInput &input, std::size_t count) {
    std::vector<double> traces(count, input.gain());
    double left = 1;
    for (std::size_t i = 0; i < std::min(count, input.coefficients.size()); ++i) {
        traces[i] = left;
        left -= input.coefficients[i];
    }
    return traces;
}

/// Huber's estimate of the shift in [alarm.onset, alarm.end).
ControlShift shiftOf(const ControlAlarm &alarm, const ControlInput &input, const Estimate &target, double sigma) {
    const std::vector<double> traces = tracesOf(input, alarm.end - alarm.onset);
    double shift = 0;
    double weights = 0;
    for (int round = 0; round < 30; ++round) {
        double sum = 0;
        weights = 0;
        for (std::size_t i = 0; i < traces.size(); ++i) {
            const double value = input.values[alarm.onset + i];
            if (!std::isfinite(value))
                continue;
            const double off = value - target.mean - shift * traces[i];
            sum += traces[i] * std::clamp(off, -1.345 * sigma, 1.345 * sigma);
            weights += traces[i] * traces[i];
        }
        if (!(weights > 0))
            break;
        shift += sum / weights;
        // The first step of a large shift goes by the border only: it ends where it moves no more.
        if (std::abs(sum / weights) < 1e-6 * sigma)
            break;
    }
    const double error = sigma * std::sqrt(1 / weights + 1 / (target.count * input.gain() * input.gain()));
    const double room = stats::dist::normalQuantile(0.975) * error;
    const double old = input.centre + target.mean / input.gain();
    const auto changed = [&](double by) { return input.logarithms ? std::exp(old) * std::expm1(by) : by; };
    ControlShift result{.value = changed(shift), .low = changed(shift - room), .high = changed(shift + room)};
    const double level = input.logarithms ? std::exp(old) : old;
    if (level > 0)
        result.ratio = 1 + result.value / level;
    result.sigmas = shift / sigma;
    return result;
}

/// A chart from row to row.
template <typename State>
class Charting {
public:
    Charting(const ControlInput &input, State state, double least)
        : m_input(input)
        , m_state(std::move(state))
        , m_least(least) {}

    /// Against a known target from row `begin` on.
    void against(const Estimate &target, std::size_t begin) {
        m_estimate = target;
        run(begin, false);
    }
    /// Against all values before.
    void startingItself() {
        std::vector<double> first;
        std::size_t row = 0;
        for (; row < m_input.values.size() && first.size() < firstValues; ++row) {
            if (std::isfinite(m_input.values[row]))
                first.push_back(m_input.values[row]);
        }
        const Baseline start = baselineOf(first);
        const auto count = static_cast<double>(start.count);
        m_estimate = {.count = count, .mean = start.target, .squares = start.sigma * start.sigma * (count - 1)};
        run(row, true);
    }
    void finish(ControlReport &report) {
        report.limit = m_state.limit();
        report.statistic = std::move(m_statistic);
        report.alarms = std::move(m_alarms);
        report.target = m_input.level(m_estimate.mean);
        report.sigma = m_estimate.sigma(m_least);
        for (std::size_t i = 0; i < report.alarms.size(); ++i)
            report.alarms[i].shift = shiftOf(report.alarms[i], m_input, m_targets[i], m_targets[i].sigma(m_least));
        report.verdict = ControlVerdict::Stable;
        if (m_inAlarm)
            report.verdict = report.alarms.back().rising ? ControlVerdict::Rising : ControlVerdict::Falling;
    }

private:
    void run(std::size_t begin, bool learns) {
        const std::size_t n = m_input.values.size();
        m_statistic.assign(n, missing);
        std::vector<Estimate> history(learns ? n : 0);
        for (std::size_t row = begin; row < n; ++row) {
            if (learns)
                history[row] = m_estimate;
            const double value = m_input.values[row];
            if (!std::isfinite(value))
                continue;
            const double z =
                learns ? comparedWithPast(value, m_estimate, m_least) : againstTarget(value, m_estimate, m_least);
            const ChartSignal signal = m_state.next(row, z);
            m_statistic[row] = signal.statistic;
            if (signal.ended) {
                m_alarms.back().end = row;
                m_inAlarm = false;
            }
            if (signal.began) {
                m_inAlarm = true;
                if (learns)
                    m_estimate = history[std::max(signal.onset, begin)];
                m_alarms.push_back({.index = row,
                                    .onset = signal.onset,
                                    .end = n,
                                    .rising = signal.rising,
                                    .statistic = std::abs(signal.statistic),
                                    .limit = m_state.limit(),
                                    .shift = {}});
                m_targets.push_back(m_estimate);
            }
            if (learns && !m_inAlarm)
                m_estimate.add(value, m_least);
        }
    }

    const ControlInput &m_input;
    State m_state;
    double m_least; ///< sigma
    Estimate m_estimate;
    bool m_inAlarm = false;
    std::vector<double> m_statistic;
    std::vector<ControlAlarm> m_alarms;
    std::vector<Estimate> m_targets; ///< at each alarm
};

/// The scatter of rounding, where a series has few different values.
double leastSigma(const ControlInput &input) {
    std::vector<double> values;
    double largest = 0;
    for (const double v : input.values) {
        if (!std::isfinite(v))
            continue;
        values.push_back(v);
        largest = std::max(largest, std::abs(v));
    }
    std::sort(values.begin(), values.end());
    const double rounding = 1e-12 * std::max(largest, std::abs(input.centre));
    double step = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < values.size(); ++i) {
        const double difference = values[i] - values[i - 1];
        if (difference > rounding)
            step = std::min(step, difference);
    }
    return std::isfinite(step) ? step / std::sqrt(12.0) : 0;
}

template <typename State>
void chart(const ControlInput &input, const ControlOptions &options, State state, ControlReport &report) {
    Charting<State> charting(input, std::move(state), leastSigma(input));
    if (options.baseline == 0) {
        charting.startingItself();
    } else {
        const Baseline base = baselineOf(std::span(input.values).first(options.baseline));
        const auto count = static_cast<double>(base.count);
        // What the coefficients explain by chance is missing in the scatter.
        const double explained = (count - 1) / (count - 1 - static_cast<double>(input.coefficients.size()));
        charting.against(
            {.count = count, .mean = base.target, .squares = base.sigma * base.sigma * (count - 1) * explained},
            options.baseline);
    }
    charting.finish(report);
}

std::size_t countKnown(std::span<const double> values) {
    return static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); }));
}

void scaleBack(ControlReport &report, int power) {
    report.target = scaledUp(report.target, power);
    if (!report.logarithms)
        report.sigma = scaledUp(report.sigma, power);
    for (ControlAlarm &alarm : report.alarms) {
        for (double *v : {&alarm.shift.value, &alarm.shift.low, &alarm.shift.high})
            *v = scaledUp(*v, power);
    }
}

/// Of values whose squares are numbers.
ControlReport chartOrdinary(std::span<const double> values, const ControlOptions &options) {
    ControlReport report;
    report.statistic.assign(values.size(), missing);
    const std::size_t length = std::min(options.baseline, values.size());
    const std::size_t known = countKnown(length > 0 ? values.first(length) : values);
    if (known < fewest || (length > 0 && countKnown(values.subspan(length)) == 0))
        return report;
    const ControlInput input = controlInput(values, length);
    report.logarithms = input.logarithms;
    report.memory = 1 - input.gain();
    const EstimatedFrom from{.values = length > 0 ? known : 0,
                             .memory = report.memory,
                             .memoryValues = static_cast<double>(known) /
                                             static_cast<double>(std::max<std::size_t>(input.coefficients.size(), 1))};
    if (options.method == ControlMethod::Cusum)
        chart(input, options, CusumState(withRunLength(CusumChart{}, options.runLength, from)), report);
    else
        chart(input, options, EwmaState(withRunLength(EwmaChart{}, options.runLength, from)), report);
    return report;
}

} // namespace

ControlReport controlChart(std::span<const double> values, const ControlOptions &options) {
    const int power = excessPower(values);
    if (power == 0)
        return chartOrdinary(values, options);
    ControlReport report = chartOrdinary(scaledDown(values, power), options);
    scaleBack(report, power);
    return report;
}

} // namespace ra::series
