// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settingspage.h"

#include "ui/shell/retentioncard.h"
#include "ui/shell/settingcard.h"
#include "ui/shell/storecard.h"
#include "ui/theme/displayzone.h"
#include "ui/theme/format.h"
#include "ui/theme/stylepaint.h"
#include "ui/widgets/card.h"
#include "ui/widgets/choicepopup.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/filterchip.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QStyledItemDelegate>
#include <QTimeZone>
#include <QVBoxLayout>

namespace ra::ui {

namespace {

QString systemZoneName() {
    return QString::fromLatin1(QTimeZone::systemTimeZoneId());
}

constexpr int folderRow = 34;

/// A folder in the list: icon and path, like the rows of every other list here.
class FolderDelegate : public QStyledItemDelegate {
public:
    enum { IdleRole = Qt::UserRole + 1 }; ///< bool: nothing follows it now
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, folderRow}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        const Tokens &t = tokens();
        const bool selected = option.state & QStyle::State_Selected;
        if (selected || option.state & QStyle::State_MouseOver)
            paint::box(*painter, QRectF(option.rect).adjusted(0, 1, 0, -1), selected ? t.selection : t.raised, {}, 6);
        if (option.state & QStyle::State_HasFocus)
            paint::focusFrame(*painter, QRectF(option.rect).adjusted(0, 1, 0, -1), 6);
        const QRect rect = option.rect.adjusted(measure::gapS, 0, -measure::gapS, 0);
        index.data(Qt::DecorationRole).value<QIcon>().paint(painter, QRect(rect.left(), rect.center().y() - 8, 16, 16));
        QRect text = rect.adjusted(16 + measure::gapS, 0, 0, 0);
        painter->setFont(option.font);
        if (index.data(IdleRole).toBool()) {
            const QString idle = SettingsPage::tr("not followed now");
            painter->setPen(t.textSecondary);
            painter->drawText(text, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, idle);
            text.setRight(text.right() - option.fontMetrics.horizontalAdvance(idle) - measure::gapM);
        }
        painter->setPen(t.text);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                          option.fontMetrics.elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
    }
};

} // namespace

SettingsPage::SettingsPage(engine::Engine &engine, QWidget *parent)
    : Page(parent)
    , m_engine(engine) {
    auto *content = new QWidget;
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, measure::gapS, 0);
    column->setSpacing(measure::gapM);
    m_store = new StoreCard(m_engine, this);
    m_retention = new RetentionCard(m_engine, this);
    connect(m_retention, &RetentionCard::policyChanged, m_store, &StoreCard::refresh);
    for (QWidget *card : {makeSources(), makeZone(), makeTheme(), static_cast<QWidget *>(m_store),
                          static_cast<QWidget *>(m_retention)}) {
        card->setMaximumWidth(820);
        column->addWidget(card);
    }
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // The area's own base colour would stand out from the window.
    content->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
}

QWidget *SettingsPage::makeSources() {
    auto *card = new Card(tr("Sources"), this);
    layOutSetting(*card);
    card->setCaption(tr("folders that are indexed and followed"));
    m_folders = new QListWidget(card);
    m_folders->setAccessibleName(tr("Followed folders"));
    m_folders->setFrameShape(QFrame::NoFrame);
    m_folders->setItemDelegate(new FolderDelegate(m_folders));
    m_folders->setMouseTracking(true);
    m_folders->setTextElideMode(Qt::ElideMiddle);
    card->bodyLayout()->addWidget(m_folders);
    m_noFolder = settingNote(tr("No folder is followed yet: nothing new will be seen."), card);
    card->bodyLayout()->addWidget(m_noFolder);
    m_idleRow = new QWidget(card);
    m_idleNote = settingNote({}, m_idleRow);
    m_idleNote->setTone(PlainLabel::Tone::Warning);
    m_idleNote->setObjectName(QStringLiteral("idleNote"));
    auto *again = new QPushButton(icon(QStringLiteral("play")), tr("Begin again"), m_idleRow);
    again->setObjectName(QStringLiteral("followAgain"));
    again->setToolTip(tr("Index these folders and follow them; what was read of them is not read twice"));
    connect(again, &QPushButton::clicked, this, [this] { Q_EMIT followAgain(m_idle); });
    auto *idle = new QHBoxLayout(m_idleRow);
    idle->setContentsMargins(0, 0, 0, 0);
    idle->setSpacing(measure::gapM);
    idle->addWidget(m_idleNote, 1);
    idle->addWidget(again);
    card->bodyLayout()->addWidget(m_idleRow);

    auto *add = new QPushButton(icon(QStringLiteral("plus")), tr("Add a folder…"), card);
    add->setToolTip(tr("Index another folder and follow it"));
    connect(add, &QPushButton::clicked, this, &SettingsPage::addFolder);
    m_remove = new QPushButton(icon(QStringLiteral("trash")), tr("Remove"), card);
    m_remove->setToolTip(tr("Stop following the selected folder; what was read of it stays in the store"));
    m_remove->setEnabled(false);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const QListWidgetItem *item = m_folders->currentItem())
            Q_EMIT removeFolder(item->data(Qt::UserRole).toString());
    });
    connect(m_folders, &QListWidget::itemSelectionChanged, this,
            [this] { m_remove->setEnabled(!m_folders->selectedItems().isEmpty()); });
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    card->bodyLayout()->addLayout(buttons);
    if (m_engine.isReadOnly()) {
        QWidget *waits =
            settingNote(tr("Another instance writes to this store and follows its own folders. Folders chosen here "
                           "are followed once it has ended."),
                        card);
        card->bodyLayout()->addWidget(waits);
        connect(&m_engine, &engine::Engine::becameWriter, waits, &QWidget::hide);
    }
    return card;
}

