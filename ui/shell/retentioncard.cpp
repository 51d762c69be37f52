// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/retentioncard.h"

#include "ui/models/whenfinished.h"
#include "ui/shell/settingcard.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/choicepopup.h"
#include "ui/widgets/filterchip.h"

#include <QFutureWatcher>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

namespace ra::ui {

namespace {

using Period = std::optional<Duration>;

constexpr int chipWidth = 210;

qint64 daysOf(Duration period) {
    return std::chrono::duration_cast<std::chrono::hours>(period).count() / 24;
}

/// For ever first, then the shortest; with the one in force, which may be any.
std::vector<Period> periodsToChoose(const Period &current) {
    std::vector<Period> periods{std::nullopt};
    for (const int days : {7, 30, 90, 180, 365, 2 * 365, 5 * 365})
        periods.emplace_back(std::chrono::hours(24) * days);
    if (std::find(periods.begin(), periods.end(), current) == periods.end())
        periods.push_back(current);
    std::sort(periods.begin() + 1, periods.end());
    return periods;
}

std::vector<std::uint64_t> freeToChoose(std::uint64_t current) {
    constexpr std::uint64_t gigabyte = 1'000'000'000;
    std::vector<std::uint64_t> sizes{0};
    for (const std::uint64_t n : {1, 2, 5, 10, 20, 50, 100})
        sizes.push_back(n * gigabyte);
    if (std::find(sizes.begin(), sizes.end(), current) == sizes.end())
        sizes.push_back(current);
    std::sort(sizes.begin(), sizes.end());
    return sizes;
}

QString freeText(std::uint64_t size) {
    return size == 0 ? RetentionCard::tr("any amount") : bytes(size);
}

} // namespace

RetentionCard::RetentionCard(engine::Engine &engine, QWidget *parent)
    : Card(tr("What is kept"), parent)
    , m_engine(engine) {
    layOutSetting(*this);
    setCaption(tr("and for how long; nothing goes before you say so below"));
    addKind(&RetentionPolicy::samples, tr("Samples"), tr("as measured; their sums by minute, hour and day stay"));
    addKind(&RetentionPolicy::log, tr("Log lines"), tr("as they were read; runs, steps and errors stay"));
    addKind(&RetentionPolicy::runs, tr("Runs"), tr("with steps and errors; sums of steps by hour stay"));
    addKind(&RetentionPolicy::rollups, tr("Sums"), tr("of samples and steps; small, and what trends are drawn from"));
    m_free = new FilterChip(tr("Keep free"), this);
    m_free->setToolTip(tr("Choose how much of the disk stays free"));
    connect(m_free, &FilterChip::clicked, this, &RetentionCard::chooseFree);
    addRow(m_free, tr("of the disk; where there is less, the oldest day goes first"));

    m_preview = new QPushButton(this);
    m_preview->setObjectName(QStringLiteral("previewRetention"));
    connect(m_preview, &QPushButton::clicked, this, [this] {
        if (m_running)
            m_running->request_stop();
        else
            preview();
    });
    m_save = new QPushButton(tr("Keep it so"), this);
    m_save->setObjectName(QStringLiteral("saveRetention"));
    connect(m_save, &QPushButton::clicked, this, &RetentionCard::save);
    m_outcome = settingNote({}, this);
    m_outcome->setObjectName(QStringLiteral("retentionOutcome"));
    m_outcome->setMinimumHeight(2 * m_outcome->fontMetrics().lineSpacing()); // nothing moves when it speaks at length
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(measure::gapS);
    buttons->addWidget(m_preview);
    buttons->addWidget(m_save);
    buttons->addSpacing(measure::gapXs);
    buttons->addWidget(m_outcome, 1);
    bodyLayout()->addSpacing(measure::gapXs);
    bodyLayout()->addLayout(buttons);
    connect(&m_engine, &engine::Engine::becameWriter, this, &RetentionCard::refresh);
    tell({});
    showState();
}

RetentionCard::~RetentionCard() {
    if (m_running)
        m_running->request_stop();
}

void RetentionCard::addKind(Period RetentionPolicy::*period, const QString &name, const QString &meaning) {
    const Kind kind{period, new FilterChip(name, this)};
    kind.chip->setToolTip(tr("Choose for how long"));
    connect(kind.chip, &FilterChip::clicked, this, [this, kind] { choosePeriod(kind); });
    m_kinds << kind;
    addRow(kind.chip, meaning);
}

void RetentionCard::addRow(FilterChip *chip, const QString &meaning) {
    chip->setMinimumWidth(chipWidth);
    auto *row = new QHBoxLayout;
    row->setSpacing(measure::gapM);
    row->addWidget(chip);
    row->addWidget(settingNote(meaning, this), 1);
    bodyLayout()->addLayout(row);
}

QString RetentionCard::periodText(const Period &period) {
    if (!period)
        return tr("for ever");
    const qint64 days = daysOf(*period);
    if (days % 365 == 0)
        return withCount(tr("%n year(s)", nullptr, int(days / 365)), days / 365);
    return withCount(tr("%n day(s)", nullptr, int(days)), days);
}

QString RetentionCard::sentence(const Retained &gone) {
    QStringList parts;
    if (gone.runs > 0)
        parts << tr("%1 with %2")
                     .arg(withCount(tr("%n run(s)", nullptr, int(gone.runs)), qint64(gone.runs)),
                          withCount(tr("%n step(s)", nullptr, int(gone.steps)), qint64(gone.steps)));
    if (gone.samples > 0)
        parts << withCount(tr("%n sample(s)", nullptr, int(gone.samples)), qint64(gone.samples));
    if (gone.logBytes > 0)
        parts << tr("%1 of log lines").arg(bytes(gone.logBytes));
    if (gone.rollups > 0)
        parts << withCount(tr("%n sum(s)", nullptr, int(gone.rollups)), qint64(gone.rollups));
    if (parts.isEmpty())
        return tr("Nothing that is there now would go.");
    const QString list = QLocale().createSeparatedList(parts);
    if (gone.takenBytes > 0)
        return tr("This would go now: %1. It cannot be undone, and takes %2 more: sums that stay are larger than so "
                  "few "
                  "samples.")
            .arg(list, bytes(gone.takenBytes));
    return tr("This would go now: %1. It frees %2 in the file and cannot be undone.").arg(list, bytes(gone.freedBytes));
}

void RetentionCard::refresh() {
    if (m_engine.isReadOnly() || m_running || (m_saved && m_chosen != *m_saved)) {
        showState();
        return;
    }
    whenFinished(m_engine.retention(), this, [this](const Result<RetentionPolicy> &policy) {
        if (!policy) {
            tell(QString::fromStdString(policy.error().sentence()), true);
            return;
        }
        const bool untouched = !m_saved || m_chosen == *m_saved;
        m_saved = *policy;
        if (untouched) {
            m_chosen = *policy;
            tell({});
        }
        showState();
    });
}

void RetentionCard::choosePeriod(const Kind &kind) {
    const std::vector<Period> periods = periodsToChoose(m_chosen.*kind.period);
    QStringList texts;
    for (const Period &period : periods)
        texts << periodText(period);
    auto *popup = new ChoicePopup(texts, periodText(m_chosen.*kind.period), this);
    connect(popup, &ChoicePopup::picked, this, [this, periods, period = kind.period](int row) {
        RetentionPolicy policy = m_chosen;
        policy.*period = periods[std::size_t(row)];
        choose(policy);
    });
    popup->popupBelow(kind.chip);
}

void RetentionCard::chooseFree() {
    const std::vector<std::uint64_t> sizes = freeToChoose(m_chosen.keepFreeBytes);
    QStringList texts;
    for (const std::uint64_t size : sizes)
        texts << freeText(size);
    auto *popup = new ChoicePopup(texts, freeText(m_chosen.keepFreeBytes), this);
    connect(popup, &ChoicePopup::picked, this, [this, sizes](int row) {
        RetentionPolicy policy = m_chosen;
        policy.keepFreeBytes = sizes[std::size_t(row)];
        choose(policy);
    });
    popup->popupBelow(m_free);
}

void RetentionCard::choose(const RetentionPolicy &policy) {
    if (policy == m_chosen)
        return;
    m_chosen = policy;
    m_previewed.reset();
    tellChosen();
    showState();
}

void RetentionCard::tellChosen() {
    tell(m_saved && m_chosen == *m_saved ? QString() : tr("Not in force yet: see first what would go."));
}

void RetentionCard::preview() {
    m_running.emplace();
    tell(tr("Working out what would go…"));
    showState();
    const auto future = m_engine.previewRetention(m_chosen, m_running->get_token());
    auto *watcher = new QFutureWatcher<Result<Retained>>(this);
    connect(watcher, &QFutureWatcherBase::progressValueChanged, this, [this](int thousandths) {
        tell(tr("Working out what would go: %1 %").arg(QLocale().toString(thousandths / 10)));
    });
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, policy = m_chosen] {
        watcher->deleteLater();
        m_running.reset();
        const Result<Retained> gone = watcher->future().result();
        const bool stillChosen = policy == m_chosen;
        if (gone && stillChosen) {
            m_previewed = policy;
            tell(sentence(*gone));
        } else if (!gone && gone.error().kind == ErrorKind::Cancelled) {
            tell(tr("Stopped; nothing has gone."));
        } else if (!gone) {
            tell(QString::fromStdString(gone.error().sentence()), true);
        } else {
            tellChosen(); // of another policy
        }
        showState();
    });
    watcher->setFuture(future);
}

