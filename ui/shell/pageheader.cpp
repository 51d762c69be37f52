// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pageheader.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"
#include "ui/widgets/keyhintbutton.h"

#include <QHBoxLayout>

namespace ra::ui {

PageHeader::PageHeader(QWidget *parent)
    : QWidget(parent) {
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::gapM);
    m_title = new ElidedLabel(this);
    m_title->setFont(pageTitleFont());
    m_title->setObjectName(QStringLiteral("pageTitle"));
    m_context = new ElidedLabel(this);
    m_context->setTone(PlainLabel::Tone::Secondary);
    m_context->setObjectName(QStringLiteral("pageContext"));
    // The title's letters and the context's stand on about one line.
    m_context->setContentsMargins(0, 4, 0, 0);
    m_context->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(measure::gapS);
    layout->addWidget(m_title, 0);
    layout->addWidget(m_context, 1);
    layout->addLayout(m_buttons);
    setFixedHeight(32);
}

void PageHeader::setTitle(const QString &title, const QString &context) {
    m_title->setText(title);
    m_context->setText(context);
}

void PageHeader::setActions(const QList<QAction *> &actions) {
    const QList<QAction *> shown = actions.first(std::min<qsizetype>(actions.size(), mostActions));
    if (shown == m_shown)
        return;
    m_shown = shown;
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater(); // its action may be what runs now
        }
        delete item;
    }
    for (QAction *action : shown)
        m_buttons->addWidget(new KeyHintButton(action, this));
}

} // namespace ra::ui
