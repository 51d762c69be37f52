// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/zone.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>

namespace ra {

Zone::Zone()
    : m_spans{{Time::min(), Duration::zero()}} {}

Result<Zone> Zone::fromName(std::string_view name) {
    const QTimeZone zone = name.empty() ? QTimeZone::systemTimeZone()
                                        : QTimeZone(QByteArray(name.data(), static_cast<qsizetype>(name.size())));
    if (!zone.isValid()) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "use the time zone",
                     .where = std::string(name),
                     .why = "the system does not know it",
                     .hint = "Give an IANA name such as Europe/Berlin or UTC"});
    }
    Zone result;
    result.m_name = zone.id().toStdString();
    const QDateTime first(QDate(1970, 1, 1), QTime(0, 0), Qt::UTC);
    const QDateTime last(QDate(2099, 12, 31), QTime(0, 0), Qt::UTC);
    result.m_spans = {{Time::min(), std::chrono::seconds(zone.offsetFromUtc(first))}};
    for (const QTimeZone::OffsetData &data : zone.transitions(first, last)) {
        result.m_spans.push_back({Time(std::chrono::milliseconds(data.atUtc.toMSecsSinceEpoch())),
                                  std::chrono::seconds(data.offsetFromUtc)});
    }
    return result;
}

std::size_t Zone::spanAt(Time t) const {
    const auto after =
        std::upper_bound(m_spans.begin(), m_spans.end(), t, [](Time at, const Span &s) { return at < s.begin; });
    return after == m_spans.begin() ? 0 : static_cast<std::size_t>(after - m_spans.begin()) - 1;
}

Duration Zone::offsetAt(Time t) const {
    return m_spans[spanAt(t)].offset;
}

bool Zone::isWhole(Duration unit, Time from, Time to) const {
    for (std::size_t i = spanAt(from); i < m_spans.size() && (i == 0 || m_spans[i].begin <= to); ++i) {
        const bool isSetWithin = i > 0 && m_spans[i].begin > from;
        if (m_spans[i].offset % unit != Duration::zero() ||
            (isSetWithin && m_spans[i].begin.time_since_epoch() % unit != Duration::zero() &&
             m_spans[i].offset != m_spans[i - 1].offset))
            return false;
    }
    return true;
}

LocalTime Zone::toLocal(Time t) const {
    return LocalTime(t.time_since_epoch() + offsetAt(t));
}

namespace {
Time minus(LocalTime local, Duration offset) {
    return Time(local.time_since_epoch() - offset);
}
} // namespace

Time Zone::toUtc(LocalTime local, std::optional<Time> near) const {
    // No zone is further than a day from UTC, so the two spans around the naive reading hold every candidate.
    const std::size_t from = spanAt(minus(local, std::chrono::hours(26)));
    const std::size_t to = spanAt(minus(local, -std::chrono::hours(26)));
    std::optional<Time> earlier;
    std::optional<Time> later;
    for (std::size_t i = from; i <= to; ++i) {
        const Time t = minus(local, m_spans[i].offset);
        const bool within = t >= m_spans[i].begin && (i + 1 == m_spans.size() || t < m_spans[i + 1].begin);
        if (!within)
            continue;
        (earlier ? later : earlier) = t;
    }
    if (!earlier) {
        // In the gap: read the clock as if it had not been put forward yet.
        for (std::size_t i = from; i < to; ++i) {
            const Time t = minus(local, m_spans[i].offset);
            if (t >= m_spans[i + 1].begin)
                earlier = t;
        }
        return earlier.value_or(minus(local, m_spans[to].offset));
    }
    if (!later || !near)
        return *earlier;
    // Lines go forward, but for a second between processes; what is hours away tells nothing about this reading.
    const Duration slack = std::chrono::seconds(2);
    const Duration related = std::chrono::hours(2);
    const Duration distance = *later > *near ? *later - *near : *near - *later;
    return *earlier + slack < *near && distance <= related ? *later : *earlier;
}

Zone::Bounds Zone::boundsOf(LocalTime first, LocalTime last) const {
    // Times at the ends of what can be said stay there.
    const Duration margin = std::chrono::hours(26);
    first = std::clamp(first, LocalTime::min() + 2 * margin, LocalTime::max() - 2 * margin);
    last = std::clamp(last, first, LocalTime::max() - 2 * margin);
    const std::size_t to = spanAt(minus(last, -margin));
    std::size_t i = spanAt(minus(first, margin));
    Duration least = m_spans[i].offset;
    Duration most = least;
    for (; i <= to; ++i) {
        least = std::min(least, m_spans[i].offset);
        most = std::max(most, m_spans[i].offset);
    }
    return {minus(first, most), minus(last, least), least == most};
}

bool Zone::isAmbiguous(LocalTime local) const {
    const Time earlier = toUtc(local);
    return toUtc(local, earlier + std::chrono::hours(1)) != earlier;
}

} // namespace ra
