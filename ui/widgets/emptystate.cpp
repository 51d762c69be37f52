// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/emptystate.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

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
    help->setMinimumWidth(320);
    help->setMaximumWidth(460);
    m_help = help;
    m_button = new QPushButton(this);
    m_button->setAutoDefault(true); // Enter presses it: nothing else here could be meant
    m_button->setVisible(false);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::buttonClicked);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(measure::gapXl, measure::gapXl, measure::gapXl, measure::gapXl);
    layout->setSpacing(measure::gapS);
    layout->addStretch(1);
    layout->addWidget(m_icon, 0, Qt::AlignHCenter);
    layout->addWidget(m_reason, 0, Qt::AlignHCenter);
    layout->addWidget(m_help, 0, Qt::AlignHCenter);
    layout->addSpacing(measure::gapXs);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
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
