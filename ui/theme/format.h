// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/base/zone.h"

#include <QString>
#include <optional>

namespace ra::ui {

/// Texts for people: the user's locale, thin space for thousands, unit after the number, local time with its zone.

/// "1 572"
[[nodiscard]] QString count(qint64 n);
/// A counted text of tr(), with the number that %n left in it as count() writes it.
[[nodiscard]] QString withCount(QString text, qint64 n);
/// "12.4 s", "1 m 35.9 s", "14 m 05 s", "2 h 03 m", "0.4 ms"; "–" without a value. Negative durations keep their sign.
[[nodiscard]] QString duration(std::optional<Duration> d);
/// "14.2 MB"
[[nodiscard]] QString bytes(quint64 n);
/// "23 Nov 2026 17:57:44"; with resolution of a second or more no fraction, else milliseconds. "–" without a value.
[[nodiscard]] QString moment(std::optional<Time> t, const Zone &zone, Duration resolution = std::chrono::seconds(1));
/// "17:57:44" or "17:57:44.250"
[[nodiscard]] QString clock(Time t, const Zone &zone, Duration resolution = std::chrono::seconds(1));
/// Text from logs made safe to show on one line: control and bidirectional characters become visible marks.
[[nodiscard]] QString plain(const std::string &text);

} // namespace ra::ui
