// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

#include <QStringList>

class QVBoxLayout;

namespace ra::ui {

/// The first start: choose a folder, see what would happen, pick a recent or a likely one.
class WelcomePage : public Page {
    Q_OBJECT
public:
    explicit WelcomePage(const QString &storePath, QWidget *parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QString context() const override;
    [[nodiscard]] QList<QAction *> pageActions() const override { return {}; }
    void open(const Link &link) override;
    [[nodiscard]] Link link() const override;

    void setRecent(const QStringList &folders);

Q_SIGNALS:
    void chooseFolder();
    void folderChosen(const QString &folder);

private:
    void look();
    void showChoices();

    QStringList m_recent, m_guesses;
    QVBoxLayout *m_choices = nullptr;
};

/// Folders where Framework0 usually leaves its logs, of those that exist: below `workingFolder` and below `home`. Looks
/// at the disk; call it off the window's thread.
[[nodiscard]] QStringList likelyLogFolders(const QString &workingFolder, const QString &home);

} // namespace ra::ui
