// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

#include <QPainter>
#include <QVBoxLayout>

namespace ra::ui {

Card::Card(QWidget *parent)
    : QFrame(parent) {
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(1, 1, 1, 1);
    outer->setSpacing(0);

    m_header = new QWidget(this);
    m_header->setFixedHeight(measure::cardHeader);
    m_headerLayout = new QHBoxLayout(m_header);
    m_headerLayout->setContentsMargins(measure::cardPadding - 1, 0, measure::cardPadding - 1, 0);
    m_headerLayout->setSpacing(measure::gapS);
    m_title = new ElidedLabel(m_header);
    m_title->setFont(cardHeaderFont());
    m_caption = new ElidedLabel(m_header);
    m_caption->setTone(PlainLabel::Tone::Secondary);
    m_hint = new ElidedLabel(m_header);
    m_hint->setTone(PlainLabel::Tone::Secondary);
    m_hint->setAlignment(Qt::AlignRight);
    m_headerLayout->addWidget(m_title);
    m_headerLayout->addWidget(m_caption);
    m_headerLayout->addStretch(1);
    m_headerLayout->addWidget(m_hint);
    outer->addWidget(m_header);

    m_bodyHost = new QWidget(this);
    m_bodyLayout = new QVBoxLayout(m_bodyHost);
    m_bodyLayout->setSpacing(measure::gapS);
    outer->addWidget(m_bodyHost, 1);
    setBodyPadding(false);
    updateHeader();
}

Card::Card(const QString &title, QWidget *parent)
    : Card(parent) {
    setTitle(title);
}

void Card::setTitle(const QString &title) {
    m_title->setText(title);
    setAccessibleName(title);
    updateHeader();
}

void Card::setCaption(const QString &caption) {
    m_caption->setText(caption);
    updateHeader();
}

void Card::setHint(const QString &hint) {
    m_hint->setText(hint);
    updateHeader();
}

QString Card::title() const {
    return m_title->text();
}

QString Card::caption() const {
    return m_caption->text();
}

void Card::addHeaderWidget(QWidget *widget) {
    m_headerLayout->addWidget(widget);
    m_hasHeaderWidgets = true;
    updateHeader();
}

void Card::setBody(QWidget *body) {
    if (body == m_body)
        return;
    delete m_body;
    m_body = body;
    if (body != nullptr)
        m_bodyLayout->addWidget(body, 1);
}

void Card::setBodyPadding(bool padded) {
    m_padded = padded;
    updateHeader();
}

void Card::setCollapsed(bool collapsed) {
    m_collapsed = collapsed;
    m_bodyHost->setVisible(!collapsed);
    update();
}

void Card::updateHeader() {
    m_caption->setVisible(!m_caption->text().isEmpty());
    m_hint->setVisible(!m_hint->text().isEmpty());
    const bool header = !m_title->text().isEmpty() || !m_hint->text().isEmpty() || m_hasHeaderWidgets;
    m_header->setVisible(header);
    const int p = measure::cardPadding - 1;
    if (m_padded)
        m_bodyLayout->setContentsMargins(p, p, p, p);
    else
        m_bodyLayout->setContentsMargins(0, header ? 0 : 3, 0, 3);
}

void Card::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    paint::box(painter, rect(), tokens().surface, tokens().border, measure::cardRadius);
    if (!m_header->isHidden() && !m_collapsed)
        painter.fillRect(QRect(1, m_header->geometry().bottom(), width() - 2, 1), tokens().border);
}

} // namespace ra::ui
