// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/elidedlabel.h"

#include "ui/theme/palettes.h"

#include <QEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace ra::ui {

QColor PlainLabel::colorOf(Tone tone) {
    switch (tone) {
    case Tone::Text:
        return tokens().text;
    case Tone::Accent:
        return tokens().accent;
    case Tone::Warning:
        return warningColors().line;
    case Tone::Failed:
        return colorsOf(RunStatus::Failed).line;
    case Tone::Secondary:
        break;
    }
    return tokens().textSecondary;
}

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
    QPalette own;
    own.setColor(QPalette::WindowText, colorOf(m_tone));
    setPalette(own);
}

void PlainLabel::changeEvent(QEvent *event) {
    QLabel::changeEvent(event);
    // A theme changes the palette of widgets, and setting our own here sends the event once more: with the colour as it
    // should be by then.
    if (event->type() == QEvent::PaletteChange && m_tone != Tone::Text &&
        palette().color(QPalette::WindowText) != colorOf(m_tone))
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
