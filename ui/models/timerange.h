// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/base/zone.h"

#include <QDate>
#include <QList>
#include <QString>

#include <optional>

namespace ra::ui {

/// A range of time as links carry it: "24h", "7d", ... back from now, or "2026-11-01..2026-11-23" by days of a zone,
/// both days included. Anything else means all of the time.
struct TimeRange {
    QString code;

    bool operator==(const TimeRange &) const = default;

    [[nodiscard]] bool isAll() const;
    struct Bounds {
        std::optional<Time> since, until;
    };
    [[nodiscard]] Bounds bounds(Time now, const Zone &zone) const;
    /// "Last 7 days", "1 Nov – 23 Nov 2026", "All time".
    [[nodiscard]] QString displayName() const;

    /// The ranges that menus offer.
    [[nodiscard]] static QList<TimeRange> offered();
    [[nodiscard]] static TimeRange ofDays(const QDate &first, const QDate &last);
    /// The two days of a range by days; invalid dates for others.
    [[nodiscard]] std::pair<QDate, QDate> days() const;
};

} // namespace ra::ui
