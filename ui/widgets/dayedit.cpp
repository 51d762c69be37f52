// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/dayedit.h"

#include "ui/theme/tokens.h"

#include <QCalendarWidget>
#include <QTextCharFormat>

namespace ra::ui {

QDateEdit *makeDayEdit(const QDate &day, const QString &name, QWidget *parent) {
    auto *edit = new QDateEdit(day, parent);
    edit->setCalendarPopup(true);
    edit->setDisplayFormat(QStringLiteral("d MMM yyyy"));
    edit->setMinimumWidth(140);
    edit->setAccessibleName(name);
    // Weekends are red by default, which means failure here.
    QTextCharFormat weekend;
    weekend.setForeground(tokens().textSecondary);
    for (const Qt::DayOfWeek one : {Qt::Saturday, Qt::Sunday})
        edit->calendarWidget()->setWeekdayTextFormat(one, weekend);
    return edit;
}

} // namespace ra::ui
