// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/text.h"

#include <QDate>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace ra::report {

using namespace Qt::StringLiterals;

namespace {

constexpr QChar thinSpace(0x202F); // narrow and never broken at
constexpr QChar minus(0x2212);
constexpr QChar dash(0x2013);

QString grouped(quint64 n, const Style &style) {
    QLocale locale = style.locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    QString digits = locale.toString(n);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, thinSpace);
    return digits;
}

QString twoDigits(qint64 n) {
    return u"%1"_s.arg(n, 2, 10, QLatin1Char('0'));
}

QString unsignedDuration(quint64 ns, const Style &style) {
    if (ns == 0)
        return Words::tr("0 s");
    if (ns < 1'000)
        return Words::tr("%1 ns").arg(ns);
    if (ns < 100'000)
        return Words::tr("%1 µs").arg(decimalText(double(ns) / 1e3, ns < 10'000 ? 1 : 0, style));
    if (ns < 99'950'000)
        return Words::tr("%1 ms").arg(decimalText(double(ns) / 1e6, 1, style));
    if (ns < 999'500'000)
        return Words::tr("%1 ms").arg(decimalText(double(ns) / 1e6, 0, style));
    // Integers of the smallest part shown, so that 59.96 s becomes "1 m 00.0 s" and never "60.0 s".
    const quint64 tenths = (ns + 50'000'000) / 100'000'000;
    if (tenths < 600)
        return Words::tr("%1 s").arg(decimalText(double(tenths) / 10, 1, style));
    if (tenths < 6'000) {
        const quint64 rest = tenths % 600;
        const QString seconds = decimalText(double(rest) / 10, 1, style);
        return Words::tr("%1 m %2 s").arg(QString::number(tenths / 600), rest < 100 ? u'0' + seconds : seconds);
    }
    const quint64 seconds = (ns + 500'000'000) / 1'000'000'000;
    if (seconds < 3'600)
        return Words::tr("%1 m %2 s").arg(QString::number(seconds / 60), twoDigits(qint64(seconds % 60)));
    const quint64 minutes = (seconds + 30) / 60;
    if (minutes < 24 * 60)
        return Words::tr("%1 h %2 m").arg(QString::number(minutes / 60), twoDigits(qint64(minutes % 60)));
    const quint64 hours = (minutes + 30) / 60;
    return Words::tr("%1 d %2 h").arg(grouped(hours / 24, style), twoDigits(qint64(hours % 24)));
}

QDate dateOf(std::chrono::local_days day) {
    const std::chrono::year_month_day ymd(day);
    return {int(ymd.year()), int(unsigned(ymd.month())), int(unsigned(ymd.day()))};
}

/// Characters that are not seen themselves but change how others are: the Trojan Source family, invisible operators,
/// separators, fillers, soft hyphens. Joiners stay: scripts and emoji need them.
bool isMisleading(char32_t c) {
    return c == 0x00AD || c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
           c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE007F);
}

bool isNonCharacter(char32_t c) {
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

QString escape(char32_t c) {
    if (c == '\n')
        return u"\\n"_s;
    if (c == '\r')
        return u"\\r"_s;
    if (c < 0x100)
        return u"\\x%1"_s.arg(uint(c), 2, 16, QLatin1Char('0'));
    return (c < 0x10000 ? u"\\u%1"_s : u"\\U%1"_s).arg(uint(c), c < 0x10000 ? 4 : 8, 16, QLatin1Char('0'));
}

bool isMark(char32_t c) {
    const QChar::Category category = QChar::category(c);
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing;
}

constexpr int maxMarks = 3;

} // namespace

QString decimalText(double value, int digits, const Style &style) {
    QLocale locale = style.locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    return locale.toString(value, 'f', digits);
}

QString countText(qint64 n, const Style &style) {
    if (n < 0)
        return minus + grouped(quint64(0) - quint64(n), style);
    return grouped(quint64(n), style);
}

QString durationText(std::optional<Duration> d, const Style &style) {
    if (!d)
        return dash;
    const std::int64_t ns = d->count();
    if (ns < 0)
        return minus + unsignedDuration(quint64(0) - quint64(ns), style);
    return unsignedDuration(quint64(ns), style);
}

QString dateText(Time t, const Style &style) {
    const auto day = std::chrono::floor<std::chrono::days>(style.zone.toLocal(t));
    return style.locale.toString(dateOf(day), u"d MMM yyyy"_s);
}

QString momentText(std::optional<Time> t, Duration resolution, const Style &style) {
    using namespace std::chrono;
    if (!t)
        return dash;
    const auto local = floor<milliseconds>(style.zone.toLocal(*t));
    const hh_mm_ss<milliseconds> clock(local - floor<days>(local));
    QString text = dateText(*t, style) + u' ' + twoDigits(clock.hours().count()) + u':' +
                   twoDigits(clock.minutes().count()) + u':' + twoDigits(clock.seconds().count());
    if (resolution < seconds(1))
        text += u".%1"_s.arg(clock.subseconds().count(), 3, 10, QLatin1Char('0'));
    return text;
}

QString shortMomentText(std::optional<Time> t, Time reference, const Style &style) {
    using namespace std::chrono;
    if (!t)
        return dash;
    const auto local = floor<minutes>(style.zone.toLocal(*t));
    const hh_mm_ss<minutes> clock(local - floor<days>(local));
    const QDate date = dateOf(floor<days>(local));
    const bool sameYear = date.year() == dateOf(floor<days>(style.zone.toLocal(reference))).year();
    return style.locale.toString(date, sameYear ? u"d MMM"_s : u"d MMM yyyy"_s) + u' ' +
           twoDigits(clock.hours().count()) + u':' + twoDigits(clock.minutes().count());
}

QString percentChangeText(double ratio, const Style &style) {
    const double percent = ratio * 100;
    const int digits = std::abs(percent) < 99.95 ? 1 : 0;
    const QString figure = decimalText(std::abs(percent), digits, style);
    const bool isZero = decimalText(0, digits, style) == figure;
    const QString sign = isZero ? QString() : QString(percent < 0 ? minus : u'+');
    return Words::tr("%1%2 %", "sign, figure").arg(sign, figure);
}

QString plural(qint64 n, const QString &one, const QString &many, const Style &style) {
    if (n == 1 && !one.contains(u"%1"))
        return one; // "the day before": a singular need not name its number
    return (n == 1 ? one : many).arg(countText(n, style));
}

QString visible(std::string_view text, qsizetype maxChars) {
    // A character of UTF-8 has at most four bytes: what lies behind them cannot be shown and need not be decoded.
    const std::size_t room = std::size_t(maxChars + 1) * 4;
    const bool cutBytes = text.size() > room;
    const QString raw = QString::fromUtf8(text.data(), qsizetype(std::min(text.size(), room)));
    QString safe;
    qsizetype chars = 0;
    int marks = 0;
    for (qsizetype i = 0; i < raw.size(); ++i) {
        char32_t c = raw.at(i).unicode();
        if (raw.at(i).isHighSurrogate() && i + 1 < raw.size() && raw.at(i + 1).isLowSurrogate()) {
            c = QChar::surrogateToUcs4(raw.at(i), raw.at(i + 1));
            ++i;
        }
        if (chars >= maxChars)
            return safe + QChar(0x2026);
        marks = isMark(c) ? marks + 1 : 0;
        if (marks > maxMarks) {
            if (marks == maxMarks + 1)
                safe += QChar(0x2026);
            continue;
        }
        if (c == '\t')
            safe += u' ';
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || isMisleading(c) || isNonCharacter(c) || QChar::isSurrogate(c))
            safe += escape(c);
        else
            safe += QString::fromUcs4(&c, 1);
        ++chars;
    }
    return cutBytes ? safe + QChar(0x2026) : safe;
}

Tail tail(std::string_view text, qsizetype maxLines) {
    constexpr qsizetype maxChars = 160;
    Tail result;
    std::vector<std::string_view> lines; // backwards
    std::size_t end = text.size();
    for (;;) {
        const std::size_t newline = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
        const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
        std::string_view line = text.substr(begin, end - begin);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
            line.remove_suffix(1);
        if (!line.empty()) {
            if (qsizetype(lines.size()) < maxLines)
                lines.push_back(line);
            else
                ++result.earlierLines;
        }
        if (newline == std::string_view::npos)
            break;
        end = newline;
    }
    // Source and marker lines whose frame was cut off say nothing: the tail begins with a frame where it holds one.
    const auto isFrame = [](std::string_view line) { return line.starts_with("  File \""); };
    if (result.earlierLines > 0 && std::any_of(lines.begin(), lines.end(), isFrame)) {
        while (!isFrame(lines.back()) && lines.back().starts_with("  ")) {
            lines.pop_back();
            ++result.earlierLines;
        }
    }
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const QString shown = visible(*line, maxChars);
        result.clipped = result.clipped || (line->size() > std::size_t(maxChars) && shown.endsWith(QChar(0x2026)));
        result.lines.push_back(shown);
    }
    return result;
}

} // namespace ra::report
