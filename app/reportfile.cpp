// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reportfile.h"

#include "core/report/export.h"
#include "ui/print/printreport.h"

namespace ra::app {

Result<void> writeReport(const report::ReportDocument &document, const std::string &path, QPageSize::PageSizeId paper) {
    const QString file = QString::fromStdString(path);
    if (file.endsWith(QStringLiteral(".pdf"), Qt::CaseInsensitive))
        return ui::writePdf(document, file, paper);
    if (file.endsWith(QStringLiteral(".html"), Qt::CaseInsensitive))
        return report::saveFile(file, report::toHtml(document));
    if (file.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive))
        return report::saveFile(file, report::toJson(document));
    return fail({.kind = ErrorKind::Invalid,
                 .what = "write the report",
                 .where = path,
                 .why = "its ending names no known form",
                 .hint = "Use .pdf, .html or .json"});
}

} // namespace ra::app
