// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/chartlimits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ra::series {

/// What a chart says after a value.
struct ChartSignal {
    double statistic = 0;  ///< signed; before it is held at the limit
    bool began = false;    ///< an alarm begins
    bool ended = false;    ///< the departure of the last alarm is over
    bool rising = false;   ///< direction of the alarm
    std::size_t onset = 0; ///< of an alarm that begins: the first row since the chart was at zero
};

/// A two-sided CUSUM as values come in, in units of sigma.
class CusumState {
public:
    explicit CusumState(const CusumChart &chart)
        : m_chart(chart) {}

    ChartSignal next(std::size_t row, double z) {
        ChartSignal signal;
        step(m_up, row, z);
        step(m_down, row, -z);
        signal.statistic = m_up.sum >= m_down.sum ? m_up.sum : -m_down.sum;
        if (m_alarm != Alarm::None) {
            signal.ended = (m_alarm == Alarm::Up ? m_up : m_down).sum <= 0;
            if (signal.ended)
                m_alarm = Alarm::None;
        }
        if (m_alarm == Alarm::None && std::max(m_up.sum, m_down.sum) > m_chart.limit) {
            signal.began = true;
            signal.rising = m_up.sum > m_chart.limit;
            signal.onset = (signal.rising ? m_up : m_down).onset;
            m_alarm = signal.rising ? Alarm::Up : Alarm::Down;
        }
        m_up.sum = std::min(m_up.sum, m_chart.limit);
        m_down.sum = std::min(m_down.sum, m_chart.limit);
        return signal;
    }
    [[nodiscard]] double limit() const { return m_chart.limit; }

private:
    struct Side {
        double sum = 0;
        std::size_t onset = 0;
    };
    void step(Side &side, std::size_t row, double z) const {
        if (side.sum <= 0)
            side.onset = row;
        side.sum = std::max(0.0, side.sum + z - m_chart.slack);
    }

    CusumChart m_chart;
    Side m_up;
    Side m_down;
    enum class Alarm { None, Up, Down } m_alarm = Alarm::None;
};

/// An EWMA as values come in, in units of sigma; its statistic in its own standard deviations.
class EwmaState {
public:
    explicit EwmaState(const EwmaChart &chart)
        : m_chart(chart) {}

    ChartSignal next(std::size_t row, double z) {
        const double before = m_mean;
        m_mean += m_chart.weight * (z - m_mean);
        if (before * m_mean <= 0)
            m_onset = row;
        ChartSignal signal;
        signal.statistic = m_mean / m_chart.bound() * m_chart.limit;
        if (m_inAlarm) {
            signal.ended = before * m_mean <= 0;
            m_inAlarm = !signal.ended;
        }
        if (!m_inAlarm && std::abs(m_mean) > m_chart.bound()) {
            m_inAlarm = true;
            signal.began = true;
            signal.rising = m_mean > 0;
            signal.onset = m_onset;
        }
        m_mean = std::clamp(m_mean, -m_chart.bound(), m_chart.bound());
        return signal;
    }
    [[nodiscard]] double limit() const { return m_chart.limit; }

private:
    EwmaChart m_chart;
    double m_mean = 0;
    std::size_t m_onset = 0;
    bool m_inAlarm = false;
};

} // namespace ra::series
