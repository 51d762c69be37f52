// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/report/document.h"

#include <QPageSize>

#include <string>

namespace ra::app {

/// Writes a report in the form that the file's ending names: .pdf, .html or .json.
[[nodiscard]] Result<void> writeReport(const report::ReportDocument &document, const std::string &path,
                                       QPageSize::PageSizeId paper);

} // namespace ra::app
