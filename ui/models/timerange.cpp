// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/timerange.h"

#include <QCoreApplication>
#include <QLocale>

namespace ra::ui {

namespace {

/// How far back "36h" or "7d" reaches; nothing for other codes.
std::optional<std::chrono::hours> reachOf(const QString &code) {
    bool ok = false;
    const int n = code.chopped(code.isEmpty() ? 0 : 1).toInt(&ok);
    if (!ok || n <= 0 || n > 100'000)
        return std::nullopt;
    if (code.endsWith(QLatin1Char('h')))
        return std::chrono::hours(n);
    if (code.endsWith(QLatin1Char('d')))
        return std::chrono::hours(24 * n);
    return std::nullopt;
}

Time startOf(const QDate &day, const Zone &zone) {
    using namespace std::chrono;
    const year_month_day ymd(year(day.year()), month(unsigned(day.month())), std::chrono::day(unsigned(day.day())));
    return zone.toUtc(LocalTime(local_days(ymd)));
}

} // namespace

bool TimeRange::isAll() const {
    return !reachOf(code) && !days().first.isValid();
}

TimeRange::Bounds TimeRange::bounds(Time now, const Zone &zone) const {
    if (const auto reach = reachOf(code))
        return {now - *reach, std::nullopt};
    const auto [first, last] = days();
    if (!first.isValid())
        return {};
    return {startOf(first, zone), startOf(last.addDays(1), zone)};
}

QString TimeRange::displayName() const {
    if (const auto reach = reachOf(code)) {
        const int hours = int(reach->count());
        if (hours % 24 != 0 || hours == 24)
            return QCoreApplication::translate("TimeRange", "Last %n hour(s)", nullptr, hours);
        return QCoreApplication::translate("TimeRange", "Last %n day(s)", nullptr, hours / 24);
    }
    const auto [first, last] = days();
    if (!first.isValid())
        return QCoreApplication::translate("TimeRange", "All time");
    const QLocale locale;
    const QString end = locale.toString(last, QStringLiteral("d MMM yyyy"));
    if (first == last)
        return end;
    const QString begin =
        locale.toString(first, first.year() == last.year() ? QStringLiteral("d MMM") : QStringLiteral("d MMM yyyy"));
    return QStringLiteral("%1 – %2").arg(begin, end);
}

QList<TimeRange> TimeRange::offered() {
    return {{QStringLiteral("24h")}, {QStringLiteral("7d")}, {QStringLiteral("30d")}, {QStringLiteral("365d")}, {}};
}

TimeRange TimeRange::ofDays(const QDate &first, const QDate &last) {
    return {QStringLiteral("%1..%2").arg(std::min(first, last).toString(Qt::ISODate),
                                         std::max(first, last).toString(Qt::ISODate))};
}

std::pair<QDate, QDate> TimeRange::days() const {
    const QStringList parts = code.split(QStringLiteral(".."));
    if (parts.size() != 2)
        return {};
    const QDate first = QDate::fromString(parts[0], Qt::ISODate);
    const QDate last = QDate::fromString(parts[1], Qt::ISODate);
    if (!first.isValid() || !last.isValid() || last < first)
        return {};
    return {first, last};
}

} // namespace ra::ui
