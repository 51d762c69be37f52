// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/topbar.h"

#include "ui/shell/actionregistry.h"
#include "ui/shell/searchfield.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/filterchip.h"
#include "ui/widgets/keyhintbutton.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace ra::ui {

namespace {

/// A step of the way here: text that is a button.
class Crumb : public QAbstractButton {
    Q_DECLARE_TR_FUNCTIONS(Crumb) // without a meta-object tr() would look among Qt's own words
public:
    Crumb(const QString &text, QWidget *parent)
        : QAbstractButton(parent) {
        setText(text);
        setAccessibleName(tr("Go to %1").arg(text));
        setCursor(Qt::PointingHandCursor);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::TabFocus);
        setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override {
        return {std::min(240, fontMetrics().horizontalAdvance(text()) + 6), fontMetrics().height() + 6};
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setPen(underMouse() || hasFocus() ? tokens().accent : tokens().textSecondary);
        QFont font = this->font();
        font.setUnderline(hasFocus());
        painter.setFont(font);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextSingleLine,
                         QFontMetrics(font).elidedText(text(), Qt::ElideMiddle, width()));
    }
};

} // namespace

TopBar::TopBar(const ActionRegistry &actions, QWidget *parent)
    : QWidget(parent)
    , m_actions(actions) {
    setFixedHeight(measure::topBar);
    m_layout = new QHBoxLayout(this);
    m_layout->setContentsMargins(measure::gapM, 0, measure::gapM, 1);
    m_layout->setSpacing(measure::gapS);
    addTool(actions, "go.back");
    addTool(actions, "go.forward");

    m_crumbHost = new QWidget(this);
    m_crumbs = new QHBoxLayout(m_crumbHost);
    m_crumbs->setContentsMargins(0, 0, 0, 0);
    m_crumbs->setSpacing(2);
    m_layout->addWidget(m_crumbHost, 1);

    m_search = new SearchField(this);
    m_search->setMinimumWidth(150);
    m_search->setMaximumWidth(300);
    m_search->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_layout->addWidget(m_search, 2);

    m_filterHost = new QWidget(this);
    auto *filterLayout = new QHBoxLayout(m_filterHost);
    filterLayout->setContentsMargins(0, 0, 0, 0);
    m_layout->addWidget(m_filterHost);

    m_zone = new FilterChip({}, this);
    m_zone->setChevron(false);
    m_zone->setToolTip(tr("The time zone of every time in the window; click to change it"));
    connect(m_zone, &FilterChip::clicked, this, &TopBar::zoneClicked);
    m_layout->addWidget(m_zone);

    m_menuButton = new QToolButton(this);
    m_menuButton->setIcon(icon(QStringLiteral("menu")));
    m_menuButton->setFixedSize(26, 26);
    m_menuButton->setAutoRaise(true);
    m_menuButton->setFocusPolicy(Qt::TabFocus);
    m_menuButton->setToolTip(tr("Menu (F10)"));
    m_menuButton->setAccessibleName(tr("Menu"));
    connect(m_menuButton, &QToolButton::clicked, this, &TopBar::popupMenu);
    m_layout->addWidget(m_menuButton);
}

QToolButton *TopBar::addTool(const ActionRegistry &actions, const char *id) {
    auto *button = new QToolButton(this);
    QAction *action = actions.find(QLatin1String(id));
    Q_ASSERT(action != nullptr);
    button->setDefaultAction(action);
    button->setToolTip(
        tr("%1 (%2)", "action, keys").arg(action->text(), action->shortcut().toString(QKeySequence::NativeText)));
    button->setFixedSize(26, 26);
    button->setFocusPolicy(Qt::TabFocus);
    m_layout->addWidget(button);
    return button;
}

void TopBar::setCrumbs(const QList<QPair<QString, Link>> &crumbs, const QString &title) {
    // Pages announce changes of their frame often; the crumbs seldom change with them, and may have the focus.
    if (crumbs == m_shownCrumbs && title == m_shownTitle)
        return;
    m_shownCrumbs = crumbs;
    m_shownTitle = title;
    while (QLayoutItem *item = m_crumbs->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater(); // it may be the one that was clicked just now
        }
        delete item;
    }
    const auto separator = [this] {
        auto *label = new PlainLabel(QStringLiteral("›"), m_crumbHost);
        label->setTone(PlainLabel::Tone::Secondary);
        return label;
    };
    for (const auto &[text, link] : crumbs) {
        auto *crumb = new Crumb(text, m_crumbHost);
        connect(crumb, &QAbstractButton::clicked, this, [this, link = link] { Q_EMIT navigate(link); });
        m_crumbs->addWidget(crumb);
        m_crumbs->addWidget(separator());
    }
    auto *here = new ElidedLabel(title, m_crumbHost);
    here->setFont(cardHeaderFont());
    here->setContentsMargins(3, 0, 0, 0);
    m_crumbs->addWidget(here, 1);
    // At once rather than with the next layout request: nothing is ever painted halfway.
    for (QWidget *part : m_crumbHost->findChildren<QWidget *>(Qt::FindDirectChildrenOnly))
        part->setVisible(m_crumbs->indexOf(part) >= 0);
    m_crumbs->activate();
}

void TopBar::setFilterBar(QWidget *bar, QWidget *owner) {
    if (bar == m_filterBar)
        return;
    if (m_filterBar != nullptr) {
        m_filterHost->layout()->removeWidget(m_filterBar);
        m_filterBar->hide();
        m_filterBar->setParent(m_filterOwner);
    }
    m_filterBar = bar;
    m_filterOwner = owner;
    if (bar != nullptr) {
        m_filterHost->layout()->addWidget(bar);
        bar->show();
    }
    m_filterHost->setVisible(bar != nullptr);
}

void TopBar::setZone(const QString &zone) {
    m_zone->setValue(zone, false);
    m_zone->setAccessibleName(tr("Time zone: %1").arg(zone));
}

void TopBar::popupMenu() {
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_actions.fill(menu);
    const QSize size = menu->sizeHint();
    menu->popup(m_menuButton->mapToGlobal(QPoint(m_menuButton->width() - size.width(), m_menuButton->height() + 4)));
}

void TopBar::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.fillRect(rect(), tokens().surface);
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens().border);
}

} // namespace ra::ui
