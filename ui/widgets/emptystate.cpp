// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/emptystate.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace ra::ui {

namespace {

/// Paints the icon anew on each theme, which a label with a pixmap would not.
class IconView : public QWidget {
public:
    explicit IconView(const QString *name, QWidget *parent)
        : QWidget(parent)
        , m_name(name) {
        setFixedSize(40, 40);
    }

protected:
    void paintEvent(QPaintEvent *) override {
        if (m_name->isEmpty())
            return;
        QPainter painter(this);
        icon(*m_name).paint(&painter, rect(), Qt::AlignCenter, QIcon::Disabled);
    }

private:
    const QString *m_name;
};

} // namespace

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent) {
    m_icon = new IconView(&m_iconName, this);
    m_reason = new PlainLabel(this);
    m_reason->setFont(cardHeaderFont());
    m_reason->setAlignment(Qt::AlignCenter);
    m_reason->setWordWrap(true);
    auto *help = new PlainLabel(this);
    help->setTone(PlainLabel::Tone::Secondary);
    help->setAlignment(Qt::AlignCenter);
    help->setWordWrap(true);
    m_help = help;
    m_button = new QPushButton(this);
    m_button->setAutoDefault(true); // Enter presses it: nothing else here could be meant
    m_button->setVisible(false);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::buttonClicked);

    // A column of a readable width: texts aligned one by one would get the height that they need at the page's width.
    auto *column = new QWidget(this);
    column->setMinimumWidth(320);
    column->setMaximumWidth(460);
    auto *lines = new QVBoxLayout(column);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(measure::gapS);
    lines->addStretch(1);
    lines->addWidget(m_icon, 0, Qt::AlignHCenter);
    lines->addWidget(m_reason);
    lines->addWidget(m_help);
    lines->addSpacing(measure::gapXs);
    lines->addWidget(m_button, 0, Qt::AlignHCenter);
    lines->addStretch(1);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(measure::gapXl, measure::gapXl, measure::gapXl, measure::gapXl);
    layout->addStretch(1);
    layout->addWidget(column, 1'000);
    layout->addStretch(1);
}

void EmptyState::setIcon(const QString &iconName) {
    m_iconName = iconName;
    m_icon->update();
}

void EmptyState::setReason(const QString &reason) {
    m_reason->setText(reason);
    setAccessibleName(reason);
}

void EmptyState::setHelp(const QString &help) {
    m_help->setText(help);
    m_help->setVisible(!help.isEmpty());
    setAccessibleDescription(help);
}

void EmptyState::setButton(const QString &text, const QString &iconName) {
    m_button->setText(text);
    m_button->setAccessibleName(text);
    m_button->setIcon(iconName.isEmpty() ? QIcon() : icon(iconName));
    m_button->setVisible(!text.isEmpty());
}

} // namespace ra::ui
