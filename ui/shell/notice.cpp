// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/notice.h"

#include "ui/theme/stylepaint.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/elidedlabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace ra::ui {

Notice::Notice(QWidget *parent)
    : QFrame(parent) {
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(36, measure::gapXs, measure::gapXs, measure::gapXs);
    m_text = new PlainLabel(this);
    m_text->setWordWrap(true);
    layout->addWidget(m_text, 1);
    auto *close = new QToolButton(this);
    close->setIcon(icon(QStringLiteral("close")));
    close->setAutoRaise(true);
    close->setFixedSize(26, 26);
    close->setToolTip(tr("Dismiss this notice"));
    close->setAccessibleName(tr("Dismiss this notice"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    layout->addWidget(close);
    hide();
}

void Notice::tell(const QString &iconName, const QString &text) {
    m_iconName = iconName;
    m_text->setText(text);
    setAccessibleName(text);
    QFrame::show();
}

void Notice::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    paint::box(painter, rect(), tokens().selection, tokens().border, measure::cardRadius);
    icon(m_iconName).paint(&painter, QRect(measure::gapM, (height() - 16) / 2, 16, 16), Qt::AlignCenter, QIcon::Active);
}

} // namespace ra::ui
