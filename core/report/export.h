// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/report/document.h"

#include <QByteArray>
#include <QString>

namespace ra::report {

/// The document as one JSON object, UTF-8, indented, ending in a newline. Times `*_ns`, durations `*_s`, shares in [0,
/// 1].
[[nodiscard]] QByteArray toJson(const ReportDocument &document);

/// The document as one HTML page that needs nothing else: no script, no link, no picture from elsewhere, and a policy
/// in its head that forbids them. All text escaped.
[[nodiscard]] QByteArray toHtml(const ReportDocument &document);

/// Writes a file so that at any moment the old or the new content is there: into a new file beside it (mode 0600, made
/// exclusively), synced, renamed, the folder synced. On failure nothing is left behind and what was there stays.
[[nodiscard]] Result<void> saveFile(const QString &path, const QByteArray &content);

} // namespace ra::report
