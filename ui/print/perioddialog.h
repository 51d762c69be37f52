// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/periodreport.h"
#include "ui/models/timerange.h"

#include <QDialog>
#include <QPageSize>

class QButtonGroup;
class QDateEdit;
class QLineEdit;
class QPushButton;

namespace ra::ui {

class PlainLabel;

/// Asks what a period's report shall cover, on which paper, and into which file. Says what is wrong with the file's
/// name while it is typed, and that a file will be replaced.
class PeriodDialog : public QDialog {
    Q_OBJECT
public:
    /// `proposed`: the last 7, 30 or 90 days or days of one's own; anything else proposes 30 days. `folder`: where the
    /// file is proposed to be.
    PeriodDialog(const TimeRange &proposed, const QString &folder, QWidget *parent);

    struct Choice {
        report::Period period;
        QPageSize::PageSizeId paper = QPageSize::A4;
        QString path; ///< absolute, ends in ".pdf"
    };
    /// What is chosen, for a report that is made at that moment.
    [[nodiscard]] Choice choice(Time generatedAt) const;

private:
    [[nodiscard]] QWidget *makePeriod(const TimeRange &proposed);
    [[nodiscard]] QWidget *makePaper();
    [[nodiscard]] QWidget *makeFile();
    [[nodiscard]] report::Period period(Time generatedAt) const;
    [[nodiscard]] QString path() const;
    void browse();
    void periodChanged();
    void showState();

    QString m_folder;
    bool m_named = false; ///< the file bears a name of the user's own, which the period does not change
    QButtonGroup *m_period = nullptr;
    QDateEdit *m_first = nullptr;
    QDateEdit *m_last = nullptr;
    QButtonGroup *m_paper = nullptr;
    QLineEdit *m_file = nullptr;
    PlainLabel *m_covers = nullptr;
    PlainLabel *m_remark = nullptr;
    QPushButton *m_save = nullptr;
};

} // namespace ra::ui
