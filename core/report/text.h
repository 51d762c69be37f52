// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/base/zone.h"

#include <QCoreApplication>
#include <QLocale>
#include <QString>

#include <optional>
#include <string_view>
#include <vector>

namespace ra::report {

/// Where the words of reports are looked up: the context "Report" of the translations.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Report)
};

/// How a report speaks: with the C locale and without a translator the same input gives the same bytes everywhere.
struct Style {
    Zone zone;
    QLocale locale = QLocale::c();
};

/// Texts for people, by the rules of ui/theme/format.h: figures in a report are those on the screen.
[[nodiscard]] QString countText(qint64 n, const Style &style);
[[nodiscard]] QString decimalText(double value, int digits, const Style &style);
/// "0.4 ms", "12.4 s", "1 m 35.9 s", "14 m 05 s", "2 h 03 m"; an en dash without a value.
[[nodiscard]] QString durationText(std::optional<Duration> d, const Style &style);
/// "23 Nov 2026 17:57:44"; an en dash without a value.
[[nodiscard]] QString momentText(std::optional<Time> t, Duration resolution, const Style &style);
/// "23 Nov 2026"
[[nodiscard]] QString dateText(Time t, const Style &style);
/// "23 Nov 17:57", with the year where it is another one than the reference's.
[[nodiscard]] QString shortMomentText(std::optional<Time> t, Time reference, const Style &style);
/// "+11.2 %" with a true minus sign.
[[nodiscard]] QString percentChangeText(double ratio, const Style &style);
/// One of two texts, with %1 replaced by the number where it is there.
[[nodiscard]] QString plural(qint64 n, const QString &one, const QString &many, const Style &style);

/// Text from logs made safe to show on one line: UTF-8 is decoded (what is not UTF-8 becomes U+FFFD); control,
/// bidirectional, invisible and tag characters become escapes such as \x1b and \u202e; newlines become \n, and more
/// than three combining marks in a row are dropped with a mark. At most `maxChars` characters; then it ends in an
/// ellipsis.
[[nodiscard]] QString visible(std::string_view text, qsizetype maxChars = 400);

/// The end of a traceback: its last `maxLines` lines that are not empty, each safe like visible() with indentation
/// kept.
struct Tail {
    std::vector<QString> lines{};
    qint64 earlierLines = 0; ///< lines before them
    bool clipped = false;    ///< a line was longer than shown
};
[[nodiscard]] Tail tail(std::string_view text, qsizetype maxLines);

} // namespace ra::report
