// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>

#include <optional>

namespace ra::ui {

/// A place in the program by stable keys (never row numbers): what back, forward, breadcrumb and deep links hold.
/// As text: recipe-analytics://run/<run id>?step=<name>&at=<index>&line=<offset>&source=<id> or
/// recipe-analytics://runs?recipe=<name>&status=failed&text=...&range=7d
struct Link {
    QString page = QStringLiteral("live"); ///< "live", "runs", "run", "settings"
    QString runId;
    QString step;
    int stepIndex = -1; ///< in the run: tells steps of one name apart; -1 if unknown, as in links of before
    QString recipe;
    QString status; ///< comma-separated words of the CLI
    QString text;
    QString range;      ///< of time: "24h", "7d", "30d", "365d", or "2026-11-01..2026-11-23"; empty for all
    qint64 line = -1;   ///< offset of a log line in its source; -1 for none
    qint64 source = -1; ///< the line's source; -1 if unknown: the first source with a line there

    bool operator==(const Link &) const = default;
    [[nodiscard]] QUrl toUrl() const;
    /// Nothing where the scheme or the page is none of this program's, or a run is meant and not named.
    [[nodiscard]] static std::optional<Link> fromUrl(const QUrl &url);
};

} // namespace ra::ui
