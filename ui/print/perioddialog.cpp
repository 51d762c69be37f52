// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/perioddialog.h"

#include "ui/print/paper.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/dayedit.h"
#include "ui/widgets/elidedlabel.h"

#include <QButtonGroup>
#include <QDateEdit>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalBlocker>

namespace ra::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int usualDays = 30, ownDays = 0; // the latter: from one day to another
constexpr int fileWidth = 420;

QDate todayOfZone() {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(displayZone().toLocal(now())));
    return {int(day.year()), int(unsigned(day.month())), int(unsigned(day.day()))};
}

std::chrono::local_days localDay(const QDate &day) {
    using namespace std::chrono;
    return local_days(
        year_month_day(year(day.year()), month(unsigned(day.month())), std::chrono::day(unsigned(day.day()))));
}

} // namespace

PeriodDialog::PeriodDialog(const TimeRange &proposed, const QString &folder, QWidget *parent)
    : QDialog(parent)
    , m_folder(folder) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(u"periodReport"_s);
    setWindowTitle(tr("Report on a period"));

    auto *form = new QGridLayout;
    form->setHorizontalSpacing(measure::gapXl);
    form->setVerticalSpacing(measure::gapL);
    form->setColumnStretch(1, 1);
    const auto row = [&](const QString &name, QWidget *widget) {
        auto *label = new PlainLabel(name, this);
        label->setTone(PlainLabel::Tone::Secondary);
        // Beside the first control, as high as that.
        const QList<QWidget *> controls = widget->findChildren<QWidget *>(Qt::FindDirectChildrenOnly);
        label->setFixedHeight(controls.first()->sizeHint().height());
        const int at = form->rowCount();
        form->addWidget(label, at, 0, Qt::AlignTop | Qt::AlignLeft);
        form->addWidget(widget, at, 1);
    };
    row(tr("Period"), makePeriod(proposed));
    row(tr("Paper"), makePaper());
    row(tr("File"), makeFile());

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    m_save = buttons->button(QDialogButtonBox::Save);
    m_save->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::gapL, measure::gapL, measure::gapL, measure::gapL);
    layout->setSpacing(measure::gapL);
    layout->addLayout(form);
    layout->addStretch(1);
    layout->addWidget(buttons);
    periodChanged();
    m_period->checkedButton()->setFocus();
}

QWidget *PeriodDialog::makePeriod(const TimeRange &proposed) {
    auto *host = new QWidget(this);
    m_period = new QButtonGroup(this);
    auto *layout = new QVBoxLayout(host);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapS);
    const auto [first, last] = proposed.days();
    int chosen = first.isValid() ? ownDays : usualDays;
    for (const int days : {7, 30, 90}) {
        auto *button = new QRadioButton(tr("Last %n days", nullptr, days), host);
        button->setToolTip(tr("Calendar days, today among them"));
        m_period->addButton(button, days);
        layout->addWidget(button);
        if (proposed.code == u"%1d"_s.arg(days))
            chosen = days;
    }
    auto *own = new QRadioButton(tr("From"), host);
    own->setAccessibleName(tr("Days of your own"));
    m_period->addButton(own, ownDays);
    const QDate today = todayOfZone();
    const auto edit = [&](const QString &name, const QDate &date) {
        QDateEdit *made = makeDayEdit(std::min(date, today), name, host);
        made->setMaximumDate(today);
        connect(made, &QDateEdit::dateChanged, this, [this, own] {
            own->setChecked(true); // who changes a day means it
            periodChanged();
        });
        return made;
    };
    m_first = edit(tr("First day"), first.isValid() ? first : today.addDays(1 - usualDays));
    m_last = edit(tr("Last day"), last.isValid() ? last : today);
    auto *days = new QHBoxLayout;
    days->setSpacing(measure::gapM);
    days->addWidget(own);
    days->addWidget(m_first);
    days->addWidget(new PlainLabel(tr("to", "from a day to a day"), host));
    days->addWidget(m_last);
    days->addStretch(1);
    layout->addLayout(days);
    m_covers = new PlainLabel(host);
    m_covers->setTone(PlainLabel::Tone::Secondary);
    layout->addWidget(m_covers);
    m_period->button(chosen)->setChecked(true);
    connect(m_period, &QButtonGroup::idClicked, this, &PeriodDialog::periodChanged);
    return host;
}

QWidget *PeriodDialog::makePaper() {
    auto *host = new QWidget(this);
    m_paper = new QButtonGroup(this);
    auto *layout = new QHBoxLayout(host);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapXl);
    const std::pair<QPageSize::PageSizeId, QString> papers[] = {{QPageSize::A4, tr("A4")},
                                                                {QPageSize::Letter, tr("Letter")}};
    for (const auto &[paper, name] : papers) {
        auto *button = new QRadioButton(name, host);
        m_paper->addButton(button, int(paper));
        layout->addWidget(button);
    }
    layout->addStretch(1);
    m_paper->button(int(usualPaper()))->setChecked(true);
    return host;
}

