// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/query/reader.h"
#include "core/report/document.h"
#include "core/report/periodreport.h"
#include "core/report/text.h"

#include <stop_token>
#include <string_view>

namespace ra::report {

/// Runs beyond which a period's report looks at the newest ones only, and says so.
inline constexpr std::size_t maxPeriodRuns = 200'000;

/// Asks a store for what buildRunReport() needs and builds it. NotFound without such a run.
[[nodiscard]] Result<ReportDocument> compileRunReport(query::Reader &reader, std::string_view runId, Time generatedAt,
                                                      const Style &style);

/// The same for a period. Cancelled when the stop is asked for.
[[nodiscard]] Result<ReportDocument> compilePeriodReport(query::Reader &reader, const Period &period, Time generatedAt,
                                                         const Style &style, const std::stop_token &stop = {});
/// The same for the last `days` days, see periodOf().
[[nodiscard]] Result<ReportDocument> compilePeriodReport(query::Reader &reader, int days, Time generatedAt,
                                                         const Style &style, const std::stop_token &stop = {});

} // namespace ra::report
