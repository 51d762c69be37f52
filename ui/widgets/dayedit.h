// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateEdit>

namespace ra::ui {

/// A field for a day, with a calendar that speaks the theme's colours. `name` is read aloud.
[[nodiscard]] QDateEdit *makeDayEdit(const QDate &day, const QString &name, QWidget *parent);

} // namespace ra::ui
