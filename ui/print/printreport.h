// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/report/document.h"
#include "ui/models/timerange.h"

#include <QByteArray>
#include <QPageSize>
#include <QString>

#include <string>

class QWidget;

namespace ra::engine {
class Engine;
}

namespace ra::ui {

/// The document as PDF: pages of that size with real text in embedded fonts, pictures as vectors, always in the light
/// theme's colours. Nothing in it acts (no script, link, form or attachment), its metadata name the document and the
/// program but no person, and on one system the same document gives the same bytes. Needs a QGuiApplication, of any
/// platform
/// ("offscreen" too), and may be called in any thread. Fails for a page size without an extent.
[[nodiscard]] Result<QByteArray> pdfOf(const report::ReportDocument &document, QPageSize::PageSizeId paper);

/// The same into a file: at any moment the old or the new one is there, and on failure nothing is left behind.
[[nodiscard]] Result<void> writePdf(const report::ReportDocument &document, const QString &path,
                                    QPageSize::PageSizeId paper);

/// Asks where to save the report on a run, makes it off the window's thread, with progress and a way to cancel, and
/// says where it is. Returns at once; the parent may vanish meanwhile. Window thread only.
void printRunReport(engine::Engine &engine, const QString &runId, QWidget *parent);

/// Asks for a period, the paper and a file, then does the same. `proposed`: what the user looks at, see PeriodDialog.
void printPeriodReport(engine::Engine &engine, const TimeRange &proposed, QWidget *parent);

} // namespace ra::ui