QWidget *PeriodDialog::makeFile() {
    auto *host = new QWidget(this);
    m_file = new QLineEdit(host);
    m_file->setObjectName(u"reportFile"_s);
    m_file->setAccessibleName(tr("File"));
    m_file->setMinimumWidth(fileWidth);
    connect(m_file, &QLineEdit::textEdited, this, [this] {
        m_named = true;
        showState();
    });
    auto *other = new QPushButton(tr("Browse…"), host);
    other->setToolTip(tr("Choose the folder and the name of the file"));
    connect(other, &QPushButton::clicked, this, &PeriodDialog::browse);
    auto *line = new QHBoxLayout;
    line->setSpacing(measure::gapM);
    line->addWidget(m_file, 1);
    line->addWidget(other);
    m_remark = new PlainLabel(host);
    m_remark->setObjectName(u"fileRemark"_s);
    m_remark->setWordWrap(true);
    m_remark->setMinimumHeight(m_remark->fontMetrics().height()); // so that nothing moves when there is one
    auto *layout = new QVBoxLayout(host);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapS);
    layout->addLayout(line);
    layout->addWidget(m_remark);
    return host;
}

report::Period PeriodDialog::period(Time generatedAt) const {
    const int days = m_period->checkedId();
    if (days != ownDays)
        return report::periodOf(generatedAt, days, displayZone());
    const auto [first, last] = std::minmax(m_first->date(), m_last->date());
    return report::periodOfDays(localDay(first), localDay(last), generatedAt, displayZone());
}

QString PeriodDialog::path() const {
    QString name = m_file->text().trimmed();
    if (name.isEmpty() || name.endsWith(u'/'))
        return {};
    if (!name.endsWith(u".pdf"_s, Qt::CaseInsensitive))
        name += u".pdf"_s;
    return QDir::cleanPath(QDir(m_folder).absoluteFilePath(QDir::fromNativeSeparators(name)));
}

PeriodDialog::Choice PeriodDialog::choice(Time generatedAt) const {
    return {period(generatedAt), QPageSize::PageSizeId(m_paper->checkedId()), path()};
}

void PeriodDialog::periodChanged() {
    const report::Period covered = period(now());
    const auto day = [](Time t) { return std::chrono::floor<std::chrono::days>(displayZone().toLocal(t)); };
    const auto date = [&](Time t) {
        const std::chrono::year_month_day ymd(day(t));
        return QLocale().toString(QDate(int(ymd.year()), int(unsigned(ymd.month())), int(unsigned(ymd.day()))),
                                  u"d MMM yyyy"_s);
    };
    m_covers->setText(tr("%1 to %2, all recipes; compared with the %n days before", nullptr, covered.days)
                          .arg(date(covered.begin), date(covered.end - Duration(1))));
    if (!m_named)
        m_file->setText(QDir::toNativeSeparators(
            QDir(m_folder).filePath(report::periodFileStem(covered, displayZone()) + u".pdf"_s)));
    showState();
}

void PeriodDialog::showState() {
    const QString file = path();
    const QFileInfo info(file);
    const QFileInfo folder(info.absolutePath());
    QString wrong;
    if (file.isEmpty())
        wrong = tr("Name the file.");
    else if (!folder.isDir())
        wrong = tr("There is no folder %1").arg(QDir::toNativeSeparators(folder.filePath()));
    else if (info.isDir())
        wrong = tr("This is a folder: name a file in it.");
    else if (!folder.isWritable())
        wrong = tr("Nothing can be written into %1").arg(QDir::toNativeSeparators(folder.filePath()));
    const bool replaces = wrong.isEmpty() && info.exists();
    m_remark->setText(replaces ? tr("A file of this name is there already. It will be replaced.") : wrong);
    m_remark->setTone(replaces ? PlainLabel::Tone::Warning : PlainLabel::Tone::Failed);
    m_save->setText(replaces ? tr("Replace") : tr("Save report"));
    m_save->setEnabled(wrong.isEmpty());
}

void PeriodDialog::browse() {
    auto *dialog = new QFileDialog(this, tr("Save the report"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"saveReport"_s);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setDefaultSuffix(u"pdf"_s);
    dialog->setNameFilter(tr("PDF documents (*.pdf)"));
    dialog->setOption(QFileDialog::DontConfirmOverwrite); // said here, where it can still be changed
    const QFileInfo info(path().isEmpty() ? m_folder : path());
    dialog->setDirectory(info.isDir() ? info.filePath() : info.absolutePath());
    dialog->selectFile(info.fileName());
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        m_named = true;
        m_file->setText(QDir::toNativeSeparators(file));
        showState();
    });
    dialog->open();
}

} // namespace ra::ui
