// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pages.h"

#include "ui/pages/livepage.h"
#include "ui/pages/runpage.h"
#include "ui/pages/runspage.h"
#include "ui/shell/settingspage.h"

#include <QCoreApplication>

namespace ra::ui {

namespace {

template <typename P>
Page *make(engine::Engine &engine, QWidget *parent) {
    return new P(engine, parent);
}

QString translated(const char *text) {
    return QCoreApplication::translate("Pages", text);
}

} // namespace

QList<PageEntry> pageEntries() {
    using Place = PageEntry::Place;
    return {
        {QStringLiteral("live"), translated(QT_TRANSLATE_NOOP("Pages", "Live")), QStringLiteral("live"),
         Qt::CTRL | Qt::Key_1, Place::Rail, make<LivePage>},
        {QStringLiteral("runs"), translated(QT_TRANSLATE_NOOP("Pages", "Runs")), QStringLiteral("runs"),
         Qt::CTRL | Qt::Key_2, Place::Rail, make<RunsPage>},
        {QStringLiteral("run"),
         translated(QT_TRANSLATE_NOOP("Pages", "Run")),
         QStringLiteral("run"),
         {},
         Place::Nowhere,
         make<RunPage>},
        {QStringLiteral("settings"), translated(QT_TRANSLATE_NOOP("Pages", "Settings")), QStringLiteral("settings"),
         Qt::CTRL | Qt::Key_Comma, Place::RailBottom, make<SettingsPage>},
    };
}

} // namespace ra::ui
