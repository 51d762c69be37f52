// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/keyhints.h"
#include "ui/widgets/link.h"

#include <QAction>
#include <QWidget>

namespace ra::ui {

/// One page of the window. The shell shows its title, context line and actions in the frame, and tells it where to go.
class Page : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// The large title, and one line of context beside it. Plain text.
    [[nodiscard]] virtual QString title() const = 0;
    [[nodiscard]] virtual QString context() const { return {}; }
    /// The crumbs that lead here, outermost first, without the place itself: "Runs", "nightly_orders".
    [[nodiscard]] virtual QList<QPair<QString, Link>> crumbs() const { return {}; }
    /// The last crumb: this very place. The title, unless a crumb before says that already.
    [[nodiscard]] virtual QString place() const { return title(); }
    /// At most three are shown as buttons with their keys; all are in the menus and the palette while the page shows.
    [[nodiscard]] virtual QList<QAction *> pageActions() const { return {}; }
    /// What the views of the page do with keys while they have the focus.
    [[nodiscard]] virtual QList<KeyHintGroup> keyHints() const { return {}; }
    /// What narrows the page: the frame shows it in its top bar while the page shows, and gives it back afterwards. The
    /// page keeps the ownership. None for pages that nothing narrows: a filter in sight always means what is in sight.
    [[nodiscard]] virtual QWidget *filterBar() { return nullptr; }
    /// Whether the words of the search field narrow this page while they are typed.
    [[nodiscard]] virtual bool searches() const { return false; }
    /// Whether what the page shows is still being read for the first time.
    [[nodiscard]] virtual bool isLoading() const { return false; }
    /// Shows what the link names. Called on each navigation to the page, also when it already shows.
    virtual void open(const Link &link) = 0;
    /// What open() would need to come back to exactly this state.
    [[nodiscard]] virtual Link link() const = 0;

protected:
    /// A button that has the focus goes before a shortcut of the page that wants the same key.
    bool event(QEvent *event) override;

Q_SIGNALS:
    void navigate(const ra::ui::Link &link);
    /// Title, context, crumbs or actions changed.
    void frameChanged();
};

} // namespace ra::ui