QWidget *SettingsPage::makeZone() {
    auto *card = new Card(tr("Time zone"), this);
    layOutSetting(*card);
    m_zone = new FilterChip(tr("Show times in"), card);
    m_zone->setWidestValue(420);
    m_zone->setToolTip(tr("Choose the time zone"));
    connect(m_zone, &FilterChip::clicked, this, &SettingsPage::chooseZone);
    card->bodyLayout()->addWidget(m_zone, 0, Qt::AlignLeft);
    card->bodyLayout()->addWidget(settingNote(
        tr("Every time in the window changes at once. Text logs carry local times without a zone; those that are "
           "indexed from the next start on are read in this zone too."),
        card));
    return card;
}

QWidget *SettingsPage::makeTheme() {
    auto *card = new Card(tr("Theme"), this);
    layOutSetting(*card);
    m_theme = new QButtonGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("As the desktop")},
                                                       {ThemeChoice::Light, tr("Light")},
                                                       {ThemeChoice::Dark, tr("Dark")}};
    auto *row = new QHBoxLayout;
    row->setSpacing(measure::gapXl);
    for (const auto &[choice, text] : choices) {
        auto *button = new QRadioButton(text, card);
        button->setToolTip(tr("Takes effect at once"));
        m_theme->addButton(button, int(choice));
        row->addWidget(button);
    }
    row->addStretch(1);
    card->bodyLayout()->addLayout(row);
    connect(m_theme, &QButtonGroup::idClicked, this, [this](int id) { Q_EMIT themeChosen(ThemeChoice(id)); });
    return card;
}

QString SettingsPage::title() const {
    return tr("Settings");
}

QString SettingsPage::context() const {
    return tr("what is followed, shown and kept");
}

void SettingsPage::open(const Link &) {
    setSettings(m_settings); // folders may have come by other ways
    m_store->refresh();
    m_retention->refresh();
}

Link SettingsPage::link() const {
    Link link;
    link.page = QStringLiteral("settings");
    return link;
}

void SettingsPage::setStopped(const QStringList &folders) {
    m_stopped = folders;
    showFolders();
}

void SettingsPage::showFolders() {
    const int current = m_folders->currentRow();
    m_folders->clear();
    QStringList followed;
    for (const std::string &folder : m_engine.followedFolders())
        followed << QString::fromStdString(folder);
    QStringList folders = m_settings.folders;
    for (const QString &folder : followed + m_stopped) { // also those of the command line
        if (!folders.contains(folder))
            folders << folder;
    }
    m_idle.clear();
    for (const QString &folder : std::as_const(folders)) {
        if (!followed.contains(folder))
            m_idle << folder;
        auto *item = new QListWidgetItem(icon(QStringLiteral("folder")), plain(folder.toStdString()), m_folders);
        item->setData(Qt::UserRole, folder);
        item->setData(FolderDelegate::IdleRole, !followed.contains(folder) && !m_engine.isReadOnly());
        item->setToolTip(plainToolTip(folder));
    }
    m_folders->setCurrentRow(std::min(current, m_folders->count() - 1));
    m_noFolder->setVisible(folders.isEmpty());
    m_folders->setVisible(!folders.isEmpty());
    m_folders->setFixedHeight(std::clamp(int(folders.size()), 1, 8) * folderRow);
    m_remove->setEnabled(!m_folders->selectedItems().isEmpty());
    // Who only reads follows nothing by nature, and says so below.
    m_idleRow->setVisible(!m_idle.isEmpty() && !m_engine.isReadOnly());
    m_idleNote->setText(followed.isEmpty() ? tr("Indexing was stopped: nothing is followed now, nothing new is seen.")
                                           : tr("Not followed now: %n folder(s).", nullptr, int(m_idle.size())));
}

void SettingsPage::setSettings(const Settings &settings) {
    m_settings = settings;
    showFolders();
    m_zone->setValue(settings.zone.isEmpty() ? tr("the system's zone (%1)").arg(systemZoneName()) : settings.zone,
                     false);
    if (QAbstractButton *button = m_theme->button(int(settings.theme)))
        button->setChecked(true);
}

void SettingsPage::chooseZone() {
    QStringList zones{tr("The system's zone (%1)").arg(systemZoneName()), QStringLiteral("UTC")};
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds())
        zones << QString::fromLatin1(id);
    auto *popup = new ChoicePopup(zones, m_settings.zone, this);
    connect(popup, &ChoicePopup::picked, this,
            [this, zones](int row) { Q_EMIT zoneChosen(row <= 0 ? QString() : zones[row]); });
    popup->popupBelow(m_zone);
}

} // namespace ra::ui
