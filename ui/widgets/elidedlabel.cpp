// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/elidedlabel.h"

#include "ui/theme/palettes.h"

#include <QEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace ra::ui {

PlainLabel::PlainLabel(QWidget *parent)
    : QLabel(parent) {
    setTextFormat(Qt::PlainText);
}

PlainLabel::PlainLabel(const QString &text, QWidget *parent)
    : PlainLabel(parent) {
    setText(text);
}

void PlainLabel::setTone(Tone tone) {
    m_tone = tone;
    applyTone();
}

void PlainLabel::applyTone() {
    if (m_tone == Tone::Text) {
        setPalette({});
        return;
    }
    QColor color = tokens().textSecondary;
    if (m_tone == Tone::Accent)
        color = tokens().accent;
    else if (m_tone == Tone::Warning)
        color = warningColors().line;
    else if (m_tone == Tone::Failed)
        color = colorsOf(RunStatus::Failed).line;
    QPalette own;
    own.setColor(QPalette::WindowText, color);
    setPalette(own);
}

void PlainLabel::changeEvent(QEvent *event) {
    QLabel::changeEvent(event);
    // Setting the palette sends this event once more; the theme's change is the one that comes from outside.
    if (event->type() == QEvent::ApplicationPaletteChange)
        applyTone();
}

ElidedLabel::ElidedLabel(QWidget *parent)
    : PlainLabel(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

ElidedLabel::ElidedLabel(const QString &text, QWidget *parent)
    : ElidedLabel(parent) {
    setText(text);
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode) {
    m_mode = mode;
    update();
}

QSize ElidedLabel::sizeHint() const {
    const QMargins m = contentsMargins();
    return {fontMetrics().horizontalAdvance(text()) + 2 + m.left() + m.right(),
            fontMetrics().height() + m.top() + m.bottom()};
}

QSize ElidedLabel::minimumSizeHint() const {
    return {std::min(sizeHint().width(), fontMetrics().averageCharWidth() * 4), sizeHint().height()};
}

QString ElidedLabel::shownText() const {
    return fontMetrics().elidedText(text(), m_mode, contentsRect().width());
}

void ElidedLabel::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setPen(palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, QPalette::WindowText));
    painter.drawText(contentsRect(),
                     int(alignment() & Qt::AlignHorizontal_Mask) | Qt::AlignVCenter | Qt::TextSingleLine, shownText());
}

bool ElidedLabel::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        if (shownText() != text())
            QToolTip::showText(static_cast<QHelpEvent *>(event)->globalPos(), plainToolTip(text()), this);
        else
            event->ignore();
        return true;
    }
    return PlainLabel::event(event);
}

QString plainToolTip(const QString &text) {
    if (text.isEmpty())
        return {};
    return QStringLiteral("<p style=\"white-space:pre-wrap\">%1</p>").arg(text.toHtmlEscaped());
}

} // namespace ra::ui