void RetentionCard::save() {
    m_save->setEnabled(false);
    whenFinished(m_engine.setRetention(m_chosen), this, [this, policy = m_chosen](const Result<void> &saved) {
        if (!saved) {
            tell(QString::fromStdString(saved.error().sentence()), true);
            showState();
            return;
        }
        m_saved = policy;
        m_previewed.reset();
        tell(policy.isEmpty() ? tr("From now on everything is kept.")
                              : tr("In force: what is older goes in the background from now on."));
        showState();
        Q_EMIT policyChanged();
    });
}

void RetentionCard::tell(const QString &text, bool wrong) {
    m_outcome->setText(text);
    m_outcome->setTone(wrong ? PlainLabel::Tone::Warning : PlainLabel::Tone::Secondary);
}

void RetentionCard::showState() {
    for (const Kind &kind : std::as_const(m_kinds))
        kind.chip->setValue(periodText(m_chosen.*kind.period), (m_chosen.*kind.period).has_value());
    m_free->setValue(freeText(m_chosen.keepFreeBytes), m_chosen.keepFreeBytes > 0);
    const bool writes = m_saved && !m_engine.isReadOnly();
    for (const Kind &kind : std::as_const(m_kinds))
        kind.chip->setEnabled(writes);
    m_free->setEnabled(writes);
    m_preview->setEnabled(writes);
    m_preview->setText(m_running ? tr("Stop") : tr("What would go"));
    m_preview->setToolTip(m_running ? tr("Stop working it out; nothing has gone")
                                    : tr("Work out exactly what the chosen periods let go now; nothing goes yet"));
    const bool changed = m_saved && m_chosen != *m_saved;
    m_save->setEnabled(writes && changed && !m_running && m_previewed == m_chosen);
    m_save->setDefault(m_save->isEnabled());
    m_save->setToolTip(m_save->isEnabled() ? tr("What was told goes from now on, in the background")
                                           : tr("See first what would go"));
    if (m_engine.isReadOnly())
        tell(tr("Another instance writes to this store; what is kept is chosen there."));
}

} // namespace ra::ui
