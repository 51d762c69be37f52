// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QPageSize>

namespace ra::ui {

/// The paper that people there put into their printers.
[[nodiscard]] inline QPageSize::PageSizeId usualPaper(const QLocale &locale = {}) {
    return locale.measurementSystem() == QLocale::ImperialUSSystem ? QPageSize::Letter : QPageSize::A4;
}

} // namespace ra::ui
