// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/pages/livemonitor.h"
#include "ui/widgets/page.h"

namespace ra::ui {

/// What runs now. Takes the engine's newest snapshot whenever it changes, unless the reader holds the view.
class LivePage : public Page {
    Q_OBJECT
public:
    explicit LivePage(engine::Engine &engine, QWidget *parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QString context() const override;
    [[nodiscard]] QList<QAction *> pageActions() const override;
    [[nodiscard]] QList<KeyHintGroup> keyHints() const override;
    void open(const Link &link) override;
    [[nodiscard]] Link link() const override { return m_link; }

    [[nodiscard]] LiveMonitor *monitor() const { return m_monitor; }
    [[nodiscard]] bool isPaused() const { return m_paused; }
    void setPaused(bool paused);

Q_SIGNALS:
    /// The table's viewport was painted while it showed the snapshot of this version.
    void painted(quint64 snapshotVersion);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void takeSnapshot();
    void takeAtDisplayRate();
    void askStored();

    engine::Engine &m_engine;
    Link m_link;
    LiveMonitor *m_monitor;
    QAction *m_pause;
    QAction *m_find;
    QAction *m_filter;
    QTimer m_storedLater;
    QTimer m_pace;        ///< runs for the length of a frame after a snapshot was taken
    bool m_again = false; ///< something changed meanwhile
    QString m_shownContext;
    bool m_paused = false;
    bool m_askingStored = false;
};

} // namespace ra::ui
