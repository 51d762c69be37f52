// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/storecard.h"

#include "ui/models/whenfinished.h"
#include "ui/shell/settingcard.h"
#include "ui/shell/storemeter.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"

#include <QGridLayout>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

namespace ra::ui {

StoreCard::StoreCard(engine::Engine &engine, QWidget *parent)
    : Card(tr("Store"), parent)
    , m_engine(engine)
    , m_pacer(std::chrono::seconds(2)) {
    layOutSetting(*this);
    setCaption(QString::fromStdString(m_engine.config().storePath));
    m_failed = settingNote(tr("reading…"), this);
    m_rows = new QWidget(this);
    auto *rows = new QGridLayout(m_rows);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setHorizontalSpacing(measure::gapL);
    rows->setVerticalSpacing(measure::gapXs + 2);
    rows->setColumnStretch(1, 1);
    m_meter = new StoreMeter(m_rows);
    rows->addWidget(m_meter, 0, 0, 1, 2);
    rows->setRowMinimumHeight(1, measure::gapXs);
    m_file = addRow(*rows, tr("File"));
    m_runs = addRow(*rows, tr("Runs"));
    m_lines = addRow(*rows, tr("Log lines"));
    m_samples = addRow(*rows, tr("Samples"));
    m_growth = addRow(*rows, tr("Growth"));
    m_rows->hide();
    bodyLayout()->addWidget(m_failed);
    bodyLayout()->addWidget(m_rows);
    connect(&m_pacer, &Pacer::due, this, &StoreCard::ask);
    connect(&m_engine, &engine::Engine::runsCommitted, this, [this] {
        if (isVisible())
            m_pacer.want();
    });
}

PlainLabel *StoreCard::addRow(QGridLayout &rows, const QString &name) {
    auto *label = new PlainLabel(name, m_rows);
    label->setTone(PlainLabel::Tone::Secondary);
    auto *value = new PlainLabel(m_rows);
    value->setWordWrap(true);
    value->setAccessibleName(name);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const int at = std::max(2, rows.rowCount());
    rows.addWidget(label, at, 0, Qt::AlignTop | Qt::AlignLeft);
    rows.addWidget(value, at, 1);
    return value;
}

QString StoreCard::growth(const StoreInfo &info) {
    const QString free = tr("%1 free on the disk").arg(bytes(info.diskFreeBytes));
    if (info.growthBytesPerDay < 1)
        return tr("told after a day; %1").arg(free);
    QString grows = tr("%1 a day, to %2 in a year; %3")
                        .arg(bytes(quint64(info.growthBytesPerDay)), bytes(quint64(bytesIn(info, 365))), free);
    const std::optional<double> days = daysUntilDiskIsFull(info);
    if (!days || *days > 3'650)
        return grows;
    return tr("%1, which would be full in %2")
        .arg(grows, withCount(tr("%n day(s)", nullptr, int(*days)), qint64(*days)));
}

void StoreCard::refresh() {
    m_pacer.wantNow();
}

void StoreCard::ask() {
    whenFinished(m_engine.info(), this, [this](const Result<StoreInfo> &info) {
        m_pacer.answered();
        m_failed->setVisible(!info);
        m_rows->setVisible(info.has_value());
        if (info)
            showInfo(*info);
        else
            m_failed->setText(QString::fromStdString(info.error().sentence()));
    });
}

void StoreCard::showInfo(const StoreInfo &info) {
    const quint64 known = std::min(info.bytes, info.logBytesStored + info.sampleBytes);
    m_meter->setParts({{tr("Log lines"), info.logBytesStored},
                       {tr("Samples"), info.sampleBytes},
                       {tr("Runs, sums and indexes"), info.bytes - known}});
    m_file->setText(tr("%1 on disk, schema %2").arg(bytes(info.bytes)).arg(info.schema));
    m_runs->setText(tr("%1 with %2")
                        .arg(withCount(tr("%n run(s)", nullptr, int(info.runs)), qint64(info.runs)),
                             withCount(tr("%n step(s)", nullptr, int(info.steps)), qint64(info.steps))));
    const QString rejected = withCount(tr("%n rejected line(s)", nullptr, int(info.rejected)), qint64(info.rejected));
    if (info.logBytesRaw > 0) {
        const double percent = 100.0 * double(info.logBytesStored) / double(info.logBytesRaw);
        m_lines->setText(tr("%1 kept in %2 (%3 %); %4")
                             .arg(bytes(info.logBytesRaw), bytes(info.logBytesStored),
                                  QLocale().toString(percent, 'f', 1), rejected));
    } else {
        m_lines->setText(tr("none kept; %1").arg(rejected));
    }
    m_samples->setText(info.samples > 0 ? tr("%1 in %2").arg(count(qint64(info.samples)), bytes(info.sampleBytes))
                                        : tr("none"));
    m_growth->setText(growth(info));
}

} // namespace ra::ui
