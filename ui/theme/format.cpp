// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/format.h"

#include <QCoreApplication>
#include <QDate>
#include <QLocale>

#include <cstdlib>

namespace ra::ui {

namespace {

/// U+202F: the thin space that no line is broken at.
constexpr QChar thinSpace(0x202F);
const QString &nothing() {
    static const QString dash(QChar(0x2013));
    return dash;
}

/// Where the words of this file are looked up.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Format)
};

/// Locale's figures without its own grouping, grouped by thin spaces.
QString grouped(quint64 n) {
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    QString digits = locale.toString(n);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, thinSpace);
    return digits;
}

QString decimal(double value, int digits) {
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    return locale.toString(value, 'f', digits);
}

QString twoDigits(qint64 n) {
    return QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0'));
}

QString unsignedDuration(quint64 ns) {
    if (ns == 0)
        return Words::tr("0 s");
    if (ns < 1'000)
        return Words::tr("%1 ns").arg(ns);
    if (ns < 100'000)
        return Words::tr("%1 µs").arg(decimal(double(ns) / 1e3, ns < 10'000 ? 1 : 0));
    if (ns < 99'950'000) // what would round to 100.0 belongs to the coarser form
        return Words::tr("%1 ms").arg(decimal(double(ns) / 1e6, 1));
    if (ns < 999'500'000)
        return Words::tr("%1 ms").arg(decimal(double(ns) / 1e6, 0));
    // From here on integers of the smallest part shown, so that 59.96 s becomes "1 m 00.0 s" and never "60.0 s".
    const quint64 tenths = (ns + 50'000'000) / 100'000'000;
    if (tenths < 600)
        return Words::tr("%1 s").arg(decimal(double(tenths) / 10, 1));
    if (tenths < 6'000) {
        const quint64 rest = tenths % 600;
        const QString seconds = decimal(double(rest) / 10, 1);
        return Words::tr("%1 m %2 s").arg(tenths / 600).arg(rest < 100 ? QLatin1Char('0') + seconds : seconds);
    }
    const quint64 seconds = (ns + 500'000'000) / 1'000'000'000;
    if (seconds < 3'600)
        return Words::tr("%1 m %2 s").arg(seconds / 60).arg(twoDigits(qint64(seconds % 60)));
    const quint64 minutes = (seconds + 30) / 60;
    if (minutes < 24 * 60)
        return Words::tr("%1 h %2 m").arg(minutes / 60).arg(twoDigits(qint64(minutes % 60)));
    const quint64 hours = (minutes + 30) / 60;
    return Words::tr("%1 d %2 h").arg(grouped(hours / 24)).arg(twoDigits(qint64(hours % 24)));
}

struct LocalParts {
    QDate date;
    int hour = 0, minute = 0, second = 0, millisecond = 0;
};

LocalParts localParts(Time t, const Zone &zone, bool withMillis) {
    using namespace std::chrono;
    const auto local = zone.toLocal(t);
    const auto whole = floor<milliseconds>(local);
    const auto day = floor<days>(whole);
    const hh_mm_ss<milliseconds> time(whole - day);
    const year_month_day ymd(day);
    LocalParts parts;
    parts.date = QDate(int(ymd.year()), int(unsigned(ymd.month())), int(unsigned(ymd.day())));
    parts.hour = int(time.hours().count());
    parts.minute = int(time.minutes().count());
    parts.second = int(time.seconds().count());
    parts.millisecond = withMillis ? int(time.subseconds().count()) : 0;
    return parts;
}

QString clockText(const LocalParts &parts, bool withMillis) {
    QString text =
        twoDigits(parts.hour) + QLatin1Char(':') + twoDigits(parts.minute) + QLatin1Char(':') + twoDigits(parts.second);
    if (withMillis)
        text += QStringLiteral(".%1").arg(parts.millisecond, 3, 10, QLatin1Char('0'));
    return text;
}

bool isMisleading(char16_t c) {
    return (c >= 0x200B && c <= 0x200F && c != 0x200D) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF || c == 0x2028 || c == 0x2029;
}

} // namespace

QString count(qint64 n) {
    if (n < 0)
        return QLocale().negativeSign() + grouped(quint64(0) - quint64(n));
    return grouped(quint64(n));
}

QString withCount(QString text, qint64 n) {
    return n > -1000 && n < 1000 ? text : text.replace(QString::number(n), count(n));
}

QString duration(std::optional<Duration> d) {
    if (!d)
        return nothing();
    const std::int64_t ns = d->count();
    if (ns < 0)
        return QChar(0x2212) + unsignedDuration(quint64(0) - quint64(ns));
    return unsignedDuration(quint64(ns));
}

QString bytes(quint64 n) {
    static const char *const units[] = {QT_TRANSLATE_NOOP("Format", "%1 kB"), QT_TRANSLATE_NOOP("Format", "%1 MB"),
                                        QT_TRANSLATE_NOOP("Format", "%1 GB"), QT_TRANSLATE_NOOP("Format", "%1 TB")};
    if (n < 1'000)
        return Words::tr("%1 B").arg(n);
    double value = double(n) / 1e3;
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < std::size(units)) {
        value /= 1e3;
        ++unit;
    }
    return Words::tr(units[unit]).arg(decimal(value, 1));
}

QString moment(std::optional<Time> t, const Zone &zone, Duration resolution) {
    if (!t)
        return nothing();
    const bool withMillis = resolution < std::chrono::seconds(1);
    const LocalParts parts = localParts(*t, zone, withMillis);
    return QLocale().toString(parts.date, QStringLiteral("d MMM yyyy")) + QLatin1Char(' ') +
           clockText(parts, withMillis);
}

QString clock(Time t, const Zone &zone, Duration resolution) {
    const bool withMillis = resolution < std::chrono::seconds(1);
    return clockText(localParts(t, zone, withMillis), withMillis);
}

QString plain(const std::string &text) {
    const QString raw = QString::fromUtf8(text.data(), qsizetype(text.size()));
    QString safe;
    safe.reserve(raw.size());
    for (const QChar c : raw) {
        const char16_t code = c.unicode();
        if (code == u'\t')
            safe += QLatin1Char(' ');
        else if (code == u'\n')
            safe += QStringLiteral(" \u21B5 "); // every font has this arrow; few have the pictures below
        else if (code < 0x20)
            safe += QChar(0x2400 + code); // the control pictures: NUL, ESC, ...
        else if (code == 0x7F)
            safe += QChar(0x2421);
        else if ((code >= 0x80 && code < 0xA0) || isMisleading(code))
            safe += QStringLiteral("<U+%1>").arg(code, 4, 16, QLatin1Char('0')).toUpper();
        else
            safe += c;
    }
    return safe;
}

} // namespace ra::ui
